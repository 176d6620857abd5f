"""What a recap tells of people: how many were there, what they promised one another, words that they let others read.

What one person said is one line (or one quotation) in Markdown, always the same for the same words: what its author
takes back can be found in a recap that is not sent yet.
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Attendance, Cohort, Participation, Recap, Seat, Session, Testimonial
from prm.accounts.models import Membership

_ALWAYS, _FOREVER = (Value(datetime(year, 1, 1, tzinfo=UTC), output_field=DateTimeField()) for year in (1, 9999))


def people_told(session: Session) -> str:
    """How many were there, what was promised since the last recap went out, and what graduates said who agreed to be
    read; one query.
    """
    found: Any = (
        Session.objects.filter(pk=session.pk)
        .annotate(since=Coalesce(Subquery(_last_sent()), _ALWAYS), until=Coalesce(Subquery(_next_start()), _FOREVER))
        .annotate(promises=_told_now(_promises(), "committed_at"), quotes=_told_now(_quotes(), "written_at"))
        .annotate(known=_number(Q()), present=_number(Q(state=Attendance.State.PRESENT)))
        .values_list("known", "present", "promises", "quotes")
        .get()
    )
    known, present, promises, quotes = found
    roster = session.cohort.roster
    parts = [_who_was_there(present, known)] if present else []
    lines = sorted((promise_line(told, roster) for told in promises), key=str.casefold)
    if lines:
        parts.append("\n".join(["## " + _("What we promised each other"), "", *lines]))
    if quotes:
        parts += ["## " + _("In their own words"), *(quotation(told, roster) for told in quotes)]
    return "\n\n".join(parts)


def _number(which: Q) -> Any:
    rows = Attendance.objects.filter(which, session=OuterRef("pk")).order_by().values("session")
    return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n")), 0)


def _who_was_there(present: int, known: int) -> str:
    """How many, never who: not everybody may see the others' names."""
    words = ngettext("%(present)d of %(known)d was there.", "%(present)d of %(known)d were there.", present)
    return words % {"present": present, "known": known}


def promise_of(cohort: Cohort, membership: Membership) -> str:
    """The line that a recap has for the participant's promise; empty without one."""
    told = _promises().filter(cohort=cohort, membership=membership).values_list("told", flat=True).first()
    return promise_line(told, cohort.roster) if told else ""


def quote_of(cohort: Cohort, membership: Membership) -> str:
    """The quotation that a recap has of the graduate; empty without words that others may read."""
    told = _quotes().filter(cohort=cohort, membership=membership).values_list("told", flat=True).first()
    return quotation(told, cohort.roster) if told else ""


def promise_line(told: dict[str, Any], roster: str) -> str:
    """Without a name it does not tell whose it is: promises stand in the alphabet of their words."""
    said = f"- {escaped(' '.join(told['words'].split()))}"
    who = _who(told, roster) if told["is_named"] else ""
    return f"{said} ({who})" if who else said


def quotation(told: dict[str, Any], roster: str) -> str:
    said = f"> {escaped(' '.join(told['words'].split()))}"
    who = _who(told, roster)
    return f"{said}\n>\n> {who}" if who else said


def _who(told: dict[str, Any], roster: str) -> str:
    """As much of the author as the cohort's people see of one another."""
    match roster:
        case Cohort.Roster.HIDDEN:
            return ""
        case Cohort.Roster.FIRST_NAMES:
            return escaped(told["name"].split(" ")[0])
    return escaped(", ".join(part for part in (told["name"], told["company"]) if part))


def _promises() -> "QuerySet[Any]":
    return _worded(Participation.objects.exclude(commitment=""), "commitment", "is_quotable")


def _quotes() -> "QuerySet[Any]":
    return _worded(Testimonial.objects.shown().exclude(words=""), "words", Value(True))


def _worded(rows: "QuerySet[Any]", words: str, is_named: Any) -> "QuerySet[Any]":
    """What people said who are in, each as `told`: the words, and who it is."""
    seats = Seat.objects.confirmed().filter(cohort=OuterRef("cohort"), membership=OuterRef("membership"))
    told = JSONObject(
        words=words,
        is_named=is_named,
        name=F("membership__person__name"),
        company=Coalesce(Subquery(seats.values("partner__name")[:1]), Value("")),
    )
    found: QuerySet[Any] = rows.filter(Exists(seats)).annotate(told=told)
    return found


def _told_now(rows: "QuerySet[Any]", moment: str) -> ArraySubquery:
    """What no recap of an earlier session has told, until the next session begins.

    A comparison with nothing is not true, so beginning and end of time stand in for a session that is not there.
    """
    limits = {f"{moment}__gt": OuterRef("since"), f"{moment}__lt": OuterRef("until")}
    return ArraySubquery(rows.filter(cohort=OuterRef("cohort"), **limits).order_by(moment, "pk").values("told"))


def _last_sent() -> "QuerySet[Any]":
    earlier = Recap.objects.sent().filter(
        session__cohort=OuterRef("cohort"), session__starts_at__lt=OuterRef("starts_at")
    )
    return earlier.order_by("-sent_at").values("sent_at")[:1]


def _next_start() -> "QuerySet[Any]":
    later = Session.objects.still_on().filter(cohort=OuterRef("cohort"), starts_at__gt=OuterRef("starts_at"))
    return later.soonest_first().values("starts_at")[:1]


def escaped(words: str) -> str:
    """Words as they are, where Markdown would read signs in them."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]()<>#" else letter for letter in words)


def unsent_recaps(cohort: Cohort) -> "QuerySet[Recap]":
    return Recap.objects.filter(~Q(state=Recap.State.SENT), session__cohort=cohort).select_related("session__cohort")
