"""What can be counted: kinds of facts, and measures over them. Apps register theirs in `registry.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prm.registry import Registry


@dataclass(frozen=True)
class FactKind:
    """Something that happens, named "<app>.<past_event>".

    `sign` is +1, or −1 for the event that takes back what another counted ("seat given up" against "seat confirmed"):
    amounts are handed over as positive numbers and stored with the sign, so that a state is a plain sum. `is_small` is
    what happens too often, or is too much of a person's own, to be told line by line on a timeline.
    """

    name: str
    label: Any
    sign: int = 1
    is_small: bool = False

    def __post_init__(self) -> None:
        if self.sign not in (1, -1):
            raise ValueError(f"the sign of {self.name} is +1 or -1")
        if "." not in self.name:
            raise ValueError(f"a kind of fact is named <app>.<past_event>, not {self.name!r}")


@dataclass(frozen=True)
class Measure:
    """A number over facts: the sum of the amounts of these kinds, in one `unit` ("" for a plain count).

    `is_of_partners` says that its facts name a partner, so that it can be asked for each of them.
    """

    name: str
    label: Any
    kinds: tuple[FactKind, ...]
    unit: str = ""
    is_of_partners: bool = True

    @property
    def kind_names(self) -> list[str]:
        return [kind.name for kind in self.kinds]


fact_kinds: Registry[FactKind] = Registry("kinds of facts")
measures: Registry[Measure] = Registry("measures")


def register_facts(kinds: Iterable[FactKind], counted: Iterable[Measure] = ()) -> None:
    """What an app's registry calls once, with everything its `facts.py` lists."""
    fact_kinds.register(*kinds)
    measures.register(*counted)
