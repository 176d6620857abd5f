"""What a recap says before anybody has edited it, and the recap of a session."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cohorts.models import Homework, Recap, Session, SessionContent
from prm.addresses import address


def recap_of(session: Session) -> Recap | None:
    return Recap.objects.filter(session=session).first()


def drafted_body(session: Session) -> str:
    """A recap in Markdown out of what is known: agenda, content, homework, and when we meet next."""
    parts = [_done(session), _to_read(session), _homework(session), _next(session)]
    return "\n\n".join(part for part in parts if part)


def _done(session: Session) -> str:
    heading = "## " + _("What we did")
    return f"{heading}\n\n{session.agenda.strip()}" if session.agenda.strip() else heading + "\n\n- "


def _to_read(session: Session) -> str:
    rows = SessionContent.objects.filter(session=session).select_related("content").order_by("position", "pk")
    lines = [
        f"- [{_escaped(row.content.title)}]({address('learn_detail', row.content.public_id, absolute=True)})"
        for row in rows
    ]
    return "\n".join(["## " + _("To read again"), "", *lines]) if lines else ""


def _homework(session: Session) -> str:
    lines = []
    for row in Homework.objects.filter(session=session).select_related("cohort").due_first():
        url = address("homework_answer", row.cohort.public_id, row.public_id, absolute=True)
        until = _("until %(moment)s") % {"moment": _moment(row.due_at, session)}
        lines.append(f"- [{_escaped(row.title)}]({url}), {until}")
    return "\n".join(["## " + _("Homework"), "", *lines]) if lines else ""


def _next(session: Session) -> str:
    following = (
        Session.objects.planned().filter(cohort=session.cohort_id, starts_at__gt=session.starts_at).soonest_first()
    )
    coming = following.first()
    if coming is None:
        return ""
    where = f", {coming.where}" if coming.where else ""
    return "\n\n".join(
        ["## " + _("When we meet next"), f"**{_escaped(coming.title)}**, {_moment(coming.starts_at, coming)}{where}"]
    )


def _moment(at: datetime, session: Session) -> str:
    """In the session's zone, since one text goes to everybody."""
    return formats.date_format(timezone.localtime(at, session.tz), "l j F, H:i T")


def _escaped(title: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\`*_[]()<>#" else letter for letter in title)
