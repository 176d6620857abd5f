import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cohorts", "0005_homework_and_recaps"),
        ("files", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                ("goal", models.TextField(blank=True, max_length=600, verbose_name="my goal")),
                (
                    "commitment",
                    models.TextField(blank=True, max_length=600, verbose_name="what I promise to the others"),
                ),
                ("committed_at", models.DateTimeField(blank=True, null=True, verbose_name="promised at")),
                (
                    "is_quotable",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="recaps may say whose promise it is"
                    ),
                ),
                ("shows_after", models.BooleanField(default=False, verbose_name="the others may find me afterwards")),
                ("orientation_at", models.DateTimeField(blank=True, null=True, verbose_name="watched the orientation")),
                (
                    "rule_version",
                    models.PositiveSmallIntegerField(default=0, verbose_name="accepted version of the room's rule"),
                ),
                ("rule_accepted_at", models.DateTimeField(blank=True, null=True)),
                ("may_record", models.BooleanField(blank=True, null=True, verbose_name="may be recorded")),
                ("recording_said_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_par_organiz_5b76ab_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_participation_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_participation_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_participation_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_participation_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_participation_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionMaterial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "session",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="materials", to="cohorts.session"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("a_recording", "Recording"),
                            ("b_slides", "Slides"),
                            ("c_board", "Board"),
                            ("d_worksheet", "Worksheet"),
                            ("e_other", "Something else"),
                        ],
                        default="b_slides",
                        max_length=12,
                        verbose_name="what it is",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="title")),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                (
                    "file",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                ("watch_until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("for_absent", models.BooleanField(default=False, verbose_name="only for those who were not there")),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "session material",
                "verbose_name_plural": "session materials",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "session"], name="cohorts_ses_organiz_20b4cd_idx"),
                    models.Index(fields=["organization", "file"], name="cohorts_ses_organiz_d6f402_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("link", ""), _negated=True), ("file__isnull", False), _connector="OR"
                        ),
                        name="cohorts_material_is_somewhere",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_sessionmaterial_key"),
                    models.UniqueConstraint(
                        fields=("organization", "public_id"), name="cohorts_sessionmaterial_public"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="session", name="cohorts_sessionmaterial_session_fk", to="cohorts.session"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="file", name="cohorts_sessionmaterial_file_fk", to="files.storedfile"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="needs",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="what I need")),
                ("put_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "cohort", "-put_at"], name="cohorts_need_newest"),
                    models.Index(fields=["organization", "membership"], name="cohorts_nee_organiz_32d8a1_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_need_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_need_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_need_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_need_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CutRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "material",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cuts",
                        to="cohorts.sessionmaterial",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                ("where", models.CharField(max_length=300, verbose_name="which part")),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="cut out at")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "material", "done_at"], name="cohorts_cut_open"),
                    models.Index(fields=["organization", "membership"], name="cohorts_cut_organiz_166a45_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_cutrequest_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_cutrequest_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="material", name="cohorts_cutrequest_material_fk", to="cohorts.sessionmaterial"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_cutrequest_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "need",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="cohorts.need",
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
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_nee_organiz_ede754_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "need", "membership"), name="cohorts_need_vote_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_needvote_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_needvote_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="need", name="cohorts_needvote_need_fk", to="cohorts.need"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_needvote_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reviewer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviewers",
                        to="cohorts.cohort",
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
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_rev_organiz_10037c_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_reviewer_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_reviewer_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_reviewer_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_reviewer_membership_fk", to="accounts.membership"
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
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cohorts.cohort"
                    ),
                ),
                (
                    "application",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="cohorts.application",
                    ),
                ),
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
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked for"), ("written", "Reviewed"), ("abstained", "Abstained")],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("points", models.JSONField(default=dict)),
                ("comment", models.TextField(blank=True, max_length=2000, verbose_name="comment")),
                ("asked_at", models.DateTimeField()),
                ("written_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "review of an application",
                "verbose_name_plural": "reviews of applications",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization", "cohort", "membership", "state"], name="cohorts_review_of_cohort"
                    ),
                    models.Index(fields=["organization", "membership", "state"], name="cohorts_review_to_write"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "application", "membership"), name="cohorts_review_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_review_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_review_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="application", name="cohorts_review_application_fk", to="cohorts.application"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_review_membership_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
