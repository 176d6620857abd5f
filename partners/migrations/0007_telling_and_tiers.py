import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0006_products_and_profiles"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("fields", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40))),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="personal line")),
                (
                    "asked_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("reminded_at", models.DateTimeField(null=True, verbose_name="reminded at")),
            ],
            options={
                "verbose_name": "request for data",
                "verbose_name_plural": "requests for data",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "-asked_at"], name="partners_datarequest_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_datarequest_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_datarequest_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="asked_by", name="partners_datarequest_asked_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuestionPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                ("field", models.CharField(db_collation="C", max_length=40)),
                ("is_unknown", models.BooleanField(default=False, verbose_name="not known")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("said_at", models.DateTimeField(verbose_name="said at")),
                (
                    "said_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "question put aside",
                "verbose_name_plural": "questions put aside",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "partner", "field"), name="partners_questionpause_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_questionpause_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_questionpause_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="said_by", name="partners_questionpause_said_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                ("field", models.CharField(db_collation="C", max_length=40)),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "confirmed_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "confirmation of a record",
                "verbose_name_plural": "confirmations of records",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "partner", "field"), name="partners_confirmation_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_recordconfirmation_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_recordconfirmation_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="confirmed_by",
                        name="partners_recordconfirmation_confirmed_by_fk",
                        to="accounts.membership",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposedValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
                    ),
                ),
                ("field", models.CharField(db_collation="C", max_length=40)),
                ("value", models.JSONField(null=True)),
                ("before", models.JSONField(null=True)),
                ("moves", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("accepted", "Accepted"), ("declined", "Declined")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "proposed_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="told at")),
                (
                    "decided_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
            ],
            options={
                "verbose_name": "proposed value",
                "verbose_name_plural": "proposed values",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["organization", "proposed_at"],
                        name="partners_proposedvalue_queue",
                    ),
                    models.Index(fields=["organization", "partner"], name="partners_pr_organiz_9a3683_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("organization", "partner", "field"),
                        name="partners_proposedvalue_waiting",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_proposedvalue_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_proposedvalue_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_proposedvalue_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="proposed_by", name="partners_proposedvalue_proposed_by_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="decided_by", name="partners_proposedvalue_decided_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AskedPartner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "request",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked",
                        to="partners.datarequest",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
                    ),
                ),
            ],
            options={
                "verbose_name": "asked partner",
                "verbose_name_plural": "asked partners",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "partner"], name="partners_as_organiz_5a94bf_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "request", "partner"), name="partners_askedpartner_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_askedpartner_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="request", name="partners_askedpartner_request_fk", to="partners.datarequest"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_askedpartner_partner_fk", to="partners.partner"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ladder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("normalized_name", models.CharField(db_collation="C", editable=False, max_length=80)),
                ("description", models.TextField(blank=True, max_length=1000, verbose_name="what its partners read")),
                (
                    "audience",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.audience",
                        verbose_name="who takes part",
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
                (
                    "promotion",
                    models.CharField(
                        choices=[("automatic", "At once, by itself"), ("approval", "After a colleague agreed")],
                        default="automatic",
                        max_length=10,
                        verbose_name="a higher tier is given",
                    ),
                ),
                (
                    "review",
                    models.CharField(
                        choices=[("quarter", "At the end of each quarter"), ("year", "At the end of each fiscal year")],
                        default="year",
                        max_length=10,
                        verbose_name="a tier may be lowered",
                    ),
                ),
                (
                    "manager_days",
                    models.PositiveSmallIntegerField(
                        default=3, validators=[django.core.validators.MaxValueValidator(30)]
                    ),
                ),
                (
                    "notice_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(7),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=14, validators=[django.core.validators.MaxValueValidator(90)]
                    ),
                ),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("launched_at", models.DateTimeField(blank=True, null=True, verbose_name="launched at")),
                ("evaluated_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
            ],
            options={
                "verbose_name": "ladder",
                "verbose_name_plural": "ladders",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "audience"], name="partners_la_organiz_7569fc_idx"),
                    models.Index(fields=["organization", "owner"], name="partners_la_organiz_b3a32c_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("organization", "normalized_name"),
                        name="partners_ladder_name",
                        violation_error_message="There is already a ladder of this name.",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_ladder_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_ladder_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="audience", name="partners_ladder_audience_fk", to="partners.audience"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="owner", name="partners_ladder_owner_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "ladder",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tiers",
                        to="partners.ladder",
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rank")),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                (
                    "color",
                    models.CharField(
                        choices=[
                            ("indigo", "Indigo"),
                            ("violet", "Violet"),
                            ("rose", "Rose"),
                            ("coral", "Coral"),
                            ("amber", "Amber"),
                            ("green", "Green"),
                            ("teal", "Teal"),
                            ("sky", "Sky"),
                        ],
                        default="indigo",
                        max_length=10,
                        verbose_name="color",
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="in one sentence")),
                (
                    "response_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="answers within, in hours",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
            ],
            options={
                "verbose_name": "tier",
                "verbose_name_plural": "tiers",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "ladder"], name="partners_tier_of")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("organization", "ladder", "rank"),
                        name="partners_tier_rank",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("organization", "ladder", "name"),
                        name="partners_tier_name",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_tier_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_tier_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="ladder", name="partners_tier_ladder_fk", to="partners.ladder"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerTier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tiers", to="partners.partner"
                    ),
                ),
                (
                    "ladder",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standings",
                        to="partners.ladder",
                    ),
                ),
                (
                    "tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standings",
                        to="partners.tier",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("placed", "Start on the ladder"),
                            ("earned", "Requirements met"),
                            ("approved", "Requirements met, agreed by a colleague"),
                            ("hand", "Given by hand"),
                            ("lowered", "Requirements no longer met"),
                        ],
                        default="placed",
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner’s tier",
                "verbose_name_plural": "partners’ tiers",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ends_at", None)),
                        fields=["organization", "tier"],
                        name="partners_partnertier_present",
                    ),
                    models.Index(fields=["organization", "ladder", "-starts_at"], name="partners_partnertier_history"),
                    models.Index(fields=["organization", "partner"], name="partners_pa_organiz_9fe8cc_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at", None)),
                        fields=("organization", "ladder", "partner"),
                        name="partners_partnertier_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"),
                        name="partners_partnertier_period",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partnertier_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_partnertier_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_partnertier_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="ladder", name="partners_partnertier_ladder_fk", to="partners.ladder"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="tier", name="partners_partnertier_tier_fk", to="partners.tier"
                    ),
                ],
            },
        ),
    ]
