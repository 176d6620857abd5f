"""What changed about a partner: who, when, from what to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import global_settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from partners import rules
from partners.countries import country_name
from partners.models import Attribute, Partner, PartnerMerge, ValueChange
from partners.models.partners import Source
from prm.accounts.models import Membership
from prm.tenancy.scope import current_organization

RECORD_LABELS: Mapping[str, Any] = {
    "name": Partner._meta.get_field("name").verbose_name,
    "domain": Partner._meta.get_field("domain").verbose_name,
    "website": Partner._meta.get_field("website").verbose_name,
    "country": Partner._meta.get_field("country").verbose_name,
    "region": Partner._meta.get_field("region").verbose_name,
    "language": Partner._meta.get_field("language").verbose_name,
    "status": Partner._meta.get_field("status").verbose_name,
    "account_manager": Partner._meta.get_field("account_manager").verbose_name,
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change in words; `before` or `after` is "" for nothing.

    `merged` names the record that changed, where it was another one than it is part of now.
    """

    field: str
    name: str
    before: str
    after: str
    by: str
    source: str
    at: datetime
    merged: str = ""


def asked_field(asked: str) -> tuple[str, str]:
    """(field, name) of what an address names: an attribute by its public id or a column by its name; else nothing."""
    if asked in RECORD_LABELS:
        return asked, capitalized(str(RECORD_LABELS[asked]))
    attribute = Attribute.objects.filter(public_id=asked).first() if asked else None
    return (attribute.field, attribute.name) if attribute else ("", "")


def changes_of(partner: Partner, field: str = "") -> QuerySet[ValueChange]:
    """Every change of a partner's values, and of records merged into it, the newest first.

    Of one field where it is named as `ValueChange` does.
    """
    merged = PartnerMerge.objects.filter(survivor=partner).values("merged")
    rows = ValueChange.objects.filter(Q(partner=partner) | Q(partner__in=merged))
    rows = rows.select_related("changed_by__person", "partner")
    return (rows.filter(field=field) if field else rows).order_by("-at", "-pk")


def change_rows(partner: Partner, changes: list[ValueChange]) -> list[ChangeRow]:
    """The lines of a partner's changes: two queries for whatever they refer to."""
    keys = {int(change.field.partition(":")[2]) for change in changes if change.field.startswith("attribute:")}
    attributes = {attribute.field: attribute for attribute in Attribute.objects.filter(pk__in=keys)} if keys else {}
    colleagues = _colleagues(changes)
    return [_change_row(partner, change, attributes, colleagues) for change in changes]


def _colleagues(changes: list[ValueChange]) -> dict[int, str]:
    sides = [side for change in changes if change.field == "account_manager" for side in (change.before, change.after)]
    ids = [side for side in sides if side is not None]
    if not ids:
        return {}
    rows = Membership.objects.in_organization(current_organization()).filter(pk__in=ids).with_person()
    return {row.pk: str(row.person) for row in rows}


def _change_row(
    partner: Partner, change: ValueChange, attributes: Mapping[str, Attribute], colleagues: Mapping[int, str]
) -> ChangeRow:
    attribute = attributes.get(change.field)
    if attribute is not None:
        name = attribute.name
        sides = [told_from_history(attribute, side) for side in (change.before, change.after)]
    else:
        name = capitalized(str(RECORD_LABELS.get(change.field, change.field)))
        sides = [record_words(change.field, side, colleagues) for side in (change.before, change.after)]
    return ChangeRow(
        field=change.field,
        name=name,
        before=sides[0],
        after=sides[1],
        by=str(change.changed_by.person) if change.changed_by else "",
        source=str(Source(change.source).label),
        at=change.at,
        merged=change.partner.name if change.partner_id != partner.pk else "",
    )


def told_from_history(attribute: Attribute, kept: Any) -> str:
    """A kept value in words; one from before the attribute got another kind as it was written."""
    value = rules.from_json(attribute, kept)
    if value is not None:
        return rules.display(attribute, value)
    if kept is None:
        return ""
    labels = attribute.labels()
    if isinstance(kept, bool):
        return _("Yes") if kept else _("No")
    return ", ".join(labels.get(str(part), str(part)) for part in (kept if isinstance(kept, list) else [kept]))


def record_words(field: str, kept: Any, colleagues: Mapping[int, str]) -> str:
    """A value of a column of the record in words."""
    if kept in (None, ""):
        return ""
    match field:
        case "country":
            return country_name(kept)
        case "status":
            return str(Partner.Status(kept).label) if kept in Partner.Status.values else str(kept)
        case "account_manager":
            return colleagues.get(kept, _("a former colleague"))
        case "language":
            return str(_(dict(global_settings.LANGUAGES).get(kept, kept)))
    return str(kept)


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
