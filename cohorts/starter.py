"""The "small" shape that a new cohort starts with: weekly sessions with agendas one can run tomorrow, and one homework.

Words to be edited, not rules: every line is a proposal that the facilitator changes or throws away.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class SessionIdea:
    title: str
    agenda: str


@dataclass(frozen=True)
class HomeworkIdea:
    title: str
    brief: str


def session_ideas(count: int) -> list[SessionIdea]:
    """Titles and agendas for `count` sessions: a beginning, an end, and practice in between."""
    if count <= 1:
        return [_beginning()][:count]
    middle = [_practice(number) for number in range(1, count - 1)]
    return [_beginning(), *middle, _ending()]


def first_homework() -> HomeworkIdea:
    """What participants do between the first session and the second."""
    return HomeworkIdea(
        title=_("Describe what you will build"),
        brief=_(
            "Half a page is enough:\n\n"
            "1. Who is it for, and what do they do today instead?\n"
            "2. What will exist at our last session that does not exist now?\n"
            "3. What is the first thing that could stop you?\n\n"
            "Unfinished is welcome. You will show it to two others in the next session."
        ),
    )


def _beginning() -> SessionIdea:
    return SessionIdea(
        title=_("Start together"),
        agenda=_(
            "- **5 min** What we want to leave with, and how we talk today\n"
            "- **10 min** In pairs: what are you working on, and what would make this worth your time?\n"
            "- **20 min** Each person in two minutes: what I will build here\n"
            "- **15 min** What usually stops people, and what helped\n"
            "- **10 min** Homework, and who helps whom until next week"
        ),
    )


def _practice(number: int) -> SessionIdea:
    if number % 2:
        return SessionIdea(
            title=_("First attempts"),
            agenda=_(
                "- **5 min** One thing you tried since last time\n"
                "- **15 min** In threes: show your homework, ask one question, get two ideas\n"
                "- **20 min** Two worked cases from the group, told by those who did them\n"
                "- **15 min** Work on your own, facilitators walk around\n"
                "- **5 min** What you will do until next week"
            ),
        )
    return SessionIdea(
        title=_("Half-finished ideas"),
        agenda=_(
            "- **5 min** What worked, what did not\n"
            "- **25 min** Half-finished ideas: three people bring one, everybody builds on it\n"
            "- **20 min** In pairs: rehearse the conversation that you will have with a customer\n"
            "- **10 min** Next step for each, written down"
        ),
    )


def _ending() -> SessionIdea:
    return SessionIdea(
        title=_("Show what you built"),
        agenda=_(
            "- **5 min** How far we have come\n"
            "- **35 min** Each person shows what they built: three minutes, one question\n"
            "- **10 min** What we would tell those who come after us\n"
            "- **10 min** Graduation, and one promise for the next month"
        ),
    )
