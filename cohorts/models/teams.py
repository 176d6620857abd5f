"""Seats that a company's team takes together, where a cohort's seats are for teams."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from cohorts.models.programs import Program
from cohorts.models.selection import Application, Seat
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow
from prm.tenancy.states import Machine

# One person is no team, and more than four is a meeting of their own.
FEWEST_PEOPLE = 2
MOST_PEOPLE = 4


class TeamPlan(TenantRow):
    """What a team is: a program's word for its cohorts, or a cohort's own, which goes before it.

    `functions` are rows of `name` and `wanted`, how many of a team should have this function; they are shown where
    they are missing, and nobody is refused for them. Without a row teams are of two to four people of any function.
    """

    program = TenantForeignKey(Program, on_delete=models.CASCADE, null=True, related_name="team_plans", index=False)
    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, null=True, related_name="team_plans", index=False)
    largest = models.PositiveSmallIntegerField(
        _("people in a team at most"),
        default=MOST_PEOPLE,
        validators=[MinValueValidator(FEWEST_PEOPLE), MaxValueValidator(MOST_PEOPLE)],
    )
    functions = models.JSONField(_("functions wanted"), default=list)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "program"], name="cohorts_teamplan_of_program"),
            models.UniqueConstraint(fields=["organization", "cohort"], name="cohorts_teamplan_of_cohort"),
            models.CheckConstraint(
                condition=Q(program__isnull=True) ^ Q(cohort__isnull=True), name="cohorts_teamplan_of_one"
            ),
        ]

    def __str__(self) -> str:
        return f"teams of {self.program_id or self.cohort_id}"


class TeamQuerySet(TenantQuerySet["Team"]):
    def offered(self) -> Self:
        return self.filter(state=Team.State.OFFERED)

    def held(self) -> Self:
        return self.filter(state=Team.State.HELD)

    def waiting(self) -> Self:
        """The waiting list in its order."""
        return self.filter(state=Team.State.WAITING).order_by("position", "id")


TeamManager = TenantManager.from_queryset(TeamQuerySet)


class Team(TenantOwned):
    """A company's people who take one of a cohort's seats together. Moves by `TEAM_MACHINE`.

    Each of them confirms a place of their own (`Seat`); the team holds its seat, and is counted in the cohort's
    `seats_taken`, from the moment at which two have confirmed. A team that falls below two keeps it until staff decide.
    """

    class State(models.TextChoices):
        FORMING = "forming", _("Being put together")
        WAITING = "waiting", _("On the waiting list")
        OFFERED = "offered", _("Seat offered")
        HELD = "held", _("Holds its seat")
        ENDED = "ended", _("Has no seat")

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="teams", index=False)
    partner = TenantForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    # Of whoever applied for the team; none where staff asked it straight in.
    application = TenantForeignKey(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="teams", index=False
    )
    invited_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+", index=False
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.FORMING)
    way = models.CharField(_("came by"), max_length=12, choices=Seat.Way, default=Seat.Way.APPLICATION)
    note = models.TextField(_("words to them"), max_length=500, blank=True)
    position = models.PositiveIntegerField(_("place on the waiting list"), null=True, blank=True)
    confirm_by = models.DateTimeField(_("confirm by"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun at"))
    offered_at = models.DateTimeField(_("offered at"), null=True, blank=True)
    held_at = models.DateTimeField(_("held at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = TeamManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(fields=["organization", "application"], name="cohorts_team_of_application"),
            models.CheckConstraint(
                condition=Q(state="waiting", position__isnull=False) | ~Q(state="waiting") & Q(position__isnull=True),
                name="cohorts_team_waits_in_line",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(confirm_by__isnull=False), name="cohorts_team_has_a_date"
            ),
        ]
        indexes = [models.Index(fields=["organization", "cohort", "state"], name="cohorts_team_of_cohort")]

    def __str__(self) -> str:
        return f"team of {self.partner_id} in {self.cohort_id}"


TEAM_MACHINE = Machine(
    name="team",
    field="state",
    moves={
        "offer": (("forming", "waiting", "ended"), "offered"),
        "hold": (("offered",), "held"),
        "queue": (("forming", "offered", "ended"), "waiting"),
        "end": (("forming", "waiting", "offered", "held"), "ended"),
    },
)


class TeamMemberQuerySet(TenantQuerySet["TeamMember"]):
    def present(self) -> Self:
        """Everybody in their team, also those who are listed and were not asked yet."""
        return self.exclude(state=TeamMember.State.LEFT)

    def asked(self) -> Self:
        """Those who know of it; of each person at most one in a cohort."""
        return self.filter(state__in=TeamMember.ASKED_ONCE)

    def in_order(self) -> Self:
        return self.order_by("id")


TeamMemberManager = TenantManager.from_queryset(TeamMemberQuerySet)


class TeamMember(TenantOwned):
    """Somebody named for a team, with the function they have in it. Moves by `TEAM_MEMBER_MACHINE`.

    Who is listed knows nothing of it and may stand on other lists, too; once asked they are in this one team of the
    cohort. `confirmed` is their own yes to the offered place, also while the team still lacks a second one.
    `membership` is empty until an address without an account has joined.
    """

    class State(models.TextChoices):
        LISTED = "listed", _("Named, not asked yet")
        ASKED = "asked", _("Asked")
        WILLING = "willing", _("Comes along")
        CONFIRMED = "confirmed", _("Confirmed")
        LEFT = "left", _("Not in the team any more")

    ASKED_ONCE = (State.ASKED, State.WILLING, State.CONFIRMED)

    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="members", index=False)
    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="+", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    function = models.CharField(_("function"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.LISTED)
    created_at = models.DateTimeField(_("named at"))
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = TeamMemberManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("person of a team")
        verbose_name_plural = _("people of teams")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "cohort", "email"],
                condition=Q(state__in=["asked", "willing", "confirmed"]),
                name="cohorts_teammember_in_one_team",
            ),
            models.UniqueConstraint(
                fields=["organization", "team", "email"],
                condition=~Q(state="left"),
                name="cohorts_teammember_named_once",
            ),
        ]
        indexes = [models.Index(fields=["organization", "team"], name="cohorts_teammember_of_team")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_in(self) -> bool:
        return self.state != self.State.LEFT


TEAM_MEMBER_MACHINE = Machine(
    name="team_member",
    field="state",
    moves={
        "ask": (("listed",), "asked"),
        "agree": (("listed", "asked"), "willing"),
        "confirm": (("asked", "willing"), "confirmed"),
        "step_back": (("confirmed",), "willing"),
        "leave": (("listed", "asked", "willing", "confirmed"), "left"),
        "forget": (("asked", "willing", "confirmed"), "listed"),
    },
)
