import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0002_attributes"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("normalized_name", models.CharField(db_collation="C", editable=False, max_length=80)),
                ("description", models.TextField(blank=True, max_length=1000, verbose_name="what its partners read")),
                (
                    "purpose",
                    models.TextField(blank=True, max_length=1000, verbose_name="why you treat them differently"),
                ),
                (
                    "owner",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="owner",
                    ),
                ),
                (
                    "color",
                    models.CharField(
                        choices=[
                            ("indigo", "Indigo"),
                            ("violet", "Violet"),
                            ("rose", "Rose"),
                            ("coral", "Coral"),
                            ("amber", "Amber"),
                            ("green", "Green"),
                            ("teal", "Teal"),
                            ("sky", "Sky"),
                        ],
                        default="indigo",
                        max_length=10,
                        verbose_name="color",
                    ),
                ),
                (
                    "contact",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="contact",
                    ),
                ),
                (
                    "response_hours",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="answers within, in hours"),
                ),
                ("goal_measure", models.CharField(blank=True, max_length=60, verbose_name="what it is measured by")),
                (
                    "goal_target",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="target"),
                ),
                ("goal_on", models.DateField(blank=True, null=True, verbose_name="by")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="next review")),
                (
                    "told_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="partners told at"),
                ),
                ("brake", models.PositiveIntegerField(default=25, verbose_name="most partners moved without asking")),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=14, verbose_name="days until a partner that no longer fits leaves"
                    ),
                ),
                ("rule_paused_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("rule_problem", models.CharField(blank=True, editable=False, max_length=300)),
                ("evaluated_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived at")),
            ],
            options={
                "verbose_name": "group",
                "verbose_name_plural": "groups",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "owner"], name="partners_gr_organiz_266062_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("organization", "normalized_name"),
                        name="partners_group_name",
                        violation_error_message="There is already a group of this name.",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_group_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_group_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="owner", name="partners_group_owner_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="contact", name="partners_group_contact_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="partners.group",
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("definition", models.JSONField(verbose_name="rule")),
                ("outline", models.JSONField(default=dict)),
                ("sentence", models.TextField(max_length=8000, verbose_name="in words")),
                (
                    "partner_sentence",
                    models.TextField(blank=True, max_length=8000, verbose_name="in words for partners"),
                ),
                ("started_at", models.DateTimeField(verbose_name="from")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "made_by",
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
                "verbose_name": "rule of a group",
                "verbose_name_plural": "rules of groups",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "group", "version"), name="partners_grouprule_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("organization", "group"),
                        name="partners_grouprule_current",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_grouprule_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_grouprule_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="partners_grouprule_group_fk", to="partners.group"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="made_by", name="partners_grouprule_made_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupExclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exclusions",
                        to="partners.group",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="why")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "added_by",
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
                "verbose_name": "exclusion from a group",
                "verbose_name_plural": "exclusions from groups",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "group"], name="partners_groupexclusion_of"),
                    models.Index(fields=["organization", "partner"], name="partners_gr_organiz_578d77_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at", None)),
                        fields=("organization", "group", "partner"),
                        name="partners_groupexclusion_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"),
                        name="partners_groupexclusion_period",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_groupexclusion_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_groupexclusion_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="partners_groupexclusion_group_fk", to="partners.group"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_groupexclusion_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="added_by", name="partners_groupexclusion_added_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="partners.group",
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_memberships",
                        to="partners.partner",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="why")),
                ("end_reason", models.CharField(blank=True, max_length=200, verbose_name="why it ended")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("hand", "By hand"),
                            ("import", "From a spreadsheet"),
                            ("invitation", "With an invitation"),
                            ("rule", "By rule"),
                        ],
                        default="hand",
                        max_length=12,
                        verbose_name="how",
                    ),
                ),
                (
                    "rule",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.grouprule",
                    ),
                ),
                ("leaving_since", models.DateTimeField(editable=False, null=True)),
                (
                    "added_by",
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
                "verbose_name": "group membership",
                "verbose_name_plural": "group memberships",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "group", "-starts_at"], name="partners_groupmember_history"),
                    models.Index(
                        condition=models.Q(("closed_at", None), ("ends_at__isnull", False)),
                        fields=["organization", "ends_at"],
                        name="partners_groupmember_ending",
                    ),
                    models.Index(fields=["organization", "partner"], name="partners_gr_organiz_92680d_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("organization", "group", "partner"),
                        name="partners_groupmember_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"),
                        name="partners_groupmember_period",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_groupmember_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_groupmember_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="partners_groupmember_group_fk", to="partners.group"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_groupmember_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="rule", name="partners_groupmember_rule_fk", to="partners.grouprule"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="added_by", name="partners_groupmember_added_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="partners.group",
                    ),
                ),
                (
                    "rule",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.grouprule",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("released", "Moved"),
                            ("dropped", "Not needed any more"),
                            ("paused", "Rule paused"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "entering",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list),
                ),
                (
                    "leaving",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list),
                ),
                ("stakes", models.JSONField(default=dict)),
                ("held_at", models.DateTimeField(verbose_name="held at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "decided_by",
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
                "verbose_name": "held move",
                "verbose_name_plural": "held moves",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("organization", "group"),
                        name="partners_grouphold_waiting",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_grouphold_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_grouphold_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="partners_grouphold_group_fk", to="partners.group"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="rule", name="partners_grouphold_rule_fk", to="partners.grouprule"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="decided_by", name="partners_grouphold_decided_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
