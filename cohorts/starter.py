"""The "small" shape that a new cohort starts with: weekly sessions with agendas one can run tomorrow, and one homework.

Words to be edited, not rules: every line is a proposal that the facilitator changes or throws away.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


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


@dataclass(frozen=True)
class ProgramIdea:
    """A cohort program for one kind of partners. The promise is proposed when somebody writes it, never kept unread."""

    title: str
    promise: str
    for_whom: str
    expectations: str
    gains: str


def program_idea(choice: str) -> ProgramIdea:
    """The cohort program that an organization with this kind of partners could begin with."""
    title, promise, for_whom = _PROGRAMS.get(choice, _PROGRAMS["resellers"])
    return ProgramIdea(
        title=str(title),
        promise=str(promise),
        for_whom=str(for_whom),
        expectations=_(
            "You come to all sessions, with the camera on where that is possible. You work on something real and show"
            " it half-finished. What others say stays in the group. If you cannot come, say so before: somebody is"
            " waiting for your seat."
        ),
        gains=_(
            "A small group that does the same work, two ideas each week that somebody has tried, honest words about"
            " your work, and a certificate that anybody can check."
        ),
    )


def proposed_promise(title: str) -> str:
    """A promise for a program that came with the start and still has none; empty for any other."""
    return next((str(promise) for known, promise, _whom in _PROGRAMS.values() if str(known) == title), "")


_PROGRAMS = {
    "resellers": (
        gettext_lazy("First three deals"),
        gettext_lazy(
            "You have had three discovery conversations with customers of your own, and one offer of ours is on the"
            " table."
        ),
        gettext_lazy("People who talk to customers every week and have sold something else so far."),
    ),
    "msps": (
        gettext_lazy("A service that sells itself"),
        gettext_lazy(
            "You have packaged one monthly service, with a price, a one-page offer and a first customer who said yes."
        ),
        gettext_lazy("People who decide what a managed service provider offers."),
    ),
    "distributors": (
        gettext_lazy("Ten resellers that move"),
        gettext_lazy("You have won ten of your resellers for one joint campaign, and know which three to go on with."),
        gettext_lazy("Product managers and account managers at distributors."),
    ),
    "integrators": (
        gettext_lazy("From project to blueprint"),
        gettext_lazy(
            "You have turned one project into a blueprint with architecture, estimate and risks that a colleague can"
            " reuse."
        ),
        gettext_lazy("Architects and project leads who have built at least one integration."),
    ),
    "isvs": (
        gettext_lazy("Better together"),
        gettext_lazy("You have a working demo of both products, and a page that tells a customer in one minute why."),
        gettext_lazy("Product people who can change what their product does."),
    ),
}
