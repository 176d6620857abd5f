"""One record out of two: everything of the double moves to the partner that stays, in one transaction.

Facts cannot be rewritten, and an alias would have to be known to everybody who reads them, in SQL as well: so each fact
of the double is taken back by a counter-fact and recorded for the survivor at the moment at which it happened
(`prm.activity.services.move_facts`). Sums over any period are then right for both without anybody's doing.

There is no undo: two partners could not be told apart again once something new has happened to the one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from partners import facts
from partners.models import (
    AttributeValue,
    Competition,
    LikelyDouble,
    Partner,
    PartnerKey,
    PartnerLink,
    PartnerMerge,
    ValueChange,
)
from partners.models.attributes import COLUMNS
from partners.models.partners import Source
from partners.queries.duplicates import known_different
from partners.queries.merging import OF_THE_RECORD, attribute_values, domains_to_keep, problems_of_merge
from partners.queries.searching import PARTNERS, PEOPLE
from partners.references import Merging, references
from partners.services import people
from partners.services.duplicates import compare, remember_different, write_domains
from partners.services.structure import lock_structure, refuse_circles
from prm.accounts.actors import Actor
from prm.accounts.services import memberships
from prm.activity.services import move_facts, record
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.search.services import refresh
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

# Columns of a record of which one value is chosen where two differ.
FIELDS = ("name", "domain", "website", "country", "region", "language", "status", "account_manager", "notes")
BOTH = "both"
_SYSTEM = Actor.system("partners.merging")


# So long after a merge it is looked again whether something came late.
_AGAIN = timedelta(minutes=1)
# What was under way while two were merged is over by then.
_LATE = timedelta(minutes=10)


@transaction.atomic
def merge_partners(
    *,
    actor: Actor,
    survivor: Partner,
    merged: Partner,
    revisions: tuple[int, int],
    taken: Mapping[str, str],
    now: datetime,
) -> PartnerMerge:
    """Merge a double into the partner that stays.

    `revisions` are those that both were read at, the survivor's first. `taken` names the fields, or attributes by their
    `Attribute.field`, whose value is the double's ("merged"), or of notes both ("both"); all others stay as they are.

    Both rows are locked in the order of their keys; of two who merge at once the second is refused. Raises `Refused`:
    same_partner, merged, survivor_archived, test_and_real, changed_meanwhile, circle, two_parents, and what the apps'
    objections say (see `partners.references`).
    """
    lock_structure()
    memberships.hold(current_organization())
    survivor, merged = _lock(survivor, merged)
    merging = Merging(merged, survivor, actor, now)
    refuse_if(problems_of_merge(survivor, merged))
    if (survivor.revision, merged.revision) != revisions:
        raise Refused(
            Problem("changed_meanwhile", _("Somebody changed one of the two meanwhile. Look again before you merge."))
        )
    changes = _take_values(merging, taken)
    people.call_back(actor=actor, partner=merged, now=now)
    users = list(merged.users.values_list("pk", flat=True))
    _forget_each_other(merging)
    domains = domains_to_keep(survivor, merged)
    moved = {}
    for reference in references.all():
        if count := reference.apply(merging):
            moved[reference.name] = count
    refuse_circles(survivor, now)
    moved["facts"] = move_facts(merged.pk, survivor.pk, but_kinds=OF_THE_RECORD)
    row = _write(merging, moved)
    write_domains(survivor, domains)
    compare([survivor.pk], now)
    refresh(PARTNERS, [survivor.pk, merged.pk])
    refresh(PEOPLE, users)
    wake("plan", now + _AGAIN)
    note(actor=actor, verb="partners.merged", obj=survivor, changes={"merged": [merged.name, survivor.name], **changes})
    return row


def plan_late_rows(now: datetime) -> datetime | None:
    """The planner: move what was written for a double by somebody who had read it before it was merged.

    Such a transaction waits for the merge, and then writes the partner that it knew.
    """
    lately = list(PartnerMerge.objects.filter(merged_at__gt=now - _LATE).order_by("pk"))
    for merge in lately:
        with transaction.atomic():
            rows = (
                Partner.objects.select_for_update().filter(pk__in=[merge.survivor_id, merge.merged_id]).order_by("pk")
            )
            found = {row.pk: row for row in rows}
            merging = Merging(found[merge.merged_id], found[merge.survivor_id], _SYSTEM, now)
            for reference in references.all():
                reference.apply(merging)
    return now + _AGAIN if lately else None


def _lock(survivor: Partner, merged: Partner) -> tuple[Partner, Partner]:
    """Both rows as they are now, the survivor first. Nothing new can refer to either until the merge is done."""
    if survivor.pk == merged.pk:
        raise Refused(Problem("same_partner", _("Choose two different partners.")))
    rows = Partner.objects.select_for_update().filter(pk__in=[survivor.pk, merged.pk]).order_by("pk")
    locked = {row.pk: row for row in rows}
    return locked[survivor.pk], locked[merged.pk]


def _write(merging: Merging, moved: dict[str, int]) -> PartnerMerge:
    """The double put away for good, the merge remembered, both facts told."""
    merged, survivor, now = merging.merged, merging.survivor, merging.now
    was_listed = merged.archived_at is None
    Partner.objects.filter(pk=merged.pk).update(
        archived_at=merged.archived_at or now, revision=merged.revision + 1, compared_at=now
    )
    Partner.objects.filter(pk=survivor.pk).update(revision=survivor.revision + 1)
    record(kind=facts.MERGED, at=now, partner_id=merged.pk, object_id=survivor.pk, amount=int(was_listed))
    record(kind=facts.ABSORBED, at=now, partner_id=survivor.pk, object_id=merged.pk)
    row: PartnerMerge = PartnerMerge.objects.create(
        merged=merged, survivor=survivor, moved=moved, merged_at=now, merged_by_id=merging.actor.membership_id
    )
    return row


# ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_values(merging: Merging, taken: Mapping[str, str]) -> dict[str, list[Any]]:
    """Write the double's values that were chosen over the survivor's, with their history; {field: [before, after]}."""
    survivor, merged = merging.survivor, merging.merged
    changes: dict[str, list[Any]] = {}
    for field in FIELDS:
        if field not in taken:
            continue
        before, after = getattr(survivor, field), getattr(merged, field)
        if field == "notes" and taken[field] == BOTH:
            after = f"{before}\n\n{after}".strip()[:4000]
        if before != after:
            setattr(survivor, field, after)
            changes[field] = [before, after]
    if changes:
        survivor.save(update_fields=list(changes))
        _remember(merging, {field: (_plain(before), _plain(after)) for field, (before, after) in changes.items()})
    return changes | _take_attributes(merging, taken)


def _plain(value: Any) -> Any:
    """A column's value as a history keeps it: people by their key, nothing as None."""
    return getattr(value, "pk", value) or None


def _take_attributes(merging: Merging, taken: Mapping[str, str]) -> dict[str, list[Any]]:
    """The same for attributes that both have a value of; those that the survivor lacks come with the rows that move."""
    values = attribute_values([merging.survivor.pk, merging.merged.pk])
    changes: dict[str, list[Any]] = {}
    for field, by_partner in values.items():
        mine, theirs = by_partner.get(merging.survivor.pk), by_partner.get(merging.merged.pk)
        if field not in taken or mine is None or theirs is None:
            continue
        column = COLUMNS[mine.attribute.kind]
        before, after = getattr(mine, column), getattr(theirs, column)
        AttributeValue.objects.filter(pk=mine.pk).update(
            **{column: after}, source=Source.MERGE, set_at=merging.now, set_by=merging.actor.membership_id
        )
        changes[field] = [before, after]
    _remember(merging, {field: (_json(before), _json(after)) for field, (before, after) in changes.items()})
    return changes


def _json(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str | list) else str(value)


def _remember(merging: Merging, changes: Mapping[str, tuple[Any, Any]]) -> None:
    ValueChange.objects.bulk_create(
        ValueChange(
            partner=merging.survivor,
            field=field,
            before=before,
            after=after,
            source=Source.MERGE,
            at=merging.now,
            changed_by_id=merging.actor.membership_id,
        )
        for field, (before, after) in changes.items()
    )


# ── What the two have with each other ───────────────────────────────────────────────────────────────────────────────


def _forget_each_other(merging: Merging) -> None:
    """A company is no branch, competitor or double of itself. Who is not the double is not the survivor either."""
    merged, survivor = merging.merged.pk, merging.survivor.pk
    pair = sorted((merged, survivor))
    PartnerLink.objects.filter(parent__in=pair, child__in=pair).delete()
    Competition.objects.filter(first=pair[0], second=pair[1]).delete()
    PartnerKey.objects.filter(partner=merged).delete()
    doubles = LikelyDouble.objects.of_partner(merged)
    doubles.filter(Q(state=LikelyDouble.State.OPEN) | Q(first__in=pair, second__in=pair)).delete()
    others = known_different(merged)
    remember_different(actor=merging.actor, partner_id=survivor, others=others, now=merging.now)
