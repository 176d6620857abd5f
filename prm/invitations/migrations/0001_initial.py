import django.contrib.postgres.fields
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
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("kind", models.CharField(max_length=20)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list
                    ),
                ),
                ("target_id", models.BigIntegerField(blank=True, null=True)),
                ("note", models.TextField(blank=True, max_length=500, verbose_name="personal line")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Invited"),
                            ("accepted", "Accepted"),
                            ("withdrawn", "Withdrawn"),
                            ("declined", "Passed on"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("nonce", models.CharField(editable=False, max_length=32)),
                ("token_digest", models.CharField(editable=False, max_length=64)),
                ("copy_digest", models.CharField(editable=False, max_length=64)),
                ("sendings", models.PositiveSmallIntegerField(default=1, verbose_name="mails")),
                ("created_at", models.DateTimeField(verbose_name="invited at")),
                ("sent_at", models.DateTimeField(verbose_name="last mailed at")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="page opened at")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn or passed on at")),
                ("passed_to_name", models.CharField(blank=True, max_length=120, verbose_name="passed on to")),
                ("passed_to_email", models.EmailField(blank=True, max_length=254, verbose_name="their e-mail address")),
                (
                    "invited_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "-created_at", "-id"], name="invitations_invitation_newest"),
                    models.Index(fields=["organization", "kind", "target_id"], name="invitations_invitation_target"),
                    models.Index(fields=["organization", "membership"], name="invitations_organiz_e7974c_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "token_digest"), name="invitations_invitation_token"
                    ),
                    models.UniqueConstraint(fields=("organization", "copy_digest"), name="invitations_invitation_copy"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("organization", "email"),
                        name="invitations_invitation_one_open",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="invitations_invitation_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="invitations_invitation_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="invited_by", name="invitations_invitation_invited_by_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="invitations_invitation_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
