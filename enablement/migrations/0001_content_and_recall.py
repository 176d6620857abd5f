import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("files", "0001_initial"),
        ("partners", "0002_attributes"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("name", models.CharField(max_length=60, verbose_name="topic")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name"), name="enablement_topic_name"),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_topic_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="enablement_topic_public"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Content",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("article", "Article"), ("file", "File"), ("link", "Link")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=140, verbose_name="title")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("enablement", "Enablement"), ("reference", "Reference"), ("marketing", "Marketing")],
                        default="enablement",
                        max_length=12,
                        verbose_name="what it is for",
                    ),
                ),
                (
                    "topic",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contents",
                        to="enablement.topic",
                    ),
                ),
                ("summary", models.CharField(blank=True, max_length=280, verbose_name="summary")),
                ("searchable", models.CharField(db_collation="C", editable=False, max_length=430)),
                ("body", models.TextField(blank=True, max_length=100000, verbose_name="text")),
                ("html", models.TextField(blank=True, editable=False)),
                (
                    "file",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="minutes",
                    ),
                ),
                (
                    "owner",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("archived", "Archived")],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created at")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="changed at")),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published at")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="last checked on")),
            ],
            options={
                "verbose_name": "content",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "-updated_at", "-id"], name="enablement_content_changed"),
                    models.Index(
                        fields=["organization", "state", "-published_at", "-id"], name="enablement_content_newest"
                    ),
                    models.Index(fields=["organization", "topic"], name="enablement__organiz_6490f7_idx"),
                    models.Index(fields=["organization", "owner"], name="enablement__organiz_c80725_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                ("published_at__isnull", False),
                                models.Q(
                                    models.Q(("kind", "file"), _negated=True), ("file__isnull", False), _connector="OR"
                                ),
                                models.Q(
                                    models.Q(("kind", "link"), _negated=True),
                                    models.Q(("url", ""), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="enablement_published_is_whole",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_content_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="enablement_content_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="topic", name="enablement_content_topic_fk", to="enablement.topic"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="file", name="enablement_content_file_fk", to="files.storedfile"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="owner", name="enablement_content_owner_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContentAudience",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "content",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="enablement.content",
                    ),
                ),
                (
                    "audience",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.audience"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "audience"], name="enablement__organiz_3a9a14_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "content", "audience"), name="enablement_gate_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_contentaudience_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="content", name="enablement_contentaudience_content_fk", to="enablement.content"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="audience", name="enablement_contentaudience_audience_fk", to="partners.audience"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Progress",
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
                    "content",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="progress", to="enablement.content"
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("last_at", models.DateTimeField(verbose_name="last seen at")),
                ("seconds", models.PositiveIntegerField(default=0, verbose_name="seconds")),
                ("reached", models.PositiveSmallIntegerField(default=0, verbose_name="read, in percent")),
                ("downloads", models.PositiveIntegerField(default=0, verbose_name="downloads")),
                ("completed_at", models.DateTimeField(null=True, verbose_name="completed at")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "content"], name="enablement__organiz_e498b0_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "membership", "content"), name="enablement_progress_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reached__lte", 100)), name="enablement_reached_is_percent"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_progress_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="enablement_progress_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="content", name="enablement_progress_content_fk", to="enablement.content"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecallItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "content",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recall_items",
                        to="enablement.content",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("claim", models.CharField(max_length=280, verbose_name="claim")),
                ("explanation", models.TextField(blank=True, max_length=1000, verbose_name="explanation")),
                (
                    "criticality",
                    models.CharField(
                        choices=[("normal", "Good to know"), ("must_know", "Must know")],
                        default="normal",
                        max_length=10,
                        verbose_name="how important",
                    ),
                ),
                (
                    "owner",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("retired", "Retired")],
                        default="active",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("valid_from", models.DateTimeField(blank=True, null=True, verbose_name="valid from")),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created at")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "content"], name="enablement__organiz_55470a_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_until__isnull", True),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="enablement_item_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_recallitem_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="enablement_recallitem_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="content", name="enablement_recallitem_content_fk", to="enablement.content"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="owner", name="enablement_recallitem_owner_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecallVariant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "item",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="variants", to="enablement.recallitem"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("kind", models.CharField(choices=[("choice", "Choice")], default="choice", max_length=10)),
                ("question", models.CharField(max_length=400, verbose_name="question")),
                ("options", models.JSONField()),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "item"], name="enablement__organiz_029287_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_recallvariant_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="enablement_recallvariant_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="item", name="enablement_recallvariant_item_fk", to="enablement.recallitem"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Memory",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="memories", to="enablement.recallitem"
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("content", "Read the content"),
                            ("quiz", "Answered its question"),
                            ("session", "Was in the session"),
                            ("manual", "Enrolled by staff"),
                        ],
                        max_length=10,
                        verbose_name="first met by",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("retired", "Retired")],
                        default="active",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("first_exposed_at", models.DateTimeField(verbose_name="first met at")),
                ("stability", models.FloatField(verbose_name="stability, days")),
                ("difficulty", models.FloatField(verbose_name="difficulty")),
                ("last_review_at", models.DateTimeField(verbose_name="last met at")),
                ("due_at", models.DateTimeField(verbose_name="due at")),
                ("answers", models.PositiveIntegerField(default=0, verbose_name="answers")),
            ],
            options={
                "verbose_name_plural": "memories",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "active")),
                        fields=["organization", "membership", "due_at"],
                        name="enablement_memory_due",
                    ),
                    models.Index(fields=["organization", "item"], name="enablement__organiz_2e9940_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "membership", "item"), name="enablement_memory_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty__gte", 1), ("difficulty__lte", 10), ("stability__gt", 0)),
                        name="enablement_memory_is_sane",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_memory_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="enablement_memory_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="item", name="enablement_memory_item_fk", to="enablement.recallitem"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="enablement.recallitem"
                    ),
                ),
                (
                    "variant",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="enablement.recallvariant",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="which answer of this member to this item")),
                ("answered_at", models.DateTimeField(verbose_name="answered at")),
                ("choice", models.PositiveSmallIntegerField(null=True, verbose_name="choice")),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Wrong or not sure"), (2, "Right, but guessed"), (3, "Right")],
                        verbose_name="rating",
                    ),
                ),
                ("predicted", models.FloatField(null=True, verbose_name="expected recall")),
                (
                    "channel",
                    models.CharField(
                        choices=[("check", "Check yourself"), ("practice", "Practice"), ("mail", "Mail")],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("algorithm", models.CharField(default="fsrs-6", max_length=20, verbose_name="algorithm")),
                ("parameters", models.PositiveIntegerField(default=1, verbose_name="parameter set")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "answered_at"], name="enablement_review_when"),
                    models.Index(fields=["organization", "item"], name="enablement__organiz_d7b5d0_idx"),
                    models.Index(fields=["organization", "variant"], name="enablement__organiz_f2162b_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "membership", "item", "number"), name="enablement_review_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("predicted__isnull", True),
                            models.Q(("predicted__gte", 0), ("predicted__lte", 1)),
                            _connector="OR",
                        ),
                        name="enablement_review_expects_a_share",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="enablement_review_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="enablement_review_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="item", name="enablement_review_item_fk", to="enablement.recallitem"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="variant", name="enablement_review_variant_fk", to="enablement.recallvariant"
                    ),
                ],
            },
        ),
    ]
