"""What groups by rule would do if a partner's data were otherwise: tried on the database, and taken back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from partners import rules
from partners.conditions.grammar import Block, conditions_of, read
from partners.conditions.subjects import Subjects
from partners.consequences import Move
from partners.models import Attribute, AttributeValue, GroupRule, Partner
from partners.queries.group_rules import Moves, moves_of, problems_of


def groups_moved_by(partner: Partner, changes: Mapping[str, Any], now: datetime) -> list[Move]:
    """The groups that the partner would enter, leave or stay in because of these changes. Nothing is left written."""
    subjects = Subjects()
    touched = {}
    for rule in _working_rules():
        block = read(rule.definition)
        fields = _fields_asked(block, subjects) & changes.keys()
        if fields and not problems_of(rule, subjects):
            touched[rule] = (block, frozenset(fields))
    if not touched:
        return []
    before = {rule: _moves(rule, block, subjects, partner, now) for rule, (block, _fields) in touched.items()}
    with as_if(partner, changes, now):
        after = {rule: _moves(rule, block, subjects, partner, now) for rule, (block, _fields) in touched.items()}
    return [
        Move(words, fields)
        for rule, (_block, fields) in touched.items()
        for words in _words(rule, before[rule], after[rule])
    ]


def _working_rules() -> list[GroupRule]:
    rows = GroupRule.objects.current().filter(group__archived_at=None, group__rule_paused_at=None)
    return list(rows.select_related("group").order_by("group__normalized_name", "pk"))


def _fields_asked(block: Block, subjects: Subjects) -> set[str]:
    """What the rule asks about, as `ValueChange` names it."""
    asked = {condition.about: subjects.get(condition.about) for condition in conditions_of(block)}
    return {
        f"attribute:{subject.pk}" if key.startswith("attribute:") else key for key, subject in asked.items() if subject
    }


def _moves(rule: GroupRule, block: Block, subjects: Subjects, partner: Partner, now: datetime) -> Moves:
    return moves_of(rule.group, block, subjects, now, [partner.pk])


def _words(rule: GroupRule, before: Moves, after: Moves) -> list[str]:
    """What the rule does after the changes and did not do before them."""
    group = {"group": rule.group.name}
    found = []
    if after.entering and not before.entering:
        found.append(_("enters %(group)s") % group)
    if after.leaving and not before.leaving:
        found.append(_("leaves %(group)s") % group)
    if after.returning and not before.returning:
        found.append(_("stays in %(group)s after all") % group)
    return found


@contextmanager
def as_if(partner: Partner, changes: Mapping[str, Any], now: datetime) -> Iterator[None]:
    """The partner as it would be, for the queries inside; what was written is rolled back at the end."""
    with transaction.atomic():
        for field, after in changes.items():
            _put(partner, field, after, now)
        yield
        transaction.set_rollback(True)


def _put(partner: Partner, field: str, after: Any, now: datetime) -> None:
    if not field.startswith("attribute:"):
        Partner.objects.filter(pk=partner.pk).update(**{field: after or ""})
        return
    attribute = Attribute.objects.get(pk=int(field.partition(":")[2]))
    value = rules.from_json(attribute, after)
    AttributeValue.objects.filter(partner=partner, attribute=attribute).delete()
    if value is not None:
        kept = {rules.column_of(attribute): value, "set_at": now, "confirmed_at": now}
        AttributeValue.objects.create(partner=partner, attribute=attribute, **kept)
