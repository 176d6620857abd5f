"""Cohorts as partner people see them. Everything starts from the member's own seat, application or nomination."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from cohorts import rules
from cohorts.calendar_events import Party, session_calendar
from cohorts.models import (
    Application,
    Attendance,
    Cohort,
    Graduation,
    Homework,
    Nomination,
    NominationQuerySet,
    Recap,
    Seat,
    Session,
    SessionContent,
    Submission,
)
from cohorts.queries.graduation import Done, done_by_member
from cohorts.queries.people import facilitating_members
from enablement.models import Content
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.scope import current_organization

# Homework that is due later than this is not yet worth a card on the home page.
SOON = timedelta(days=14)


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


@dataclass(frozen=True, slots=True)
class PortalSession:
    """A session as a participant sees it. `mine` is their attendance state or empty."""

    session: Session
    url: str
    mine: str
    has_recap: bool
    is_over: bool
    contents: list[Content]


@dataclass(frozen=True, slots=True)
class PortalHomework:
    """A piece of homework as a participant sees it."""

    homework: Homework
    url: str
    version: int
    is_late: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody else in the cohort, as much of them as it shows."""

    name: str
    company: str


@dataclass(frozen=True)
class Home:
    """One page for a participant, from the first session to years later."""

    next_session: PortalSession | None
    sessions: list[PortalSession]
    homework: list[PortalHomework]
    companions: list[Companion]
    facilitators: list[str]
    criteria: list[rules.Criterion]
    graduation: Graduation | None

    @property
    def due(self) -> list[PortalHomework]:
        return [row for row in self.homework if not row.version]


def my_cohorts(member: Membership, now: datetime) -> MyCohorts:
    """The member's cohorts by what there is to do; five queries, whatever the number."""
    found = MyCohorts()
    seats = Seat.objects.of_member(member).select_related("cohort__program").order_by("-id")
    applications = Application.objects.of_member(member).select_related("cohort__program").order_by("-id")
    listed = list(seats)
    ahead = _next_sessions([seat.cohort_id for seat in listed], now)
    for seat in listed:
        _place_seat(found, seat, ahead)
    known = {seat.cohort_id for seat in listed}
    for application in applications:
        if application.cohort_id not in known:
            known.add(application.cohort_id)
            _place_application(found, application, now)
    for nomination in nominations_of(member).select_related("cohort__program"):
        if nomination.cohort_id not in known and nomination.cohort.takes_applications(now):
            known.add(nomination.cohort_id)
            found.asked.append(_mine(nomination.cohort, "nominated", nomination.get_state_display(), _invitation))
    rows = Cohort.objects.open().filter(Q(applications_close_at__gt=now) | Q(applications_close_at=None))
    for cohort in rows.exclude(pk__in=known).select_related("program").newest_first()[:50]:
        found.open.append(_mine(cohort, "open", cohort.get_state_display(), _invitation))
    return found


def nominations_of(member: Membership) -> NominationQuerySet:
    """Open nominations of the member, also those by an address that joined another way."""
    rows: NominationQuerySet = Nomination.objects.open().filter(
        Q(membership=member) | Q(membership=None, email=member.person.email)
    )
    return rows


def _next_sessions(cohort_ids: list[int], now: datetime) -> dict[int, datetime]:
    rows = Session.objects.planned().ending_after(now).filter(cohort__in=cohort_ids).order_by("-starts_at")
    return dict(rows.values_list("cohort_id", "starts_at"))


def _invitation(cohort: Cohort) -> str:
    return address("cohort_invitation", cohort.public_id)


def _application(cohort: Cohort) -> str:
    return address("application_detail", cohort.public_id)


def _home(cohort: Cohort) -> str:
    return address("cohort_home", cohort.public_id)


def _mine(cohort: Cohort, state: str, label: str, page: Callable[[Cohort], str], **more: datetime | None) -> MyCohort:
    return MyCohort(cohort.title, cohort.program.promise, state, label, page(cohort), **more)


def _place_seat(found: MyCohorts, seat: Seat, ahead: dict[int, datetime]) -> None:
    cohort, label = seat.cohort, seat.get_state_display()
    match seat.state:
        case Seat.State.CONFIRMED if cohort.state in Cohort.ENDED:
            found.past.append(_mine(cohort, cohort.state, cohort.get_state_display(), _home))
        case Seat.State.CONFIRMED:
            found.inside.append(_mine(cohort, seat.state, label, _home, next_session_at=ahead.get(cohort.pk)))
        case Seat.State.OFFERED:
            found.asked.append(_mine(cohort, seat.state, label, _application, confirm_by=seat.confirm_by))
        case Seat.State.WAITING:
            found.waiting.append(_mine(cohort, seat.state, label, _application))
        case _:
            found.past.append(_mine(cohort, seat.state, label, _application))


def _place_application(found: MyCohorts, application: Application, now: datetime) -> None:
    cohort = application.cohort
    label = application.get_state_display()
    match application.state:
        case Application.State.SUBMITTED if cohort.state != Cohort.State.CANCELLED:
            found.waiting.append(_mine(cohort, application.state, label, _application))
        case Application.State.DRAFT if cohort.takes_applications(now):
            found.asked.append(_mine(cohort, application.state, label, _application))
        case Application.State.WITHDRAWN if cohort.takes_applications(now):
            found.open.append(_mine(cohort, application.state, label, _invitation))
        case Application.State.DRAFT | Application.State.WITHDRAWN:
            return
        case _:
            found.past.append(_mine(cohort, application.state, label, _application))


def home(cohort: Cohort, member: Membership, now: datetime) -> Home:
    """Everything on a participant's page of the cohort; ten queries, whatever the number of people and sessions."""
    sessions = portal_sessions(cohort, member, now)
    ahead = [row for row in sessions if row.session.state == Session.State.PLANNED and not row.is_over]
    done = done_by_member(cohort, member).get(member.pk, Done())
    return Home(
        next_session=min(ahead, key=lambda row: row.session.starts_at, default=None),
        sessions=sessions,
        homework=portal_homework(cohort, member, now),
        companions=companions(cohort, member),
        facilitators=[str(colleague.person) for colleague in facilitating_members(cohort)],
        criteria=rules.criteria(cohort=cohort, attended=done.attended, handed_in=done.handed_in),
        graduation=Graduation.objects.of_member(member).filter(cohort=cohort).first(),
    )


def portal_sessions(cohort: Cohort, member: Membership, now: datetime) -> list[PortalSession]:
    """The cohort's sessions in order, with what they are to this member."""
    rows = list(Session.objects.filter(cohort=cohort).in_order())
    mine = dict(Attendance.objects.filter(session__cohort=cohort, membership=member).values_list("session_id", "state"))
    told = set(Recap.objects.sent().filter(session__cohort=cohort).values_list("session_id", flat=True))
    contents: dict[int, list[Content]] = {}
    attached = SessionContent.objects.filter(session__cohort=cohort, content__state=Content.State.PUBLISHED)
    for row in attached.select_related("content").order_by("position", "pk"):
        contents.setdefault(row.session_id, []).append(row.content)
    return [
        PortalSession(
            session=row,
            url=address("session_detail", cohort.public_id, row.public_id),
            mine=mine.get(row.pk, ""),
            has_recap=row.pk in told,
            is_over=row.ends_at <= now,
            contents=contents.get(row.pk, []),
        )
        for row in rows
    ]


def portal_homework(
    cohort: Cohort, member: Membership, now: datetime, session: Session | None = None
) -> list[PortalHomework]:
    """The homework of the cohort or of one session, due first, with the newest version this member handed in."""
    versions: dict[int, Submission] = {}
    for submission in Submission.objects.of_member(member).filter(homework__cohort=cohort).order_by("version"):
        versions[submission.homework_id] = submission
    rows = Homework.objects.filter(cohort=cohort) if session is None else Homework.objects.filter(session=session)
    return [_portal_homework(cohort, row, versions.get(row.pk), now) for row in rows.due_first()]


def _portal_homework(cohort: Cohort, row: Homework, newest: Submission | None, now: datetime) -> PortalHomework:
    return PortalHomework(
        homework=row,
        url=address("homework_answer", cohort.public_id, row.public_id),
        version=newest.version if newest else 0,
        is_late=newest.is_late if newest else False,
        is_overdue=newest is None and row.due_at <= now,
    )


def companions(cohort: Cohort, member: Membership) -> list[Companion]:
    """The other participants by name, as much of them as the cohort shows to one another."""
    if cohort.roster == Cohort.Roster.HIDDEN:
        return []
    seats = Seat.objects.confirmed().filter(cohort=cohort).exclude(membership=member)
    named = cohort.roster == Cohort.Roster.NAMED
    rows = []
    for seat in seats.select_related("membership__person", "partner"):
        person = seat.membership.person
        name = str(person) if named else person.first_name
        rows.append(Companion(name, seat.partner.name if named and seat.partner else ""))
    return sorted(rows, key=lambda row: row.name.casefold())


def next_session_for(member: Membership, now: datetime) -> Session | None:
    """The first session ahead, or going on, of all cohorts in which the member has a seat."""
    mine = Seat.objects.confirmed().of_member(member).filter(cohort__state__in=Cohort.UNDER_WAY)
    rows = Session.objects.planned().ending_after(now).filter(cohort__in=mine.values("cohort"))
    return rows.select_related("cohort").soonest_first().first()


def homework_due_for(member: Membership, now: datetime) -> list[Homework]:
    """Homework of all the member's cohorts that is not handed in: overdue or due within two weeks, oldest first."""
    mine = Seat.objects.confirmed().of_member(member).filter(cohort__state__in=Cohort.UNDER_WAY)
    handed_in = Submission.objects.of_member(member)
    rows = Homework.objects.filter(cohort__in=mine.values("cohort"), due_at__lte=now + SOON)
    return list(rows.exclude(pk__in=handed_in.values("homework")).select_related("cohort").due_first()[:5])


def calendar_file(session: Session, now: datetime) -> bytes:
    """A session for a calendar program, to be opened by hand."""
    organization = current_organization()
    sender = organization.reply_to or settings.DEFAULT_FROM_EMAIL
    return session_calendar(
        session,
        method="PUBLISH",
        summary=f"{session.cohort.title}: {session.title}",
        description="\n\n".join(part for part in (session.where, session.agenda) if part),
        url=address("session_detail", session.cohort.public_id, session.public_id, absolute=True),
        organizer=Party(organization.sender_label, sender),
        stamped_at=now,
    )


def has_any(member: Membership) -> bool:
    """Whether there is anything on the member's page "Cohorts"; one query, which runs on every page of the portal."""
    seats = Seat.objects.of_member(member).values("cohort")
    applications = Application.objects.of_member(member).values("cohort")
    mine = Q(pk__in=seats) | Q(pk__in=applications)
    return Cohort.objects.filter(Q(state=Cohort.State.OPEN) | mine).exists()
