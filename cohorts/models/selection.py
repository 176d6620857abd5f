from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from cohorts.models.expectations import ExpectationsVersion
from prm.accounts.models import Membership
from prm.accounts.tokens import derive
from prm.files.models import StoredFile
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow
from prm.tenancy.states import Machine


class NominationQuerySet(TenantQuerySet["Nomination"]):
    def open(self) -> Self:
        return self.filter(state=Nomination.State.OPEN)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


NominationManager = TenantManager.from_queryset(NominationQuerySet)


class Nomination(TenantOwned):
    """Somebody proposed for a cohort, who consents by applying or passes it on. Moves by `NOMINATION_MACHINE`.

    The link's token is derived from `nonce` when the mail is sent; only its hash is kept. `membership` is empty until
    an address without an account has joined.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Nominated")
        APPLIED = "applied", _("Applied")
        PASSED_ON = "passed_on", _("Passed on")
        DECLINED = "declined", _("Not now")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="nominations", index=False)
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    partner = TenantForeignKey("partners.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    nominated_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    note = models.TextField(_("why this person"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    passed_on_from = TenantForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", index=False
    )
    # Named by somebody who was declined: may still apply while the cohort selects.
    is_late = models.BooleanField(default=False, db_default=False, editable=False)
    nonce = models.CharField(max_length=32, editable=False)
    token_digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("nominated at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = NominationManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "token_digest"], name="cohorts_nomination_token"),
            models.UniqueConstraint(
                fields=["organization", "cohort", "email"],
                condition=Q(state="open"),
                name="cohorts_nomination_one_open",
            ),
        ]
        indexes = [models.Index(fields=["organization", "cohort", "-created_at"], name="cohorts_nomination_newest")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def token(self) -> str:
        """The token of the link in the nominee's mail; derived, never stored."""
        return derive("cohorts.nomination", self.nonce)


NOMINATION_MACHINE = Machine(
    name="nomination",
    field="state",
    moves={
        "apply": (("open",), "applied"),
        "pass_on": (("open",), "passed_on"),
        "decline": (("open",), "declined"),
        "withdraw": (("open",), "withdrawn"),
    },
)


class ApplicationQuerySet(TenantQuerySet["Application"]):
    def of_member(self, membership: Membership | int) -> Self:
        return self.filter(membership=membership)

    def handed_in(self) -> Self:
        """Those that staff may read: drafts and what was withdrawn are the applicant's own."""
        return self.filter(state__in=Application.HANDED_IN)

    def waiting_for_decision(self) -> Self:
        return self.filter(state=Application.State.SUBMITTED)

    def longest_waiting_first(self) -> Self:
        return self.order_by("submitted_at", "id")


ApplicationManager = TenantManager.from_queryset(ApplicationQuerySet)


class Application(TenantOwned, Edited):
    """What somebody wrote to get into a cohort; one for each person and cohort. Moves by `APPLICATION_MACHINE`.

    `answers` are kept by the keys of the cohort's questions (`cohorts.questions`). Answers to questions that are asked
    no longer stay.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DECIDED = "decided", _("Decided")

    HANDED_IN = (State.SUBMITTED, State.DECIDED)

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="applications", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    partner = TenantForeignKey("partners.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    nomination = TenantForeignKey(
        Nomination, on_delete=models.PROTECT, null=True, blank=True, related_name="applications", index=False
    )
    answers = models.JSONField(_("answers"), default=dict)
    agrees = models.BooleanField(_("I agree to what is expected"), default=False)
    # Which words the agreement is about; later words are announced and agreed to on their own.
    agreed_to = TenantForeignKey(
        ExpectationsVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(_("begun at"))
    saved_at = models.DateTimeField(_("saved at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    # Told that they are on the short list, and to keep the dates free.
    held_at = models.DateTimeField(_("asked to hold at"), null=True, blank=True)

    objects = ApplicationManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_application_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "decided"]) | Q(submitted_at__isnull=False),
                name="cohorts_application_handed_in",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "cohort", "state", "submitted_at"], name="cohorts_application_board")
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} for {self.cohort_id}"


class ApplicationFile(TenantRow):
    """A file that answers a question of an application; the answer under the same key names it."""

    application = TenantForeignKey(Application, on_delete=models.CASCADE, related_name="files", index=False)
    key = models.CharField(max_length=40)
    file = TenantForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "application", "key"], name="cohorts_applicationfile_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.application_id}"


APPLICATION_MACHINE = Machine(
    name="application",
    field="state",
    moves={
        "submit": (("draft", "withdrawn"), "submitted"),
        "withdraw": (("draft", "submitted"), "withdrawn"),
        "decide": (("submitted",), "decided"),
    },
)


class DecisionQuerySet(TenantQuerySet["Decision"]):
    def drafted(self) -> Self:
        return self.filter(released_at__isnull=True)

    def current(self) -> Self:
        """What is drafted or holds; of each application at most one."""
        return self.filter(reversed_at__isnull=True)

    def released(self) -> Self:
        """What was told, also where it was reversed later."""
        return self.filter(released_at__isnull=False)

    def standing(self) -> Self:
        """What was told and holds."""
        return self.released().filter(reversed_at__isnull=True)


DecisionManager = TenantManager.from_queryset(DecisionQuerySet)


class Decision(TenantOwned, Edited):
    """What staff decided about an application. Until `released_at` it is a draft for staff, to be taken back.

    A decision that was told and is reversed keeps its row with `reversed_at`; the one that holds instead is another.
    `announced_at` is when account managers learned of a draft: from then on it is told by itself at the plan's moment.
    """

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("Accept")
        WAIT = "wait", _("Waiting list")
        DECLINE = "decline", _("Decline")

    class Reason(models.TextChoices):
        NONE = "", _("No reason given")
        FULL = "full", _("More good applications than seats")
        TOO_SENIOR = "too_senior", _("Already beyond what it teaches")
        TOO_TACTICAL = "too_tactical", _("Works on other tasks than it is for")
        PREREQUISITE = "prerequisite", _("Something is needed first")
        OWN = "own", _("In your own words")

    application = TenantForeignKey(Application, on_delete=models.CASCADE, related_name="decisions", index=False)
    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(_("decision"), max_length=8, choices=Kind)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True, default="")
    wording = models.TextField(_("words to the applicant"), max_length=3000, blank=True)
    decided_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    drafted_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)

    objects = DecisionManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "application"],
                condition=Q(reversed_at__isnull=True),
                name="cohorts_decision_one_holds",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(released_at__isnull=False), name="cohorts_decision_was_told"
            ),
        ]
        indexes = [models.Index(fields=["organization", "application"], name="cohorts_decision_history")]

    def __str__(self) -> str:
        return f"{self.kind} {self.application_id}"


class SeatQuerySet(TenantQuerySet["Seat"]):
    def of_member(self, membership: Membership | int) -> Self:
        return self.filter(membership=membership)

    def confirmed(self) -> Self:
        return self.filter(state=Seat.State.CONFIRMED)

    def offered(self) -> Self:
        return self.filter(state=Seat.State.OFFERED)

    def participants(self) -> Self:
        """Those that count against the capacity and graduate; mentors, guest stars and observers are not among them."""
        return self.filter(role=Seat.Role.PARTICIPANT)

    def waiting(self) -> Self:
        """The waiting list in its order."""
        return self.filter(state=Seat.State.WAITING).order_by("position", "id")

    def holding(self) -> Self:
        """Confirmed, or offered and not answered."""
        return self.filter(state__in=Seat.HOLDING)


SeatManager = TenantManager.from_queryset(SeatQuerySet)


class Seat(TenantOwned):
    """A person's place in a cohort, or on its waiting list (`position`). Moves by `SEAT_MACHINE`.

    `role` says as what the person comes in (what that lets them see stands in `rules.roles`); only participants count
    against the capacity and graduate. `way` is how they came.

    An offer is confirmed or declined by the person until `confirm_by`; after it staff extend or release it, nothing
    lapses by itself. Only a confirmed seat makes a participant.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("On the waiting list")
        OFFERED = "offered", _("Seat offered")
        CONFIRMED = "confirmed", _("Seat confirmed")
        DECLINED = "declined", _("Seat given back")
        RELEASED = "released", _("Seat released")

    class Role(models.TextChoices):
        PARTICIPANT = "participant", _("Participant")
        MENTOR = "mentor", _("Mentor")
        GUEST_STAR = "guest_star", _("Guest star")
        OBSERVER = "observer", _("Observer")

    class Way(models.TextChoices):
        APPLICATION = "application", _("Application")
        NOMINATION = "nomination", _("Nomination")
        INVITATION = "invitation", _("Invitation")

    HOLDING = (State.OFFERED, State.CONFIRMED)

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="seats", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    partner = TenantForeignKey("partners.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    application = TenantForeignKey(Application, on_delete=models.PROTECT, null=True, blank=True, related_name="seats")
    state = models.CharField(_("state"), max_length=10, choices=State)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PARTICIPANT, db_default="participant")
    way = models.CharField(_("came by"), max_length=12, choices=Way, default=Way.APPLICATION, db_default="application")
    position = models.PositiveIntegerField(_("place on the waiting list"), null=True, blank=True)
    confirm_by = models.DateTimeField(_("confirm by"), null=True, blank=True)
    # The participant's consent that the invitation page names them.
    shown_at = models.DateTimeField(_("agreed to be shown at"), null=True, blank=True, editable=False)
    offered_at = models.DateTimeField(_("offered at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("given back at"), null=True, blank=True)

    objects = SeatManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_seat_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", position__isnull=False) | ~Q(state="waiting") & Q(position__isnull=True),
                name="cohorts_seat_waits_in_line",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(confirm_by__isnull=False), name="cohorts_seat_has_a_date"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "cohort", "state"], name="cohorts_seat_of_cohort"),
            models.Index(fields=["organization", "state", "confirm_by"], name="cohorts_seat_unanswered"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.cohort_id}"

    @property
    def counts(self) -> bool:
        """Whether it takes one of the cohort's seats."""
        return self.role == self.Role.PARTICIPANT

    def is_overdue(self, now: datetime) -> bool:
        return self.state == self.State.OFFERED and self.confirm_by is not None and self.confirm_by <= now


SEAT_MACHINE = Machine(
    name="seat",
    field="state",
    moves={
        "offer": (("waiting", "released", "declined"), "offered"),
        "confirm": (("offered",), "confirmed"),
        "queue": (("offered",), "waiting"),
        "decline": (("waiting", "offered", "confirmed"), "declined"),
        "release": (("waiting", "offered", "confirmed"), "released"),
        "requeue": (("released", "declined"), "waiting"),
    },
)
