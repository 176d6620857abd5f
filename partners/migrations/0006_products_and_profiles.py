import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("files", "0001_initial"),
        ("partners", "0005_journeys"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductFamily",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("normalized_name", models.CharField(db_collation="C", editable=False, max_length=80)),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="retired on")),
            ],
            options={
                "verbose_name": "product family",
                "verbose_name_plural": "product families",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "normalized_name"),
                        name="partners_productfamily_name",
                        violation_error_message="There is already a family of this name.",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_productfamily_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_productfamily_public"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("normalized_name", models.CharField(db_collation="C", editable=False, max_length=80)),
                (
                    "family",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="partners.productfamily",
                        verbose_name="family",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="number or code")),
                ("description", models.TextField(blank=True, max_length=1000, verbose_name="what partners read")),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="retired on")),
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "family"], name="partners_pr_organiz_36dd5d_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "normalized_name"),
                        name="partners_product_name",
                        violation_error_message="There is already a product of this name.",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_product_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_product_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="family", name="partners_product_family_fk", to="partners.productfamily"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="product_rights",
                        to="partners.partner",
                    ),
                ),
                (
                    "product",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rights",
                        to="partners.product",
                    ),
                ),
                (
                    "right",
                    models.CharField(
                        choices=[("sell", "May sell"), ("service", "May service"), ("incubation", "In incubation")],
                        db_collation="C",
                        max_length=12,
                        verbose_name="right",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("certificate", "By certificate"), ("agreement", "By agreement"), ("hand", "By hand")],
                        db_collation="C",
                        default="hand",
                        max_length=12,
                        verbose_name="on what ground",
                    ),
                ),
                ("proof", models.CharField(blank=True, db_collation="C", editable=False, max_length=60)),
                ("reference", models.CharField(blank=True, max_length=80, verbose_name="number or title of it")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until before")),
                ("begun_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="why")),
                ("end_reason", models.CharField(blank=True, max_length=200, verbose_name="why it ended")),
                ("granted_at", models.DateTimeField(verbose_name="granted at")),
                (
                    "granted_by",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "product right",
                "verbose_name_plural": "product rights",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization", "product", "-starts_on"], name="partners_partnerproduct_story"
                    ),
                    models.Index(
                        condition=models.Q(("closed_at", None), ("ends_on__isnull", False)),
                        fields=["organization", "ends_on"],
                        name="partners_partnerproduct_ending",
                    ),
                    models.Index(
                        condition=models.Q(("begun_at", None), ("closed_at", None)),
                        fields=["organization", "starts_on"],
                        name="partners_partnerproduct_ahead",
                    ),
                    models.Index(fields=["organization", "partner"], name="partners_pa_organiz_acfcf6_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("organization", "product", "partner", "right"),
                        name="partners_partnerproduct_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="partners_partnerproduct_period",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("organization", "="),
                            ("product", "="),
                            ("partner", "="),
                            ("right", "="),
                            (
                                models.Func(
                                    "starts_on",
                                    "ends_on",
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="partners_partnerproduct_apart",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partnerproduct_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_partnerproduct_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_partnerproduct_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="product", name="partners_partnerproduct_product_fk", to="partners.product"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="granted_by", name="partners_partnerproduct_granted_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "user",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profiles",
                        to="partners.partneruser",
                    ),
                ),
                ("said_as", models.CharField(blank=True, max_length=80, verbose_name="how your name is said")),
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
                (
                    "function",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sales", "Sales"),
                            ("technical", "Technical"),
                            ("marketing", "Marketing"),
                            ("product", "Product"),
                            ("leadership", "Leadership"),
                        ],
                        max_length=12,
                        verbose_name="function",
                    ),
                ),
                (
                    "seniority",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("starting", "New to it"),
                            ("able", "Some years in"),
                            ("senior", "Experienced"),
                            ("head", "Leads a team or a field"),
                        ],
                        max_length=12,
                        verbose_name="seniority",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), blank=True, default=list, verbose_name="languages"
                    ),
                ),
                ("link", models.URLField(blank=True, verbose_name="profile elsewhere")),
                ("offers", models.TextField(blank=True, max_length=500, verbose_name="what I can help with")),
                ("seeks", models.TextField(blank=True, max_length=500, verbose_name="what I look for")),
                ("readers", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
            ],
            options={
                "verbose_name": "profile of a person",
                "verbose_name_plural": "profiles of people",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "photo"], name="partners_pe_organiz_649783_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "user"), name="partners_personprofile_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_personprofile_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_personprofile_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="user", name="partners_personprofile_user_fk", to="partners.partneruser"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="photo", name="partners_personprofile_photo_fk", to="files.storedfile"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "parent",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "child",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("branch", "Branch"),
                            ("bought", "Bought company"),
                            ("reseller", "Reseller"),
                            ("split", "Split off"),
                        ],
                        db_collation="C",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until before")),
                ("leads_look_in", models.BooleanField(default=False, verbose_name="for the whole company")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="why")),
                ("made_at", models.DateTimeField(verbose_name="written at")),
                (
                    "made_by",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "link between companies",
                "verbose_name_plural": "links between companies",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "parent", "kind"], name="partners_partnerlink_below"),
                    models.Index(fields=["organization", "child", "kind"], name="partners_partnerlink_above"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("child")), _negated=True),
                        name="partners_partnerlink_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="partners_partnerlink_period",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partnerlink_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_partnerlink_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="parent", name="partners_partnerlink_parent_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="child", name="partners_partnerlink_child_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="made_by", name="partners_partnerlink_made_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
