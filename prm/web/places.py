"""What apps hang into the shell: navigation, cards of the home pages, steps of the first-run checklist."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Exists, QuerySet, Value

from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address, is_known
from prm.registry import Registry
from prm.tenancy.models import Organization
from prm.tenancy.numbers import at_once, here
from prm.tenancy.prepared import prepared

Face = Literal["studio", "portal"]


def _always(_membership: Membership) -> bool:
    return True


@dataclass(frozen=True)
class NavItem:
    """An entry of the studio's sidebar or the portal's bar; `icon` is a lucide name.

    `parent` names the item it is shown under. `covers` are further pages, by URL name, that it is current on, with all
    that is below them. `visible` is asked after the permission and must not query much: it runs
    on every page.
    """

    name: str
    label: Any
    icon: str
    url_name: str
    face: Face
    permission: str = ""
    order: int = 100
    visible: Callable[[Membership], bool] = _always
    parent: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchPlace:
    """Something to begin that the search leads to, beside the entries of the navigation: "Import partners".

    `synonyms` are other words for it; without a query the first few places by `order` are shown.
    """

    name: str
    label: Any
    icon: str
    url_name: str
    face: Face
    permission: str = ""
    order: int = 100
    synonyms: Any = ""


@dataclass(frozen=True)
class FrameLink:
    """Something that is at hand on every page of the portal, beside its menu: "Write to us".

    `label` words it for a member; "" leaves it out. It runs on every page and must not query.
    """

    name: str
    icon: str
    url_name: str
    label: Callable[[Membership], str]
    order: int = 100


@dataclass(frozen=True)
class ColleagueAction:
    """Something that can be done about a colleague, on their page; its address takes their public id."""

    name: str
    label: Any
    icon: str
    url_name: str
    order: int = 100


def _nothing(_request: Request) -> tuple[Any, ...]:
    return ()


@dataclass(frozen=True)
class Numbers:
    """What a card asks in the one query that all cards of a page share.

    `values` says what it stands on: keys, moments, conditions (True or False); None asks nothing. `parts` makes parts
    of a query of these (`prm.tenancy.numbers`), by name. The query is prepared (`prm.tenancy.prepared`): `parts` reads
    nothing else.
    """

    parts: Callable[..., Mapping[str, Any]]
    values: Callable[[Request], tuple[Any, ...] | None] = _nothing


@dataclass(frozen=True)
class HomeCard:
    """A card of a home page. `context` runs inside the organization's scope; None leaves the card out.

    It gets what `numbers` found by name, beside the request.
    """

    name: str
    face: Face
    order: int
    template: str
    context: Callable[..., dict[str, Any] | None]
    permission: str = ""
    numbers: Numbers | None = None
    wide: bool = False


@dataclass(frozen=True)
class ChecklistStep:
    """A step of the first hour: what to do (`label`), what it is good for (`why`) and how long it takes.

    `is_done` gives a condition, such as `Exists(…)`; those of all steps are asked in one query.
    """

    name: str
    label: Any
    why: Any
    minutes: int
    url_name: str
    is_done: Callable[[], Exists | Value]
    permission: str
    order: int


@dataclass(frozen=True)
class CardOnPage:
    template: str
    context: dict[str, Any]
    wide: bool


@dataclass(frozen=True)
class ChecklistLine:
    """A step as one member sees it."""

    label: Any
    why: Any
    minutes: int
    url: str
    is_done: bool


@dataclass(frozen=True)
class Checklist:
    """The steps that this member may take, in order; `current` is the first that is not done."""

    steps: list[ChecklistLine] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def is_mostly_done(self) -> bool:
        """Whether the daily work comes before what is left of it."""
        return self.done * 2 > self.total

    @property
    def current(self) -> ChecklistLine | None:
        return next((step for step in self.steps if not step.is_done), None)


colleague_actions: Registry[ColleagueAction] = Registry("actions about a colleague")
frame_links: Registry[FrameLink] = Registry("links at hand on every page")
navigation: Registry[NavItem] = Registry("navigation items")
search_places: Registry[SearchPlace] = Registry("places that the search leads to")
home_cards: Registry[HomeCard] = Registry("home cards")
checklist: Registry[ChecklistStep] = Registry("checklist steps")


def cards_of(request: Request, face: Face) -> list[CardOnPage]:
    """The home cards that have something to show to this member."""
    member: Membership = request.membership
    cards = [
        card for card in home_cards.all() if card.face == face and (not card.permission or may(member, card.permission))
    ]
    numbers = _numbers(request, cards)
    shown = []
    for card in cards:
        context = card.context(request, **numbers.get(card.name, {}))
        if context is not None:
            shown.append(CardOnPage(card.template, context, card.wide))
    return shown


def _numbers(request: Request, cards: list[HomeCard]) -> dict[str, dict[str, Any]]:
    """The numbers of each card that has any, by its name."""
    asked = {
        card.name: values
        for card in cards
        if card.numbers is not None and (values := card.numbers.values(request)) is not None
    }
    if not asked:
        return {}
    every = [value for values in asked.values() for value in values]
    (found,) = _numbers_of(*every, cards=tuple((name, len(values)) for name, values in asked.items()))
    numbers: dict[str, dict[str, Any]] = {name: {} for name in asked}
    names = list(asked)
    for column, value in found.items():
        place, _at, name = column.partition("_")
        numbers[names[int(place.removeprefix("card"))]][name] = value
    return numbers


@prepared
def _numbers_of(*every: Any, cards: tuple[tuple[str, int], ...]) -> QuerySet[Organization, dict[str, Any]]:
    """One row of columns `card<place>_<name>`; each card takes its share of the values."""
    columns: dict[str, Any] = {}
    rest = list(every)
    for place, (card_name, number) in enumerate(cards):
        values, rest = rest[:number], rest[number:]
        numbers = home_cards.get(card_name).numbers
        parts = numbers.parts(*values) if numbers else {}
        columns |= {f"card{place}_{name}": part for name, part in parts.items()}
    return here(columns)


def checklist_of(member: Membership) -> Checklist:
    """The first-run checklist as this member sees it."""
    steps = [step for step in checklist.all() if may(member, step.permission) and is_known(step.url_name)]
    # Without a column to ask for, the query would answer with all of the organization's.
    done = _steps_done(names=tuple(step.name for step in steps))[0] if steps else ()
    return Checklist(
        [
            ChecklistLine(step.label, step.why, step.minutes, address(step.url_name), is_done)
            for step, is_done in zip(steps, done, strict=True)
        ]
    )


@prepared
def _steps_done(*, names: tuple[str, ...]) -> QuerySet[Organization, tuple[bool, ...]]:
    return at_once(checklist.get(name).is_done() for name in names)
