"""What participants of the demo's cohorts say after the last session."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from cohorts.models import Launch, Session
from cohorts.queries.closing import asked_in, closing_of
from cohorts.questions import Kind, Question
from cohorts.services.closing import answer_closing, ask_again
from demo.session_story import Step, voices
from prm.accounts.models import Membership

if TYPE_CHECKING:
    from demo.cohort_story import CohortStory


def closing_steps(story: "CohortStory") -> Iterator[Step]:
    """What was asked before is asked again; after the last session most have answered, and some have not yet."""
    yield story.day(-4.2), partial(_ask_again, story)
    ends_at = max(session.ends_at for session in Session.objects.filter(cohort=story.cohort))
    for number, member in enumerate(story.chosen):
        if number % 4 != 3:
            yield ends_at + timedelta(hours=2 + 7 * number), partial(_answer, story, member, number)


def _ask_again(story: "CohortStory", now: datetime) -> None:
    first = Launch.objects.get(cohort=story.cohort).questions[0]["key"]
    ask_again(actor=story.actor, cohort=story.cohort, key=first, now=now)


def _answer(story: "CohortStory", member: Membership, number: int, now: datetime) -> None:
    asked = asked_in(closing_of(story.cohort))
    answers = {question.key: _said(question, number + place) for place, question in enumerate(asked)}
    answer_closing(cohort=story.cohort, membership=member, answers=answers, now=now)


def _said(question: Question, number: int) -> Any:
    """An answer of somebody who got something out of it."""
    if question.kind == Kind.SCALE:
        points = question.points
        return points[-1 - number % max(len(points) // 2, 1)]
    if question.options:
        return question.options[number % len(question.options)][0]
    words = voices()["change" if "differently" in question.label else "made"]
    return words[number % len(words)]
