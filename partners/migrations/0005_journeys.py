import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0004_duplicates"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="JourneyTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "welcome",
                    models.TextField(blank=True, max_length=1000, verbose_name="what partners read above their steps"),
                ),
                ("is_personal", models.BooleanField(default=False, verbose_name="each person goes through it")),
                (
                    "trigger",
                    models.CharField(db_collation="C", default="hand", max_length=20, verbose_name="what starts it"),
                ),
                ("source_id", models.BigIntegerField(default=0)),
                (
                    "leaving",
                    models.CharField(
                        choices=[("stop", "Stop it; it goes on when they come back"), ("keep", "Let them finish it")],
                        default="stop",
                        max_length=4,
                        verbose_name="when they leave",
                    ),
                ),
                (
                    "phases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, verbose_name="phases"
                    ),
                ),
                (
                    "owner",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="owner",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("switched_on_at", models.DateTimeField(blank=True, null=True, verbose_name="switched on at")),
                ("includes_present", models.BooleanField(default=False, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
            ],
            options={
                "verbose_name": "journey template",
                "verbose_name_plural": "journey templates",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "owner"], name="partners_jo_organiz_791f92_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("organization", "name"),
                        name="partners_journeytemplate_name",
                        violation_error_message="There is already a journey of this name.",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_journeytemplate_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_journeytemplate_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="owner", name="partners_journeytemplate_owner_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("key", models.CharField(db_collation="C", editable=False, max_length=12)),
                ("phase", models.PositiveSmallIntegerField(default=0, verbose_name="phase")),
                ("position", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("kind", models.CharField(db_collation="C", max_length=20, verbose_name="kind")),
                ("title", models.CharField(max_length=120, verbose_name="what is to be done")),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="how")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("source_id", models.BigIntegerField(default=0)),
                ("questions", models.JSONField(default=list, verbose_name="questions")),
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "The partner"), ("staff", "We")],
                        default="partner",
                        max_length=7,
                        verbose_name="who does it",
                    ),
                ),
                (
                    "doer",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="colleague",
                    ),
                ),
                ("is_optional", models.BooleanField(default=False, verbose_name="may be skipped")),
                (
                    "waits_for",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list),
                ),
                (
                    "due_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(730)],
                        verbose_name="due after days",
                    ),
                ),
                ("is_due_after_steps", models.BooleanField(default=False)),
                (
                    "template",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="partners.journeytemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a template",
                "verbose_name_plural": "steps of templates",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "doer"], name="partners_te_organiz_606907_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "template", "key"), name="partners_templatestep_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_templatestep_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_templatestep_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="template", name="partners_templatestep_template_fk", to="partners.journeytemplate"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="doer", name="partners_templatestep_doer_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Journey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "template",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journeys",
                        to="partners.journeytemplate",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="journeys", to="partners.partner"
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
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("finished", "Finished"), ("stopped", "Stopped")],
                        db_collation="C",
                        default="running",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_by_trigger", models.BooleanField(default=False)),
                ("trigger", models.CharField(db_collation="C", default="hand", editable=False, max_length=20)),
                ("source_id", models.BigIntegerField(default=0, editable=False)),
                ("started_on", models.DateField(verbose_name="first day")),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("has_left", models.BooleanField(default=False)),
                ("stop_reason", models.CharField(blank=True, max_length=200, verbose_name="why it stopped")),
            ],
            options={
                "verbose_name": "journey",
                "verbose_name_plural": "journeys",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "template", "partner"], name="partners_journey_of"),
                    models.Index(
                        fields=["organization", "state", "-started_at", "-id"], name="partners_journey_newest"
                    ),
                    models.Index(fields=["organization", "partner"], name="partners_jo_organiz_8422d3_idx"),
                    models.Index(fields=["organization", "membership"], name="partners_jo_organiz_879d36_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("membership", None), ("state", "running")),
                        fields=("organization", "template", "partner"),
                        name="partners_journey_one_of_partner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("membership__isnull", False), ("state", "running")),
                        fields=("organization", "template", "membership"),
                        name="partners_journey_one_of_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="partners_journey_end",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_journey_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_journey_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="template", name="partners_journey_template_fk", to="partners.journeytemplate"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_journey_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="partners_journey_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JourneyStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("key", models.CharField(db_collation="C", editable=False, max_length=12)),
                ("phase", models.PositiveSmallIntegerField(default=0, verbose_name="phase")),
                ("position", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("kind", models.CharField(db_collation="C", max_length=20, verbose_name="kind")),
                ("title", models.CharField(max_length=120, verbose_name="what is to be done")),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="how")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("source_id", models.BigIntegerField(default=0)),
                ("questions", models.JSONField(default=list, verbose_name="questions")),
                (
                    "side",
                    models.CharField(
                        choices=[("partner", "The partner"), ("staff", "We")],
                        default="partner",
                        max_length=7,
                        verbose_name="who does it",
                    ),
                ),
                (
                    "doer",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="colleague",
                    ),
                ),
                ("is_optional", models.BooleanField(default=False, verbose_name="may be skipped")),
                (
                    "waits_for",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list),
                ),
                (
                    "due_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(730)],
                        verbose_name="due after days",
                    ),
                ),
                ("is_due_after_steps", models.BooleanField(default=False)),
                (
                    "journey",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="partners.journey",
                    ),
                ),
                ("phase_name", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Comes later"),
                            ("open", "To do"),
                            ("done", "Done"),
                            ("waived", "Waived"),
                            ("skipped", "Skipped"),
                            ("dropped", "No longer asked"),
                        ],
                        db_collation="C",
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="open since")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="settled at")),
                (
                    "done_by",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="why it is waived")),
                ("answers", models.JSONField(default=dict, verbose_name="answers")),
            ],
            options={
                "verbose_name": "step of a journey",
                "verbose_name_plural": "steps of journeys",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["organization", "kind", "source_id"],
                        name="partners_journeystep_open",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["organization", "side", "due_on"],
                        name="partners_journeystep_due",
                    ),
                    models.Index(fields=["organization", "doer"], name="partners_jo_organiz_0e579b_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "journey", "key"), name="partners_journeystep_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_journeystep_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_journeystep_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="journey", name="partners_journeystep_journey_fk", to="partners.journey"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="done_by", name="partners_journeystep_done_by_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="doer", name="partners_journeystep_doer_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PreparedPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prepared", to="partners.partner"
                    ),
                ),
                ("email", models.EmailField(db_collation="C", max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("job_title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                (
                    "role",
                    models.CharField(
                        choices=[("lead", "Lead"), ("member", "Member")],
                        db_collation="C",
                        default="member",
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("hand", "Entered by a colleague"),
                            ("import", "From a spreadsheet"),
                            ("partner", "Told by the partner"),
                            ("application", "From their application"),
                            ("journey", "From a step of a journey"),
                            ("merge", "From a merged record"),
                        ],
                        default="hand",
                        max_length=12,
                        verbose_name="where it comes from",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="added at")),
                (
                    "created_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("invited_at", models.DateTimeField(null=True, verbose_name="invited at")),
            ],
            options={
                "verbose_name": "prepared person",
                "verbose_name_plural": "prepared people",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "partner"], name="partners_pr_organiz_f89865_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "email"), name="partners_preparedperson_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_preparedperson_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_preparedperson_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_preparedperson_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="created_by", name="partners_preparedperson_created_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
