"""Starter shapes: cohort programs that are ready to be made one's own. Data to be copied and edited, not rules.

A program remembers by its `shape` where its words came from; what was copied is the program's own from then on.
"""

from cohorts.shapes.by_kind import proposed_promise, shape_for_kind
from cohorts.shapes.common import MISSES, PRACTICE, TREATMENT
from cohorts.shapes.growing import LEADERSHIP, REGION, SKILL, SMALL
from cohorts.shapes.kinds import (
    HomeworkIdea,
    Item,
    Question,
    SessionIdea,
    Shape,
    item_plan,
    spread,
)
from cohorts.shapes.selling import JOINT, LAUNCH, NEW_PARTNER, NUMBER

SHAPES: dict[str, Shape] = {
    shape.key: shape for shape in (SMALL, NEW_PARTNER, LAUNCH, SKILL, REGION, JOINT, LEADERSHIP, NUMBER)
}


def shape_of(key: str) -> Shape:
    """The shape of this key; the small one for a program that came from none."""
    return SHAPES.get(key, SMALL)


__all__ = [
    "MISSES",
    "PRACTICE",
    "SHAPES",
    "SMALL",
    "TREATMENT",
    "HomeworkIdea",
    "Item",
    "Question",
    "SessionIdea",
    "Shape",
    "item_plan",
    "proposed_promise",
    "shape_for_kind",
    "shape_of",
    "spread",
]
