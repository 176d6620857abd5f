import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0001_partners_and_agreements"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attribute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("normalized_name", models.CharField(db_collation="C", editable=False, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "One of a list"),
                            ("choices", "Several of a list"),
                            ("yes_no", "Yes or no"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "standard",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("industry", "Industry"),
                            ("specializations", "Specializations"),
                            ("size", "Size"),
                            ("capacity", "Free capacity"),
                        ],
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("hint", models.CharField(blank=True, max_length=200, verbose_name="what is meant")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                ("choices", models.JSONField(default=list, verbose_name="choices")),
                (
                    "keeper",
                    models.CharField(
                        choices=[
                            ("staff", "Colleagues only; the partner does not see it"),
                            ("shown", "Colleagues; the partner reads it"),
                            ("partner", "The partner, and colleagues"),
                        ],
                        default="staff",
                        max_length=10,
                        verbose_name="who keeps it",
                    ),
                ),
                (
                    "confirm_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="ask again after months"),
                ),
                ("section", models.CharField(blank=True, max_length=60, verbose_name="heading")),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
            ],
            options={
                "verbose_name": "attribute",
                "verbose_name_plural": "attributes",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("organization", "normalized_name"),
                        name="partners_attribute_name",
                        violation_error_message="There is already an attribute of this name.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("standard", ""), _negated=True),
                        fields=("organization", "standard"),
                        name="partners_attribute_standard",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_attribute_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_attribute_public"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ValueChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                ("field", models.CharField(db_collation="C", max_length=40)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
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
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "changed_by",
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
                "verbose_name": "change of a value",
                "verbose_name_plural": "changes of values",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization", "partner", "field", "-at"], name="partners_valuechange_history"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_valuechange_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_valuechange_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="changed_by", name="partners_valuechange_changed_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttributeValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "attribute",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="partners.attribute",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="partners.partner"
                    ),
                ),
                ("text", models.CharField(blank=True, db_collation="C", max_length=500)),
                ("number", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("day", models.DateField(null=True)),
                ("flag", models.BooleanField(null=True)),
                (
                    "choices",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list),
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
                ("set_at", models.DateTimeField(verbose_name="set at")),
                (
                    "set_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(verbose_name="confirmed at")),
            ],
            options={
                "verbose_name": "attribute's value",
                "verbose_name_plural": "attributes' values",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("text", ""), _negated=True),
                        fields=["organization", "attribute", "text"],
                        include=("partner",),
                        name="partners_attributevalue_text",
                    ),
                    models.Index(
                        condition=models.Q(("number__isnull", False)),
                        fields=["organization", "attribute", "number"],
                        include=("partner",),
                        name="partners_attributevalue_number",
                    ),
                    models.Index(
                        condition=models.Q(("day__isnull", False)),
                        fields=["organization", "attribute", "day"],
                        include=("partner",),
                        name="partners_attributevalue_day",
                    ),
                    models.Index(
                        condition=models.Q(("flag__isnull", False)),
                        fields=["organization", "attribute", "flag"],
                        include=("partner",),
                        name="partners_attributevalue_flag",
                    ),
                    models.Index(
                        condition=models.Q(("choices", []), _negated=True),
                        fields=["organization", "attribute"],
                        include=("partner", "choices"),
                        name="partners_attributevalue_choice",
                    ),
                    models.Index(fields=["organization", "partner"], name="partners_at_organiz_a6ec20_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "attribute", "partner"), name="partners_attributevalue_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_attributevalue_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="attribute", name="partners_attributevalue_attribute_fk", to="partners.attribute"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_attributevalue_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="set_by", name="partners_attributevalue_set_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Audience",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("kind", models.CharField(max_length=20)),
                ("source_id", models.BigIntegerField(default=0)),
                ("label", models.CharField(max_length=120, verbose_name="name")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "audience",
                "verbose_name_plural": "audiences",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "source_id"), name="partners_audience_source"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_audience_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_audience_public"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AudienceMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "audience",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="partners.audience",
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
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "audience member",
                "verbose_name_plural": "audience members",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "audience"], name="partners_audiencemember_of"),
                    models.Index(fields=["organization", "partner"], name="partners_au_organiz_ffea39_idx"),
                    models.Index(fields=["organization", "membership"], name="partners_au_organiz_ccb5af_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at", None), ("partner__isnull", False)),
                        fields=("organization", "audience", "partner"),
                        name="partners_audiencemember_partner_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at", None), ("membership__isnull", False)),
                        fields=("organization", "audience", "membership"),
                        name="partners_audiencemember_person_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("membership__isnull", False), ("partner", None)),
                            models.Q(("membership", None), ("partner__isnull", False)),
                            _connector="OR",
                        ),
                        name="partners_audiencemember_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"),
                        name="partners_audiencemember_period",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_audiencemember_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="audience", name="partners_audiencemember_audience_fk", to="partners.audience"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_audiencemember_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="partners_audiencemember_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
