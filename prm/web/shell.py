"""Navigation as a member sees it: registered items, permitted and resolved to addresses."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.addresses import address, is_known
from prm.web.places import Face, NavItem, frame_links, navigation


@dataclass
class Entry:
    """A line of the navigation. `current` is the page itself, `open` it or one of its children."""

    name: str
    label: Any
    icon: str
    url: str
    current: bool = False
    children: "list[Entry]" = field(default_factory=list)
    covers: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return self.current or any(child.current for child in self.children)

    def reach(self, path: str) -> int:
        """How much of a path is in the entry's address or one that it covers; 0 for a page that is none of its own."""
        return max(len(url) if path.startswith(url) else 0 for url in (self.url, *self.covers))


def may_enter_studio(member: Membership | None) -> bool:
    return member is not None and may(member, "studio.enter")


def may_see_as(member: Membership | None) -> bool:
    return member is not None and may(member, "portal.see_as")


def entries(request: HttpRequest, face: Face) -> list[Entry]:
    """The navigation of one face: what this member may open, the longest matching address marked as current."""
    member: Membership | None = getattr(request, "membership", None)
    if member is None:
        return []
    shown = {item.name: _entry(item) for item in navigation.all() if item.face == face and _is_shown(item, member)}
    top = []
    for item in navigation.all():
        entry = shown.get(item.name)
        if entry is None:
            continue
        if item.parent in shown:
            shown[item.parent].children.append(entry)
        else:
            top.append(entry)
    _mark_current(list(shown.values()), request.path)
    return top


@dataclass(frozen=True, slots=True)
class AtHand:
    """A link of the frame as a member sees it."""

    label: str
    icon: str
    url: str


def at_hand(member: Membership | None) -> list[AtHand]:
    """What is at hand on every page of the portal."""
    if member is None:
        return []
    worded = [(link, link.label(member)) for link in frame_links.all() if is_known(link.url_name)]
    return [AtHand(label, link.icon, address(link.url_name)) for link, label in worded if label]


def drawn(found: list[Entry]) -> str:
    """What tells this menu from another one of the same organization: its entries, and which are open."""
    lines = [entry for top in found for entry in (top, *(top.children if top.open else ()))]
    return " ".join(f"{entry.name}{'*' if entry.current else '+' if entry.open else ''}" for entry in lines)


def trail(found: list[Entry]) -> list[Entry]:
    """The entries that lead to the present page, from the outermost."""
    for entry in found:
        if entry.open:
            return [entry, *(child for child in entry.children if child.current)]
    return []


def _is_shown(item: NavItem, member: Membership) -> bool:
    # A name without a page is reported by the system checks; here it must not take every other page down.
    return is_known(item.url_name) and (not item.permission or may(member, item.permission)) and item.visible(member)


def _entry(item: NavItem) -> Entry:
    covers = tuple(address(name) for name in item.covers if is_known(name))
    return Entry(item.name, item.label, item.icon, address(item.url_name), covers=covers)


def _mark_current(found: list[Entry], path: str) -> None:
    best = max(found, key=lambda entry: entry.reach(path), default=None)
    if best is not None and best.reach(path):
        # The home page's address begins every other one of its face: it is current only when it is the page.
        is_home = all(other.url.startswith(best.url) for other in found)
        best.current = path == best.url or not is_home
