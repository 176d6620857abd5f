"""Attributes: made, changed with the values they have, put in order, put away and brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from partners import rules
from partners.models import Attribute, AttributeValue
from partners.models.partners import Source
from partners.names import comparable
from partners.queries.attributes import conversion_of, held_choices
from partners.services.values import rewrite, set_many
from partners.uses import uses_of
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged

Choice = Mapping[str, Any]


@dataclass(frozen=True)
class AttributeDetails:
    """What colleagues say about an attribute. `choices` are those of `Attribute.choices`; one without a key is new."""

    name: str
    kind: str
    hint: str = ""
    unit: str = ""
    choices: Sequence[Choice] = field(default_factory=tuple)
    section: str = ""
    keeper: str = Attribute.Keeper.STAFF
    confirm_months: int | None = None

    def columns(self) -> dict[str, Any]:
        """Every column that follows from these details: new choices have their keys, other kinds have none."""
        name = " ".join(self.name.split())
        has_choices = self.kind in (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES)
        return {
            "name": name,
            "normalized_name": comparable(name)[:80],
            "kind": self.kind,
            "hint": self.hint,
            "unit": self.unit if self.kind == Attribute.Kind.NUMBER else "",
            "choices": with_keys(self.choices) if has_choices else [],
            "section": " ".join(self.section.split())[:60],
            "keeper": self.keeper,
            "confirm_months": self.confirm_months,
        }


def with_keys(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    """The choices as rows keep them: every one with a key, labels trimmed, empty ones left out."""
    taken = {choice["key"] for choice in choices if choice.get("key")}
    kept = []
    for choice in choices:
        label = " ".join(str(choice["label"]).split())[:80]
        if not label:
            continue
        key = choice.get("key") or rules.new_key(label, taken)
        taken.add(key)
        kept.append({"key": key, "label": label, "is_retired": bool(choice.get("is_retired"))})
    return kept


def create_attribute(*, actor: Actor, details: AttributeDetails, standard: str = "", now: datetime) -> Attribute:
    """Make an attribute, the last in order. Raises `Refused`: no_name, no_choices, choice_twice, name_taken."""
    columns = details.columns()
    refuse_if(_problems(columns))
    last = Attribute.objects.aggregate(last=Max("position"))["last"]
    columns["position"] = 0 if last is None else last + 1
    try:
        with transaction.atomic():
            attribute = Attribute.objects.create(**columns, standard=standard, created_at=now)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    note(actor=actor, verb="partners.attribute_created", obj=attribute)
    return attribute


@transaction.atomic
def change_attribute(
    *,
    actor: Actor,
    attribute: Attribute,
    revision: int,
    details: AttributeDetails,
    is_known: bool = False,
    now: datetime,
) -> None:
    """Write new details over those that were read at `revision`.

    With another kind the values are converted: what does not fit is cleared and stays in the history. A choice that is
    left out is removed where no value holds it, else retired. Raises `Refused`: changed_meanwhile, name_taken,
    standard_kind, not_convertible, what `create_attribute` refuses, and `converts` (level approval) where values would
    be converted or something refers to what gets another kind, unless `is_known` says that a person read of it.
    """
    before = Attribute.objects.select_for_update(no_key=True).get(pk=attribute.pk)
    columns = details.columns()
    columns["choices"] = _kept_choices(before, columns)
    has_values = AttributeValue.objects.filter(attribute=attribute).exists()
    problems = _problems(columns) + rules.kind_problems(before, details.kind, has_values)
    is_other_kind = details.kind != before.kind
    if is_other_kind and not is_known and (has_values or uses_of([before], now)[before.pk]):
        text = _("It becomes another kind. Read what that does to its values, and where it is used.")
        problems.append(Problem("converts", text, "", "approval"))
    if problems:
        raise Refused(problems)
    try:
        with transaction.atomic():
            changes = update_if_unchanged(attribute, revision, **columns)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    changes.pop("normalized_name", None)
    if changes:
        note(actor=actor, verb="partners.attribute_changed", obj=attribute, changes=_in_words(changes))
    if has_values and is_other_kind:
        _convert(actor, before, attribute, now)


def _problems(columns: Mapping[str, Any]) -> list[Problem]:
    problems = rules.attribute_problems(columns["kind"], columns["choices"])
    if not columns["normalized_name"]:
        problems.append(Problem("no_name", _("An attribute needs a name."), "name"))
    return problems


def _name_taken() -> Problem:
    return Problem("name_taken", _("There is already an attribute of this name."), "name")


def _in_words(changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The changes with choices by their labels."""
    return {
        name: [", ".join(choice["label"] for choice in side) for side in sides] if name == "choices" else list(sides)
        for name, sides in changes.items()
    }


def _kept_choices(before: Attribute, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The new choices with those that were left out although values hold them: they are retired."""
    choices: list[dict[str, Any]] = columns["choices"]
    given = {choice["key"] for choice in choices}
    left_out = [choice for choice in before.choices if choice["key"] not in given]
    if not left_out or columns["kind"] not in (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES):
        return choices
    held = held_choices(before)
    return choices + [{**choice, "is_retired": True} for choice in left_out if choice["key"] in held]


def _convert(actor: Actor, before: Attribute, after: Attribute, now: datetime) -> None:
    """Bring the values into what the new kind makes of them; those that do not fit are cleared, with their history."""
    found = conversion_of(before, after)
    set_many(actor=actor, values={before: dict.fromkeys(found.lost)}, source=Source.HAND, now=now)
    rewrite(after, found.kept)


@transaction.atomic
def move_attribute(*, actor: Actor, attribute: Attribute, by: int) -> None:
    """Move an attribute up (−1) or down (+1) among those in use; at the end it stays where it is."""
    listed = list(Attribute.objects.listed().in_order().select_for_update(no_key=True))
    ids = [other.pk for other in listed]
    if attribute.pk not in ids:
        return
    place = ids.index(attribute.pk)
    ids.insert(max(0, place + by), ids.pop(place))
    reorder_attributes(actor=actor, ids=ids)


@transaction.atomic
def reorder_attributes(*, actor: Actor, ids: Sequence[int]) -> None:
    """Bring the attributes in use into this order; those that are not named come after, as they stood."""
    listed = list(Attribute.objects.listed().in_order().select_for_update(no_key=True))
    places = {key: place for place, key in enumerate(ids)}
    wanted = sorted(listed, key=lambda attribute: places.get(attribute.pk, len(places)))
    if [attribute.pk for attribute in wanted] == [attribute.pk for attribute in listed]:
        return
    for position, attribute in enumerate(wanted):
        attribute.position = position
    Attribute.objects.bulk_update(wanted, ["position"])
    names = [", ".join(attribute.name for attribute in order) for order in (listed, wanted)]
    note(actor=actor, verb="partners.attributes_reordered", changes={"order": names})


def archive_attribute(*, actor: Actor, attribute: Attribute, is_known: bool = False, now: datetime) -> None:
    """Put an attribute away: off every form and page; its values stay. Twice is once.

    Raises `Refused` with `in_use` (level approval) where something refers to it, unless `is_known` says that a person
    read where.
    """
    problems = rules.archive_problems([use.title for use in uses_of([attribute], now)[attribute.pk]])
    if problems and not is_known:
        raise Refused(problems)
    with transaction.atomic():
        if Attribute.objects.listed().filter(pk=attribute.pk).update(archived_at=now):
            attribute.archived_at = now
            note(actor=actor, verb="partners.attribute_archived", obj=attribute)


def restore_attribute(*, actor: Actor, attribute: Attribute) -> None:
    """Bring an archived attribute back with its values. Raises `Refused` with name_taken when another has its name."""
    try:
        with transaction.atomic():
            restored = Attribute.objects.filter(pk=attribute.pk, archived_at__isnull=False).update(archived_at=None)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    if restored:
        attribute.archived_at = None
        note(actor=actor, verb="partners.attribute_restored", obj=attribute)
