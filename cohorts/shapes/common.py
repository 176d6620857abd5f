"""What several shapes share: how one begins, ends and practises, how what is said is treated, and who misses it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cohorts.models.agenda import AgendaKind, Speaker
from cohorts.shapes.kinds import HomeworkIdea, Item, Question, SessionIdea, Text
from cohorts.shipped_items import BY_KEY

TREATMENT = _(
    "What others say stays in the group: you may use what you learn, without saying who said it. Nobody sells to"
    " anybody here."
)
MISSES = _(
    "Say so before, in one click. You read the recap, do the homework and have a partner who tells you the rest. Who"
    " misses two sessions gives the seat to somebody else."
)


def _part(key: str, minutes: int, title: Text, **other: Any) -> Item:
    """An item of the library under another title, for as long as is said here."""
    shipped = BY_KEY[key]
    said = {"kind": AgendaKind(shipped.kind), "speaker": Speaker(shipped.speaker), "is_flexible": shipped.is_flexible}
    return Item(minutes=minutes, title=title, key=key, **{**said, **other})


BEGINNING = SessionIdea(
    _("Start together"),
    (
        _part("how-we-talk", 5, _("What we want to leave with, and how we talk today"), speaker=Speaker.FACILITATOR),
        _part("pair-share", 10, _("In pairs: what are you working on, and what would make this worth your time?")),
        _part(
            "worked-example",
            20,
            _("Each person in two minutes: what I will build here"),
            kind=AgendaKind.ICEBREAKER,
            aim=_("Everybody knows what everybody builds, and whom to ask."),
            say=_(
                "Two minutes each, in the order of the list: what will exist at our last session that does not"
                " exist now, and for whom? Unfinished sentences are fine. The others write down one question and"
                " send it afterwards."
            ),
            ask=_("- Who will use it first?\n- Who here could you ask about it?"),
        ),
        _part(
            "pulse",
            15,
            _("What usually stops people, and what helped"),
            kind=AgendaKind.REFLECTION,
            aim=_("What usually goes wrong is said before it happens to anybody."),
            say=_(
                "Everybody writes one thing into the chat that stopped them the last time they tried something"
                " like this. We read them together. Whoever got past one of them tells in a minute how."
            ),
            ask=_("- Which of these will meet you first?\n- What did you try that did not help?"),
        ),
        _part("homework-briefing", 10, _("Homework, and who helps whom until next week")),
    ),
    _("One sentence about what you will build, and a partner who asks about it"),
)
FIRST_ATTEMPTS = SessionIdea(
    _("Half-finished ideas"),
    (
        _part("opening-step", 5, _("What worked, what did not")),
        _part("pair-share", 5, _("In pairs: what is still half-finished?")),
        _part("half-finished", 20, _("Half-finished ideas: two people bring one, everybody builds on it")),
        _part("discovery-conversation", 20, _("Rehearse the conversation that you will have"), is_flexible=True),
        _part("homework-briefing", 10, _("Next step for each, written down")),
    ),
    _("A conversation that you have rehearsed once, and the date of the real one"),
)
HALF_FINISHED = SessionIdea(
    _("First attempts"),
    (
        _part("opening-step", 5, _("One thing you tried since last time")),
        _part("pair-share", 15, _("In threes: show your homework, ask one question, get two ideas")),
        _part("worked-example", 20, _("Two worked cases from the group, told by those who did them")),
        _part("quiet-work", 15, _("Work on your own, facilitators walk around")),
        _part("homework-briefing", 5, _("What you will do until next week")),
    ),
    _("Two ideas from others for your own next attempt"),
)
ENDING = SessionIdea(
    _("Show what you built"),
    (
        _part("opening-step", 5, _("How far we have come")),
        _part("pair-share", 5, _("In pairs: what will you show, and what do you want to hear about it?")),
        _part(
            "worked-example",
            30,
            _("Each person shows what they built: three minutes, one question"),
            aim=_("What was built is seen by those who know what it took."),
            say=_(
                "Three minutes each: what you built, what was hardest, what happens with it on Monday. Then one"
                " question from the group, and the next one is on."
            ),
        ),
        _part("participants-summary", 10, _("What we would tell those who come after us"), is_flexible=True),
        _part(
            "homework-briefing",
            10,
            _("Graduation, and one promise for the next month"),
            aim=_("What was begun here goes on without us."),
            say=_(
                "You graduate together. Before we stop, everybody writes one promise for the next month: what, by"
                " which day, and who asks you about it. Read it aloud; nobody comments."
            ),
            ask=_("- What could stop you, and who of us can help?\n- Whom will you ask about theirs?"),
        ),
    ),
    _("What you built, seen by everybody, and one promise for the next month"),
)
# What fills a series that is longer than a shape.
PRACTICE = (FIRST_ATTEMPTS, HALF_FINISHED)

FIRST_HOMEWORK = HomeworkIdea(
    _("Describe what you will build"),
    _(
        "Half a page is enough:\n\n"
        "1. Who is it for, and what do they do today instead?\n"
        "2. What will exist at our last session that does not exist now?\n"
        "3. What is the first thing that could stop you?\n\n"
        "Unfinished is welcome. You will show it to two others in the next session."
    ),
)

SURVEY = (
    Question(_("How likely would you send a colleague to the next cohort?"), "scale"),
    Question(_("What can you show now that did not exist before?")),
    Question(_("What should the next group do differently?")),
)
