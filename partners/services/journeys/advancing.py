"""Going on: steps that open when others are settled, steps that are done elsewhere, journeys that are through.

All of it is set by set, from the present state: it may be asked as often as one likes, for one journey or for all.

Whoever writes steps holds their journeys first (`hold`), in one order; what runs by itself passes over journeys that
somebody holds, and looks again a moment later. So nobody waits in a circle.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from partners import facts
from partners.days import day_of
from partners.models import Journey, JourneyStep
from partners.step_kinds import StepKind, step_kinds
from prm.activity.services import NewFact, record_many
from prm.tenancy.scope import current_organization

_OPEN = """
UPDATE partners_journeystep AS step
SET state = 'open', opened_at = %(now)s,
    due_on = CASE WHEN step.is_due_after_steps AND step.due_days IS NOT NULL
                  THEN %(today)s::date + step.due_days ELSE step.due_on END
WHERE step.organization_id = %(organization)s AND step.journey_id = ANY(%(journeys)s) AND step.state = 'waiting'
    AND NOT EXISTS (
        SELECT FROM partners_journeystep AS earlier
        WHERE earlier.organization_id = step.organization_id AND earlier.journey_id = step.journey_id
            AND earlier.key = ANY(step.waits_for) AND earlier.state IN ('open', 'waiting')
    )
"""
# Of a journey of a company whoever was first counts, of a personal one only the traveler.
_THROUGH = """
    SELECT DISTINCT ON (step.id) step.id, step.journey_id, done.at, done.membership_id, journey.partner_id
    FROM partners_journeystep AS step
    JOIN partners_journey AS journey ON journey.organization_id = step.organization_id
        AND journey.id = step.journey_id AND journey.state = 'running'
    JOIN partners_partneruser AS person ON person.organization_id = journey.organization_id
        AND person.partner_id = journey.partner_id
        AND (journey.membership_id IS NULL OR journey.membership_id = person.membership_id)
    JOIN (%(finished)s) AS done (membership_id, source_id, at)
        ON done.membership_id = person.membership_id AND done.source_id = step.source_id
    WHERE step.organization_id = %%s AND step.kind = %%s AND step.state = 'open' AND step.source_id <> 0
        AND (%%s::bigint[] IS NULL OR step.journey_id = ANY(%%s))
    ORDER BY step.id, done.at
"""
_CREDITABLE = f"SELECT DISTINCT journey_id FROM ({_THROUGH}) AS through"  # nosec B608
_CREDIT = f"""
WITH through AS ({_THROUGH})
UPDATE partners_journeystep AS step
SET state = 'done', done_at = greatest(through.at, step.opened_at), done_by_id = through.membership_id
FROM through
WHERE step.organization_id = %%s AND step.id = through.id AND step.state = 'open'
RETURNING step.id, step.journey_id, through.partner_id
"""  # nosec B608
# No chain of steps is longer than a journey.
_MOST_ROUNDS = 60


def hold(journey_ids: Collection[int]) -> None:
    """Have these journeys to oneself until the transaction ends. Always in the same order, so nobody blocks another."""
    # NO KEY: rows that refer to a journey can still be written meanwhile.
    list(Journey.objects.filter(pk__in=journey_ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def advance(journey_ids: Collection[int], now: datetime) -> None:
    """Bring these journeys up to what is settled: steps open, those done elsewhere are done, what is through ends."""
    hold(journey_ids)
    _open(journey_ids, now)
    for _round in range(_MOST_ROUNDS):
        touched = _credit_all(now, journey_ids)
        if not touched:
            break
        _open(touched, now)
    _finish(journey_ids, now)


def credit_all(now: datetime) -> None:
    """Count what people did elsewhere in all journeys of the organization but those that somebody holds."""
    found = {journey_id for kind in _done_elsewhere() for (journey_id,) in _run(_CREDITABLE, kind, now, None)}
    if found:
        rows = Journey.objects.running().filter(pk__in=found).order_by("pk")
        advance(list(rows.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)), now)


def _done_elsewhere() -> list[StepKind]:
    return [kind for kind in step_kinds.all() if kind.is_done_elsewhere]


def _credit_all(now: datetime, journey_ids: Collection[int]) -> set[int]:
    touched: set[int] = set()
    for kind in _done_elsewhere():
        touched |= _credit(kind, now, journey_ids)
    return touched


def _run(sql: str, kind: StepKind, now: datetime, only: Collection[int] | None, *more: int) -> list[tuple[Any, ...]]:
    """What one of the statements over `_THROUGH` gives for a kind of steps, of these journeys or of all."""
    assert kind.finished is not None
    select, parameters = kind.finished(now).order_by().query.sql_with_params()
    ids = None if only is None else sorted(only)
    with connection.cursor() as cursor:
        cursor.execute(sql % {"finished": select}, [*parameters, current_organization().pk, kind.name, ids, ids, *more])
        return list(cursor.fetchall())


def _credit(kind: StepKind, now: datetime, journey_ids: Collection[int]) -> set[int]:
    done = _run(_CREDIT, kind, now, journey_ids, current_organization().pk)
    record_many(
        NewFact(facts.JOURNEY_STEP_DONE, now, partner_id=partner_id, object_id=step_id)
        for step_id, _journey_id, partner_id in done
    )
    return {journey_id for _step_id, journey_id, _partner_id in done}


def _open(journey_ids: Collection[int], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "now": now,
                "today": day_of(now),
                "organization": current_organization().pk,
                "journeys": sorted(journey_ids),
            },
        )


def _finish(journey_ids: Collection[int], now: datetime) -> None:
    """End those in which nothing is left to do but what may be skipped."""
    steps = JourneyStep.objects.filter(journey=OuterRef("pk"))
    unsettled = steps.filter(state__in=JourneyStep.UNSETTLED)
    through = (
        Journey.objects.running()
        .filter(pk__in=journey_ids)
        .exclude(Exists(unsettled.filter(is_optional=False)))
        .filter(~Exists(unsettled) | Exists(steps.filter(is_optional=False)))
        .exclude(~Exists(steps))
    )
    ended = dict(through.select_for_update(no_key=True).values_list("pk", "partner_id"))
    Journey.objects.running().filter(pk__in=ended).update(state=Journey.State.FINISHED, ended_at=now)
    left = JourneyStep.objects.filter(Q(journey__in=ended), state__in=JourneyStep.UNSETTLED)
    left.update(state=JourneyStep.State.SKIPPED, done_at=now)
    record_many(
        NewFact(facts.JOURNEY_FINISHED, now, partner_id=partner_id, object_id=pk) for pk, partner_id in ended.items()
    )
