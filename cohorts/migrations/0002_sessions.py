import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.accounts.tokens
import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cohorts", "0001_programs_and_cohorts"),
        ("enablement", "0001_content_and_recall"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="cohorts.program",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="subject")),
                (
                    "day_offset",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(730)], verbose_name="days after the first"
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="minutes",
                    ),
                ),
                ("agenda", models.JSONField(blank=True, default=list, verbose_name="agenda")),
                ("leaves_with", models.CharField(blank=True, max_length=300, verbose_name="what people leave with")),
                ("needs_content", models.BooleanField(default=False, verbose_name="needs something to read before")),
            ],
            options={
                "verbose_name": "subject of a syllabus",
                "verbose_name_plural": "subjects of syllabuses",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "program", "day_offset"], name="cohorts_subject_in_order")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_subject_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_subject_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_subject_program_fk", to="cohorts.program"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubjectContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "subject",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contents",
                        to="cohorts.subject",
                    ),
                ),
                (
                    "content",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="enablement.content"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "content"], name="cohorts_sub_organiz_208b48_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "subject", "content"), name="cohorts_subjectcontent_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_subjectcontent_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="subject", name="cohorts_subjectcontent_subject_fk", to="cohorts.subject"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="content", name="cohorts_subjectcontent_content_fk", to="enablement.content"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="cohorts.cohort",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("starts_on", models.DateField(verbose_name="date")),
                ("starts_time", models.TimeField(verbose_name="starts at")),
                ("zone", models.CharField(max_length=64, verbose_name="time zone")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="minutes",
                    ),
                ),
                ("starts_at", models.DateTimeField(editable=False)),
                ("ends_at", models.DateTimeField(editable=False)),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("place", models.CharField(blank=True, max_length=300, verbose_name="place")),
                ("room", models.CharField(blank=True, max_length=120, verbose_name="room")),
                ("way", models.CharField(blank=True, max_length=500, verbose_name="how to get there")),
                ("bring", models.CharField(blank=True, max_length=300, verbose_name="what to bring")),
                ("leaves_with", models.CharField(blank=True, max_length=300, verbose_name="what people leave with")),
                ("talk_line", models.CharField(blank=True, max_length=200, verbose_name="how we talk today")),
                ("is_recorded", models.BooleanField(default=False, verbose_name="recorded")),
                ("agenda_revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("held", "Held"), ("cancelled", "Canceled")],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "cancel_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why it does not take place"),
                ),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "starts_at"], name="cohorts_session_soonest")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "cohort", "number"), name="cohorts_session_number"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="cohorts_session_lasts"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_session_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_session_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_session_cohort_fk", to="cohorts.cohort"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "session",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contents",
                        to="cohorts.session",
                    ),
                ),
                (
                    "content",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enablement.content"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "content"], name="cohorts_ses_organiz_b8e949_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "session", "content"), name="cohorts_session_content_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_sessioncontent_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="session", name="cohorts_sessioncontent_session_fk", to="cohorts.session"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="content", name="cohorts_sessioncontent_content_fk", to="enablement.content"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "session",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendance",
                        to="cohorts.session",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("excused", "Can't make it"), ("present", "Present"), ("absent", "Absent")],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_att_organiz_9c7759_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "session", "membership"), name="cohorts_attendance_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_attendance_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="session", name="cohorts_attendance_session_fk", to="cohorts.session"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_attendance_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cohorts.cohort"
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("turns", models.PositiveIntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_calendar_turn_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_calendarturn_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_calendarturn_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_calendarturn_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("nonce", models.CharField(default=prm.accounts.tokens.new_nonce, editable=False, max_length=32)),
                ("renewed_at", models.DateTimeField(verbose_name="address made at")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "membership"), name="cohorts_calendar_feed_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_calendarfeed_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_calendarfeed_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_calendarfeed_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
