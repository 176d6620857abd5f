"""What a merge of two records would do, for its page, and what its service asks."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from partners import facts, rules
from partners.countries import country_name
from partners.models import AttributeValue, Partner, PartnerDomain, PartnerMerge
from partners.models.attributes import Attribute
from partners.references import objections, references
from prm.activity.models import Fact
from prm.problems import Problem
from prm.tenancy.numbers import asked_at_once, number_of

# What tells of the record itself and not of the company: the double keeps it.
OF_THE_RECORD = (facts.CREATED, facts.ARCHIVED, facts.RESTORED, facts.MERGED, facts.ABSORBED)


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that the two have differently: `field` names it in the form, the others are in words."""

    field: str
    label: str
    kept: str
    other: str
    may_be_both: bool = False

    @property
    def name(self) -> str:
        """The field's name in a form."""
        return f"value_{self.field.replace(':', '_')}"

    @property
    def takes_other(self) -> bool:
        """What is proposed: whatever is known rather than nothing."""
        return not self.kept


def attribute_values(partner_ids: Collection[int]) -> dict[str, dict[int, AttributeValue]]:
    """`Attribute.field` → partner → value, of attributes in use."""
    rows = AttributeValue.objects.filter(partner__in=partner_ids, attribute__archived_at=None)
    found: dict[str, dict[int, AttributeValue]] = defaultdict(dict)
    for row in rows.select_related("attribute").order_by("attribute__position", "attribute__normalized_name"):
        found[row.attribute.field][row.partner_id] = row
    return found


def differences(survivor: Partner, merged: Partner) -> list[Difference]:
    """What is to be chosen: every field and attribute of which the double says something else."""
    found = []
    for field, label in _labels().items():
        kept, other = _shown(survivor, field), _shown(merged, field)
        if other and kept != other:
            found.append(Difference(field, label, kept, other, may_be_both=field == "notes" and bool(kept)))
    for field, values in attribute_values([survivor.pk, merged.pk]).items():
        mine, theirs = values.get(survivor.pk), values.get(merged.pk)
        if mine is not None and theirs is not None and mine.value != theirs.value:
            found.append(Difference(field, mine.attribute.name, value_in_words(mine), value_in_words(theirs)))
    return found


def _labels() -> dict[str, str]:
    names = ("name", "domain", "website", "country", "region", "language", "status", "account_manager", "notes")
    labels = {name: str(Partner._meta.get_field(name).verbose_name) for name in names}  # type: ignore[union-attr]
    return {name: label[:1].upper() + label[1:] for name, label in labels.items()}


def _shown(partner: Partner, field: str) -> str:
    if field == "country":
        return country_name(partner.country)
    if field == "status":
        return str(partner.get_status_display())
    if field == "account_manager":
        return str(partner.account_manager.person) if partner.account_manager else ""
    return str(getattr(partner, field))


def value_in_words(value: AttributeValue) -> str:
    """An attribute's value as people read it."""
    found: Any = value.value
    labels = value.attribute.labels()
    match value.attribute.kind:
        case Attribute.Kind.CHOICE:
            return str(labels.get(found, found))
        case Attribute.Kind.CHOICES:
            return ", ".join(labels.get(key, key) for key in found)
        case Attribute.Kind.YES_NO:
            return _("Yes") if found else _("No")
        case Attribute.Kind.NUMBER:
            return f"{found.normalize():f} {value.attribute.unit}".strip()
    return str(found)


def problems_of_merge(survivor: Partner, merged: Partner) -> list[Problem]:
    """Why the two must not be merged, for the preview and for the service, which asks with both rows locked."""
    rows = PartnerMerge.objects.filter(merged__in=[survivor.pk, merged.pk])
    gone = dict(rows.values_list("merged", "survivor__name"))
    problems = rules.merge_problems(survivor, merged, gone)
    if not problems:
        problems = [found for objection in objections.all() for found in objection.problems(survivor, merged)]
    return problems


def domains_to_keep(survivor: Partner, merged: Partner) -> list[str]:
    """Every domain of both but the survivor's own: that of the double becomes a further one."""
    further = PartnerDomain.objects.filter(partner__in=[survivor.pk, merged.pk]).values_list("domain", flat=True)
    return sorted({merged.domain, *further} - {survivor.domain, ""})


def what_moves(merged: Partner) -> list[tuple[str, int]]:
    """(what, how many) of everything that would go over, in one query; nothing for what there is none of."""
    told = [reference for reference in references.all() if reference.label and not reference.stays_because]
    wanted = {str(reference.label): number_of(reference.rows(merged.pk)) for reference in told}
    kinds = [kind.name for kind in OF_THE_RECORD]
    happened = Fact.objects.filter(partner_id=merged.pk).exclude(kind__in=kinds)
    wanted[_("What happened")] = number_of(happened)
    return [(label, count) for label, count in asked_at_once(wanted).items() if count]
