import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        # Ranges of days that may not overlap are kept apart together with an id.
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=120, verbose_name="company name")),
                ("normalized_name", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("domain", models.CharField(blank=True, db_collation="C", max_length=253, verbose_name="domain")),
                ("searchable", models.CharField(db_collation="C", editable=False, max_length=400)),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("country", models.CharField(blank=True, db_collation="C", max_length=2, verbose_name="country")),
                ("region", models.CharField(blank=True, max_length=80, verbose_name="region")),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prospect", "Prospect"),
                            ("applied", "Applied"),
                            ("onboarding", "Onboarding"),
                            ("active", "Active"),
                            ("dormant", "Dormant"),
                            ("left", "Left"),
                        ],
                        db_collation="C",
                        default="active",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "account_manager",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="account manager",
                    ),
                ),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="internal notes")),
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
                ("is_test", models.BooleanField(default=False, verbose_name="test partner")),
                ("created_at", models.DateTimeField(verbose_name="added at")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
                ("compared_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization", "normalized_name", "id"],
                        include=("searchable", "archived_at", "is_test"),
                        name="partners_partner_by_name",
                    ),
                    models.Index(
                        condition=models.Q(("archived_at", None)),
                        fields=["organization", "status", "normalized_name", "id"],
                        name="partners_partner_by_status",
                    ),
                    models.Index(
                        condition=models.Q(("archived_at", None)),
                        fields=["organization", "country", "normalized_name", "id"],
                        name="partners_partner_by_country",
                    ),
                    models.Index(
                        condition=models.Q(("archived_at", None)),
                        fields=["organization", "-created_at", "-id"],
                        name="partners_partner_newest",
                    ),
                    models.Index(
                        condition=models.Q(("domain", ""), _negated=True),
                        fields=["organization", "domain"],
                        name="partners_partner_domain",
                    ),
                    models.Index(
                        condition=models.Q(("compared_at", None)),
                        fields=["organization", "id"],
                        name="partners_partner_uncompared",
                    ),
                    models.Index(fields=["organization", "account_manager"], name="partners_pa_organiz_521ebe_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("normalized_name", ""), _negated=True), name="partners_partner_has_name"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partner_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_partner_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="account_manager", name="partners_partner_account_manager_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerUser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="users", to="partners.partner"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("lead", "Lead"), ("member", "Member")],
                        default="member",
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                ("job_title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                ("joined_at", models.DateTimeField(verbose_name="joined at")),
                ("away_since", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "partner user",
                "verbose_name_plural": "partner users",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "-joined_at"], name="partners_partneruser_newest"),
                    models.Index(fields=["organization", "partner"], name="partners_pa_organiz_ce3734_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "membership"), name="partners_partneruser_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partneruser_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_partneruser_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="partners_partneruser_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_partneruser_partner_fk", to="partners.partner"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("normalized_name", models.CharField(db_collation="C", editable=False, max_length=80)),
                ("query", models.CharField(blank=True, max_length=3000, verbose_name="what it shows")),
                (
                    "owner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
                ("created_at", models.DateTimeField(verbose_name="saved at")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="taken away at")),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("organization", "owner", "normalized_name"),
                        name="partners_savedview_name",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_savedview_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_savedview_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="owner", name="partners_savedview_owner_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("is_personal", models.BooleanField(default=False, verbose_name="each person accepts it")),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
            ],
            options={
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "title"), name="partners_agreement_title"),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_agreement_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_agreement_public"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "agreement",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="partners.agreement",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("body", models.TextField(max_length=50000, verbose_name="text")),
                (
                    "term_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="holds for months"),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
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
            ],
            options={
                "verbose_name": "agreement’s version",
                "verbose_name_plural": "agreements’ versions",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "agreement", "number"), name="partners_agreementversion_no"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_agreementversion_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_agreementversion_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="agreement", name="partners_agreementversion_agreement_fk", to="partners.agreement"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="created_by", name="partners_agreementversion_created_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "version",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="partners.agreementversion",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                ("authority", models.CharField(blank=True, max_length=120, verbose_name="in what capacity")),
                ("accepted_at", models.DateTimeField(verbose_name="accepted at")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until before")),
                ("renews_on", models.DateField(blank=True, null=True, verbose_name="renewed from")),
            ],
            options={
                "verbose_name": "acceptance",
                "verbose_name_plural": "acceptances",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "version", "-accepted_at"], name="partners_acceptance_newest"),
                    models.Index(fields=["organization", "partner"], name="partners_ac_organiz_aff3bf_idx"),
                    models.Index(fields=["organization", "membership"], name="partners_ac_organiz_1900c5_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "version", "membership", "ends_on"),
                        name="partners_acceptance_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_acceptance_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="version", name="partners_acceptance_version_fk", to="partners.agreementversion"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_acceptance_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="partners_acceptance_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
