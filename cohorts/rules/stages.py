from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import Cohort
from cohorts.parts import Part
from prm.problems import Problem

RECOMMENDED_SEATS = range(8, 16)
SHORTEST_PROMISE = 30

# The verb that leads on from each state, and what its button says.
NEXT_VERB = {
    Cohort.State.DRAFT: "open",
    Cohort.State.OPEN: "select",
    Cohort.State.SELECTING: "confirm",
    Cohort.State.CONFIRMED: "start",
    Cohort.State.RUNNING: "graduate",
    Cohort.State.GRADUATING: "finish",
}
BACK_VERB = {
    Cohort.State.OPEN: "unpublish",
    Cohort.State.SELECTING: "reopen",
    Cohort.State.CONFIRMED: "reselect",
    Cohort.State.RUNNING: "unstart",
    Cohort.State.GRADUATING: "resume",
}
VERB_LABELS = {
    "open": gettext_lazy("Open for applications"),
    "unpublish": gettext_lazy("Back to draft"),
    "select": gettext_lazy("Close applications"),
    "reopen": gettext_lazy("Take applications again"),
    "confirm": gettext_lazy("Confirm the cohort"),
    "reselect": gettext_lazy("Back to selection"),
    "start": gettext_lazy("Start the cohort"),
    "unstart": gettext_lazy("Back to confirmed"),
    "graduate": gettext_lazy("Begin graduation"),
    "resume": gettext_lazy("Back to running"),
    "finish": gettext_lazy("Finish the cohort"),
    "cancel": gettext_lazy("Cancel the cohort"),
}


@dataclass(frozen=True)
class StageFacts:
    """What the preconditions of a cohort's stages are about, counted once."""

    promise: str
    facilitators: int
    sessions_planned: int
    sessions_held: int
    sessions_without_place: int
    sessions_without_content: int
    first_session_at: datetime | None
    homework: int
    nominations: int
    undecided: int
    drafted: int
    released: int
    offered: int
    confirmed: int
    graduates: int


def stage_problems(*, cohort: Cohort, verb: str, facts: StageFacts, now: datetime) -> list[Problem]:
    """Preconditions of a change of stage that are not met; a warning may be overruled, a blocker may not."""
    asked = _PRECONDITIONS.get(verb)
    return asked(cohort, facts, now) if asked else []


def _if(condition: bool, code: str, message: str) -> list[Problem]:
    return [Problem(code, message)] if condition else []


def _open_problems(cohort: Cohort, facts: StageFacts, now: datetime) -> list[Problem]:
    return _opening_blockers(cohort, facts, now) + _opening_warnings(cohort, facts)


def _opening_blockers(cohort: Cohort, facts: StageFacts, now: datetime) -> list[Problem]:
    problems = _if(not facts.promise.strip(), "no_promise", _("The cohort program has no promise yet."))
    problems += _if(facts.sessions_planned == 0, "no_sessions", _("There is no session yet."))
    problems += _if(not facts.facilitators, "no_facilitator", _("Nobody facilitates this cohort yet."))
    first = facts.first_session_at
    problems += _if(first is not None and first <= now, "begun", _("The first session lies in the past."))
    closes = cohort.applications_close_at
    if closes is None:
        problems.append(Problem("no_deadline", _("Say until when people can apply.")))
    elif closes <= now:
        problems.append(Problem("deadline_past", _("The last day to apply lies in the past.")))
    elif first is not None and closes > first:
        problems.append(Problem("deadline_late", _("People could apply after the first session: set an earlier day.")))
    return problems


def _opening_warnings(cohort: Cohort, facts: StageFacts) -> list[Problem]:
    found: list[tuple[str, str]] = []
    if 0 < len(facts.promise.strip()) < SHORTEST_PROMISE:
        found.append(("vague", _("The promise is very short: say what participants will have built.")))
    if cohort.capacity not in RECOMMENDED_SEATS and not cohort.uses(Part.TEAMS):
        found.append(("size", _("Groups of 8 to 15 learn best from one another.")))
    if facts.sessions_without_place:
        count = facts.sessions_without_place
        text = ngettext("%(n)d session has no link or place.", "%(n)d sessions have no link or place.", count)
        found.append(("no_place", text % {"n": count}))
    if facts.sessions_without_content:
        count = facts.sessions_without_content
        text = ngettext(
            "%(n)d session has no content to read before: live time may turn into a lecture.",
            "%(n)d sessions have no content to read before: live time may turn into a lecture.",
            count,
        )
        found.append(("no_content", text % {"n": count}))
    if not facts.homework:
        found.append(("no_homework", _("There is no homework: people learn by doing something between sessions.")))
    return [Problem(code, message, level="warning") for code, message in found]


def _unpublish_problems(_cohort: Cohort, facts: StageFacts, _now: datetime) -> list[Problem]:
    problems = _if(facts.undecided > 0, "applied", _("Somebody has applied already."))
    return problems + _if(facts.nominations > 0, "nominated", _("Somebody has been nominated and got a mail."))


def _select_problems(cohort: Cohort, facts: StageFacts, now: datetime) -> list[Problem]:
    problems = _if(facts.undecided == 0, "no_applications", _("Nobody has applied yet."))
    if cohort.takes_applications(now):
        text = _("The last day to apply has not come yet: nobody can apply any more from now on.")
        problems.append(Problem("early", text, level="warning"))
    return problems


def _confirm_problems(_cohort: Cohort, facts: StageFacts, _now: datetime) -> list[Problem]:
    problems = []
    if facts.undecided:
        count = facts.undecided
        text = ngettext("%(n)d application has no decision.", "%(n)d applications have no decision.", count)
        problems.append(Problem("undecided", text % {"n": count}))
    if facts.drafted:
        count = facts.drafted
        text = ngettext("%(n)d decision is not released.", "%(n)d decisions are not released.", count)
        problems.append(Problem("drafted", text % {"n": count}))
    problems += _if(facts.confirmed == 0, "no_seats", _("Nobody has confirmed a seat yet."))
    if facts.offered:
        count = facts.offered
        text = ngettext("%(n)d offered seat is not confirmed yet.", "%(n)d offered seats are not confirmed yet.", count)
        problems.append(Problem("offered", text % {"n": count}, level="warning"))
    return problems


def _start_problems(_cohort: Cohort, facts: StageFacts, _now: datetime) -> list[Problem]:
    problems = _if(facts.confirmed == 0, "no_seats", _("Nobody has confirmed a seat yet."))
    nothing = facts.sessions_planned + facts.sessions_held == 0
    return problems + _if(nothing, "no_sessions", _("There is no session yet."))


def _graduate_problems(_cohort: Cohort, facts: StageFacts, _now: datetime) -> list[Problem]:
    problems = _if(facts.sessions_held == 0, "none_held", _("No session has been held: record who was there."))
    if facts.sessions_planned:
        count = facts.sessions_planned
        text = ngettext(
            "%(n)d session is still planned: record who was there, or cancel it.",
            "%(n)d sessions are still planned: record who was there, or cancel them.",
            count,
        )
        problems.append(Problem("planned", text % {"n": count}))
    return problems


def _reopen_problems(_cohort: Cohort, facts: StageFacts, _now: datetime) -> list[Problem]:
    return _if(facts.released > 0, "released", _("Decisions have been released: they cannot be taken back."))


def _unstart_problems(_cohort: Cohort, facts: StageFacts, _now: datetime) -> list[Problem]:
    return _if(facts.sessions_held > 0, "held", _("A session has been held."))


def _resume_problems(_cohort: Cohort, facts: StageFacts, _now: datetime) -> list[Problem]:
    return _if(facts.graduates > 0, "graduated", _("Somebody has graduated already."))


def _finish_problems(_cohort: Cohort, facts: StageFacts, _now: datetime) -> list[Problem]:
    return [] if facts.graduates else [Problem("no_graduates", _("Nobody has graduated yet."), level="warning")]


# Verbs without an entry (reselect, cancel) have no preconditions but the state they start from.
_PRECONDITIONS: dict[str, Callable[[Cohort, StageFacts, datetime], list[Problem]]] = {
    "open": _open_problems,
    "unpublish": _unpublish_problems,
    "select": _select_problems,
    "reopen": _reopen_problems,
    "confirm": _confirm_problems,
    "start": _start_problems,
    "unstart": _unstart_problems,
    "graduate": _graduate_problems,
    "resume": _resume_problems,
    "finish": _finish_problems,
}
