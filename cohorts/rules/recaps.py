import re
from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import Recap, Session
from prm.problems import Problem

# Headings, bullets and lines alone say nothing.
_SKELETON = re.compile(r"^\s*(#{1,6}.*|[-*+]|\d+[.)]|[-*_]{3,})?\s*$")


def says_something(body: str) -> bool:
    """Whether there is more than headings and empty bullets."""
    return any(not _SKELETON.match(line) for line in body.splitlines())


def recap_problems(
    *, session: Session, state: str, body: str, now: datetime, send_at: datetime | None
) -> list[Problem]:
    """Why a recap cannot be sent, now (`send_at` None) or at that time. Saving a draft has no conditions."""
    problems = []
    if state == Recap.State.SENT:
        problems.append(Problem("sent", _("This recap was sent: it cannot be sent again.")))
    if not says_something(body):
        problems.append(Problem("empty", _("An empty recap is not sent."), field="body"))
    if session.state == Session.State.CANCELLED:
        problems.append(Problem("cancelled", _("This session was canceled.")))
    elif send_at is None and not session.has_begun(now):
        problems.append(Problem("not_begun", _("This session has not begun.")))
    if send_at is not None and send_at <= now:
        problems.append(Problem("past", _("This moment lies in the past."), field="send_on"))
    elif send_at is not None and send_at < session.ends_at:
        problems.append(Problem("too_soon", _("The session is not over by then."), field="send_on"))
    return problems
