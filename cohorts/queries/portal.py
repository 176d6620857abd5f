"""Cohorts as partner people see them. Everything starts from the member's own seat, application or nomination."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cohorts import rules
from cohorts.calendar_events import Party, session_calendar
from cohorts.models import Attendance, Cohort, Homework, Recap, Seat, Session, SessionContent, Submission
from cohorts.models.homework import HomeworkQuerySet
from cohorts.queries.mine import seated_in
from enablement.models import Content
from partners.queries.profiles import Profile, Reader, profiles_for
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization

# Homework that is due later than this is not yet worth a card on the home page.
SOON = timedelta(days=14)


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
    """Somebody else in the cohort, as much of them as it shows; `profile` is what they opened to the reader."""

    name: str
    company: str
    profile: Profile | None = None


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
    """Everything on a participant's page of the cohort; five queries, whatever the number of people and sessions.

    `seat` is the participant's own as `own_seats` and `with_facilitators` have it.
    """
    cohort, member = seat.cohort, seat.membership_id
    sessions = portal_sessions(cohort, member, now)
    homework = portal_homework(Homework.objects.filter(cohort=cohort), cohort, member, now)
    ahead = [row for row in sessions if row.session.state == Session.State.PLANNED and not row.is_over]
    return Home(
        next_session=min(ahead, key=lambda row: row.session.starts_at, default=None),
        sessions=sessions,
        homework=homework,
        companions=companions(cohort, reader),
        facilitators=seat.facilitator_names,  # type: ignore[attr-defined]
        criteria=rules.criteria(
            cohort=cohort,
            attended=sum(_counts(row) for row in sessions),
            handed_in=sum(bool(row.version) for row in homework),
        ),
    )


def _counts(row: PortalSession) -> bool:
    return row.mine == Attendance.State.PRESENT and row.session.state != Session.State.CANCELLED


def portal_sessions(cohort: Cohort, member: int, now: datetime, public_id: str = "") -> list[PortalSession]:
    """The cohort's sessions in order, or the one of this public id, with what they are to this member; two queries."""
    mine = Attendance.objects.filter(session=OuterRef("pk"), membership=member)
    told = Recap.objects.sent().filter(session=OuterRef("pk"))
    rows: Any = Session.objects.filter(cohort=cohort).in_order()
    rows = rows.annotate(mine=Subquery(mine.values("state")), has_recap=Exists(told))
    listed = list(rows.filter(public_id=public_id) if public_id else rows)
    contents: dict[int, list[Content]] = {}
    attached = SessionContent.objects.filter(session__in=[row.pk for row in listed])
    published = attached.filter(content__state=Content.State.PUBLISHED).select_related("content")
    for item in published.order_by("position", "pk"):
        contents.setdefault(item.session_id, []).append(item.content)
    return [
        PortalSession(
            session=row,
            url=address("session_detail", cohort.public_id, row.public_id),
            mine=row.mine or "",
            has_recap=row.has_recap,
            is_over=row.ends_at <= now,
            contents=contents.get(row.pk, []),
        )
        for row in listed
    ]


def portal_homework(rows: HomeworkQuerySet, cohort: Cohort, member: int, now: datetime) -> list[PortalHomework]:
    """These pieces of the cohort's homework, due first, with the newest version this member handed in; one query."""
    newest = Submission.objects.filter(homework=OuterRef("pk"), membership=member).order_by("-version")
    found: Any = rows.due_first().annotate(
        mine=Subquery(newest.values("version")[:1]), late=Subquery(newest.values("is_late")[:1])
    )
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


def companions(cohort: Cohort, reader: Reader) -> list[Companion]:
    """The other participants by name, as much of them as the cohort shows to one another."""
    if cohort.roster == Cohort.Roster.HIDDEN:
        return []
    others = Seat.objects.confirmed().filter(cohort=cohort).exclude(membership=reader.membership)
    seats = list(others.select_related("membership__person", "partner"))
    if cohort.roster != Cohort.Roster.NAMED:
        rows = [Companion(seat.membership.person.first_name, "") for seat in seats]
        return sorted(rows, key=_by_name)
    profiles = profiles_for(reader, [seat.membership_id for seat in seats]) if seats else {}
    rows = [
        Companion(
            str(seat.membership.person),
            seat.partner.name if seat.partner else "",
            profiles.get(seat.membership_id) or None,
        )
        for seat in seats
    ]
    return sorted(rows, key=_by_name)


def _by_name(row: Companion) -> str:
    return row.name.casefold()


def next_session_for(member: Membership, now: datetime) -> Session | None:
    """The first session ahead, or going on, of all cohorts in which the member has a seat."""
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
    """Homework of all the member's cohorts that is not handed in: overdue or due within two weeks, oldest first."""
    cohorts = seated_in(member, now)
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
        organizer=Party(organization.sender_label(), sender),
        stamped_at=now,
    )
