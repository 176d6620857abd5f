import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import prm.accounts.tokens
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
            name="AccountMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254)),
                ("template", models.CharField(max_length=80)),
                ("sealed", models.TextField(blank=True)),
                ("nonce", models.CharField(default=prm.accounts.tokens.new_nonce, editable=False, max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed")],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("not_before", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["not_before"], name="outbox_account_due"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "recipient",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("channel", models.PositiveSmallIntegerField(choices=[(1, "E-mail")], default=1)),
                ("kind", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("slot", models.CharField(blank=True, max_length=80)),
                ("parameters", models.JSONField(default=dict)),
                ("nonce", models.CharField(default=prm.accounts.tokens.new_nonce, editable=False, max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("unknown", "In doubt"),
                            ("suppressed", "Not wanted"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("not_before", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("crashes", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("sent_to", models.EmailField(blank=True, max_length=254)),
                ("subject", models.CharField(blank=True, max_length=255)),
                ("copy", models.JSONField(default=dict)),
                ("merged_with", models.BigIntegerField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "sending"])),
                        fields=["organization", "not_before"],
                        name="outbox_message_in_hand",
                    ),
                    models.Index(
                        condition=models.Q(("lease_until__isnull", False), ("state__in", ["queued", "sending"])),
                        fields=["organization", "lease_until"],
                        name="outbox_message_leased",
                    ),
                    models.Index(fields=["organization", "state", "id"], name="outbox_message_by_state"),
                    models.Index(fields=["organization", "kind", "id"], name="outbox_message_by_kind"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "recipient", "address", "kind", "subject_id", "slot", "channel"),
                        name="outbox_message_occasion",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="outbox_message_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="outbox_message_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="recipient", name="outbox_message_recipient_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
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
                ("kind", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("url", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "membership", "-id"], name="outbox_notification_newest"),
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["organization", "membership"],
                        name="outbox_notification_unread",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="outbox_notification_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="outbox_notification_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="outbox_notification_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("category", models.CharField(max_length=20)),
                (
                    "choice",
                    models.CharField(
                        choices=[("mail", "E-mail and bell"), ("in_app", "Bell only"), ("off", "Off")], max_length=10
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "membership", "address", "category"),
                        name="outbox_preference_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="outbox_preference_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="outbox_preference_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="outbox_preference_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuietHours",
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
                ("starts", models.TimeField(verbose_name="quiet from")),
                ("ends", models.TimeField(verbose_name="until")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "membership"), name="outbox_quiet_hours_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="outbox_quiethours_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="outbox_quiethours_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="outbox_quiethours_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("beat_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Attention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("category", models.CharField(max_length=20)),
                ("is_letter", models.BooleanField(db_default=True, default=True)),
            ],
            options={
                "indexes": [models.Index(fields=["person", "at"], name="outbox_attention_person")],
            },
        ),
    ]
