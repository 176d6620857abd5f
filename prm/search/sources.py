"""What can be found: apps say which rows, what of them is compared, who may find them, and how they are shown.

search_sources.register(SearchSource("partners", _("Partners"), "handshake", rows=…, text=…, reach=…, hits=…, order=10))

The services that change a name call `prm.search.services.refresh`; whatever was missed is mended within a day.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from prm.accounts.models import Membership
from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of one object: its `name`, and `other` texts that are domains or addresses.

    `holder_id` is the partner whose own the object is; `is_last` puts it behind all others, such as an archived one.
    """

    object_id: int
    name: str
    other: str = ""
    holder_id: int = 0
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a kind somebody may find: everything, what a partner holds, or only these objects.

    With a `holder_id` nothing but that partner's own entries is read, not even to see what other words there are.
    """

    holder_id: int = 0
    only: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of what was found, in ready strings: `mark` is a word in a badge, such as "Archived"."""

    label: str
    url: str
    hint: str = ""
    mark: str = ""
    tone: str = "neutral"
    has_avatar: bool = False


@dataclass(frozen=True)
class SearchSource:
    """One kind of what can be found.

    `rows` gives a queryset of tuples that begin with the key, of everything that is to be found; `text` makes a `Text`
    of such a tuple. `reach` says what a member may find, None for nothing at all. `hits` shows objects to that member
    and leaves out those that they may not see: it asks the objects, not the index, and has the last word. `of_member`
    gives the keys of the objects that carry a member's name. `more_url_name` is a list that takes `?q=`.
    """

    name: str
    label: Any
    icon: str
    rows: Callable[[], QuerySet[Any, Any]]
    text: Callable[[tuple[Any, ...]], Text]
    reach: Callable[[Membership], Reach | None]
    hits: Callable[[Membership, Sequence[int]], Mapping[int, Hit]]
    of_member: Callable[[Membership], Iterable[int]] | None = None
    more_url_name: str = ""
    order: int = 100


search_sources: Registry[SearchSource] = Registry("search sources")
