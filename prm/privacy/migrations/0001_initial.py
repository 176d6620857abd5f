import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("jobs", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("sought", models.JSONField(default=dict)),
                ("reason", models.CharField(max_length=300, verbose_name="why")),
                ("counts", models.JSONField(default=dict)),
                (
                    "job",
                    prm.tenancy.fields.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.job"
                    ),
                ),
                (
                    "begun_by",
                    prm.tenancy.fields.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("begun_at", models.DateTimeField(verbose_name="begun at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "membership"], name="privacy_era_organiz_5ee65a_idx"),
                    models.Index(fields=["organization", "job"], name="privacy_era_organiz_45d1f9_idx"),
                    models.Index(fields=["organization", "begun_by"], name="privacy_era_organiz_f51196_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="privacy_erasure_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="privacy_erasure_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="privacy_erasure_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="job", name="privacy_erasure_job_fk", to="jobs.job"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="begun_by", name="privacy_erasure_begun_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="what else you want to say")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for an answer"),
                            ("done", "Erased"),
                            ("declined", "Answered"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        db_collation="C",
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                (
                    "answered_by",
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
                "verbose_name": "wish to be erased",
                "verbose_name_plural": "wishes to be erased",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "membership", "-asked_at"], name="privacy_erasurewish_of"),
                    models.Index(fields=["organization", "state", "asked_at"], name="privacy_erasurewish_waiting"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("organization", "membership"),
                        name="privacy_erasurewish_open",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="privacy_erasurewish_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="privacy_erasurewish_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="privacy_erasurewish_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="answered_by", name="privacy_erasurewish_answered_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
