import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("enablement", "0001_content_and_recall"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Nudge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
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
                    "item",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enablement.recallitem"
                    ),
                ),
                (
                    "variant",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enablement.recallvariant"
                    ),
                ),
                ("slot_on", models.DateField(verbose_name="slot")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("predicted", models.FloatField(verbose_name="expected recall")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                (
                    "review",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enablement.review",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "item"], name="enablement__organiz_8e17a0_idx"),
                    models.Index(fields=["organization", "variant"], name="enablement__organiz_280d59_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "membership", "slot_on"), name="enablement_nudge_once_a_day"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_nudge_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="enablement_nudge_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="item", name="enablement_nudge_item_fk", to="enablement.recallitem"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="variant", name="enablement_nudge_variant_fk", to="enablement.recallvariant"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="review", name="enablement_nudge_review_fk", to="enablement.review"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rhythm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("paused_at", models.DateTimeField(null=True, verbose_name="paused at")),
                ("paused_until", models.DateTimeField(null=True, verbose_name="paused until")),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[("asked", "Asked for a pause"), ("silence", "Did not answer")],
                        max_length=10,
                        verbose_name="cause",
                    ),
                ),
                ("resumed_at", models.DateTimeField(null=True, verbose_name="resumed at")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "membership"), name="enablement_rhythm_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_rhythm_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="enablement_rhythm_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "nudge",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="enablement.nudge",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="enablement__organiz_f69c20_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at__isnull", True), ("nudge__isnull", True)),
                        fields=("organization", "membership"),
                        name="enablement_round_one_open",
                    ),
                    models.UniqueConstraint(fields=("organization", "nudge"), name="enablement_round_once_a_nudge"),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_round_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="enablement_round_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="enablement_round_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="nudge", name="enablement_round_nudge_fk", to="enablement.nudge"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "round",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="enablement.round",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "memory",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enablement.memory"
                    ),
                ),
                (
                    "variant",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enablement.recallvariant"
                    ),
                ),
                ("predicted", models.FloatField(verbose_name="expected recall")),
                (
                    "review",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enablement.review",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "memory"], name="enablement__organiz_fcd8ac_idx"),
                    models.Index(fields=["organization", "variant"], name="enablement__organiz_80cef2_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "round", "position"), name="enablement_question_place"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_roundquestion_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="round", name="enablement_roundquestion_round_fk", to="enablement.round"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="memory", name="enablement_roundquestion_memory_fk", to="enablement.memory"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="variant", name="enablement_roundquestion_variant_fk", to="enablement.recallvariant"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="review", name="enablement_roundquestion_review_fk", to="enablement.review"
                    ),
                ],
            },
        ),
    ]
