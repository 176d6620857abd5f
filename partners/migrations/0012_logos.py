import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("partners", "0011_tier_moves"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerLogo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("shown_at", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField()),
                (
                    "file",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logos",
                        to="partners.partner",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "file"], name="partners_pa_organiz_b607e5_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "partner"), name="partners_logo_once"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_partnerlogo_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="file", name="partners_partnerlogo_file_fk", to="files.storedfile"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partnerlogo_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_partnerlogo_public"),
                ],
            },
        ),
    ]
