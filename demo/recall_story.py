"""How the demo's graduates kept what they learned alive: real answers, drawn from the model's own expectation."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from demo.ecosystem import World
from enablement import memory
from enablement.models import Memory, RecallVariant, Review
from enablement.services.answers import Answer, store_answer
from prm.accounts.models import Membership

# People answer a little worse than a perfectly calibrated model expects.
_OPTIMISM = 0.94
# For how long the learner has not answered.
_LEFT_OPEN = (timedelta(days=25), timedelta(days=12), timedelta(days=4))


def remember(world: World, members: list[Membership], learner: Membership | None) -> None:
    """Answer every question that came due since it was met, most of the times; `learner` leaves the latest open.

    As few are left open as it takes for the learner to have a figure of their own.
    """
    for member in members:
        for stop in _LEFT_OPEN if member == learner else (timedelta(0),):
            if member == learner and Review.objects.filter(membership=member).count() >= memory.ENOUGH_ANSWERS:
                break
            for row in Memory.objects.active().filter(membership=member).select_related("item"):
                _answer_until_now(world, member, row, stop)


def _answer_until_now(world: World, member: Membership, row: Memory, stop: timedelta) -> None:
    variants = list(row.item.variants.filter(is_active=True).order_by("position"))
    for moment in _moments(world, row, stop):
        known = memory.Memory(row.stability, row.difficulty, row.last_review_at)
        expected = memory.retrievability(known, moment)
        variant = variants[row.answers % len(variants)]
        knows = world.chance.random() < expected * _OPTIMISM
        answer = Answer(
            variant=variant,
            choice=_choice(variant, knows, world.chance),
            number=row.answers + 1,
            channel="practice",
            guessed=knows and world.chance.random() < 0.1,
            predicted=expected,
        )
        store_answer(membership=member, item=row.item, before=row, answer=answer, now=moment)
        row.refresh_from_db()


def _moments(world: World, row: Memory, stop: timedelta) -> Iterator[datetime]:
    """When the question was answered: up to two days after it came due, as long as that lies before now."""
    while True:
        moment = row.due_at + timedelta(hours=world.chance.uniform(1, 48))
        if moment >= world.now - stop:
            return
        yield moment


def _choice(variant: RecallVariant, knows: bool, chance: random.Random) -> int | None:
    if knows:
        return variant.correct
    wrong = [place for place in range(len(variant.options)) if place != variant.correct]
    return chance.choice([*wrong, None])
