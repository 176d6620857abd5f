"""What a recap says before anybody has edited it, the recap of a session, and what who missed it has to catch up on."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Homework, Recap, Session, SessionContent, SessionMaterial, Submission
from cohorts.queries.agenda import items_of, worded_agenda
from cohorts.queries.materials import with_holds
from cohorts.queries.recap_words import escaped, people_told
from cohorts.recap_parts import RecapPart, recap_parts
from prm.accounts.models import Membership
from prm.addresses import address


def recap_of(session: Session) -> Recap | None:
    return Recap.objects.filter(session=session).first()


def drafted_body(session: Session) -> str:
    """A recap in Markdown out of what is known: agenda, who was there, content, homework, and when we meet next."""
    parts = [part.draw(session) for part in recap_parts.all()]
    return "\n\n".join(part for part in parts if part)


def without_recap() -> "QuerySet[Session]":
    """Sessions of cohorts that go on, for which no recap is kept yet, not even a draft."""
    kept = Recap.objects.filter(session=OuterRef("pk"))
    rows: QuerySet[Session] = Session.objects.still_on().filter(cohort__state__in=Cohort.UNDER_WAY)
    return rows.exclude(Exists(kept))


def catch_up(session: Session, reader: Membership) -> str:
    """For who missed it, in Markdown and in the order in which it helps: to watch, to read, to hand in."""
    done = Submission.objects.filter(membership=reader).values("homework")
    stays = SessionMaterial.objects.filter(session=session)
    steps = [
        *_material_lines(session, stays),
        *_content_lines(session),
        *_homework_lines(session, Homework.objects.exclude(pk__in=done)),
    ]
    lines = [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
    return "\n".join(lines)


def _done(session: Session) -> str:
    heading = "## " + _("What we did")
    done = worded_agenda(items_of(session))
    return f"{heading}\n\n{done}" if done else heading + "\n\n- "


def _what_stays(session: Session) -> str:
    """What everybody may open: what is kept for those who missed it stands in their version alone."""
    lines = _material_lines(session, SessionMaterial.objects.filter(session=session, for_absent=False))
    return "\n".join(["## " + _("What stays of it"), "", *(f"- {line}" for line in lines)]) if lines else ""


def _material_lines(session: Session, rows: "QuerySet[SessionMaterial]") -> list[str]:
    """Links to the recording, the slides, the board; none to what waits for a part to be cut out."""
    ids = (session.cohort.public_id, session.public_id)
    return [
        f"[{escaped(row.title)}]({address('session_material', *ids, row.public_id, absolute=True)})"
        for row in with_holds(rows).in_order()
        if not row.is_held
    ]


def _to_read(session: Session) -> str:
    lines = [f"- {line}" for line in _content_lines(session)]
    return "\n".join(["## " + _("To read again"), "", *lines]) if lines else ""


def _content_lines(session: Session) -> list[str]:
    rows = SessionContent.objects.filter(session=session).select_related("content").order_by("position", "pk")
    return [
        f"[{escaped(row.content.title)}]({address('learn_detail', row.content.public_id, absolute=True)})"
        for row in rows
    ]


def _homework(session: Session) -> str:
    lines = [f"- {line}" for line in _homework_lines(session, Homework.objects.all())]
    return "\n".join(["## " + _("Homework"), "", *lines]) if lines else ""


def _homework_lines(session: Session, among: "QuerySet[Homework]") -> list[str]:
    lines = []
    for row in among.filter(session=session).select_related("cohort").order_by("due_at", "pk"):
        url = address("homework_answer", row.cohort.public_id, row.public_id, absolute=True)
        until = _("until %(moment)s") % {"moment": _moment(row.due_at, session)}
        lines.append(f"[{escaped(row.title)}]({url}), {until}")
    return lines


def _next(session: Session) -> str:
    following = (
        Session.objects.planned().filter(cohort=session.cohort_id, starts_at__gt=session.starts_at).soonest_first()
    )
    coming = following.first()
    if coming is None:
        return ""
    where = f", {coming.where}" if coming.where else ""
    return "\n\n".join(
        ["## " + _("When we meet next"), f"**{escaped(coming.title)}**, {_moment(coming.starts_at, coming)}{where}"]
    )


def _moment(at: datetime, session: Session) -> str:
    """In the session's zone, since one text goes to everybody."""
    return formats.date_format(timezone.localtime(at, session.tz), "l j F, H:i T")


recap_parts.register(
    RecapPart("cohorts.done", _done, order=10),
    RecapPart("cohorts.people", people_told, order=20),
    RecapPart("cohorts.materials", _what_stays, order=25),
    RecapPart("cohorts.contents", _to_read, order=30),
    RecapPart("cohorts.homework", _homework, order=40),
    RecapPart("cohorts.next", _next, order=90),
)
