"""The survey at the end of a cohort: when it can be answered, and which question was asked before the course too."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import Seat
from cohorts.questions import LISTED, Kind, Question
from cohorts.rules.roles import rights_of
from cohorts.rules.taking_part import participant_problems
from partners.names import fold
from prm.problems import Problem


def closing_problems(
    *, seat: Seat | None, opens_at: datetime | None, closes_at: datetime | None, asks: bool, now: datetime
) -> list[Problem]:
    """Why somebody cannot answer the closing survey (now)."""
    problems = participant_problems(seat)
    if seat is not None and not problems and not rights_of(seat).counts:
        problems.append(Problem("no_seat", _("Only participants can say so.")))
    if not asks:
        problems.append(Problem("not_asked", _("Nothing is asked at the moment.")))
    elif opens_at is None or now < opens_at:
        problems.append(Problem("early", _("This opens when the last session is over.")))
    elif closes_at is not None and now >= closes_at:
        problems.append(Problem("over", _("The time for answers is over.")))
    return problems


def closing_question_problems(question: Question) -> list[Problem]:
    """What the grammar allows and a survey whose answers are read together cannot ask."""
    if question.kind == Kind.FILE:
        text = _("A survey cannot ask for a file: its answers are read together.")
        return [Problem("file", text, field="kind")]
    return []


def is_same_question(question: Question, other: Question) -> bool:
    """Whether the answers to both can be put beside one another: same words, same kind, same things to choose from."""
    if fold(question.label) != fold(other.label) or question.kind != other.kind:
        return False
    if question.kind in LISTED:
        return {label for _key, label in question.options} == {label for _key, label in other.options}
    return question.kind != Kind.SCALE or question.points == other.points
