import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0008_competitors_and_group_reviews"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecruitmentCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.group",
                        verbose_name="for the group",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("open", "Open"), ("closed", "Closed")],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("opens_on", models.DateField(blank=True, null=True, verbose_name="open from")),
                ("closes_on", models.DateField(blank=True, null=True, verbose_name="open until")),
                ("why", models.TextField(blank=True, max_length=2000, verbose_name="why partner with us")),
                ("gains", models.TextField(blank=True, max_length=2000, verbose_name="what you get")),
                ("expectations", models.TextField(blank=True, max_length=2000, verbose_name="what we expect")),
                ("questions", models.JSONField(default=list)),
                ("profile", models.JSONField(default=list)),
                ("profile_version", models.PositiveIntegerField(default=1, editable=False)),
                ("checklist", models.JSONField(default=list)),
                ("wordings", models.JSONField(default=dict)),
                (
                    "account_manager",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="who takes over",
                    ),
                ),
                ("answer_days", models.PositiveSmallIntegerField(default=14, verbose_name="days until we answer")),
                (
                    "reapply_months",
                    models.PositiveSmallIntegerField(default=6, verbose_name="months until they may apply again"),
                ),
                (
                    "keep_months",
                    models.PositiveSmallIntegerField(
                        default=12, verbose_name="months that declined applications are kept"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made at")),
            ],
            options={
                "verbose_name": "call for partners",
                "verbose_name_plural": "calls for partners",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "group"], name="partners_re_organiz_88a63e_idx"),
                    models.Index(fields=["organization", "account_manager"], name="partners_re_organiz_52db81_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opens_on", None),
                            ("closes_on", None),
                            ("closes_on__gte", models.F("opens_on")),
                            _connector="OR",
                        ),
                        name="partners_recruitmentcall_period",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_recruitmentcall_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_recruitmentcall_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="partners_recruitmentcall_group_fk", to="partners.group"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="account_manager",
                        name="partners_recruitmentcall_account_manager_fk",
                        to="accounts.membership",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecruitmentTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "call",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="partners.recruitmentcall",
                    ),
                ),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.group"
                    ),
                ),
            ],
            options={
                "verbose_name": "group of accepted applicants",
                "verbose_name_plural": "groups of accepted applicants",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "group"], name="partners_re_organiz_691bf4_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "call", "group"), name="partners_recruitmenttarget_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_recruitmenttarget_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="call", name="partners_recruitmenttarget_call_fk", to="partners.recruitmentcall"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="partners_recruitmenttarget_group_fk", to="partners.group"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallReviewer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "call",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviewers",
                        to="partners.recruitmentcall",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
            ],
            options={
                "verbose_name": "reviewer of a call",
                "verbose_name_plural": "reviewers of calls",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="partners_ca_organiz_080052_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "call", "membership"), name="partners_callreviewer_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_callreviewer_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="call", name="partners_callreviewer_call_fk", to="partners.recruitmentcall"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="partners_callreviewer_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerApplication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "call",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="partners.recruitmentcall",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("new", "New"),
                            ("screening", "Screening"),
                            ("question", "Question open"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        db_collation="C",
                        default="draft",
                        max_length=10,
                        verbose_name="stage",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("contact_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("company", models.CharField(blank=True, max_length=120, verbose_name="company")),
                ("domain", models.CharField(blank=True, db_collation="C", max_length=253, verbose_name="domain")),
                ("searchable", models.CharField(blank=True, db_collation="C", editable=False, max_length=400)),
                ("answers", models.JSONField(default=dict)),
                ("source", models.CharField(blank=True, db_collation="C", max_length=40, verbose_name="how they came")),
                ("nonce", models.CharField(blank=True, editable=False, max_length=32)),
                ("token_digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("sendings", models.PositiveSmallIntegerField(default=1, editable=False)),
                ("sent_at", models.DateTimeField(editable=False, null=True)),
                ("saved_at", models.DateTimeField(editable=False, null=True)),
                ("score", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="score")),
                ("score_parts", models.JSONField(default=list)),
                ("score_version", models.PositiveIntegerField(editable=False, null=True)),
                ("done", models.JSONField(default=list)),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("too_small", "Too small for now"),
                            ("other_region", "Other region"),
                            ("no_capacity", "We have no capacity now"),
                            ("overlap", "Overlap with present partners"),
                            ("skills", "Skills are missing"),
                            ("other", "Another reason"),
                        ],
                        max_length=12,
                        verbose_name="why not",
                    ),
                ),
                ("wording", models.TextField(blank=True, max_length=4000, verbose_name="words to the applicant")),
                ("reapply_on", models.DateField(blank=True, null=True, verbose_name="may apply again on")),
                (
                    "partner",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "decided_by",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="begun at")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="received at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="first answered at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="erased at")),
            ],
            options={
                "verbose_name": "application to become a partner",
                "verbose_name_plural": "applications to become a partner",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization", "call", "state", "submitted_at"], name="partners_application_by"
                    ),
                    models.Index(
                        fields=["organization", "state", "submitted_at", "id"], name="partners_application_in"
                    ),
                    models.Index(
                        condition=models.Q(("erased_at", None)),
                        fields=["organization", "state", "ended_at"],
                        name="partners_application_old",
                    ),
                    models.Index(fields=["organization", "partner"], name="partners_pa_organiz_00a2ad_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "new", "screening", "question"]),
                            models.Q(("email", ""), _negated=True),
                        ),
                        fields=("organization", "call", "email"),
                        name="partners_partnerapplication_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("token_digest", ""), _negated=True),
                        fields=("organization", "token_digest"),
                        name="partners_partnerapplication_token",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_partnerapplication_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_partnerapplication_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="call", name="partners_partnerapplication_call_fk", to="partners.recruitmentcall"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="partners_partnerapplication_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="decided_by", name="partners_partnerapplication_decided_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationReviewer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "application",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviewers",
                        to="partners.partnerapplication",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
            ],
            options={
                "verbose_name": "reviewer of an application",
                "verbose_name_plural": "reviewers of applications",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="partners_ap_organiz_f0d246_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "application", "membership"), name="partners_applicationreviewer_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_applicationreviewer_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="application",
                        name="partners_applicationreviewer_application_fk",
                        to="partners.partnerapplication",
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="partners_applicationreviewer_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "application",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="partners.partnerapplication",
                    ),
                ),
                (
                    "author",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="comment")),
                ("at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "comment on an application",
                "verbose_name_plural": "comments on applications",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "application"], name="partners_ap_organiz_18068f_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_applicationcomment_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_applicationcomment_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="application",
                        name="partners_applicationcomment_application_fk",
                        to="partners.partnerapplication",
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="author", name="partners_applicationcomment_author_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "application",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked",
                        to="partners.partnerapplication",
                    ),
                ),
                (
                    "asked_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="question")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("answer", models.TextField(blank=True, max_length=4000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
            ],
            options={
                "verbose_name": "question to an applicant",
                "verbose_name_plural": "questions to applicants",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "application"], name="partners_ap_organiz_bd01ef_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_applicationquestion_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="partners_applicationquestion_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="application",
                        name="partners_applicationquestion_application_fk",
                        to="partners.partnerapplication",
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="asked_by", name="partners_applicationquestion_asked_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
