"""An example person through whose eyes staff can look before any partner is there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.registry import Registry


@dataclass(frozen=True)
class ExamplePerson:
    """`make(actor, now)` gives the membership of a person at a test partner, the same one each time."""

    name: str
    label: Any
    make: Callable[[Actor, datetime], Membership]
    order: int = 100


example_people: Registry[ExamplePerson] = Registry("example people")


def example_person() -> ExamplePerson | None:
    """The one that is offered: the first that an app registered."""
    return next(iter(example_people.all()), None)
