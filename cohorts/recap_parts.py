"""What a drafted recap is made of: each part of a cohort adds what it knows about a session."""

from collections.abc import Callable
from dataclasses import dataclass

from cohorts.models import Session
from prm.registry import Registry


@dataclass(frozen=True)
class RecapPart:
    """`draw` gives a piece of Markdown, empty where nothing is known. Names only where they agreed to be quoted."""

    name: str
    draw: Callable[[Session], str]
    order: int = 0


recap_parts: Registry[RecapPart] = Registry("recap part")
