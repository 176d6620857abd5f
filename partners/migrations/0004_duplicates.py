import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0003_groups"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="further_domains",
                        to="partners.partner",
                    ),
                ),
                ("domain", models.CharField(db_collation="C", max_length=253, verbose_name="domain")),
            ],
            options={
                "verbose_name": "further domain",
                "verbose_name_plural": "further domains",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "domain"], name="partners_partnerdomain_whose")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "partner", "domain"), name="partners_partnerdomain_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partnerdomain_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_partnerdomain_partner_fk", to="partners.partner"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
                    ),
                ),
                ("key", models.CharField(db_collation="C", max_length=80)),
            ],
            options={
                "verbose_name": "key of a name",
                "verbose_name_plural": "keys of names",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization", "key"], include=("partner",), name="partners_partnerkey_whose"
                    ),
                    models.Index(fields=["organization", "partner"], name="partners_pa_organiz_e7c2a5_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partnerkey_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_partnerkey_partner_fk", to="partners.partner"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LikelyDouble",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "first",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "second",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[("domain", "Same domain"), ("name", "Same name"), ("similar", "Similar name")],
                        default="similar",
                        max_length=10,
                    ),
                ),
                ("score", models.PositiveSmallIntegerField(default=0, verbose_name="likeness in percent")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To look at"), ("different", "Not the same")],
                        db_collation="C",
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="found at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "decided_by",
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
                "verbose_name": "likely double",
                "verbose_name_plural": "likely doubles",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["organization", "-score", "id"],
                        name="partners_likelydouble_waiting",
                    ),
                    models.Index(fields=["organization", "second"], name="partners_li_organiz_c1b11d_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "first", "second"), name="partners_likelydouble_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="partners_likelydouble_order"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_likelydouble_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_likelydouble_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="first", name="partners_likelydouble_first_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="second", name="partners_likelydouble_second_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="decided_by", name="partners_likelydouble_decided_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "merged",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="partners.partner",
                    ),
                ),
                (
                    "survivor",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_records",
                        to="partners.partner",
                    ),
                ),
                ("moved", models.JSONField(default=dict)),
                ("merged_at", models.DateTimeField(verbose_name="merged at")),
                (
                    "merged_by",
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
                "verbose_name": "merged record",
                "verbose_name_plural": "merged records",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "survivor"], name="partners_pa_organiz_5b1b69_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "merged"), name="partners_partnermerge_once"),
                    models.CheckConstraint(
                        condition=models.Q(("merged", models.F("survivor")), _negated=True),
                        name="partners_partnermerge_two",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partnermerge_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="merged", name="partners_partnermerge_merged_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="survivor", name="partners_partnermerge_survivor_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="merged_by", name="partners_partnermerge_merged_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
