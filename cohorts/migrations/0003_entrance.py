import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.accounts.tokens
import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cohorts", "0002_sessions"),
        ("files", "0001_initial"),
        ("partners", "0001_partners_and_agreements"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Expert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="experts", to="cohorts.program"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("work", models.CharField(blank=True, max_length=120, verbose_name="what they do")),
                ("bio", models.TextField(blank=True, max_length=600, verbose_name="in a few sentences")),
                (
                    "photo",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "expert",
                "verbose_name_plural": "experts",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "program"], name="cohorts_exp_organiz_2e18e5_idx"),
                    models.Index(fields=["organization", "photo"], name="cohorts_exp_organiz_ddd760_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_expert_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_expert_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_expert_program_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="photo", name="cohorts_expert_photo_fk", to="files.storedfile"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Testimonial",
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
                        related_name="testimonials",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=400, verbose_name="your words")),
                ("agreed_at", models.DateTimeField(blank=True, null=True, verbose_name="agreed at")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="put away at")),
                ("written_at", models.DateTimeField(verbose_name="written at")),
            ],
            options={
                "verbose_name": "words of a graduate",
                "verbose_name_plural": "words of graduates",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_tes_organiz_39bfe1_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_testimonial_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_testimonial_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_testimonial_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_testimonial_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_testimonial_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Graduation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="graduations",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("program_title", models.CharField(max_length=120, verbose_name="awarded for")),
                ("token", models.CharField(default=prm.accounts.tokens.new_nonce, editable=False, max_length=32)),
                ("graduated_at", models.DateTimeField(verbose_name="graduated at")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked at")),
                ("revoked_reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "membership"], name="cohorts_gra_organiz_d162d7_idx"),
                    models.Index(fields=["organization", "partner"], name="cohorts_gra_organiz_0fc839_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_graduation_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "token"), name="cohorts_graduation_token"),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_graduation_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_graduation_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_graduation_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_graduation_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="cohorts_graduation_partner_fk", to="partners.partner"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Launch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="launches",
                        to="cohorts.cohort",
                    ),
                ),
                ("kickoff", models.TextField(blank=True, max_length=4000, verbose_name="kick-off mail")),
                ("kickoff_sent_at", models.DateTimeField(blank=True, null=True)),
                ("orientation_link", models.URLField(blank=True, max_length=500, verbose_name="orientation video")),
                (
                    "orientation_minutes",
                    models.PositiveSmallIntegerField(
                        default=6, validators=[django.core.validators.MaxValueValidator(120)], verbose_name="minutes"
                    ),
                ),
                ("questions", models.JSONField(default=list)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "cohort"), name="cohorts_launch_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_launch_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_launch_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_launch_cohort_fk", to="cohorts.cohort"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="survey_answers",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("answered_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_sur_organiz_0d5e62_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_survey_answer_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_surveyanswer_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_surveyanswer_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_surveyanswer_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_surveyanswer_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="cohorts.program",
                    ),
                ),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "sessions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list
                    ),
                ),
                (
                    "homework",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list
                    ),
                ),
                (
                    "seats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "program"), name="cohorts_reminders_of_program"),
                    models.UniqueConstraint(fields=("organization", "cohort"), name="cohorts_reminders_of_cohort"),
                    models.CheckConstraint(
                        condition=models.Q(("program__isnull", True), ("cohort__isnull", True), _connector="XOR"),
                        name="cohorts_reminders_of_one",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_reminderplan_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_reminderplan_program_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_reminderplan_cohort_fk", to="cohorts.cohort"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seat_invitations",
                        to="cohorts.cohort",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("participant", "Participant"),
                            ("mentor", "Mentor"),
                            ("guest_star", "Guest star"),
                            ("observer", "Observer"),
                        ],
                        default="participant",
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=500, verbose_name="words to them")),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "invited_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="invited at")),
            ],
            options={
                "verbose_name": "invitation to a seat",
                "verbose_name_plural": "invitations to seats",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_sea_organiz_7408bf_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "email"), name="cohorts_seatinvitation_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_seatinvitation_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_seatinvitation_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_seatinvitation_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_seatinvitation_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="invited_by", name="cohorts_seatinvitation_invited_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SelectionPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="selection_plans",
                        to="cohorts.cohort",
                    ),
                ),
                ("questions", models.JSONField(default=list)),
                ("criteria", models.JSONField(default=dict)),
                (
                    "quiet_hours",
                    models.PositiveSmallIntegerField(
                        default=48, verbose_name="hours in which nobody moves up by itself"
                    ),
                ),
                (
                    "manager_hours",
                    models.PositiveSmallIntegerField(default=0, verbose_name="hours that account managers know first"),
                ),
                ("release_at", models.DateTimeField(blank=True, null=True, verbose_name="decisions are told at")),
                ("rubric", models.JSONField(db_default=[], default=list)),
                (
                    "reviews_wanted",
                    models.PositiveSmallIntegerField(
                        db_default=2, default=2, verbose_name="reviewers for each application"
                    ),
                ),
                (
                    "is_blind",
                    models.BooleanField(
                        db_default=True, default=True, verbose_name="nobody reads others before writing"
                    ),
                ),
                (
                    "hides_names",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="names are hidden from reviewers"
                    ),
                ),
                ("compare_at", models.DateTimeField(blank=True, null=True, verbose_name="everything is open from")),
            ],
            options={
                "verbose_name": "selection of a cohort",
                "verbose_name_plural": "selections of cohorts",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "cohort"), name="cohorts_selectionplan_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_selectionplan_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_selectionplan_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_selectionplan_cohort_fk", to="cohorts.cohort"
                    ),
                ],
            },
        ),
    ]
