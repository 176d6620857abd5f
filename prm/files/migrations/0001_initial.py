import django.db.models.deletion
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
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("key", models.CharField(editable=False, max_length=80)),
                ("name", models.CharField(max_length=180, verbose_name="name")),
                ("size", models.BigIntegerField(verbose_name="size")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "uploaded_by",
                    prm.tenancy.fields.TenantForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="uploaded at")),
            ],
            options={
                "verbose_name": "file",
                "verbose_name_plural": "files",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "uploaded_by"], name="files_store_organiz_ab7a86_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "key"), name="files_storedfile_key_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="files_storedfile_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="files_storedfile_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="uploaded_by", name="files_storedfile_uploaded_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
