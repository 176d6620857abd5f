"""What a starter shape is made of: plain words and numbers, copied into a program and edited there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

from cohorts.models.agenda import AgendaKind, Speaker
from cohorts.shipped_items import BY_KEY

type Text = str | Promise
Role = Literal["strategic", "tactical"]
_WORDS = ("aim", "say", "ask")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an agenda. One that is flexible gives way when the group needs something else.

    `key` names the item of the library whose words come with it: `aim`, `say` and `ask`, where it has none of its own.
    """

    minutes: int
    title: Text
    kind: AgendaKind
    speaker: Speaker = Speaker.PARTICIPANTS
    is_flexible: bool = False
    key: str = ""
    aim: Text = ""
    say: Text = ""
    ask: Text = ""

    def data(self) -> dict[str, Any]:
        """The item as it is stored."""
        said = {name: str(words) for name in _WORDS if (words := getattr(self, name))}
        return {
            "minutes": self.minutes,
            "title": str(self.title),
            "kind": self.kind.value,
            "speaker": self.speaker.value,
            "is_flexible": self.is_flexible,
            "key": self.key,
            **said,
        }


@dataclass(frozen=True, slots=True)
class SessionIdea:
    """A session: its subject, and what happens in it."""

    title: Text
    items: tuple[Item, ...]
    leaves_with: Text = ""

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True, slots=True)
class HomeworkIdea:
    title: Text
    brief: Text


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the survey at the end: `kind` is scale (0 to 10), text, or choice with its `choices`."""

    text: Text
    kind: Literal["scale", "text", "choice"] = "text"
    choices: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A cohort program that is ready to be made one's own. `follows` is the key of the shape that comes after it."""

    key: str
    icon: str
    label: Text
    sentence: Text
    title: Text
    promise: Text
    pain: Text
    for_whom: Text
    role: Role
    weekly_minutes: int
    bring: Text
    gains: Text
    sessions: tuple[SessionIdea, ...]
    homework: HomeworkIdea
    survey: tuple[Question, ...]
    stumbling_blocks: tuple[Text, ...]
    example: Text
    follows: str = ""


def item_plan(item: Mapping[str, Any]) -> dict[str, Any]:
    """A stored item as an agenda takes it: with the words of the library's item that it names, or its own."""
    shipped = BY_KEY.get(item.get("key", ""))
    words = {name: str(getattr(shipped, name)) for name in _WORDS} if shipped else {}
    return words | {name: value for name, value in item.items() if name != "key"}


def spread(ideas: Sequence[Any], count: int, more: Sequence[Any] = ()) -> list[Any]:
    """`count` sessions out of these: the first and the last stay, the middle is cut, or filled in turn from `more`."""
    if count <= 0 or not ideas:
        return []
    if count == 1 or len(ideas) == 1:
        return [ideas[0], *(more[number % len(more)] for number in range(count - 1))] if more else [ideas[0]]
    middle = list(ideas[1:-1])[: count - 2]
    missing = count - 2 - len(middle)
    fill = list(more or ideas[1:-1] or ideas[:1])
    return [ideas[0], *middle, *(fill[number % len(fill)] for number in range(missing)), ideas[-1]]
