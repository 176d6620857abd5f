from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.programs import Program
from cohorts.parts import Part
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow
from prm.tenancy.states import Machine


class CohortQuerySet(TenantQuerySet["Cohort"]):
    def announced(self) -> Self:
        """Those whose invitation page anybody with the link may read."""
        return self.filter(state__in=Cohort.ANNOUNCED)

    def open(self) -> Self:
        return self.filter(state=Cohort.State.OPEN)

    def under_way(self) -> Self:
        """Those whose sessions are still ahead or have begun: reminders, recaps and homework concern only these."""
        return self.filter(state__in=Cohort.UNDER_WAY)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def locked(self) -> Self:
        """Rows locked until the transaction ends: whoever gives seats away holds the cohort."""
        return self.select_for_update(of=("self",), no_key=True)


CohortManager = TenantManager.from_queryset(CohortQuerySet)


class Cohort(TenantOwned, Edited):
    """One run of a cohort program, with people and dates. Its state moves only through `COHORT_MACHINE`.

    `seats_taken` counts confirmed seats. It is changed under the row's lock together with the seat, and the database
    refuses a value above `capacity`: seats cannot be oversold. `room_rule_version` rises with each new `room_rule`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for applications")
        SELECTING = "selecting", _("Selecting")
        CONFIRMED = "confirmed", _("Confirmed")
        RUNNING = "running", _("Running")
        GRADUATING = "graduating", _("Graduating")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Canceled")

    class Roster(models.TextChoices):
        NAMED = "named", _("Names and companies")
        FIRST_NAMES = "first_names", _("First names only")
        HIDDEN = "hidden", _("Nobody sees the others")

    ANNOUNCED = (State.OPEN, State.SELECTING, State.CONFIRMED, State.RUNNING, State.GRADUATING, State.FINISHED)
    DECIDING = (State.SELECTING, State.CONFIRMED)
    UNDER_WAY = (State.OPEN, State.SELECTING, State.CONFIRMED, State.RUNNING, State.GRADUATING)
    ENDED = (State.FINISHED, State.CANCELLED)

    program = TenantForeignKey(
        Program, on_delete=models.PROTECT, related_name="cohorts", verbose_name=_("cohort program")
    )
    title = models.CharField(_("title"), max_length=120)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    capacity = models.PositiveSmallIntegerField(
        _("seats"), default=12, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    seats_taken = models.PositiveSmallIntegerField(default=0, editable=False)
    zone = models.CharField(_("time zone"), max_length=64)
    applications_close_on = models.DateField(_("apply until"), null=True, blank=True)
    applications_close_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirm_hours = models.PositiveSmallIntegerField(
        _("hours to confirm a seat"), default=72, validators=[MinValueValidator(1), MaxValueValidator(720)]
    )
    roster = models.CharField(_("participants see"), max_length=12, choices=Roster, default=Roster.NAMED)
    sessions_needed = models.PositiveSmallIntegerField(_("sessions attended"), default=3)
    homework_needed = models.PositiveSmallIntegerField(_("homework handed in"), default=1)
    audience = TenantForeignKey(
        "partners.Audience", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    chat_link = models.URLField(_("the group's chat"), max_length=500, blank=True)
    room_rule = models.CharField(_("the room's rule"), max_length=600, blank=True)
    room_rule_version = models.PositiveSmallIntegerField(default=0, editable=False)
    parts = ArrayField(models.CharField(max_length=20, choices=Part), verbose_name=_("parts"), default=list, blank=True)
    cancel_reason = models.CharField(_("why it does not take place"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = CohortManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = [
            models.UniqueConstraint(fields=["organization", "title"], name="cohorts_cohort_title"),
            models.CheckConstraint(condition=Q(seats_taken__lte=F("capacity")), name="cohorts_never_oversold"),
        ]
        indexes = [models.Index(fields=["organization", "-created_at"], name="cohorts_cohort_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def uses(self, part: Part) -> bool:
        """Whether this part is switched on: what is off is not shown, neither to staff nor to participants."""
        return part in self.parts

    @property
    def seats_left(self) -> int:
        return self.capacity - self.seats_taken

    def takes_applications(self, now: datetime) -> bool:
        closes = self.applications_close_at
        return self.state == self.State.OPEN and (closes is None or now < closes)


# Verbs back (unpublish, reopen, reselect, unstart, resume) exist for as long as nothing was sent; rules say when.
COHORT_MACHINE = Machine(
    name="cohort",
    field="state",
    moves={
        "open": (("draft",), "open"),
        "unpublish": (("open",), "draft"),
        "select": (("open",), "selecting"),
        "reopen": (("selecting",), "open"),
        "confirm": (("selecting",), "confirmed"),
        "reselect": (("confirmed",), "selecting"),
        "start": (("confirmed",), "running"),
        "unstart": (("running",), "confirmed"),
        "graduate": (("running",), "graduating"),
        "resume": (("graduating",), "running"),
        "finish": (("graduating",), "finished"),
        "cancel": (("draft", "open", "selecting", "confirmed", "running"), "cancelled"),
    },
)


class CohortFacilitator(TenantRow):
    """A member of staff who leads a cohort's sessions."""

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="facilitators", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_facilitator_once")
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.membership_id}"
