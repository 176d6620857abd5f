import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("files", "0001_initial"),
        ("jobs", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("kind", models.CharField(max_length=60)),
                ("file_format", models.CharField(max_length=10, verbose_name="format")),
                ("parameters", models.JSONField(default=dict)),
                ("row_count", models.PositiveIntegerField(default=0, verbose_name="rows")),
                (
                    "job",
                    prm.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
                    ),
                ),
                ("scratch", models.CharField(blank=True, max_length=80)),
                (
                    "file",
                    prm.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "created_by",
                    prm.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="asked for at")),
                ("expires_at", models.DateTimeField(verbose_name="kept until")),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "expires_at"], name="exports_export_expiry"),
                    models.Index(fields=["organization", "job"], name="exports_exp_organiz_b14ab3_idx"),
                    models.Index(fields=["organization", "file"], name="exports_exp_organiz_743da3_idx"),
                    models.Index(fields=["organization", "created_by"], name="exports_exp_organiz_ed033a_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="exports_export_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="exports_export_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="job", name="exports_export_job_fk", to="jobs.job"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="file", name="exports_export_file_fk", to="files.storedfile"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="created_by", name="exports_export_created_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
