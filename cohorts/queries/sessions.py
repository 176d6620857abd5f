"""Sessions as staff and participants see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from cohorts.models import Attendance, Cohort, Recap, Seat, Session, SessionContent
from cohorts.models.sessions import SessionQuerySet
from prm.addresses import address


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in the studio's list. `present` and `excused` count people, `recap` is a state or empty."""

    session: Session
    url: str
    agenda_url: str
    materials_url: str
    attendance_url: str
    recap_url: str
    contents: int
    present: int
    excused: int
    recap: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """A participant on the attendance page."""

    membership_id: int
    name: str
    company: str
    state: str
    note: str

    @property
    def is_present(self) -> bool:
        return self.state == Attendance.State.PRESENT


def sessions_of(cohort: Cohort) -> SessionQuerySet:
    rows: SessionQuerySet = Session.objects.filter(cohort=cohort).in_order()
    return rows


def sessions_ahead(cohort: Cohort, now: datetime) -> list[Session]:
    """Planned sessions that have not begun, soonest first."""
    return list(Session.objects.planned().filter(cohort=cohort, starts_at__gt=now).soonest_first())


def session_rows(cohort: Cohort, now: datetime) -> list[SessionRow]:
    """A cohort's sessions in order, with what is known of each; two queries."""
    found: Any = sessions_of(cohort).annotate(
        content_count=Count("contents", distinct=True),
        present=Count("attendance", filter=Q(attendance__state=Attendance.State.PRESENT), distinct=True),
        excused=Count("attendance", filter=Q(attendance__state=Attendance.State.EXCUSED), distinct=True),
    )
    recaps = dict(Recap.objects.filter(session__cohort=cohort).values_list("session_id", "state"))
    return [
        SessionRow(
            session=session,
            url=address("session_edit", cohort.public_id, session.public_id),
            agenda_url=address("session_agenda", cohort.public_id, session.public_id),
            materials_url=address("session_materials", cohort.public_id, session.public_id),
            attendance_url=address("session_attendance", cohort.public_id, session.public_id),
            recap_url=address("recap_edit", cohort.public_id, session.public_id),
            contents=session.content_count,
            present=session.present,
            excused=session.excused,
            recap=recaps.get(session.pk, ""),
            is_over=session.ends_at <= now,
        )
        for session in found
    ]


def attendance_rows(session: Session) -> list[AttendanceRow]:
    """The participants with what is known of them for this session, by name; two queries."""
    known = {row.membership_id: row for row in Attendance.objects.filter(session=session)}
    seats = (
        Seat.objects.confirmed()
        .participants()
        .filter(cohort=session.cohort_id)
        .select_related("membership__person", "partner")
    )
    rows = [
        AttendanceRow(
            membership_id=seat.membership_id,
            name=str(seat.membership.person),
            company=seat.partner.name if seat.partner else "",
            state=known[seat.membership_id].state if seat.membership_id in known else "",
            note=known[seat.membership_id].note if seat.membership_id in known else "",
        )
        for seat in seats
    ]
    return sorted(rows, key=lambda row: row.name.casefold())


def content_ids_of(session: Session) -> list[int]:
    rows = SessionContent.objects.filter(session=session).order_by("position", "pk")
    return list(rows.values_list("content_id", flat=True))


def following(cohort: Cohort, last: Session | None) -> dict[str, Any]:
    """What a further session is proposed to be: a week after the last one, at the same time and place."""
    if last is None:
        return {"zone": cohort.zone, "minutes": 60}
    return {
        "starts_on": last.starts_on + timedelta(weeks=1),
        "starts_time": last.starts_time,
        "zone": last.zone,
        "minutes": last.minutes,
        "link": last.link,
        "place": last.place,
        "room": last.room,
        "way": last.way,
        "bring": last.bring,
    }
