"""Of every reference to a partner it is said what becomes of it when records are merged."""

from django.apps import apps
from django.db import models

from partners.models import Partner
from partners.references import Reference, references


def _foreign_keys() -> dict[str, models.Field[object, object]]:
    return {
        f"{model._meta.label_lower}.{field.name}": field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Partner
    }


def _said() -> dict[str, Reference]:
    return {reference.name: reference for reference in references.all()}


def test_every_reference_says_what_becomes_of_it() -> None:
    missing = _foreign_keys().keys() - _said().keys()
    assert not missing, f"say in the app's registry what a merge does with {sorted(missing)} (see partners.references)"


def test_nothing_is_said_of_what_is_not_there() -> None:
    numbers = {"invitations.invitation.target_id", "imports.importrow.object_id"}
    for name in _said():
        model = apps.get_model(name.rpartition(".")[0])
        model._meta.get_field(name.rpartition(".")[2])
    assert _said().keys() - _foreign_keys().keys() == numbers


def test_whoever_is_part_of_a_uniqueness_says_of_which() -> None:
    for name, field in _foreign_keys().items():
        reference = _said()[name]
        unique = [
            set(constraint.fields) - {"organization", field.name}
            for constraint in field.model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint) and field.name in constraint.fields
        ]
        if unique and not reference.stays_because and reference.move is None:
            assert set(reference.same) in unique, f"{name}: same={unique}"
