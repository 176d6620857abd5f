"""Questions by mail: planned, answered behind their link, paused."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext as _

from enablement import facts, rules
from enablement.models import Nudge, Review, Rhythm
from enablement.queries.nudges import (
    CATEGORY,
    KIND,
    Asked,
    chosen_memories,
    members_to_ask,
    silent_members,
    zones_to_plan,
)
from enablement.queries.people import identities_of
from enablement.queries.questions import seed_of_nudge
from enablement.services.answers import Answer, store_answer
from enablement.slots import next_slot_at, open_slot
from prm.accounts.models import Membership
from prm.activity.kinds import FactKind
from prm.activity.services import NewFact, record_many
from prm.outbox.models import Preference
from prm.outbox.services import post_due
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

LINK_LASTS = timedelta(days=7)
PAUSED_KIND = "enablement.nudges_paused"

_INSERT = """
INSERT INTO enablement_nudge (organization_id, membership_id, item_id, variant_id, slot_on, asked_at, predicted,
    expires_at)
SELECT %%s, chosen.membership_id, chosen.item_id, wording.id, %%s, %%s, chosen.recall, %%s
FROM (%(chosen)s) AS chosen (membership_id, item_id, answers, recall)
CROSS JOIN LATERAL (
    SELECT variant.id, row_number() OVER (ORDER BY variant.position, variant.id) - 1 AS place,
        count(*) OVER () AS wordings
    FROM enablement_recallvariant AS variant
    WHERE variant.organization_id = %%s AND variant.item_id = chosen.item_id AND variant.is_active
) AS wording
WHERE wording.place = chosen.answers %%%% wording.wordings
ON CONFLICT (organization_id, membership_id, slot_on) DO NOTHING
RETURNING membership_id, item_id
"""


def plan_nudges(now: datetime) -> datetime | None:
    """Ask by mail whoever has something due and whose slot is open; returns when the next slot begins.

    For each local day one statement chooses and stores the questions and one the messages. Those who left their last
    three without an answer get one gentle note instead, and then quiet. None: nobody has anything to remember.
    """
    zones = zones_to_plan()
    slots: dict[date, list[ZoneInfo]] = {}
    for zone in zones:
        day = open_slot(now, zone)
        if day is not None:
            slots.setdefault(day, []).append(zone)
    for slot_on, open_zones in slots.items():
        members = members_to_ask(open_zones, slot_on, now)
        _pause_silent(silent_members(members, now), now)
        _ask(members_to_ask(open_zones, slot_on, now), slot_on, now)
    return min((next_slot_at(now, zone) for zone in zones), default=None)


def answer_nudge(*, asked: Asked, shown: str, guessed: bool, now: datetime) -> None:
    """Record the answer to a mail's question, once. Raises `Refused`: used, expired, withdrawn, no_choice."""
    nudge = asked.nudge
    problem = rules.nudge_problem(nudge, asked.item, asked.is_askable, now)
    refuse_if([problem] if problem else [])
    try:
        choice = rules.choice_of(nudge.variant, seed_of_nudge(nudge), shown)
    except ValueError:
        raise Refused(Problem("no_choice", _("Choose an answer, or say that you are not sure."), "choice")) from None
    before = asked.item.memories.filter(membership=asked.membership).first()
    answer = Answer(
        variant=nudge.variant,
        choice=choice,
        number=(before.answers if before else 0) + 1,
        channel=Review.Channel.MAIL,
        guessed=guessed,
        predicted=nudge.predicted,
        asked_by=nudge,
    )
    store_answer(membership=asked.membership, item=asked.item, before=before, answer=answer, now=now)


@transaction.atomic
def pause_nudges(*, membership: Membership, until: datetime | None, now: datetime) -> None:
    """Send no questions before `until`, or until they are asked for again. What is in the portal stays."""
    _pause([membership.pk], Rhythm.Cause.ASKED, until, now)


@transaction.atomic
def resume_nudges(*, membership: Membership, now: datetime) -> None:
    """Send questions again from the next slot on, also to somebody who had turned them off."""
    Rhythm.objects.filter(membership=membership).update(paused_at=None, paused_until=None, cause="", resumed_at=now)
    Preference.objects.filter(membership=membership, category=CATEGORY).delete()
    record_many(_facts(facts.RECALL_RESUMED, [membership.pk], now))
    wake("plan", now)


@transaction.atomic
def stop_nudges(*, membership: Membership, now: datetime) -> None:
    """Send no questions by mail any more; the same switch as in the person's message settings."""
    Preference.objects.update_or_create(
        membership=membership,
        address="",
        category=CATEGORY,
        defaults={"choice": Preference.Choice.OFF, "changed_at": now},
    )


def _ask(members: QuerySet[Membership], slot_on: date, now: datetime) -> None:
    # What is annotated, such as `recall`, is not among the fields that the checker knows.
    chosen: QuerySet[Any] = chosen_memories(members, now)
    columns = chosen.values_list("membership_id", "item_id", "answers", "recall")
    select, parameters = columns.query.sql_with_params()
    organization = current_organization().pk
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT % {"chosen": select},
            [organization, slot_on, now, now + LINK_LASTS, *parameters, organization],
        )
        asked = [membership for membership, _item in cursor.fetchall()]
    if not asked:
        return
    no_slot = Value("", CharField())
    due = Nudge.objects.filter(slot_on=slot_on, asked_at=now).order_by()
    post_due(kind=KIND, due=due.values_list("membership_id", "pk", no_slot, "asked_at"), now=now)
    record_many(_facts(facts.NUDGED, asked, now))


def _pause_silent(membership_ids: list[int], now: datetime) -> None:
    if not membership_ids:
        return
    _pause(membership_ids, Rhythm.Cause.SILENCE, None, now)
    last = Nudge.objects.filter(membership__in=membership_ids).order_by("membership", "-slot_on").distinct("membership")
    newest = Nudge.objects.filter(pk__in=last.values("pk")).order_by()
    due = newest.values_list("membership_id", "pk", Value("", CharField()), Value(now))
    post_due(kind=PAUSED_KIND, due=due, now=now)


def _pause(membership_ids: list[int], cause: str, until: datetime | None, now: datetime) -> None:
    Rhythm.objects.bulk_create(
        [Rhythm(membership_id=pk, paused_at=now, paused_until=until, cause=cause) for pk in membership_ids],
        update_conflicts=True,
        unique_fields=["organization", "membership"],
        update_fields=["paused_at", "paused_until", "cause"],
    )
    record_many(_facts(facts.RECALL_PAUSED, membership_ids, now))


def _facts(kind: FactKind, membership_ids: list[int], now: datetime) -> list[NewFact]:
    people = identities_of(membership_ids)
    return [NewFact(kind, now, people[pk].partner_id, people[pk].person_id) for pk in membership_ids]
