"""What cohorts show on the home pages, and what of theirs is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.queries import mine as my_queries
from cohorts.queries import portal as portal_queries
from cohorts.queries import studio as studio_queries
from prm.accounts.requests import Request
from prm.addresses import address
from prm.web.due import DueItem

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HomeworkLine:
    url: str
    title: str
    cohort: str
    due_at: datetime
    is_overdue: bool


def countdown(starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """How long until a session begins, in one unit: "in 3 days"."""
    if starts_at <= now:
        return _("going on now") if now < ends_at else ""
    left = starts_at - now
    if left >= _DAY:
        return ngettext("in %(n)d day", "in %(n)d days", left.days) % {"n": left.days}
    hours, minutes = left // _HOUR, left // timedelta(minutes=1)
    if hours:
        return ngettext("in %(n)d hour", "in %(n)d hours", hours) % {"n": hours}
    return ngettext("in %(n)d minute", "in %(n)d minutes", minutes) % {"n": minutes}


def next_session(request: Request) -> dict[str, Any] | None:
    """The portal's card with the way in."""
    session = portal_queries.next_session_for(request.membership, request.now)
    if session is None:
        return None
    cohort_id = session.cohort.public_id
    return {
        "session": session,
        "url": address("session_detail", cohort_id, session.public_id),
        "home_url": address("cohort_home", cohort_id),
        "countdown": countdown(session.starts_at, session.ends_at, request.now),
    }


def homework_due(request: Request) -> dict[str, Any] | None:
    rows = portal_queries.homework_due_for(request.membership, request.now)
    lines = [
        HomeworkLine(
            url=address("homework_answer", row.cohort.public_id, row.public_id),
            title=row.title,
            cohort=row.cohort.title,
            due_at=row.due_at,
            is_overdue=row.due_at <= request.now,
        )
        for row in rows
    ]
    return {"rows": lines} if lines else None


def asked(request: Request) -> dict[str, Any] | None:
    """The portal's card with what waits for an answer, else with what is open to apply for."""
    mine = my_queries.my_cohorts(request.membership, request.now)
    rows = [*mine.asked, *mine.open][:4]
    return {"rows": rows} if rows else None


def studio_cohorts(request: Request) -> dict[str, Any] | None:
    """The studio's card: applications that wait, and the next session one leads."""
    waiting = studio_queries.waiting_by_cohort()
    session = studio_queries.next_session_led_by(request.membership.pk, request.now)
    if not waiting and session is None:
        return None
    url = address("session_edit", session.cohort.public_id, session.public_id) if session else ""
    return {"rows": waiting, "session": session, "url": url}


def due(request: HttpRequest) -> list[DueItem]:
    """What waits in cohorts, for the page over all organizations."""
    member, now = request.membership, request.now  # type: ignore[attr-defined]
    if member.is_staff:
        return [DueItem(task.text, task.url, task.icon) for task in studio_queries.waiting_by_cohort()]
    if not member.is_partner:
        return []
    items = []
    session = portal_queries.next_session_for(member, now)
    if session is not None:
        url = address("session_detail", session.cohort.public_id, session.public_id)
        items.append(DueItem(session.title, url, "calendar", session.starts_at))
    for row in portal_queries.homework_due_for(member, now):
        url = address("homework_answer", row.cohort.public_id, row.public_id)
        items.append(DueItem(row.title, url, "notebook-pen", row.due_at))
    return items


def has_cohorts(member: Any) -> bool:
    """Whether the portal's menu shows cohorts: something is open, or the member has to do with one."""
    return my_queries.has_any(member)
