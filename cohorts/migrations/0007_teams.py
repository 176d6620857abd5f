import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cohorts", "0006_taking_part_and_reviews"),
        ("partners", "0001_partners_and_agreements"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TeamPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="team_plans",
                        to="cohorts.program",
                    ),
                ),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="team_plans",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "largest",
                    models.PositiveSmallIntegerField(
                        default=4,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(4),
                        ],
                        verbose_name="people in a team at most",
                    ),
                ),
                ("functions", models.JSONField(default=list, verbose_name="functions wanted")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "program"), name="cohorts_teamplan_of_program"),
                    models.UniqueConstraint(fields=("organization", "cohort"), name="cohorts_teamplan_of_cohort"),
                    models.CheckConstraint(
                        condition=models.Q(("program__isnull", True), ("cohort__isnull", True), _connector="XOR"),
                        name="cohorts_teamplan_of_one",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_teamplan_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_teamplan_program_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_teamplan_cohort_fk", to="cohorts.cohort"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teams",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "application",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teams",
                        to="cohorts.application",
                    ),
                ),
                (
                    "invited_by",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("forming", "Being put together"),
                            ("waiting", "On the waiting list"),
                            ("offered", "Seat offered"),
                            ("held", "Holds its seat"),
                            ("ended", "Has no seat"),
                        ],
                        default="forming",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("application", "Application"),
                            ("nomination", "Nomination"),
                            ("invitation", "Invitation"),
                        ],
                        default="application",
                        max_length=12,
                        verbose_name="came by",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=500, verbose_name="words to them")),
                (
                    "position",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="place on the waiting list"),
                ),
                ("confirm_by", models.DateTimeField(blank=True, null=True, verbose_name="confirm by")),
                ("created_at", models.DateTimeField(verbose_name="begun at")),
                ("offered_at", models.DateTimeField(blank=True, null=True, verbose_name="offered at")),
                ("held_at", models.DateTimeField(blank=True, null=True, verbose_name="held at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "cohort", "state"], name="cohorts_team_of_cohort"),
                    models.Index(fields=["organization", "partner"], name="cohorts_tea_organiz_efb447_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "application"), name="cohorts_team_of_application"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("position__isnull", False), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("position__isnull", True)),
                            _connector="OR",
                        ),
                        name="cohorts_team_waits_in_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            ("confirm_by__isnull", False),
                            _connector="OR",
                        ),
                        name="cohorts_team_has_a_date",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_team_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_team_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_team_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="cohorts_team_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="application", name="cohorts_team_application_fk", to="cohorts.application"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="invited_by", name="cohorts_team_invited_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "team",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="cohorts.team",
                    ),
                ),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.cohort"
                    ),
                ),
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
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("function", models.CharField(blank=True, max_length=40, verbose_name="function")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("listed", "Named, not asked yet"),
                            ("asked", "Asked"),
                            ("willing", "Comes along"),
                            ("confirmed", "Confirmed"),
                            ("left", "Not in the team any more"),
                        ],
                        default="listed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="named at")),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="asked at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
            ],
            options={
                "verbose_name": "person of a team",
                "verbose_name_plural": "people of teams",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "team"], name="cohorts_teammember_of_team"),
                    models.Index(fields=["organization", "membership"], name="cohorts_tea_organiz_854cfc_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "willing", "confirmed"])),
                        fields=("organization", "cohort", "email"),
                        name="cohorts_teammember_in_one_team",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "left"), _negated=True),
                        fields=("organization", "team", "email"),
                        name="cohorts_teammember_named_once",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_teammember_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_teammember_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="team", name="cohorts_teammember_team_fk", to="cohorts.team"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_teammember_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_teammember_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
