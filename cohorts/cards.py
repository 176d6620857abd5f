"""What cohorts show on the home pages, and what of theirs is due."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.queries import mine as my_queries
from cohorts.queries import portal as portal_queries
from cohorts.queries import studio as studio_queries
from cohorts.queries.drumbeat import banners_for
from cohorts.queries.expectations import promises_to_renew
from cohorts.queries.home import asked_once
from prm.accounts.requests import Request
from prm.addresses import address
from prm.web.due import DueItem

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


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


def open_cohorts(request: Request) -> dict[str, Any] | None:
    """The portal's card with what is open to apply for. What is asked of somebody stands in their to-do list."""
    rows = my_queries.my_cohorts(request.membership, request.now).open[:4]
    return {"rows": rows} if rows else None


def studio_cohorts(request: Request) -> dict[str, Any] | None:
    """The studio's card: the next session one leads. What waits in cohorts stands in the to-do list."""
    session = studio_queries.next_session_led_by(request.membership.pk, request.now)
    if session is None:
        return None
    return {"session": session, "url": address("session_edit", session.cohort.public_id, session.public_id)}


def due(request: HttpRequest) -> list[DueItem]:
    """What waits for a partner's person or a guest in cohorts: answers, sessions, homework, and what is asked once."""
    member, now = request.membership, request.now  # type: ignore[attr-defined]
    if member.is_staff:
        return []
    items = [
        DueItem(f"{row.title}: {row.state_label}", row.url, "users-round", row.confirm_by)
        for row in my_queries.my_cohorts(member, now).asked
    ]
    if my_queries.seated_in(member, now):
        items += [
            DueItem(step.title, step.url, step.icon, hint=cohort.title) for cohort, step in asked_once(member, now)
        ]
        items += [
            DueItem(_("What we agreed on has changed"), url, "handshake", hint=title)
            for title, url in promises_to_renew(member, now)
        ]
    session = portal_queries.next_session_for(member, now)
    if session is not None:
        url = address("session_detail", session.cohort.public_id, session.public_id)
        title = session.cohort.title
        items.append(DueItem(session.title, url, "calendar", session.starts_at, hint=title, begins=True, can_wait=True))
    for survey in my_queries.closing_surveys_for(member, now):
        title = _("How was it? A few questions")
        items.append(DueItem(title, survey.url, "clipboard-list", survey.until, hint=survey.title))
    for row in portal_queries.homework_due_for(member, now):
        url = address("homework_answer", row.cohort.public_id, row.public_id)
        items.append(DueItem(row.title, url, "notebook-pen", row.due_at, hint=row.cohort.title))
    return items


def has_cohorts(member: Any) -> bool:
    """Whether the portal's menu shows cohorts: something is open, or the member has to do with one."""
    return my_queries.has_any(member)


def banners(request: Request) -> dict[str, Any] | None:
    """What the drumbeat of the reader's cohorts says now."""
    found = banners_for(request.membership, request.now)
    return {"banners": found} if found else None
