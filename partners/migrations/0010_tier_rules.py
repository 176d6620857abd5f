from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0009_recruitment"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LadderVersion",
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
                        related_name="versions",
                        to="partners.ladder",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="what is new, and why")),
                ("applies_at", models.DateTimeField(blank=True, null=True, verbose_name="applies from")),
                ("created_at", models.DateTimeField(verbose_name="begun at")),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "published_by",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("tried_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("tried_revision", models.PositiveIntegerField(default=0, editable=False)),
                ("tried", models.JSONField(default=dict, editable=False)),
            ],
            options={
                "verbose_name": "version of a ladder's rules",
                "verbose_name_plural": "versions of ladders' rules",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "ladder", "number"), name="partners_ladderversion_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("applies_at", None)),
                        fields=("organization", "ladder"),
                        name="partners_ladderversion_draft",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_ladderversion_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_ladderversion_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="ladder", name="partners_ladderversion_ladder_fk", to="partners.ladder"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="published_by", name="partners_ladderversion_published_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("normalized_name", models.CharField(db_collation="C", editable=False, max_length=80)),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                (
                    "reading",
                    models.CharField(
                        choices=[("sum", "Added up"), ("average", "Their average"), ("latest", "The latest one")],
                        default="sum",
                        max_length=8,
                        verbose_name="several entries count as",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made at")),
            ],
            options={
                "verbose_name": "number for tiers",
                "verbose_name_plural": "numbers for tiers",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "normalized_name"),
                        name="partners_tiernumber_name",
                        violation_error_message="There is already a number of this name.",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_tiernumber_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_tiernumber_public"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierBenefit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="benefits",
                        to="partners.tier",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("label", models.CharField(max_length=60)),
                ("value", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "verbose_name": "benefit",
                "verbose_name_plural": "benefits",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "tier", "position"), name="partners_tierbenefit_position"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_tierbenefit_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="tier", name="partners_tierbenefit_tier_fk", to="partners.tier"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "number",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="partners.tiernumber",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("amount", models.DecimalField(decimal_places=4, max_digits=18, verbose_name="amount")),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="note")),
                ("entered_at", models.DateTimeField(verbose_name="entered at")),
                (
                    "entered_by",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "entry of a number",
                "verbose_name_plural": "entries of numbers",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("voided_at", None)),
                        fields=["organization", "number", "partner", "at"],
                        include=("amount",),
                        name="partners_numberentry_counted",
                    ),
                    models.Index(
                        fields=["organization", "number", "-entered_at", "-id"], name="partners_numberentry_newest"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_numberentry_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_numberentry_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="number", name="partners_numberentry_number_fk", to="partners.tiernumber"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_numberentry_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="entered_by", name="partners_numberentry_entered_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "version",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requirements",
                        to="partners.ladderversion",
                    ),
                ),
                (
                    "tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requirements",
                        to="partners.tier",
                    ),
                ),
                ("block", models.PositiveSmallIntegerField(default=1)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("measure", "What happened"),
                            ("attribute", "An attribute"),
                            ("number", "A number you enter"),
                            ("people", "Active people"),
                            ("days", "Days as a partner"),
                        ],
                        max_length=10,
                        verbose_name="what counts",
                    ),
                ),
                ("measure", models.CharField(blank=True, max_length=60)),
                (
                    "attribute",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.attribute",
                    ),
                ),
                (
                    "number",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.tiernumber",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("rolling", "in the last 12 months"),
                            ("year", "in the fiscal year"),
                            ("quarter", "in the quarter"),
                            ("ever", "altogether"),
                        ],
                        default="rolling",
                        max_length=8,
                        verbose_name="over",
                    ),
                ),
                (
                    "threshold",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.0001"))],
                        verbose_name="at least",
                    ),
                ),
            ],
            options={
                "verbose_name": "requirement",
                "verbose_name_plural": "requirements",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "version"], name="partners_re_organiz_377396_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gt", 0)), name="partners_requirement_threshold"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("attribute", None),
                                ("number", None),
                                ("source", "measure"),
                                models.Q(("measure", ""), _negated=True),
                            ),
                            models.Q(
                                ("attribute__isnull", False), ("measure", ""), ("number", None), ("source", "attribute")
                            ),
                            models.Q(
                                ("attribute", None), ("measure", ""), ("number__isnull", False), ("source", "number")
                            ),
                            models.Q(
                                ("attribute", None),
                                ("measure", ""),
                                ("number", None),
                                ("source__in", ["people", "days"]),
                            ),
                            _connector="OR",
                        ),
                        name="partners_requirement_source",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_requirement_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_requirement_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="version", name="partners_requirement_version_fk", to="partners.ladderversion"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="tier", name="partners_requirement_tier_fk", to="partners.tier"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="attribute", name="partners_requirement_attribute_fk", to="partners.attribute"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="number", name="partners_requirement_number_fk", to="partners.tiernumber"
                    ),
                ],
            },
        ),
    ]
