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
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("schema", models.CharField(max_length=60)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("add", "Only add what is new"),
                            ("update", "Add what is new, update the others"),
                            ("fill", "Add what is new, fill only what is empty"),
                        ],
                        default="add",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("checking", "Being checked"),
                            ("analyzed", "Checked"),
                            ("applying", "Being imported"),
                            ("applied", "Imported"),
                            ("undoing", "Being taken back"),
                            ("undone", "Taken back"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "file",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                ("columns", models.JSONField(default=list)),
                ("header", models.PositiveIntegerField(default=1)),
                ("mapping", models.JSONField(default=dict)),
                ("is_remembered", models.BooleanField(default=False)),
                ("sample", models.JSONField(default=list)),
                ("options", models.JSONField(default=dict)),
                ("row_count", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("counts", models.JSONField(default=dict)),
                (
                    "job",
                    prm.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
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
                ("created_at", models.DateTimeField(verbose_name="uploaded at")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="imported at")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="taken back at")),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "file"], name="imports_imp_organiz_882890_idx"),
                    models.Index(fields=["organization", "job"], name="imports_imp_organiz_42500e_idx"),
                    models.Index(fields=["organization", "created_by"], name="imports_imp_organiz_a2ce79_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="imports_import_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="imports_import_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="file", name="imports_import_file_fk", to="files.storedfile"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="job", name="imports_import_job_fk", to="jobs.job"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="created_by", name="imports_import_created_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "row_import",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="imports.import",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="row")),
                ("cells", models.JSONField(default=list)),
                ("values", models.JSONField(default=dict)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("like", "Already there"),
                            ("problem", "Cannot be read"),
                            ("skipped", "Left out"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("problems", models.JSONField(default=list)),
                ("like", models.JSONField(default=dict)),
                ("target_id", models.BigIntegerField(null=True)),
                ("changes", models.JSONField(default=dict)),
                ("fills", models.BooleanField(default=False)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("add", "Somebody else: add it"),
                            ("update", "Update"),
                            ("fill", "Fill only what is empty"),
                            ("skip", "Leave it as it is"),
                        ],
                        max_length=10,
                    ),
                ),
                ("object_id", models.BigIntegerField(null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("created", "Added"),
                            ("updated", "Updated"),
                            ("kept", "Not taken back"),
                            ("undone", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name": "row of an import",
                "verbose_name_plural": "rows of an import",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "new"), _negated=True),
                        fields=["organization", "row_import", "outcome", "number"],
                        name="imports_row_others",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "row_import", "number"), name="imports_row_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="imports_importrow_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="row_import", name="imports_importrow_row_import_fk", to="imports.import"
                    ),
                ],
            },
        ),
        # Each row is written once and told once what became of it: with room beside it no index is touched.
        migrations.RunSQL(
            "ALTER TABLE imports_importrow SET (fillfactor = 75)", "ALTER TABLE imports_importrow RESET (fillfactor)"
        ),
    ]
