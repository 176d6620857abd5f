"""Which columns an operator sees as they are, which masked, and which not at all."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

# Never shown: with them, or with what they unlock, somebody could act as somebody else.
SECRET = frozenset({"password", "nonce", "token_digest", "copy_digest", "sealed", "session_key", "session_data"})
SECRET_IN = frozenset({("mfa.authenticator", "data"), ("usersessions.usersession", "data")})

# Texts that say nothing about a person: names of kinds, states, places and times.
PLAIN = frozenset(
    (
        *("public_id", "slug", "kind", "state", "status", "verb", "category", "channel", "language", "zone", "country"),
        *("region", "currency", "unit", "content_type", "slot", "actor_kind", "object_type", "queue", "key", "sha256"),
        *("role", "roles", "template", "brand_color", "app_label", "model", "codename"),
    )
)
_TEXTS = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField, ArrayField)
MASK = "•••"

type Column = models.Field[Any, Any]


def shown_fields(model: type[models.Model]) -> list[Column]:
    """The model's own columns, without secrets."""
    label = model._meta.label_lower
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in SECRET and (label, field.name) not in SECRET_IN
    ]


def is_personal(field: Column) -> bool:
    """Whether the column may hold what somebody wrote or who somebody is. In doubt it may."""
    if field.name in PLAIN or field.choices:
        return False
    return isinstance(field, _TEXTS)


def masked(row: models.Model, field: Column) -> object:
    """The value as it is shown while masked: personal texts as dots, other rows by their number."""
    value = getattr(row, field.attname)
    if value is None or value == "":
        return ""
    if is_personal(field):
        return MASK
    if field.is_relation:
        return f"{field.remote_field.model._meta.verbose_name} {value}"  # type: ignore[union-attr]
    display = getattr(row, f"get_{field.name}_display", None)
    return display() if display else value


def row_label(row: models.Model) -> str:
    """What a row is called without saying whose or what it is."""
    return f"{row._meta.verbose_name} {getattr(row, 'public_id', row.pk)}"
