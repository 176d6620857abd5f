"""The cohorts that a member has to do with, or could apply for, by what there is to do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cohorts.models import (
    Application,
    ClosingAnswer,
    ClosingSurvey,
    Cohort,
    ExpectationsVersion,
    Nomination,
    NominationQuerySet,
    Seat,
    Session,
    TeamMember,
    TeamMemberQuerySet,
)
from cohorts.models.closing import last_end
from cohorts.queries.closing import Window
from cohorts.queries.prerequisites import meant_for
from cohorts.queries.said import own_words
from cohorts.rules import RIGHTS
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

# More than anybody reads; one's own come first.
_MOST = 100
_NOMINATED = Nomination.State.OPEN
_REMEMBERED = "_canopy_my_cohorts"
_HAS_ANY = "_has_any_cohort"


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
    answer_by: datetime | None = None


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
            _place_seat(found, cohort, now)
        elif cohort.team_state == TeamMember.State.ASKED and cohort.state in Cohort.UNDER_WAY:
            found.asked.append(_mine(cohort, TeamMember.State.ASKED, _team))
        elif cohort.application_state:
            _place_application(found, cohort, now)
        elif cohort.team_state:
            if cohort.state in Cohort.UNDER_WAY:
                found.waiting.append(_mine(cohort, TeamMember.State(cohort.team_state), _team))
        elif cohort.is_nominated and cohort.takes_applications(now):
            found.asked.append(_mine(cohort, _NOMINATED, _invitation))
        elif member.is_partner:
            # Guests of one cohort see nothing else.
            found.open.append(_mine(cohort, Cohort.State.OPEN, _invitation))
    return found


def seated_in(member: Membership, now: datetime) -> dict[int, Cohort]:
    """The cohorts under way in which the member has a confirmed seat, by their key."""
    confirmed = (cohort for cohort in _remembered(member, now) if cohort.seat_state == Seat.State.CONFIRMED)
    return {cohort.pk: cohort for cohort in confirmed if cohort.state in Cohort.UNDER_WAY}


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A closing survey that waits for the member."""

    title: str
    url: str
    until: datetime


def closing_surveys_for(member: Membership, now: datetime) -> list[ToAnswer]:
    """The closing surveys that are open and that the member has not answered; no query beside `my_cohorts`."""
    return [found for cohort in _remembered(member, now) if (found := _to_answer(cohort, now))]


def _to_answer(cohort: Any, now: datetime) -> ToAnswer | None:
    is_in = cohort.seat_state == Seat.State.CONFIRMED and cohort.state != Cohort.State.CANCELLED
    if not is_in or cohort.closing_days is None or not RIGHTS[cohort.seat_role].counts:
        return None
    window = Window.of(cohort.last_ends_at, cohort.closing_days, cohort)
    if window.until is None or not window.is_open(now):
        return None
    return ToAnswer(cohort.title, address("closing_answer", cohort.public_id), window.until)


def _remembered(member: Membership, now: datetime) -> list[Any]:
    """The rows, asked once a request."""
    if not hasattr(member, _REMEMBERED):
        setattr(member, _REMEMBERED, _rows(member.pk, member.person.email, now))
    rows: list[Any] = getattr(member, _REMEMBERED)
    return rows


@prepared
def _rows(membership_id: int, email: str, now: datetime) -> QuerySet[Any]:
    """Cohorts with a seat, an application or a place in a team of the member, and open ones that are meant for them."""
    seats, applications = Seat.objects.of_member(membership_id), Application.objects.of_member(membership_id)
    places = _places_of(membership_id, email)
    mine = Q(pk__in=seats.values("cohort")) | Q(pk__in=applications.values("cohort"))
    mine |= Q(pk__in=places.values("cohort"))
    is_open = Q(applications_close_at__gt=now) | Q(applications_close_at=None)
    here = {"cohort": OuterRef("pk")}
    # Whoever was nominated is meant, whatever the program rests on.
    meant = meant_for(membership_id) | Exists(nominations_at(membership_id, email).filter(**here))
    said = ClosingAnswer.objects.filter(membership=membership_id, cohort=OuterRef("cohort"))
    closing = ClosingSurvey.objects.asking().filter(~Exists(said), **here)
    first = Session.objects.still_on().filter(**here).soonest_first()
    agreed = Subquery(applications.filter(cohort=OuterRef(OuterRef("pk"))).values("agreed_to__number")[:1])
    newer = _newest_that_differs(Coalesce(agreed, 1))
    ahead = Session.objects.planned().ending_after(now).filter(**here).order_by().values("cohort")
    return (
        Cohort.objects.filter(mine | Q(is_open, meant, state=Cohort.State.OPEN))
        .select_related("program")
        .annotate(
            seat_state=Subquery(seats.filter(**here).values("state")),
            seat_role=Subquery(seats.filter(**here).values("role")),
            confirm_by=Subquery(seats.filter(**here).values("confirm_by")),
            application_state=Subquery(applications.filter(**here).values("state")),
            team_state=Subquery(places.filter(**here).values("state")[:1]),
            has_newer_promise=Exists(newer),
            is_nominated=Exists(nominations_at(membership_id, email).filter(**here)),
            closing_days=Subquery(closing.values("days_open")[:1]),
            last_ends_at=last_end("pk"),
            next_session_at=Subquery(ahead.annotate(first=Min("starts_at")).values("first")),
            first_ends_at=Subquery(first.values("ends_at")[:1]),
            **own_words(membership_id, "pk"),
        )
        .order_by(F("seat_state").asc(nulls_last=True), F("application_state").asc(nulls_last=True), "-pk")[:_MOST]
    )


def _newest_that_differs(agreed: Coalesce) -> QuerySet[ExpectationsVersion]:
    """Over cohorts: the newest words of the program, where they are others than the ones of the number agreed to."""
    versions = ExpectationsVersion.objects.filter(program=OuterRef("program"))
    same = {field: OuterRef(field) for field in ExpectationsVersion.FIELDS}
    found: QuerySet[ExpectationsVersion] = versions.annotate(agreed=agreed).filter(
        ~Exists(versions.filter(number__gt=OuterRef("number"))),
        ~Exists(versions.filter(number=OuterRef("agreed"), **same)),
        number__gt=agreed,
    )
    return found


def _places_of(membership_id: int, email: str) -> TeamMemberQuerySet:
    """Teams that the member was asked into, also by an address that joined another way."""
    rows: TeamMemberQuerySet = TeamMember.objects.asked()
    return rows.filter(Q(membership=membership_id) | Q(membership=None, email=email))


def nominations_of(member: Membership) -> NominationQuerySet:
    """Open nominations of the member, also those by an address that joined another way."""
    return nominations_at(member.pk, member.person.email)


def nominations_at(membership_id: int, email: str) -> NominationQuerySet:
    """The same by the member's id and address."""
    mine = Q(membership=membership_id) | Q(membership=None, email=email)
    rows: NominationQuerySet = Nomination.objects.open().filter(mine)
    return rows


def _invitation(cohort: Cohort) -> str:
    return address("cohort_invitation", cohort.public_id)


def _application(cohort: Cohort) -> str:
    return address("application_detail", cohort.public_id)


def _team(cohort: Cohort) -> str:
    return address("team_detail", cohort.public_id)


def _home(cohort: Cohort) -> str:
    return address("cohort_home", cohort.public_id)


def _mine(cohort: Any, state: Any, page: Callable[[Cohort], str], **more: datetime | None) -> MyCohort:
    return MyCohort(cohort.title, cohort.program.promise, str(state), str(state.label), page(cohort), **more)


def _place_seat(found: MyCohorts, cohort: Any, now: datetime) -> None:
    seat = Seat.State(cohort.seat_state)
    if survey := _to_answer(cohort, now):
        promise, label = cohort.program.promise, _("Closing survey")
        found.asked.append(MyCohort(survey.title, promise, "open", label, survey.url, answer_by=survey.until))
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


def remember_any(member: Membership) -> None:
    """Spare `has_any` its query for the rest of the request: the page has found something that is the member's."""
    setattr(member, _HAS_ANY, True)


def has_any(member: Membership) -> bool:
    """Whether there is anything on the member's page "Cohorts"; every page of the portal asks, so one query at most."""
    if getattr(member, _REMEMBERED, None) or getattr(member, _HAS_ANY, False):
        return True
    return bool(_any(member.pk, member.person.email))


@prepared
def _any(membership_id: int, email: str) -> QuerySet[Any]:
    seats = Seat.objects.of_member(membership_id).values("cohort")
    applications = Application.objects.of_member(membership_id).values("cohort")
    named = Exists(nominations_at(membership_id, email).filter(cohort=OuterRef("pk")))
    mine = Q(pk__in=seats) | Q(pk__in=applications) | Q(pk__in=_places_of(membership_id, email).values("cohort"))
    meant = meant_for(membership_id) | named
    return Cohort.objects.filter(Q(meant, state=Cohort.State.OPEN) | mine).values_list("pk")[:1]
