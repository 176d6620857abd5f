"""Reading the audit trail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from prm.audit.models import AuditEntry
from prm.spreadsheets import csv_lines
from prm.tenancy.scope import current_organization

MOST_EXPORTED = 50_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are asked for. Dates are whole days in `zone`, the last one included."""

    membership_id: int | None = None
    verb: str = ""
    since: date | None = None
    until: date | None = None

    def entries(self, zone: tzinfo) -> "QuerySet[AuditEntry]":
        """The matching entries, latest first."""
        found = AuditEntry.objects.all()
        if self.membership_id is not None:
            found = found.filter(membership_id=self.membership_id)
        if self.verb:
            found = found.filter(verb=self.verb)
        if self.since:
            found = found.filter(at__gte=_midnight(self.since, zone))
        if self.until:
            found = found.filter(at__lt=_midnight(self.until + timedelta(days=1), zone))
        return found.order_by("-at", "-id")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From a form's clean values."""
        member = values.get("person")
        return cls(int(member) if member else None, values.get("verb") or "", values.get("since"), values.get("until"))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of the trail, ready to be shown."""

    at: datetime
    at_words: str
    actor: str
    actor_kind: str
    verb: str
    object_label: str
    object_type: str
    changes: list[tuple[str, str, str]]
    reason: str
    address: str


def entry_row(entry: AuditEntry) -> EntryRow:
    model = _model(entry.object_type)
    return EntryRow(
        at=entry.at,
        at_words=formats.date_format(timezone.localtime(entry.at), "j M Y, H:i T"),
        actor=entry.actor_label,
        actor_kind=entry.actor_kind,
        verb=verb_words(entry.verb),
        object_label=entry.object_label,
        object_type=str(model._meta.verbose_name) if model else "",
        changes=[(_field_words(model, name), _words(old), _words(new)) for name, (old, new) in entry.changes.items()],
        reason=entry.reason,
        address=entry.address or "",
    )


def _model(label: str) -> type[models.Model] | None:
    """The model of an entry's object; None for one that is gone since."""
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


def _field_words(model: type[models.Model] | None, name: str) -> str:
    try:
        field: Any = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        field = None
    return str(getattr(field, "verbose_name", name)).replace("_", " ")


def verb_words(verb: str) -> str:
    """ "partners.group_renamed" as people read it: "Group renamed"."""
    return _(verb.rpartition(".")[2].replace("_", " ").capitalize())


def _words(value: Any) -> str:
    match value:
        case None | "" | [] | {}:
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case list():
            return ", ".join(_words(part) for part in value)
        case dict():
            return "; ".join(f"{key}: {_words(part)}" for key, part in value.items())
        case _:
            return str(value)


def verbs_in_use() -> list[str]:
    """Every verb that the trail holds, found by jumping from one to the next in the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE found(verb) AS ("
            " (SELECT verb FROM audit_auditentry WHERE organization_id = %(id)s ORDER BY verb LIMIT 1)"
            " UNION ALL SELECT (SELECT verb FROM audit_auditentry WHERE organization_id = %(id)s"
            " AND verb > found.verb ORDER BY verb LIMIT 1) FROM found WHERE found.verb IS NOT NULL)"
            " SELECT verb FROM found WHERE verb IS NOT NULL",
            {"id": current_organization().pk},
        )
        return [verb for (verb,) in cursor.fetchall()]


def trail_csv(entries: "QuerySet[AuditEntry]") -> Iterator[str]:
    """The latest entries as a CSV file, safe to open, times in UTC."""
    header = [_("When (UTC)"), _("Who"), _("What"), _("To what"), _("Kind"), _("Changes"), _("Reason"), _("From")]
    return csv_lines(header, (_csv_row(entry) for entry in entries[:MOST_EXPORTED]))


def _csv_row(entry: AuditEntry) -> list[Any]:
    row = entry_row(entry)
    changes = "; ".join(f"{field}: {old} → {new}" for field, old, new in row.changes)
    at = entry.at.astimezone(UTC).replace(tzinfo=None)
    return [at, row.actor, row.verb, row.object_label, row.object_type, changes, row.reason, row.address]
