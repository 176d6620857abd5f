import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cohorts", "0003_entrance"),
        ("files", "0001_initial"),
        ("partners", "0001_partners_and_agreements"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Nomination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nominations",
                        to="cohorts.cohort",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
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
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "nominated_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=500, verbose_name="why this person")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Nominated"),
                            ("applied", "Applied"),
                            ("passed_on", "Passed on"),
                            ("declined", "Not now"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "passed_on_from",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cohorts.nomination",
                    ),
                ),
                ("is_late", models.BooleanField(db_default=False, default=False, editable=False)),
                ("nonce", models.CharField(editable=False, max_length=32)),
                ("token_digest", models.CharField(editable=False, max_length=64)),
                ("created_at", models.DateTimeField(verbose_name="nominated at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "cohort", "-created_at"], name="cohorts_nomination_newest"),
                    models.Index(fields=["organization", "partner"], name="cohorts_nom_organiz_ef21a0_idx"),
                    models.Index(fields=["organization", "membership"], name="cohorts_nom_organiz_b4515b_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "token_digest"), name="cohorts_nomination_token"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("organization", "cohort", "email"),
                        name="cohorts_nomination_one_open",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_nomination_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_nomination_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_nomination_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="cohorts_nomination_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_nomination_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="nominated_by", name="cohorts_nomination_nominated_by_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="passed_on_from", name="cohorts_nomination_passed_on_from_fk", to="cohorts.nomination"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
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
                    "nomination",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="cohorts.nomination",
                    ),
                ),
                ("answers", models.JSONField(default=dict, verbose_name="answers")),
                ("agrees", models.BooleanField(default=False, verbose_name="I agree to what is expected")),
                (
                    "agreed_to",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cohorts.expectationsversion",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("withdrawn", "Withdrawn"),
                            ("decided", "Decided"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="begun at")),
                ("saved_at", models.DateTimeField(verbose_name="saved at")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted at")),
                ("held_at", models.DateTimeField(blank=True, null=True, verbose_name="asked to hold at")),
            ],
            options={
                "verbose_name": "application",
                "verbose_name_plural": "applications",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["organization", "cohort", "state", "submitted_at"], name="cohorts_application_board"
                    ),
                    models.Index(fields=["organization", "membership"], name="cohorts_app_organiz_febc28_idx"),
                    models.Index(fields=["organization", "partner"], name="cohorts_app_organiz_ce5edd_idx"),
                    models.Index(fields=["organization", "agreed_to"], name="cohorts_app_organiz_d7d536_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_application_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["submitted", "decided"]), _negated=True),
                            ("submitted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="cohorts_application_handed_in",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_application_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_application_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_application_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_application_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="cohorts_application_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="nomination", name="cohorts_application_nomination_fk", to="cohorts.nomination"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="agreed_to", name="cohorts_application_agreed_to_fk", to="cohorts.expectationsversion"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                (
                    "application",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="cohorts.application",
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                (
                    "file",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "file"], name="cohorts_app_organiz_86f77b_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "application", "key"), name="cohorts_applicationfile_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_applicationfile_key"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="application", name="cohorts_applicationfile_application_fk", to="cohorts.application"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="file", name="cohorts_applicationfile_file_fk", to="files.storedfile"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "application",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="cohorts.application",
                    ),
                ),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="cohorts.cohort"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("accept", "Accept"), ("wait", "Waiting list"), ("decline", "Decline")],
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No reason given"),
                            ("full", "More good applications than seats"),
                            ("too_senior", "Already beyond what it teaches"),
                            ("too_tactical", "Works on other tasks than it is for"),
                            ("prerequisite", "Something is needed first"),
                            ("own", "In your own words"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("wording", models.TextField(blank=True, max_length=3000, verbose_name="words to the applicant")),
                (
                    "decided_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("drafted_at", models.DateTimeField()),
                ("announced_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="released at")),
                ("reversed_at", models.DateTimeField(blank=True, null=True, verbose_name="reversed at")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "application"], name="cohorts_decision_history"),
                    models.Index(fields=["organization", "cohort"], name="cohorts_dec_organiz_33f2b7_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reversed_at__isnull", True)),
                        fields=("organization", "application"),
                        name="cohorts_decision_one_holds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reversed_at__isnull", True), ("released_at__isnull", False), _connector="OR"
                        ),
                        name="cohorts_decision_was_told",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_decision_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_decision_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="application", name="cohorts_decision_application_fk", to="cohorts.application"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_decision_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="decided_by", name="cohorts_decision_decided_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
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
                    "application",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="cohorts.application",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "On the waiting list"),
                            ("offered", "Seat offered"),
                            ("confirmed", "Seat confirmed"),
                            ("declined", "Seat given back"),
                            ("released", "Seat released"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("participant", "Participant"),
                            ("mentor", "Mentor"),
                            ("guest_star", "Guest star"),
                            ("observer", "Observer"),
                        ],
                        db_default="participant",
                        default="participant",
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("application", "Application"),
                            ("nomination", "Nomination"),
                            ("invitation", "Invitation"),
                        ],
                        db_default="application",
                        default="application",
                        max_length=12,
                        verbose_name="came by",
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="place on the waiting list"),
                ),
                ("confirm_by", models.DateTimeField(blank=True, null=True, verbose_name="confirm by")),
                (
                    "shown_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="agreed to be shown at"),
                ),
                ("offered_at", models.DateTimeField(blank=True, null=True, verbose_name="offered at")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="given back at")),
            ],
            options={
                "verbose_name": "seat",
                "verbose_name_plural": "seats",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "cohort", "state"], name="cohorts_seat_of_cohort"),
                    models.Index(fields=["organization", "state", "confirm_by"], name="cohorts_seat_unanswered"),
                    models.Index(fields=["organization", "membership"], name="cohorts_sea_organiz_d95580_idx"),
                    models.Index(fields=["organization", "partner"], name="cohorts_sea_organiz_ab71a6_idx"),
                    models.Index(fields=["organization", "application"], name="cohorts_sea_organiz_0e2ec7_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "cohort", "membership"), name="cohorts_seat_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("position__isnull", False), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("position__isnull", True)),
                            _connector="OR",
                        ),
                        name="cohorts_seat_waits_in_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            ("confirm_by__isnull", False),
                            _connector="OR",
                        ),
                        name="cohorts_seat_has_a_date",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_seat_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_seat_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_seat_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_seat_membership_fk", to="accounts.membership"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="partner", name="cohorts_seat_partner_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="application", name="cohorts_seat_application_fk", to="cohorts.application"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ritual", "Ritual"),
                            ("icebreaker", "Icebreaker"),
                            ("pairs", "Pair-share"),
                            ("breakout", "Breakout"),
                            ("work", "Project work"),
                            ("poll", "Poll"),
                            ("demo", "Demo"),
                            ("guest", "Guest"),
                            ("reflection", "Reflection"),
                            ("homework", "Homework briefing"),
                            ("other", "Something else"),
                        ],
                        default="other",
                        max_length=10,
                        verbose_name="what it is",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=10, validators=[django.core.validators.MaxValueValidator(480)], verbose_name="minutes"
                    ),
                ),
                ("is_flexible", models.BooleanField(default=False, verbose_name="flexible")),
                (
                    "speaker",
                    models.CharField(
                        choices=[("participants", "Participants"), ("facilitator", "Facilitator"), ("guest", "Guest")],
                        default="participants",
                        max_length=12,
                        verbose_name="who speaks",
                    ),
                ),
                ("aim", models.CharField(blank=True, max_length=300, verbose_name="what for")),
                ("say", models.TextField(blank=True, max_length=4000, verbose_name="what to say")),
                ("ask", models.TextField(blank=True, max_length=4000, verbose_name="questions to ask")),
                (
                    "session",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="cohorts.session",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("notes", models.TextField(blank=True, max_length=8000, verbose_name="notes")),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "session", "position"], name="cohorts_agenda_in_order")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_agendaitem_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_agendaitem_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="session", name="cohorts_agendaitem_session_fk", to="cohorts.session"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LibraryItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ritual", "Ritual"),
                            ("icebreaker", "Icebreaker"),
                            ("pairs", "Pair-share"),
                            ("breakout", "Breakout"),
                            ("work", "Project work"),
                            ("poll", "Poll"),
                            ("demo", "Demo"),
                            ("guest", "Guest"),
                            ("reflection", "Reflection"),
                            ("homework", "Homework briefing"),
                            ("other", "Something else"),
                        ],
                        default="other",
                        max_length=10,
                        verbose_name="what it is",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=10, validators=[django.core.validators.MaxValueValidator(480)], verbose_name="minutes"
                    ),
                ),
                ("is_flexible", models.BooleanField(default=False, verbose_name="flexible")),
                (
                    "speaker",
                    models.CharField(
                        choices=[("participants", "Participants"), ("facilitator", "Facilitator"), ("guest", "Guest")],
                        default="participants",
                        max_length=12,
                        verbose_name="who speaks",
                    ),
                ),
                ("aim", models.CharField(blank=True, max_length=300, verbose_name="what for")),
                ("say", models.TextField(blank=True, max_length=4000, verbose_name="what to say")),
                ("ask", models.TextField(blank=True, max_length=4000, verbose_name="questions to ask")),
                ("key", models.CharField(blank=True, db_collation="C", default="", max_length=40)),
                ("is_hidden", models.BooleanField(default=False, verbose_name="hidden")),
            ],
            options={
                "verbose_name": "library item",
                "verbose_name_plural": "library items",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("organization", "key"),
                        name="cohorts_library_item_once",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_libraryitem_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_libraryitem_public"),
                ],
            },
        ),
    ]
