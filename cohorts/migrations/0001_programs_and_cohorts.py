import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0002_attributes"),
        ("partners", "0003_groups"),
        ("partners", "0006_products_and_profiles"),
        ("partners", "0007_telling_and_tiers"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Program",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("shape", models.CharField(blank=True, db_default="", default="", editable=False, max_length=20)),
                ("promise", models.TextField(blank=True, max_length=600, verbose_name="promise")),
                ("for_whom", models.TextField(blank=True, max_length=600, verbose_name="for whom")),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("strategic", "Strategic: people who decide"),
                            ("tactical", "Tactical: people who do the work"),
                        ],
                        db_default="",
                        default="",
                        max_length=10,
                        verbose_name="whose work",
                    ),
                ),
                (
                    "pain",
                    models.TextField(
                        blank=True, db_default="", default="", max_length=600, verbose_name="burning pain"
                    ),
                ),
                (
                    "stumbling_blocks",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=1500,
                        verbose_name="what newcomers stumble over",
                    ),
                ),
                (
                    "weekly_minutes",
                    models.PositiveSmallIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(15),
                            django.core.validators.MaxValueValidator(2400),
                        ],
                        verbose_name="minutes a week",
                    ),
                ),
                ("expectations", models.TextField(blank=True, max_length=1500, verbose_name="what you bring")),
                ("gains", models.TextField(blank=True, max_length=1500, verbose_name="what you get")),
                (
                    "treatment",
                    models.TextField(
                        blank=True, db_default="", default="", max_length=1500, verbose_name="how we treat what is said"
                    ),
                ),
                (
                    "misses",
                    models.TextField(
                        blank=True, db_default="", default="", max_length=1500, verbose_name="what happens if you miss"
                    ),
                ),
                (
                    "homework_title",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=120, verbose_name="first homework"
                    ),
                ),
                (
                    "homework_brief",
                    models.TextField(blank=True, db_default="", default="", max_length=8000, verbose_name="brief"),
                ),
                (
                    "nominations_each",
                    models.PositiveSmallIntegerField(
                        db_default=3,
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(50)],
                        verbose_name="nominations for each partner",
                    ),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("criteria", "Hard criteria for applicants"),
                                ("reviews", "Reviewers and a rubric"),
                                ("goals", "Measurable goals"),
                                ("launch", "Launch checklist"),
                                ("needs", "Board of needs"),
                                ("recordings", "Recordings"),
                                ("drumbeat", "Drumbeat of messages"),
                                ("teams", "Seats for teams"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="parts",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
            ],
            options={
                "verbose_name": "cohort program",
                "verbose_name_plural": "cohort programs",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "title"), name="cohorts_program_title"),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_program_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_program_public"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramFacilitator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facilitators",
                        to="cohorts.program",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_pro_organiz_a19ded_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "program", "membership"), name="cohorts_programfacilitator_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_programfacilitator_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_programfacilitator_program_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_programfacilitator_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cohort",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cohorts",
                        to="cohorts.program",
                        verbose_name="cohort program",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open for applications"),
                            ("selecting", "Selecting"),
                            ("confirmed", "Confirmed"),
                            ("running", "Running"),
                            ("graduating", "Graduating"),
                            ("finished", "Finished"),
                            ("cancelled", "Canceled"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveSmallIntegerField(
                        default=12,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(500),
                        ],
                        verbose_name="seats",
                    ),
                ),
                ("seats_taken", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("zone", models.CharField(max_length=64, verbose_name="time zone")),
                ("applications_close_on", models.DateField(blank=True, null=True, verbose_name="apply until")),
                ("applications_close_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "confirm_hours",
                    models.PositiveSmallIntegerField(
                        default=72,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="hours to confirm a seat",
                    ),
                ),
                (
                    "roster",
                    models.CharField(
                        choices=[
                            ("named", "Names and companies"),
                            ("first_names", "First names only"),
                            ("hidden", "Nobody sees the others"),
                        ],
                        default="named",
                        max_length=12,
                        verbose_name="participants see",
                    ),
                ),
                ("sessions_needed", models.PositiveSmallIntegerField(default=3, verbose_name="sessions attended")),
                ("homework_needed", models.PositiveSmallIntegerField(default=1, verbose_name="homework handed in")),
                (
                    "audience",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.audience",
                    ),
                ),
                ("chat_link", models.URLField(blank=True, max_length=500, verbose_name="the group's chat")),
                ("room_rule", models.CharField(blank=True, max_length=600, verbose_name="the room's rule")),
                ("room_rule_version", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("criteria", "Hard criteria for applicants"),
                                ("reviews", "Reviewers and a rubric"),
                                ("goals", "Measurable goals"),
                                ("launch", "Launch checklist"),
                                ("needs", "Board of needs"),
                                ("recordings", "Recordings"),
                                ("drumbeat", "Drumbeat of messages"),
                                ("teams", "Seats for teams"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="parts",
                    ),
                ),
                (
                    "cancel_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why it does not take place"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
            ],
            options={
                "verbose_name": "cohort",
                "verbose_name_plural": "cohorts",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "-created_at"], name="cohorts_cohort_newest"),
                    models.Index(fields=["organization", "program"], name="cohorts_coh_organiz_6b33ef_idx"),
                    models.Index(fields=["organization", "audience"], name="cohorts_coh_organiz_7bd254_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "title"), name="cohorts_cohort_title"),
                    models.CheckConstraint(
                        condition=models.Q(("seats_taken__lte", models.F("capacity"))), name="cohorts_never_oversold"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_cohort_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_cohort_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_cohort_program_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="audience", name="cohorts_cohort_audience_fk", to="partners.audience"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CohortFacilitator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facilitators",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_coh_organiz_848aa3_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_facilitator_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_cohortfacilitator_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_cohortfacilitator_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_cohortfacilitator_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Beat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="beats", to="cohorts.program"
                    ),
                ),
                (
                    "stage",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "End of applications"), (2, "First session"), (3, "Halfway"), (4, "Last session")],
                        verbose_name="stage",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(60)], verbose_name="days before"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("body", models.TextField(max_length=2000, verbose_name="text")),
                ("by_mail", models.BooleanField(default=True, verbose_name="as a mail")),
                ("as_banner", models.BooleanField(default=True, verbose_name="as a banner in the portal")),
            ],
            options={
                "verbose_name": "beat",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "program"], name="cohorts_bea_organiz_96531a_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("by_mail", True), ("as_banner", True), _connector="OR"),
                        name="cohorts_beat_is_told",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_beat_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_beat_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_beat_program_fk", to="cohorts.program"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpectationsVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="cohorts.program",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("weekly_minutes", models.PositiveSmallIntegerField(verbose_name="minutes a week")),
                ("expectations", models.TextField(blank=True, max_length=1500, verbose_name="what you bring")),
                ("gains", models.TextField(blank=True, max_length=1500, verbose_name="what you get")),
                ("treatment", models.TextField(blank=True, max_length=1500, verbose_name="how we treat what is said")),
                ("misses", models.TextField(blank=True, max_length=1500, verbose_name="what happens if you miss")),
                (
                    "made_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "version of expectations",
                "verbose_name_plural": "versions of expectations",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "program", "number"), name="cohorts_expectations_number"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_expectationsversion_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_expectationsversion_program_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="made_by", name="cohorts_expectationsversion_made_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramGoal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="goals", to="cohorts.program"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("graduates", "People graduated"),
                            ("companies", "Partners with a graduate"),
                            ("certified", "Partners with a right to a product, by certificate"),
                        ],
                        max_length=10,
                        verbose_name="what is counted",
                    ),
                ),
                (
                    "product",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.product",
                    ),
                ),
                (
                    "target",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="how many",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="by")),
                ("created_at", models.DateTimeField(verbose_name="set at")),
            ],
            options={
                "verbose_name": "goal of a cohort program",
                "verbose_name_plural": "goals of cohort programs",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "program"], name="cohorts_pro_organiz_9881df_idx"),
                    models.Index(fields=["organization", "product"], name="cohorts_pro_organiz_ef4cb9_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "certified"), ("product__isnull", False)),
                            models.Q(models.Q(("kind", "certified"), _negated=True), ("product", None)),
                            _connector="OR",
                        ),
                        name="cohorts_programgoal_product",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_programgoal_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_programgoal_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_programgoal_program_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="product", name="cohorts_programgoal_product_fk", to="partners.product"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Prerequisite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "program",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prerequisites",
                        to="cohorts.program",
                    ),
                ),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.group",
                    ),
                ),
                (
                    "tier",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.tier",
                    ),
                ),
                (
                    "certificate",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cohorts.program",
                    ),
                ),
                (
                    "product",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.product",
                    ),
                ),
            ],
            options={
                "verbose_name": "prerequisite",
                "verbose_name_plural": "prerequisites",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "group"], name="cohorts_pre_organiz_8c389b_idx"),
                    models.Index(fields=["organization", "tier"], name="cohorts_pre_organiz_4f84c3_idx"),
                    models.Index(fields=["organization", "certificate"], name="cohorts_pre_organiz_6728ac_idx"),
                    models.Index(fields=["organization", "product"], name="cohorts_pre_organiz_3f2aa4_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("certificate", None), ("group__isnull", False), ("product", None), ("tier", None)
                            ),
                            models.Q(
                                ("certificate", None), ("group", None), ("product", None), ("tier__isnull", False)
                            ),
                            models.Q(
                                ("certificate__isnull", False), ("group", None), ("product", None), ("tier", None)
                            ),
                            models.Q(
                                ("certificate", None), ("group", None), ("product__isnull", False), ("tier", None)
                            ),
                            _connector="OR",
                        ),
                        name="cohorts_prerequisite_is_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("group__isnull", False)),
                        fields=("organization", "program", "group"),
                        name="cohorts_prerequisite_group",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("tier__isnull", False)),
                        fields=("organization", "program", "tier"),
                        name="cohorts_prerequisite_tier",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("certificate__isnull", False)),
                        fields=("organization", "program", "certificate"),
                        name="cohorts_prerequisite_certificate",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("product__isnull", False)),
                        fields=("organization", "program", "product"),
                        name="cohorts_prerequisite_product",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_prerequisite_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="program", name="cohorts_prerequisite_program_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="cohorts_prerequisite_group_fk", to="partners.group"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="tier", name="cohorts_prerequisite_tier_fk", to="partners.tier"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="certificate", name="cohorts_prerequisite_certificate_fk", to="cohorts.program"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="product", name="cohorts_prerequisite_product_fk", to="partners.product"
                    ),
                ],
            },
        ),
    ]
