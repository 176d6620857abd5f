"""The cohorts that a member has to do with, or could apply for, by what there is to do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from cohorts.models import Application, Cohort, Nomination, NominationQuerySet, Seat, Session
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

# More than anybody reads; one's own come first.
_MOST = 100
_NOMINATED = Nomination.State.OPEN
_REMEMBERED = "_canopy_my_cohorts"


@dataclass(frozen=True, slots=True)
class MyCohort:
    """A cohort that a member has to do with, with the one thing to do about it."""

    title: str
    promise: str
    state: str
    state_label: str
    url: str
    next_session_at: datetime | None = None
    confirm_by: datetime | None = None


@dataclass(frozen=True)
class MyCohorts:
    """Everything on the page "Cohorts": where one takes part, what is asked of one, what is open to apply for."""

    inside: list[MyCohort] = field(default_factory=list)
    asked: list[MyCohort] = field(default_factory=list)
    waiting: list[MyCohort] = field(default_factory=list)
    open: list[MyCohort] = field(default_factory=list)
    past: list[MyCohort] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.inside or self.asked or self.waiting or self.open or self.past)


def my_cohorts(member: Membership, now: datetime) -> MyCohorts:
    """The member's cohorts by what there is to do; one query, also with `seated_in` beside it."""
    found = MyCohorts()
    for cohort in _remembered(member, now):
        if cohort.seat_state:
            _place_seat(found, cohort)
        elif cohort.application_state:
            _place_application(found, cohort, now)
        elif cohort.is_nominated and cohort.takes_applications(now):
            found.asked.append(_mine(cohort, _NOMINATED, _invitation))
        else:
            found.open.append(_mine(cohort, Cohort.State.OPEN, _invitation))
    return found


def seated_in(member: Membership, now: datetime) -> dict[int, Cohort]:
    """The cohorts under way in which the member has a confirmed seat, by their key."""
    confirmed = (cohort for cohort in _remembered(member, now) if cohort.seat_state == Seat.State.CONFIRMED)
    return {cohort.pk: cohort for cohort in confirmed if cohort.state in Cohort.UNDER_WAY}


def _remembered(member: Membership, now: datetime) -> list[Any]:
    """The rows, asked once a request."""
    if not hasattr(member, _REMEMBERED):
        setattr(member, _REMEMBERED, _rows(member.pk, member.person.email, now))
    rows: list[Any] = getattr(member, _REMEMBERED)
    return rows


@prepared
def _rows(membership_id: int, email: str, now: datetime) -> QuerySet[Any]:
    """Cohorts with a seat or an application of the member, and those that take applications."""
    seats, applications = Seat.objects.of_member(membership_id), Application.objects.of_member(membership_id)
    mine = Q(pk__in=seats.values("cohort")) | Q(pk__in=applications.values("cohort"))
    is_open = Q(applications_close_at__gt=now) | Q(applications_close_at=None)
    here = {"cohort": OuterRef("pk")}
    ahead = Session.objects.planned().ending_after(now).filter(**here).order_by().values("cohort")
    return (
        Cohort.objects.filter(mine | Q(is_open, state=Cohort.State.OPEN))
        .select_related("program")
        .annotate(
            seat_state=Subquery(seats.filter(**here).values("state")),
            confirm_by=Subquery(seats.filter(**here).values("confirm_by")),
            application_state=Subquery(applications.filter(**here).values("state")),
            is_nominated=Exists(_nominations_of(membership_id, email).filter(**here)),
            next_session_at=Subquery(ahead.annotate(first=Min("starts_at")).values("first")),
        )
        .order_by(F("seat_state").asc(nulls_last=True), F("application_state").asc(nulls_last=True), "-pk")[:_MOST]
    )


def nominations_of(member: Membership) -> NominationQuerySet:
    """Open nominations of the member, also those by an address that joined another way."""
    return _nominations_of(member.pk, member.person.email)


def _nominations_of(membership_id: int, email: str) -> NominationQuerySet:
    mine = Q(membership=membership_id) | Q(membership=None, email=email)
    rows: NominationQuerySet = Nomination.objects.open().filter(mine)
    return rows


def _invitation(cohort: Cohort) -> str:
    return address("cohort_invitation", cohort.public_id)


def _application(cohort: Cohort) -> str:
    return address("application_detail", cohort.public_id)


def _home(cohort: Cohort) -> str:
    return address("cohort_home", cohort.public_id)


def _mine(cohort: Any, state: Any, page: Callable[[Cohort], str], **more: datetime | None) -> MyCohort:
    return MyCohort(cohort.title, cohort.program.promise, str(state), str(state.label), page(cohort), **more)


def _place_seat(found: MyCohorts, cohort: Any) -> None:
    seat = Seat.State(cohort.seat_state)
    match seat:
        case Seat.State.CONFIRMED if cohort.state in Cohort.ENDED:
            found.past.append(_mine(cohort, Cohort.State(cohort.state), _home))
        case Seat.State.CONFIRMED:
            found.inside.append(_mine(cohort, seat, _home, next_session_at=cohort.next_session_at))
        case Seat.State.OFFERED:
            found.asked.append(_mine(cohort, seat, _application, confirm_by=cohort.confirm_by))
        case Seat.State.WAITING:
            found.waiting.append(_mine(cohort, seat, _application))
        case _:
            found.past.append(_mine(cohort, seat, _application))


def _place_application(found: MyCohorts, cohort: Any, now: datetime) -> None:
    application = Application.State(cohort.application_state)
    match application:
        case Application.State.SUBMITTED if cohort.state != Cohort.State.CANCELLED:
            found.waiting.append(_mine(cohort, application, _application))
        case Application.State.DRAFT if cohort.takes_applications(now):
            found.asked.append(_mine(cohort, application, _application))
        case Application.State.WITHDRAWN if cohort.takes_applications(now):
            found.open.append(_mine(cohort, application, _invitation))
        case Application.State.DRAFT | Application.State.WITHDRAWN:
            return
        case _:
            found.past.append(_mine(cohort, application, _application))


def has_any(member: Membership) -> bool:
    """Whether there is anything on the member's page "Cohorts"; every page of the portal asks, so one query at most."""
    if getattr(member, _REMEMBERED, None):
        return True
    seats = Seat.objects.of_member(member).values("cohort")
    applications = Application.objects.of_member(member).values("cohort")
    mine = Q(pk__in=seats) | Q(pk__in=applications)
    return Cohort.objects.filter(Q(state=Cohort.State.OPEN) | mine).exists()
