"""Cohorts as partner people see them. Everything starts from the member's own seat, application or nomination."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from cohorts import rules
from cohorts.calendar_events import session_calendar
from cohorts.models import Attendance, Cohort, Homework, Participation, Recap, Seat, Session, SessionContent, Submission
from cohorts.models.homework import HomeworkQuerySet
from cohorts.queries.calendars import entries_of
from cohorts.queries.materials import MaterialLine, lines_of, materials_told
from cohorts.queries.mine import seated_in
from cohorts.queries.teams import functions_by_member
from enablement.models import Content
from partners.queries.logos import logo_links
from partners.queries.profiles import Profile, Reader, profiles_for
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

# Homework that is due later than this is not yet worth a card on the home page.
SOON = timedelta(days=14)

_REMEMBERED = "_canopy_next_session"


@dataclass(frozen=True, slots=True)
class Reading:
    """Published content that belongs to a session."""

    public_id: str
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class PortalSession:
    """A session as a participant sees it. `mine` is their attendance state or empty."""

    session: Session
    url: str
    mine: str
    has_recap: bool
    is_over: bool
    contents: list[Reading]
    materials: list[MaterialLine] = field(default_factory=list)


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
    """Somebody else in the cohort, as much of them as it shows; `profile` is what they opened to the reader."""

    name: str
    company: str
    profile: Profile | None = None
    team_function: str = ""
    logo: str = ""


@dataclass(frozen=True)
class Home:
    """One page for a participant, from the first session to years later."""

    next_session: PortalSession | None
    sessions: list[PortalSession]
    homework: list[PortalHomework]
    companions: list[Companion]
    facilitators: list[str]
    criteria: list[rules.Criterion]

    @property
    def due(self) -> list[PortalHomework]:
        return [row for row in self.homework if not row.version]


def home(seat: Seat, reader: Reader, now: datetime) -> Home:
    """Everything on a participant's page of the cohort; as many queries, whatever the number of people and sessions.

    `seat` is the participant's own as `own_seats` and `with_facilitators` have it.
    """
    cohort, member = seat.cohort, seat.membership_id
    sessions = portal_sessions(seat, now)
    rights = rules.rights_of(seat)
    homework = portal_homework(cohort, member, now) if rights.sees_homework else []
    ahead = [row for row in sessions if row.session.state == Session.State.PLANNED and not row.is_over]
    return Home(
        next_session=min(ahead, key=lambda row: row.session.starts_at, default=None),
        sessions=sessions,
        homework=homework,
        companions=companions(cohort, reader) if rights.sees_people else [],
        facilitators=seat.facilitator_names,  # type: ignore[attr-defined]
        criteria=rules.criteria(
            cohort=cohort,
            attended=sum(_counts(row) for row in sessions),
            handed_in=sum(bool(row.version) for row in homework),
        )
        if rights.graduates
        else [],
    )


def _counts(row: PortalSession) -> bool:
    return row.mine == Attendance.State.PRESENT and row.session.state != Session.State.CANCELLED


def portal_sessions(seat: Seat, now: datetime, public_id: str = "") -> list[PortalSession]:
    """The cohort's sessions in order, or the one of this public id, with what the role of the seat lets read of each;
    one query.
    """
    cohort, rights = seat.cohort, rules.rights_of(seat)
    rows: list[Any] = _sessions(seat.membership_id, cohort.pk, public_id or None)
    return [
        PortalSession(
            session=row,
            url=address("session_detail", cohort.public_id, row.public_id),
            mine=row.mine or "",
            has_recap=row.has_recap and rights.reads_recaps,
            is_over=row.ends_at <= now,
            contents=[Reading(**told) for told in row.told_contents] if rights.reads_content else [],
            materials=lines_of(
                row.told_materials,
                cohort_id=cohort.public_id,
                session_id=row.public_id,
                mine=row.mine or "",
                today=now.astimezone(row.tz).date(),
            )
            if rights.reads_content
            else [],
        )
        for row in rows
    ]


@prepared
def _sessions(membership_id: int, cohort_id: int, public_id: str | None) -> QuerySet[Session]:
    mine = Attendance.objects.filter(session=OuterRef("pk"), membership=membership_id)
    told = Recap.objects.sent().filter(session=OuterRef("pk"))
    rows: QuerySet[Session] = Session.objects.filter(cohort=cohort_id).in_order()
    rows = rows.annotate(
        mine=Subquery(mine.values("state")),
        has_recap=Exists(told),
        told_contents=_contents(),
        told_materials=materials_told(),
    )
    return rows if public_id is None else rows.filter(public_id=public_id)


def _contents() -> ArraySubquery:
    published = SessionContent.objects.filter(session=OuterRef("pk"), content__state=Content.State.PUBLISHED)
    told = JSONObject(public_id="content__public_id", title="content__title", minutes="content__minutes")
    return ArraySubquery(published.order_by("position", "pk").values(one=told))


def portal_homework(cohort: Cohort, member: int, now: datetime, session: Session | None = None) -> list[PortalHomework]:
    """The cohort's homework, or that of one session, due first, with the newest version this member handed in; one
    query.
    """
    found: list[Any] = _homework(member, cohort.pk, session and session.pk)
    return [
        PortalHomework(
            homework=row,
            url=address("homework_answer", cohort.public_id, row.public_id),
            version=row.mine or 0,
            is_late=bool(row.late),
            is_overdue=not row.mine and row.due_at <= now,
        )
        for row in found
    ]


@prepared
def _homework(membership_id: int, cohort_id: int, session_id: int | None) -> QuerySet[Homework]:
    newest = Submission.objects.filter(homework=OuterRef("pk"), membership=membership_id).order_by("-version")
    rows: HomeworkQuerySet = Homework.objects.filter(cohort=cohort_id)
    rows = rows if session_id is None else rows.filter(session=session_id)
    return rows.due_first().annotate(
        mine=Subquery(newest.values("version")[:1]), late=Subquery(newest.values("is_late")[:1])
    )


def companions(cohort: Cohort, reader: Reader, *, with_more: bool = False) -> list[Companion]:
    """The other participants by name, as much of them as the cohort shows to one another.

    `with_more` asks for their functions in teams and their companies' logos too.

    People of a company that is never brought together with the reader's are left out, also where that was marked only
    after both had their seats. Once the cohort is finished only those are told who agreed to it.
    """
    if cohort.roster == Cohort.Roster.HIDDEN:
        return []
    is_finished = cohort.state == Cohort.State.FINISHED
    seats = _others(reader.membership.pk, cohort.pk, only_shown=is_finished)
    profiles = profiles_for(reader, [seat.membership_id for seat in seats]) if seats else {}
    apart = {membership for membership, profile in profiles.items() if profile.is_apart}
    seats = [seat for seat in seats if seat.membership_id not in apart]
    if cohort.roster != Cohort.Roster.NAMED:
        rows = [Companion(seat.membership.person.first_name, "") for seat in seats]
        return sorted(rows, key=_by_name)
    functions = functions_by_member(cohort) if with_more else {}
    logos = logo_links({seat.partner_id for seat in seats if seat.partner_id}, reader.membership) if with_more else {}
    rows = [
        Companion(
            str(seat.membership.person),
            seat.partner.name if seat.partner else "",
            profiles.get(seat.membership_id) or None,
            functions.get(seat.membership_id, ""),
            logos.get(seat.partner_id or 0, ""),
        )
        for seat in seats
    ]
    return sorted(rows, key=_by_name)


@prepared
def _others(membership_id: int, cohort_id: int, *, only_shown: bool) -> QuerySet[Seat]:
    others = Seat.objects.confirmed().filter(cohort=cohort_id).exclude(membership=membership_id)
    if only_shown:
        agreed = Participation.objects.filter(cohort=OuterRef("cohort"), shows_after=True)
        others = others.filter(membership__in=agreed.values("membership"))
    found: QuerySet[Seat] = others.select_related("membership__person", "partner")
    return found


def _by_name(row: Companion) -> str:
    return row.name.casefold()


def next_session_for(member: Membership, now: datetime) -> Session | None:
    """The first session ahead, or going on, of all cohorts in which the member has a seat; asked once a request."""
    if not hasattr(member, _REMEMBERED):
        setattr(member, _REMEMBERED, _next_session(member, now))
    session: Session | None = getattr(member, _REMEMBERED)
    return session


def _next_session(member: Membership, now: datetime) -> Session | None:
    cohorts = seated_in(member, now)
    if not cohorts:
        return None
    session = _next_sessions.first(sorted(cohorts), now)
    if session is not None:
        session.cohort = cohorts[session.cohort_id]
    return session


@prepared
def _next_sessions(cohort_ids: list[int], now: datetime) -> QuerySet[Session]:
    rows = Session.objects.planned().ending_after(now).filter(cohort__in=cohort_ids)
    found: QuerySet[Session] = rows.soonest_first()[:1]
    return found


def homework_due_for(member: Membership, now: datetime) -> list[Homework]:
    """Homework of all cohorts in which the member is to hand in and has not: overdue or due within two weeks, oldest
    first.
    """
    seated: dict[int, Any] = seated_in(member, now)
    cohorts = {pk: cohort for pk, cohort in seated.items() if rules.RIGHTS[cohort.seat_role].hands_in}
    if not cohorts:
        return []
    found = _homework_due(sorted(cohorts), member.pk, now + SOON)
    for homework in found:
        homework.cohort = cohorts[homework.cohort_id]
    return found


@prepared
def _homework_due(cohort_ids: list[int], membership_id: int, until: datetime) -> QuerySet[Homework]:
    handed_in = Submission.objects.filter(membership=membership_id, homework=OuterRef("pk"))
    rows = Homework.objects.filter(~Exists(handed_in), cohort__in=cohort_ids, due_at__lte=until)
    found: QuerySet[Homework] = rows.due_first()[:5]
    return found


def calendar_file(session: Session, reader: Membership, now: datetime) -> bytes:
    """A session for a calendar program, to be opened by hand."""
    return session_calendar(entries_of([session], reader)[0], method="PUBLISH", stamped_at=now)
