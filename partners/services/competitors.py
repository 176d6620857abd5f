"""Competitor care: who is marked as whose competitor, by pair or by rule."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners.conditions.checking import rule_problems
from partners.conditions.grammar import Block, written
from partners.conditions.subjects import Subjects
from partners.conditions.wording import rule_sentence
from partners.models import Attribute, Competition, Group, Partner
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if


@transaction.atomic
def mark_pair(
    *, actor: Actor, partners: tuple[Partner, Partner], grade: str, reason: str = "", now: datetime
) -> Competition:
    """Mark how much room two partners need; a known pair is changed. Raises `Refused` with `same_partner`."""
    first, second = sorted(partners, key=lambda partner: partner.pk)
    if first.pk == second.pk:
        raise Refused(Problem("same_partner", _("Choose another partner."), "other"))
    pair: dict[str, Any] = {"kind": Competition.Kind.PAIR, "first": first, "second": second}
    values: dict[str, Any] = {"grade": grade, "reason": reason[:200], "made_at": now, "made_by_id": actor.membership_id}
    known = Competition.objects.select_for_update().filter(**pair).first()
    before = known.grade if known else ""
    row: Competition = Competition.objects.update_or_create(**pair, defaults=values)[0]
    label = f"{first.name} / {second.name}"
    note(
        actor=actor,
        verb="partners.rivals_marked",
        obj=row,
        label=label,
        changes={"grade": [before, grade]},
        reason=reason,
    )
    return row


def add_rule(
    *,
    actor: Actor,
    grade: str,
    group: Group | None = None,
    field: str = "",
    attribute: Attribute | None = None,
    reason: str = "",
    now: datetime,
) -> Competition:
    """Mark the partners of a group among themselves, or those with the same value of a column or an attribute.

    Raises `Refused` with `is_there` where there is such a rule.
    """
    rule = Competition(
        kind=Competition.Kind.GROUP if group else Competition.Kind.SAME,
        grade=grade,
        group=group,
        field=field,
        attribute=attribute,
        reason=reason[:200],
        made_at=now,
        made_by_id=actor.membership_id,
    )
    try:
        with transaction.atomic():
            rule.save()
            note(
                actor=actor, verb="partners.rivals_marked", obj=rule, label=_label(rule), changes={"grade": ["", grade]}
            )
    except IntegrityError as error:
        raise Refused(Problem("is_there", _("There is such a rule already. Remove it first."), "what")) from error
    return rule


@transaction.atomic
def add_conditions(*, actor: Actor, block: Block, grade: str, reason: str = "", now: datetime) -> Competition:
    """Mark the partners that fulfill these conditions among themselves. Raises `Refused`: what `rule_problems` says."""
    subjects = Subjects()
    refuse_if(rule_problems(block, subjects))
    rule: Competition = Competition.objects.create(
        kind=Competition.Kind.RULE,
        definition=written(block),
        sentence=rule_sentence(block, subjects)[:8000],
        grade=grade,
        reason=reason[:200],
        made_at=now,
        made_by_id=actor.membership_id,
    )
    changes = {"grade": ["", grade]}
    note(actor=actor, verb="partners.rivals_marked", obj=rule, label=_label(rule), changes=changes, reason=reason)
    return rule


@transaction.atomic
def unmark(*, actor: Actor, mark: Competition) -> None:
    """Remove a pair or a rule."""
    label = _label(mark)
    if Competition.objects.filter(pk=mark.pk).delete()[0]:
        note(actor=actor, verb="partners.rivals_unmarked", obj=mark, label=label, changes={"grade": [mark.grade, ""]})


def _label(mark: Competition) -> str:
    match mark.kind:
        case Competition.Kind.PAIR:
            return f"{mark.first} / {mark.second}"
        case Competition.Kind.GROUP:
            return str(mark.group)
        case Competition.Kind.RULE:
            return mark.sentence[:200]
    return str(mark.attribute or mark.get_field_display())
