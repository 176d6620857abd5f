"""Writing the audit trail. Called by the service that made the change, in its transaction."""

import ipaddress
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.audit.models import AuditEntry

_LONGEST_VALUE = 2000


def note(
    *,
    actor: Actor,
    verb: str,
    obj: models.Model | None = None,
    label: str = "",
    changes: Mapping[str, Sequence[Any]] | None = None,
    reason: str = "",
) -> None:
    """Add one line to the current organization's audit trail, with the same fate as the transaction around it.

    `verb` is "<app>.<past_event>"; `obj` is what it was done to (None where it was a whole list, say an export);
    `label` is what people call it where the row itself knows only ids of others; `changes` maps each field to
    [before, after]. Nothing that must stay secret belongs in `changes`.
    """
    _entry(actor, verb, obj, label, changes or {}, reason).save()


@dataclass(frozen=True, slots=True)
class NewNote:
    """One line for `note_many`: what something was done to, and what changed."""

    obj: models.Model
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def note_many(*, actor: Actor, verb: str, notes: Iterable[NewNote], reason: str = "") -> None:
    """`note` for each of many rows, by few INSERTs."""
    entries = [_entry(actor, verb, new.obj, "", new.changes, reason) for new in notes]
    AuditEntry.objects.bulk_create(entries, batch_size=1000)


def _entry(
    actor: Actor,
    verb: str,
    obj: models.Model | None,
    label: str,
    changes: Mapping[str, Sequence[Any]],
    reason: str,
) -> AuditEntry:
    return AuditEntry(
        at=timezone.now(),
        actor_kind=actor.kind,
        actor_label=actor.label[:200],
        membership_id=actor.membership_id,
        person_id=actor.person_id,
        verb=verb,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=obj.pk if obj is not None else None,
        object_label=(label or str(obj))[:200] if obj is not None else "",
        changes={field: [_plain(before), _plain(after)] for field, (before, after) in changes.items()},
        reason=reason,
        address=_network_address(actor.address),
    )


def _plain(value: Any) -> Any:
    """The value as JSON can keep it; rows by what they are called, long texts cut."""
    if isinstance(value, models.Model):
        value = str(value)
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, default=None)) if _is_encodable(value) else str(value)


def _is_encodable(value: Any) -> bool:
    try:
        json.dumps(value, cls=DjangoJSONEncoder)
    except TypeError:
        return False
    return True


def _network_address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
