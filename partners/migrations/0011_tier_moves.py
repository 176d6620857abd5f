import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0010_tier_rules"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TierOutlook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "ladder",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.ladder"
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "reached",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.tier"
                    ),
                ),
                (
                    "next_tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.tier",
                    ),
                ),
                ("share", models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ("is_short", models.BooleanField(default=False)),
                ("measured_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "outlook of a partner",
                "verbose_name_plural": "outlooks of partners",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_tier__isnull", False)),
                        fields=["organization", "ladder", "-share"],
                        name="partners_tieroutlook_close",
                    ),
                    models.Index(
                        condition=models.Q(("is_short", True)),
                        fields=["organization", "ladder"],
                        name="partners_tieroutlook_short",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "ladder", "partner"), name="partners_tieroutlook_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_tieroutlook_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="ladder", name="partners_tieroutlook_ladder_fk", to="partners.ladder"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_tieroutlook_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="reached", name="partners_tieroutlook_reached_fk", to="partners.tier"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="next_tier", name="partners_tieroutlook_next_tier_fk", to="partners.tier"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "ladder",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="partners.ladder",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "version",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.ladderversion",
                    ),
                ),
                ("kind", models.CharField(choices=[("rise", "Rise"), ("drop", "Drop")], max_length=4)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for approval"),
                            ("prepared", "To be told"),
                            ("told", "Told"),
                            ("done", "Done"),
                            ("declined", "Declined"),
                            ("lapsed", "No longer needed"),
                        ],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "from_tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.tier"
                    ),
                ),
                (
                    "to_tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.tier"
                    ),
                ),
                ("figures", models.JSONField(default=list)),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="your words")),
                ("began_at", models.DateTimeField()),
                ("period_ends_at", models.DateTimeField(null=True)),
                ("tell_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("effective_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "verbose_name": "move between tiers",
                "verbose_name_plural": "moves between tiers",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization", "ladder", "state", "-began_at"], name="partners_tiermove_listed"
                    ),
                    models.Index(fields=["organization", "partner"], name="partners_ti_organiz_0f0a68_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "prepared", "told"])),
                        fields=("organization", "ladder", "partner"),
                        name="partners_tiermove_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "rise"),
                            models.Q(("effective_at__isnull", False), ("period_ends_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="partners_tiermove_dates",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_tiermove_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_tiermove_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="ladder", name="partners_tiermove_ladder_fk", to="partners.ladder"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_tiermove_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="version", name="partners_tiermove_version_fk", to="partners.ladderversion"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="from_tier", name="partners_tiermove_from_tier_fk", to="partners.tier"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="to_tier", name="partners_tiermove_to_tier_fk", to="partners.tier"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "ladder",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.ladder"
                    ),
                ),
                (
                    "tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.tier"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="why")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "given_by",
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
                "verbose_name": "held tier",
                "verbose_name_plural": "held tiers",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["organization", "ends_at"],
                        name="partners_tierhold_ending",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("organization", "partner", "ladder"),
                        name="partners_tierhold_once",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_tierhold_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_tierhold_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_tierhold_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="ladder", name="partners_tierhold_ladder_fk", to="partners.ladder"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="tier", name="partners_tierhold_tier_fk", to="partners.tier"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="given_by", name="partners_tierhold_given_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "ladder",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.ladder"
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("placed", "Started"),
                            ("raised", "Raised"),
                            ("proposed", "Rise waits for approval"),
                            ("declined", "Rise declined"),
                            ("warned", "Notice prepared"),
                            ("told", "Notice given"),
                            ("caught_up", "Notice withdrawn"),
                            ("appealed", "Appeal"),
                            ("answered", "Appeal answered"),
                            ("lowered", "Lowered"),
                            ("given", "Given by hand"),
                            ("held", "Held by hand"),
                            ("hold_ended", "Hold ended"),
                            ("left", "Left the ladder"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "from_tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.tier",
                    ),
                ),
                (
                    "to_tier",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.tier",
                    ),
                ),
                (
                    "version",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.ladderversion",
                    ),
                ),
                (
                    "by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "verbose_name": "line of a ladder's ledger",
                "verbose_name_plural": "lines of ladders' ledgers",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "ladder", "-at", "-id"], name="partners_tierentry_ladder"),
                    models.Index(fields=["organization", "partner", "-at", "-id"], name="partners_tierentry_partner"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_tierentry_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="ladder", name="partners_tierentry_ladder_fk", to="partners.ladder"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_tierentry_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="from_tier", name="partners_tierentry_from_tier_fk", to="partners.tier"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="to_tier", name="partners_tierentry_to_tier_fk", to="partners.tier"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="version", name="partners_tierentry_version_fk", to="partners.ladderversion"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="by", name="partners_tierentry_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierAppeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "move",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="partners.tiermove",
                    ),
                ),
                (
                    "ladder",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appeals", to="partners.ladder"
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="why your tier should stay")),
                ("sent_at", models.DateTimeField()),
                (
                    "sent_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("answer_due_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("kept", "The tier stays"), ("lowered", "The tier is lowered")],
                        max_length=8,
                    ),
                ),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="your answer")),
                ("answered_at", models.DateTimeField(null=True)),
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
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "ladder"], name="partners_ti_organiz_22bc86_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "move"), name="partners_tierappeal_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("outcome", "")),
                            models.Q(("answered_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="partners_tierappeal_answer",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_tierappeal_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_tierappeal_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="move", name="partners_tierappeal_move_fk", to="partners.tiermove"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="ladder", name="partners_tierappeal_ladder_fk", to="partners.ladder"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="sent_by", name="partners_tierappeal_sent_by_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="answered_by", name="partners_tierappeal_answered_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
