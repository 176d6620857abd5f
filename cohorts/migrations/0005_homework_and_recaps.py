import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cohorts", "0004_selection"),
        ("files", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Homework",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="homework", to="cohorts.cohort"
                    ),
                ),
                (
                    "session",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="homework",
                        to="cohorts.session",
                        verbose_name="session",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("brief", models.TextField(max_length=8000, verbose_name="brief")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("due_time", models.TimeField(verbose_name="until")),
                ("due_at", models.DateTimeField(editable=False)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "homework",
                "verbose_name_plural": "homework",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "due_at"], name="cohorts_homework_due"),
                    models.Index(fields=["organization", "cohort"], name="cohorts_hom_organiz_cce2db_idx"),
                    models.Index(fields=["organization", "session"], name="cohorts_hom_organiz_0806f5_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_homework_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_homework_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_homework_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="session", name="cohorts_homework_session_fk", to="cohorts.session"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "homework",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="cohorts.homework",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
                ("text", models.TextField(blank=True, max_length=20000, verbose_name="text")),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                (
                    "file",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                        verbose_name="file",
                    ),
                ),
                ("submitted_at", models.DateTimeField(verbose_name="handed in at")),
                ("is_late", models.BooleanField(default=False, verbose_name="late")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "membership"], name="cohorts_sub_organiz_41f9fa_idx"),
                    models.Index(fields=["organization", "file"], name="cohorts_sub_organiz_15f856_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "homework", "membership", "version"), name="cohorts_submission_version"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_submission_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_submission_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="homework", name="cohorts_submission_homework_fk", to="cohorts.homework"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_submission_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="file", name="cohorts_submission_file_fk", to="files.storedfile"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubmissionComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "submission",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="cohorts.submission"
                    ),
                ),
                (
                    "author",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("body", models.TextField(max_length=4000, verbose_name="comment")),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "submission"], name="cohorts_sub_organiz_2591a1_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_submissioncomment_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="cohorts_submissioncomment_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="submission", name="cohorts_submissioncomment_submission_fk", to="cohorts.submission"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="author", name="cohorts_submissioncomment_author_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "session",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recaps",
                        to="cohorts.session",
                    ),
                ),
                ("body", models.TextField(blank=True, max_length=20000, verbose_name="text")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("scheduled", "Scheduled"), ("sent", "Sent")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("send_at", models.DateTimeField(blank=True, null=True, verbose_name="send at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("drafted_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "state", "send_at"], name="cohorts_recap_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "session"), name="cohorts_recap_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), models.Q(("body", ""), _negated=True), _connector="OR"),
                        name="cohorts_recap_never_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "scheduled"), _negated=True), ("send_at__isnull", False), _connector="OR"
                        ),
                        name="cohorts_recap_has_a_time",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_recap_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_recap_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="session", name="cohorts_recap_session_fk", to="cohorts.session"
                    ),
                ],
            },
        ),
    ]
