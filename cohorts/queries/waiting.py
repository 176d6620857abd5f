"""What waits for colleagues in cohorts, out of its present state (see prm.waiting)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import (
    FEWEST_PEOPLE,
    Attendance,
    ClosingSurvey,
    Cohort,
    CohortFacilitator,
    CutRequest,
    Decision,
    Homework,
    Nomination,
    Recap,
    Review,
    Seat,
    SelectionPlan,
    Session,
    Team,
    TeamMember,
)
from cohorts.models.closing import MOST_DAYS
from cohorts.parts import Part
from cohorts.queries.studio import undecided, waiting_for_comment
from cohorts.queries.teams import without_yes
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.scope import current_organization
from prm.waiting import Awaited, WaitingSource, Words


def _led(path: str) -> Any:
    """A `mine`: cohorts that a colleague leads, and those that nobody does."""

    def mine(membership_id: int) -> Q:
        leads = CohortFacilitator.objects.filter(cohort=OuterRef(path))
        return Q(Exists(leads.filter(membership=membership_id))) | ~Q(Exists(leads))

    return mine


def _counted(rows: QuerySet[Any], group: str, outer: str = "pk", **more: Any) -> QuerySet[Any]:
    """Of the rows of one cohort, or whatever `group` is, their number `n` and `more`: to be asked as subqueries."""
    grouped = rows.filter(**{group: OuterRef(outer)}).order_by().values(group)
    found: QuerySet[Any] = grouped.annotate(n=Count("*"), **more)
    return found


def _with(rows: QuerySet[Any], counted: QuerySet[Any], since: str = "first") -> QuerySet[Any]:
    """Rows with the number of what waits in each and since when; those in which nothing waits are left out."""
    number = Subquery(counted.values("n"), output_field=IntegerField())
    first = Subquery(counted.values(since), output_field=DateTimeField())
    found: QuerySet[Any] = rows.annotate(n=Coalesce(number, 0), first=first).filter(n__gt=0)
    return found


_UNDER_WAY = Q(state__in=Cohort.UNDER_WAY)


# ── Selection ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _undecided(_membership_id: int, _now: datetime) -> QuerySet[Any]:
    counted = _counted(undecided(), "cohort", first=Min("submitted_at"))
    return _with(Cohort.objects.filter(_UNDER_WAY), counted)


def _applications(told: Mapping[str, Any]) -> Words:
    title = ngettext("%d application to decide", "%d applications to decide", told["n"]) % told["n"]
    return Words(title, address("application_list", told["cohort"]), _("Decide"), told["title"])


def _to_review(membership_id: int, _now: datetime) -> QuerySet[Any]:
    asked = Review.objects.to_write().filter(membership=membership_id)
    rows = Cohort.objects.filter(_UNDER_WAY, parts__contains=[Part.REVIEWS])
    return _with(rows, _counted(asked, "cohort", first=Min("asked_at")))


def _reviews(told: Mapping[str, Any]) -> Words:
    title = ngettext("Give points to %d application", "Give points to %d applications", told["n"]) % told["n"]
    return Words(title, address("review_list", told["cohort"]), _("Review"), told["title"])


def _drafted(_membership_id: int, _now: datetime) -> QuerySet[Any]:
    """Decisions that no plan releases by itself."""
    planned = SelectionPlan.objects.filter(cohort=OuterRef("pk"), release_at__isnull=False)
    rows = Cohort.objects.filter(~Exists(planned), state__in=Cohort.DECIDING)
    return _with(rows, _counted(Decision.objects.drafted().current(), "cohort", first=Min("drafted_at")))


def _decisions(told: Mapping[str, Any]) -> Words:
    title = ngettext("Release %d decision", "Release %d decisions", told["n"]) % told["n"]
    return Words(title, address("application_list", told["cohort"]), _("Release"), told["title"])


def _late(_membership_id: int, now: datetime) -> QuerySet[Any]:
    seats = without_yes(Seat.objects.offered().filter(confirm_by__lte=now))
    return _with(Cohort.objects.filter(_UNDER_WAY), _counted(seats, "cohort", first=Min("confirm_by")))


def _seats(told: Mapping[str, Any]) -> Words:
    title = ngettext("%d person has not confirmed in time", "%d people have not confirmed in time", told["n"])
    url = address("participant_list", told["cohort"])
    return Words(title % told["n"], url, _("Call or release"), told["title"])


def _short(_membership_id: int, _now: datetime) -> QuerySet[Any]:
    confirmed = Count("members", filter=Q(members__state=TeamMember.State.CONFIRMED))
    rows = Team.objects.held().filter(cohort__state__in=Cohort.UNDER_WAY, cohort__parts__contains=[Part.TEAMS])
    found: QuerySet[Any] = rows.annotate(confirmed=confirmed, since=Coalesce("held_at", "created_at")).filter(
        confirmed__lt=FEWEST_PEOPLE
    )
    return found


def _team(told: Mapping[str, Any]) -> Words:
    title = _("Its team has fewer than two people left")
    return Words(title, address("team_list", told["cohort"]), _("Call or release"), told["title"])


# ── Sessions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sessions() -> QuerySet[Session]:
    return Session.objects.still_on().filter(cohort__state__in=Cohort.UNDER_WAY)


def _unrecorded(_membership_id: int, now: datetime) -> QuerySet[Session]:
    return _sessions().filter(state=Session.State.PLANNED, ends_at__lte=now)


def _attendance(told: Mapping[str, Any]) -> Words:
    url = address("session_attendance", told["cohort"], told["public_id"])
    return Words(_("Say who was at “%s”") % told["session"], url, _("Say who was there"), told["title"])


def _unsent(_membership_id: int, now: datetime) -> QuerySet[Session]:
    settled = Recap.objects.filter(session=OuterRef("pk")).exclude(state=Recap.State.DRAFT)
    return _sessions().filter(~Exists(settled), starts_at__lte=now)


def _recap(told: Mapping[str, Any]) -> Words:
    url = address("recap_edit", told["cohort"], told["public_id"])
    return Words(_("Send the recap of “%s”") % told["session"], url, _("Write it"), told["title"])


def _without_guests(_membership_id: int, now: datetime) -> QuerySet[Any]:
    """Sessions ahead to which a mentor, guest star or observer cannot come."""
    guests = Seat.objects.filter(
        cohort=OuterRef("session__cohort"), membership=OuterRef("membership"), state=Seat.State.CONFIRMED
    ).exclude(role=Seat.Role.PARTICIPANT)
    excused = Attendance.objects.filter(Exists(guests), state=Attendance.State.EXCUSED)
    rows = _sessions().filter(state=Session.State.PLANNED, starts_at__gt=now)
    return _with(rows, _counted(excused, "session", first=Max("recorded_at")))


def _guests(told: Mapping[str, Any]) -> Words:
    title = ngettext("%(n)d guest cannot come to “%(session)s”", "%(n)d guests cannot come to “%(session)s”", told["n"])
    url = address("session_attendance", told["cohort"], told["public_id"])
    return Words(title % {"n": told["n"], "session": told["session"]}, url, _("See who"), told["title"])


def _to_cut(_membership_id: int, _now: datetime) -> QuerySet[CutRequest]:
    return CutRequest.objects.filter(done_at=None)


def _cut(told: Mapping[str, Any]) -> Words:
    title = _("Cut a part out of the recording of “%s”") % told["session"]
    return Words(
        title, address("recording_cut_done", told["cohort"], told["at"], told["public_id"]), _("Say it is out")
    )


# ── Homework ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _uncommented(_membership_id: int, _now: datetime) -> QuerySet[Any]:
    rows = Homework.objects.filter(cohort__state__in=Cohort.UNDER_WAY)
    return _with(rows, _counted(waiting_for_comment(), "homework", first=Min("submitted_at")))


def _homework(told: Mapping[str, Any]) -> Words:
    title = ngettext(
        "Comment on %(n)d submission of “%(homework)s”", "Comment on %(n)d submissions of “%(homework)s”", told["n"]
    )
    url = address("homework_detail", told["cohort"], told["public_id"])
    return Words(title % {"n": told["n"], "homework": told["homework"]}, url, _("Comment"), told["title"])


_COHORT = {"n": "n", "cohort": "public_id", "title": "title"}
_SESSION = {
    "cohort": "cohort__public_id",
    "title": "cohort__title",
    "public_id": "public_id",
    "session": F("title"),
}

SOURCES = (
    WaitingSource(
        "cohorts.applications",
        gettext_lazy("Applications for cohorts"),
        "inbox",
        "cohorts.decide",
        _undecided,
        _applications,
        since="first",
        tells=_COHORT,
        mine=_led("pk"),
        order=200,
    ),
    WaitingSource(
        "cohorts.reviews",
        gettext_lazy("Points for applications"),
        "list-checks",
        "cohorts.view",
        _to_review,
        _reviews,
        since="first",
        tells=_COHORT,
        order=201,
    ),
    WaitingSource(
        "cohorts.decisions",
        gettext_lazy("Decisions to release"),
        "send",
        "cohorts.decide",
        _drafted,
        _decisions,
        since="first",
        tells=_COHORT,
        mine=_led("pk"),
        order=202,
    ),
    WaitingSource(
        "cohorts.seats",
        gettext_lazy("Seats not confirmed"),
        "phone",
        "cohorts.decide",
        _late,
        _seats,
        since="first",
        tells=_COHORT,
        mine=_led("pk"),
        order=203,
    ),
    WaitingSource(
        "cohorts.teams",
        gettext_lazy("Teams that are too small"),
        "phone",
        "cohorts.decide",
        _short,
        _team,
        since="since",
        tells={"cohort": "cohort__public_id", "title": "cohort__title"},
        partner="partner",
        mine=_led("cohort"),
        order=204,
    ),
    WaitingSource(
        "cohorts.attendance",
        gettext_lazy("Attendance"),
        "user-check",
        "cohorts.manage",
        _unrecorded,
        _attendance,
        since="ends_at",
        tells=_SESSION,
        mine=_led("cohort"),
        order=210,
    ),
    WaitingSource(
        "cohorts.recaps",
        gettext_lazy("Recaps"),
        "mail",
        "cohorts.manage",
        _unsent,
        _recap,
        since="starts_at",
        tells=_SESSION,
        mine=_led("cohort"),
        order=211,
    ),
    WaitingSource(
        "cohorts.guests",
        gettext_lazy("Guests who cannot come"),
        "user-x",
        "cohorts.manage",
        _without_guests,
        _guests,
        since="first",
        tells={**_SESSION, "n": "n"},
        due="starts_at",
        mine=_led("cohort"),
        order=212,
    ),
    WaitingSource(
        "cohorts.cuts",
        gettext_lazy("Parts to cut out"),
        "scissors",
        "cohorts.manage",
        _to_cut,
        _cut,
        since="asked_at",
        tells={
            "public_id": "public_id",
            "session": "material__session__title",
            "at": "material__session__public_id",
            "cohort": "material__session__cohort__public_id",
        },
        mine=_led("material__session__cohort"),
        order=213,
    ),
    WaitingSource(
        "cohorts.homework",
        gettext_lazy("Homework to comment"),
        "message-square",
        "cohorts.manage",
        _uncommented,
        _homework,
        since="first",
        tells={
            "n": "n",
            "cohort": "cohort__public_id",
            "title": "cohort__title",
            "public_id": "public_id",
            "homework": F("title"),
        },
        mine=_led("cohort"),
        order=220,
    ),
)


# ── Partners' people and guests ─────────────────────────────────────────────────────────────────────────────────────


def _seated(now: datetime) -> QuerySet[Any, Any]:
    """Who has an offered or taken seat in a cohort that is under way or ended so lately that it may still ask."""
    ended: Any = ClosingSurvey.objects.asking().with_opening()
    ended = ended.filter(opens_at__gt=now - timedelta(days=MOST_DAYS + 1))
    is_on = Q(cohort__state__in=Cohort.UNDER_WAY) | Q(cohort__in=ended.values("cohort"))
    return Seat.objects.holding().filter(is_on).order_by().values("membership")


def _named(_now: datetime) -> QuerySet[Any, Any]:
    """Who was asked into a team or nominated, also by an address only."""
    here = Q(cohort__state__in=Cohort.UNDER_WAY)
    asked = TeamMember.objects.filter(here, state=TeamMember.State.ASKED)
    nominated = Nomination.objects.open().filter(here)
    members = Membership.objects.in_organization(current_organization()).active()
    known = Q(pk__in=asked.values("membership")) | Q(pk__in=nominated.values("membership"))
    by_address = Q(person__email__in=nominated.filter(membership=None).values("email"))
    return members.filter(known | by_address).values("pk")


AWAITED = (Awaited("cohorts.seats", _seated), Awaited("cohorts.named", _named))
