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
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("parameters", models.JSONField(default=dict)),
                ("position", models.JSONField(default=dict)),
                ("total", models.PositiveIntegerField(default=0, verbose_name="of")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("errors", models.JSONField(default=list, verbose_name="errors")),
                ("result", models.JSONField(default=dict, verbose_name="result")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField()),
                (
                    "created_by",
                    prm.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="started at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["organization", "not_before"],
                        name="jobs_job_unfinished",
                    ),
                    models.Index(fields=["organization", "created_by"], name="jobs_job_organiz_647e64_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="jobs_job_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="jobs_job_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="created_by", name="jobs_job_created_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
