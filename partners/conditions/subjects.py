"""What a rule can ask about: the partner's record, attributes, groups, tiers, products, and what happened.

`Subjects` reads what it needs when it is first asked, each kind in one query, and keeps it: make one for each use.
References in rules are public ids; `pks` leads from them to keys, archived things included, so that a rule over
something that was put away can still be read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from django.conf import global_settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.countries import country_choices
from partners.models import Attribute, Group, Ladder, Partner, Product, Tier
from partners.models.products import PartnerProduct
from prm.accounts.models import Membership
from prm.activity.kinds import Measure, measures
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization

ATTRIBUTE, MEASURE, PRODUCT, TIER = "attribute:", "measure:", "product:", "tier:"
# Groups that a company above is in: its head office, or whoever bought it.
HEAD_GROUP = "head_group"
MANAGER = "account_manager"
_MOST_REGIONS = 300


@dataclass(frozen=True)
class Subject:
    """One thing that can be asked about.

    `choices` are (key, label) of what may be chosen; `labels` name every key, also of what was put away since, and
    `gone` lists these. `is_public` is what a partner may read about itself.
    """

    key: str
    label: str
    kind: str
    section: str
    unit: str = ""
    pk: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    pks: Mapping[str, int] = field(default_factory=dict)
    is_gone: bool = False
    is_public: bool = True
    is_open: bool = False
    measure: Measure | None = None

    @property
    def has_window(self) -> bool:
        return self.kind == "measure"

    def label_of(self, key: str) -> str:
        return str(self.labels.get(key) or dict(self.choices).get(key) or key)


class Subjects:
    """Everything that can be asked about in the present organization, by key."""

    def get(self, key: str) -> Subject | None:
        """The subject of this key, or None where there never was one."""
        if key.startswith(ATTRIBUTE):
            return self._attributes.get(key)
        if key.startswith(MEASURE):
            return _measure(key)
        if key.startswith(PRODUCT):
            return self._products.get(key)
        if key.startswith(TIER):
            return self._ladders.get(key)
        if key == HEAD_GROUP:
            return self._head_groups
        if key == MANAGER:
            return self._managers
        return self._groups if key == "group" else self._record.get(key)

    def offered(self) -> list[Subject]:
        """What the builder offers, section by section."""
        attributes = [subject for subject in self._attributes.values() if not subject.is_gone]
        products = list(self._products.values()) if self._product_rows else []
        ladders = [subject for subject in self._ladders.values() if not subject.is_gone]
        happened = [_measure(MEASURE + measure.name) for measure in measures.all() if measure.is_of_partners]
        grouped = [self._groups, self._head_groups] if self._groups.choices else []
        record = [self.with_choices(subject) for subject in self._record.values()]
        return [*record, self._managers, *attributes, *grouped, *ladders, *products, *filter(None, happened)]

    def with_choices(self, subject: Subject) -> Subject:
        """The subject with the values that are in use, where these are what one chooses from."""
        return self._regions if subject.key == "region" else subject

    @cached_property
    def _record(self) -> Mapping[str, Subject]:
        return _of_record(get_language())

    @cached_property
    def _managers(self) -> Subject:
        listed = _every_colleague(current_organization().pk)
        return Subject(
            MANAGER,
            _("Account manager"),
            "choice",
            _("The partner’s record"),
            choices=tuple((row.public_id, str(row.person)) for row in listed if row.is_staff),
            labels={row.public_id: str(row.person) for row in listed},
            pks={row.public_id: row.pk for row in listed},
            is_public=False,
        )

    @cached_property
    def _regions(self) -> Subject:
        rows = Partner.objects.listed().exclude(region="").order_by("region").values_list("region", flat=True)
        names = tuple((name, name) for name in rows.distinct()[:_MOST_REGIONS])
        return Subject("region", _("Region"), "choice", _("The partner’s record"), choices=names, is_open=True)

    @cached_property
    def _attributes(self) -> dict[str, Subject]:
        return {ATTRIBUTE + row.public_id: _attribute(row) for row in self.attribute_rows}

    @cached_property
    def attribute_rows(self) -> list[Attribute]:
        """Every attribute in its order, archived ones too."""
        return _every_attribute()

    @cached_property
    def tier_rows(self) -> list[Tier]:
        """Every tier with its ladder, the lowest first, archived ones too."""
        return _every_tier()

    @cached_property
    def group_rows(self) -> list[Group]:
        """Every group by name, archived ones too."""
        return _every_group()

    @cached_property
    def _groups(self) -> Subject:
        rows = self.group_rows
        return Subject(
            "group",
            _("Group"),
            "group",
            _("Groups and tiers"),
            choices=tuple((row.public_id, row.name) for row in rows if row.archived_at is None),
            labels={row.public_id: row.name for row in rows},
            gone=frozenset(row.public_id for row in rows if row.archived_at is not None),
            pks={row.public_id: row.pk for row in rows},
        )

    @cached_property
    def _head_groups(self) -> Subject:
        return replace(self._groups, key=HEAD_GROUP, label=_("Head office’s group"))

    @cached_property
    def _ladders(self) -> dict[str, Subject]:
        tiers: dict[int, list[Tier]] = {}
        for tier in self.tier_rows:
            tiers.setdefault(tier.ladder_id, []).append(tier)
        found = (_ladder(rows[0].ladder, rows) for rows in tiers.values())
        return {subject.key: subject for subject in found}

    @cached_property
    def _product_rows(self) -> list[Product]:
        return _every_product()

    @cached_property
    def _products(self) -> dict[str, Subject]:
        rows = self._product_rows
        choices = tuple((row.public_id, row.name) for row in rows if not row.is_retired)
        labels = {row.public_id: row.name for row in rows}
        pks = {row.public_id: row.pk for row in rows}
        return {
            PRODUCT + right: Subject(
                PRODUCT + right, str(label), "product", _("Products"), choices=choices, labels=labels, pks=pks
            )
            for right, label in PartnerProduct.Right.choices
        }


@prepared
def _every_colleague(organization_id: int) -> QuerySet[Membership]:
    rows = Membership.objects.in_organization(organization_id).staff().with_person()
    return rows.order_by("person__name", "pk")


@prepared
def _every_attribute() -> QuerySet[Attribute]:
    found: QuerySet[Attribute] = Attribute.objects.in_order()
    return found


@prepared
def _every_group() -> QuerySet[Group]:
    found: QuerySet[Group] = Group.objects.by_name()
    return found


@prepared
def _every_tier() -> QuerySet[Tier]:
    found: QuerySet[Tier] = Tier.objects.select_related("ladder").from_lowest()
    return found


@prepared
def _every_product() -> QuerySet[Product]:
    found: QuerySet[Product] = Product.objects.by_name().only("pk", "public_id", "name", "retired_on")
    return found


def _attribute(row: Attribute) -> Subject:
    return Subject(
        ATTRIBUTE + row.public_id,
        row.name,
        row.kind,
        _("What you know about partners"),
        unit=row.unit,
        pk=row.pk,
        choices=tuple(row.offered()),
        labels=row.labels(),
        is_gone=row.is_archived,
        is_public=row.keeper != Attribute.Keeper.STAFF,
    )


def _ladder(ladder: Ladder, tiers: list[Tier]) -> Subject:
    return Subject(
        TIER + ladder.public_id,
        ladder.name,
        "tier",
        _("Groups and tiers"),
        pk=ladder.pk,
        choices=tuple((tier.public_id, tier.name) for tier in tiers if tier.archived_at is None),
        labels={tier.public_id: tier.name for tier in tiers},
        gone=frozenset(tier.public_id for tier in tiers if tier.archived_at is not None),
        pks={tier.public_id: tier.pk for tier in tiers},
        is_gone=ladder.archived_at is not None,
    )


def _measure(key: str) -> Subject | None:
    name = key.removeprefix(MEASURE)
    if name not in measures:
        return None
    measure = measures.get(name)
    return Subject(key, str(measure.label), "measure", _("What happened"), unit=measure.unit, measure=measure)


@cache
def _of_record(language: str | None) -> Mapping[str, Subject]:
    """The subjects of the partner's record, in the reader's `language`."""
    section = _("The partner’s record")
    languages = tuple((code, _(name)) for code, name in global_settings.LANGUAGES)
    rows = [
        Subject("status", _("Status"), "choice", section, choices=_translated(Partner.Status.choices)),
        Subject("country", _("Country"), "choice", section, choices=_translated(country_choices())[1:]),
        Subject("region", _("Region"), "choice", section, is_open=True),
        Subject("language", _("Language"), "choice", section, choices=languages),
        Subject("added", _("Partner since"), "date", section),
    ]
    return {subject.key: subject for subject in rows}


def _translated(choices: Iterable[tuple[Any, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), str(label)) for key, label in choices)
