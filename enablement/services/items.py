"""Recall items: written beside their content, corrected, retired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from enablement import rules
from enablement.models import Content, Nudge, RecallItem, RecallVariant, Review, RoundQuestion
from enablement.models.recall import RECALL_ITEM
from enablement.rules import Wording
from enablement.services.recall import enrol_readers_in_new_items
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.problems import refuse_if
from prm.tenancy.editing import update_if_unchanged


@dataclass(frozen=True)
class ItemDetails:
    """What people say about a recall item: the claim, why it is so, how important it is, and how it is asked for."""

    claim: str
    explanation: str = ""
    criticality: str = RecallItem.Criticality.NORMAL
    wordings: Sequence[Wording] = ()


@transaction.atomic
def create_item(
    *, actor: Actor, owner: Membership, content: Content | None, details: ItemDetails, now: datetime
) -> RecallItem:
    """Store an item with its wordings. Those who are enrolled in other questions of published content get it too.

    Raises `Refused` with what `rules.item_problems` finds.
    """
    refuse_if(rules.item_problems(details.claim, details.wordings))
    last = RecallItem.objects.filter(content=content).aggregate(last=Max("position"))["last"] or 0
    item = RecallItem.objects.create(
        content=content,
        owner=owner,
        claim=" ".join(details.claim.split()),
        explanation=details.explanation.strip(),
        criticality=details.criticality,
        position=last + 1,
        created_at=now,
    )
    _write_variants(item, details.wordings)
    note(actor=actor, verb="enablement.item_created", obj=item)
    if content is not None:
        enrol_readers_in_new_items(content=content, now=now)
    return item


@transaction.atomic
def change_item(*, actor: Actor, item: RecallItem, revision: int, details: ItemDetails) -> None:
    """Correct an item. Wordings that were asked before are kept for the answers they got and no longer asked.

    Raises `Refused`: `changed_meanwhile` when somebody saved first, else what `rules.item_problems` finds.
    """
    refuse_if(rules.item_problems(details.claim, details.wordings))
    changes = update_if_unchanged(
        item,
        revision,
        claim=" ".join(details.claim.split()),
        explanation=details.explanation.strip(),
        criticality=details.criticality,
    )
    before = [variant.question for variant in item.variants.filter(is_active=True).order_by("position", "pk")]
    if _write_variants(item, details.wordings):
        changes["questions"] = [before, [wording.question for wording in details.wordings]]
    if changes:
        note(actor=actor, verb="enablement.item_changed", obj=item, changes=changes)


@transaction.atomic
def retire_item(*, actor: Actor, item: RecallItem) -> None:
    """Ask for it no longer. Memories and answers stay; open links in mails say that it was taken back."""
    RECALL_ITEM.move(item, "retire")
    note(actor=actor, verb="enablement.item_retired", obj=item)


@transaction.atomic
def restore_item(*, actor: Actor, item: RecallItem, now: datetime) -> None:
    """Ask for it again, of everybody who remembers something of its content."""
    RECALL_ITEM.move(item, "restore")
    note(actor=actor, verb="enablement.item_restored", obj=item)
    if item.content is not None:
        enrol_readers_in_new_items(content=item.content, now=now)


def _write_variants(item: RecallItem, wordings: Sequence[Wording]) -> bool:
    """Make these the wordings that are asked, in this order. What stays the same stays the same row."""
    kept: list[RecallVariant] = []
    present = list(item.variants.filter(is_active=True).order_by("position", "pk"))
    for place, wording in enumerate(wordings):
        question, options = " ".join(wording.question.split()), wording.stored()
        same = next((row for row in present if (row.question, row.options) == (question, options)), None)
        if same is None:
            same = RecallVariant.objects.create(item=item, position=place, question=question, options=options)
        elif same.position != place:
            RecallVariant.objects.filter(pk=same.pk).update(position=place)
        kept.append(same)
    dropped = [row for row in present if row not in kept]
    _drop(dropped)
    return bool(dropped) or len(kept) != len(present)


def _drop(variants: Sequence[RecallVariant]) -> None:
    pks = [variant.pk for variant in variants]
    asked = {
        pk
        for model in (Review, Nudge, RoundQuestion)
        for pk in model.objects.filter(variant__in=pks).values_list("variant_id", flat=True)
    }
    RecallVariant.objects.filter(pk__in=asked).update(is_active=False)
    RecallVariant.objects.filter(pk__in=set(pks) - asked).delete()
