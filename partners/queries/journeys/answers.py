"""Questions of a step's form that are bound to attributes: their answers are kept as what the attribute is."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from partners.models import Attribute
from partners.queries.attributes import attributes_in_order

ATTRIBUTE = "attribute"


def attributes_to_ask(bound: Collection[str] = ()) -> list[tuple[str, str]]:
    """(public id, name) of the attributes that a form can ask for: those that partners keep.

    Those of `bound` stand there too, so that a question keeps its attribute until somebody chooses otherwise.
    """
    offered = list(attributes_in_order([Attribute.Keeper.PARTNER]).values_list("public_id", "name"))
    missing = set(bound) - {public_id for public_id, _name in offered}
    if not missing:
        return offered
    rows = Attribute.objects.filter(public_id__in=missing).order_by("name", "pk").values_list("public_id", "name")
    return offered + [(public_id, _("%s (no longer asked of partners)") % name) for public_id, name in rows]


def bound_attributes(questions: Iterable[Mapping[str, Any]]) -> dict[str, Attribute]:
    """The attribute of each bound question, by the question's key.

    One that was put away since, or that colleagues keep by now, is missing: the question is answered by a text then.
    """
    wanted = {str(question["key"]): str(question[ATTRIBUTE]) for question in questions if question.get(ATTRIBUTE)}
    if not wanted:
        return {}
    rows = attributes_in_order([Attribute.Keeper.PARTNER]).filter(public_id__in=wanted.values())
    found = {row.public_id: row for row in rows}
    return {key: found[public_id] for key, public_id in wanted.items() if public_id in found}
