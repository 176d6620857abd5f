from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts import walltime
from cohorts.models.cohorts import Cohort
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow
from prm.tenancy.states import Machine


class SessionQuerySet(TenantQuerySet["Session"]):
    def planned(self) -> Self:
        return self.filter(state=Session.State.PLANNED)

    def still_on(self) -> Self:
        """Planned or held: everything but what was cancelled."""
        return self.exclude(state=Session.State.CANCELLED)

    def ending_after(self, now: datetime) -> Self:
        """Those that are going on or ahead."""
        return self.filter(ends_at__gt=now)

    def in_order(self) -> Self:
        return self.order_by("number", "id")

    def soonest_first(self) -> Self:
        return self.order_by("starts_at", "id")


SessionManager = TenantManager.from_queryset(SessionQuerySet)


class Session(TenantOwned, Edited):
    """One meeting of a cohort. Its state moves only through `SESSION_MACHINE`.

    What people agreed on is the wall-clock time `starts_on`, `starts_time` in `zone`; `starts_at` and `ends_at` are
    derived from it by `derived()`. `sequence` is the calendar invitation's, and rises with each change that calendars
    must follow; `agenda_revision` rises with each change of its agenda items, which calendars do not follow.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Canceled")

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="sessions", index=False)
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=120)
    starts_on = models.DateField(_("date"))
    starts_time = models.TimeField(_("starts at"))
    zone = models.CharField(_("time zone"), max_length=64)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=60, validators=[MinValueValidator(10), MaxValueValidator(720)]
    )
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    link = models.URLField(_("link"), max_length=500, blank=True)
    place = models.CharField(_("place"), max_length=300, blank=True)
    room = models.CharField(_("room"), max_length=120, blank=True)
    way = models.CharField(_("how to get there"), max_length=500, blank=True)
    bring = models.CharField(_("what to bring"), max_length=300, blank=True)
    leaves_with = models.CharField(_("what people leave with"), max_length=300, blank=True)
    talk_line = models.CharField(_("how we talk today"), max_length=200, blank=True)
    is_recorded = models.BooleanField(_("recorded"), default=False)
    agenda_revision = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    cancel_reason = models.CharField(_("why it does not take place"), max_length=300, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = SessionManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "number"], name="cohorts_session_number"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cohorts_session_lasts"),
        ]
        indexes = [models.Index(fields=["organization", "starts_at"], name="cohorts_session_soonest")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def derived(cls, on: date, at: time, zone: str, minutes: int) -> dict[str, datetime]:
        """The columns that follow from the wall-clock time, to be written together with it."""
        starts_at = walltime.instant(on, at, zone)
        return {
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=minutes),
        }

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def where(self) -> str:
        """In one line: the link, or the place with its room."""
        return self.link or ", ".join(part for part in (self.place, self.room) if part)

    def has_begun(self, now: datetime) -> bool:
        return self.starts_at <= now

    def is_on(self, now: datetime, early: timedelta = timedelta(minutes=15)) -> bool:
        """Whether one can go in: from a little before the start until the end."""
        return self.state == self.State.PLANNED and self.starts_at - early <= now < self.ends_at


SESSION_MACHINE = Machine(
    name="session",
    field="state",
    moves={
        "hold": (("planned",), "held"),
        "unhold": (("held",), "planned"),
        "cancel": (("planned",), "cancelled"),
    },
)


class SessionContent(TenantRow):
    """Content of the library that belongs to a session: read around it, asked about in the weeks that follow."""

    session = TenantForeignKey(Session, on_delete=models.CASCADE, related_name="contents", index=False)
    content = TenantForeignKey("enablement.Content", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "session", "content"], name="cohorts_session_content_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.content_id}"


class AttendanceQuerySet(TenantQuerySet["Attendance"]):
    def present(self) -> Self:
        return self.filter(state=Attendance.State.PRESENT)


AttendanceManager = TenantManager.from_queryset(AttendanceQuerySet)


class Attendance(TenantRow):
    """Whether a participant was at a session, or said before that they cannot come (`excused`, with their words)."""

    class State(models.TextChoices):
        EXCUSED = "excused", _("Can't make it")
        PRESENT = "present", _("Present")
        ABSENT = "absent", _("Absent")

    session = TenantForeignKey(Session, on_delete=models.CASCADE, related_name="attendance", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    objects = AttendanceManager()

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "session", "membership"], name="cohorts_attendance_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.membership_id} {self.state}"
