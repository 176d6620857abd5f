"""What a list of partners can show beside the name: columns of the record, tiers, attributes."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import global_settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners import rules
from partners.conditions.subjects import Subjects
from partners.countries import country_name
from partners.models import Attribute, AttributeValue, GroupMember, Ladder, Partner, PartnerTier, PartnerUser
from partners.models.attributes import COLUMNS
from partners.models.partners import PartnerQuerySet
from prm.accounts.models import Membership
from prm.cells import Cell
from prm.labels import label_of
from prm.tenancy.prepared import prepared

ATTRIBUTE, TIER = "attribute:", "tier:"
USUAL = ("status", "groups", "people", "country", "manager")
MOST_SHOWN = 8
# What a list may be sorted by: the word in its address, and the columns; each has an index that starts so.
SORTS: dict[str, tuple[str, ...]] = {
    "name": ("normalized_name", "pk"),
    "-name": ("-normalized_name", "-pk"),
    "added": ("created_at", "pk"),
    "-added": ("-created_at", "-pk"),
    "status": ("status", "normalized_name", "pk"),
    "-status": ("-status", "-normalized_name", "-pk"),
    "country": ("country", "normalized_name", "pk"),
    "-country": ("-country", "-normalized_name", "-pk"),
}
# The color of each status, the same on every page.
TONES: dict[str, str] = {
    Partner.Status.PROSPECT: "neutral",
    Partner.Status.APPLIED: "info",
    Partner.Status.ONBOARDING: "info",
    Partner.Status.ACTIVE: "success",
    Partner.Status.DORMANT: "warning",
    Partner.Status.LEFT: "neutral",
}
_DETAILS = frozenset({"manager", "people", "groups", TIER})
_CHOICE = Attribute.Kind.CHOICE
_LANGUAGES = dict(global_settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `sort` is the word by which the list is sorted by it, "" where it cannot be."""

    key: str
    label: str
    text: Callable[[Any], str]
    sort: str = ""
    is_number: bool = False

    def cell(self, partner: Partner) -> Cell:
        tone = TONES[partner.status] if self.key == "status" else ""
        return Cell(self.label, self.text(partner), tone, self.is_number)


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by: `columns` of the record, or a ladder's tiers, or an attribute's values in `column`.

    `places` are the keys of choices in their order.
    """

    columns: tuple[str, ...] = ()
    ladder_pk: int = 0
    attribute_pk: int = 0
    column: str = ""
    places: tuple[str, ...] = ()
    is_down: bool = False


class Columns:
    """The columns of one list, by their keys; keys of what is not there, or not any more, show nothing.

    Asks for attributes and ladders only where one of them is shown, offered or sorted by; `subjects` of the list's rule
    may have read them already.
    """

    def __init__(self, keys: Sequence[str] = (), sort: str = "name", subjects: Subjects | None = None) -> None:
        self._subjects = subjects or Subjects()
        wanted = list(dict.fromkeys(keys or USUAL))[:MOST_SHOWN]
        self._by_key = {key: column for key in wanted if (column := self._column(key))}
        self.sort = sort if sort in SORTS or self._is_sortable(sort.removeprefix("-")) else "name"
        self._values: dict[tuple[int, int], Any] = {}

    @property
    def order(self) -> Order:
        """What the list is sorted by."""
        key, is_down = self.sort.removeprefix("-"), self.sort.startswith("-")
        if self.sort in SORTS:
            return Order(columns=SORTS[self.sort])
        if key.startswith(TIER):
            return Order(ladder_pk=self._ladders[key.removeprefix(TIER)].pk, is_down=is_down)
        attribute = self._attributes[key.removeprefix(ATTRIBUTE)]
        places = tuple(choice["key"] for choice in attribute.choices) if attribute.kind == _CHOICE else ()
        return Order(attribute_pk=attribute.pk, column=COLUMNS[attribute.kind], places=places, is_down=is_down)

    @property
    def needs(self) -> frozenset[str]:
        """What is read beside the record (see `with_details`)."""
        return frozenset(TIER if key.startswith(TIER) else key for key in self._by_key) & _DETAILS

    @property
    def shown(self) -> list[Column]:
        return list(self._by_key.values())

    def offered(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Everything that could be shown, part by part: (key, label, whether it is)."""
        record = [(key, str(label())) for key, (label, *_rest) in _RECORD.items()]
        ladders = [(TIER + public_id, ladder.name) for public_id, ladder in self._ladders.items()]
        attributes = [(ATTRIBUTE + public_id, row.name) for public_id, row in self._attributes.items()]
        parts = [(_("The partner’s record"), record), (_("Tiers"), ladders), (_("What you know"), attributes)]
        return [(title, [(key, label, key in self._by_key) for key, label in rows]) for title, rows in parts if rows]

    # ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, partners: Iterable[Partner]) -> None:
        """Read the attributes of these partners, where any is shown: one query."""
        pks = [row.pk for key, row in self._shown_attributes()]
        if pks:
            rows = _values_of([row.pk for row in partners], pks)
            self._values = {(row.partner_id, row.attribute_id): row.value for row in rows}

    def cells(self, partner: Partner) -> tuple[Cell, ...]:
        return tuple(column.cell(partner) for column in self._by_key.values())

    # ── Knowing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _attributes(self) -> dict[str, Attribute]:
        return {row.public_id: row for row in self._subjects.attribute_rows if not row.is_archived}

    @cached_property
    def _ladders(self) -> dict[str, Ladder]:
        found = {tier.ladder.public_id: tier.ladder for tier in self._subjects.tier_rows}
        listed = (ladder for ladder in found.values() if ladder.archived_at is None)
        return {ladder.public_id: ladder for ladder in sorted(listed, key=lambda ladder: (ladder.name, ladder.pk))}

    def _shown_attributes(self) -> list[tuple[str, Attribute]]:
        ids = [key.removeprefix(ATTRIBUTE) for key in self._by_key if key.startswith(ATTRIBUTE)]
        return [(public_id, self._attributes[public_id]) for public_id in ids]

    def _column(self, key: str) -> Column | None:
        if key in _RECORD:
            label, text, sort, is_number = _RECORD[key]
            return Column(key, str(label()), text, sort, is_number)
        if key.startswith(TIER) and (ladder := self._ladders.get(key.removeprefix(TIER))):
            return Column(key, ladder.name, lambda partner: _tier_of(partner, ladder.pk), key)
        if key.startswith(ATTRIBUTE) and (attribute := self._attributes.get(key.removeprefix(ATTRIBUTE))):
            is_number = attribute.kind == Attribute.Kind.NUMBER
            return Column(key, attribute.name, lambda row: self._told(row, attribute), _sort_of(attribute), is_number)
        return None

    def _told(self, partner: Partner, attribute: Attribute) -> str:
        return rules.display(attribute, self._values.get((partner.pk, attribute.pk)))

    def _is_sortable(self, key: str) -> bool:
        if key.startswith(TIER):
            return key.removeprefix(TIER) in self._ladders
        attribute = self._attributes.get(key.removeprefix(ATTRIBUTE)) if key.startswith(ATTRIBUTE) else None
        return attribute is not None and bool(_sort_of(attribute))


def _sort_of(attribute: Attribute) -> str:
    return "" if attribute.kind == Attribute.Kind.CHOICES else ATTRIBUTE + attribute.public_id


# ── As parts of a query ─────────────────────────────────────────────────────────────────────────────────────────────


def in_order(partners: PartnerQuerySet, order: Order) -> PartnerQuerySet:
    """The partners sorted; what is not known stands last, whichever way."""
    if order.columns:
        return partners.order_by(*order.columns)
    sorted_by = F("sorted_by").desc(nulls_last=True) if order.is_down else F("sorted_by").asc(nulls_last=True)
    if order.ladder_pk:
        held = FilteredRelation("tiers", condition=Q(tiers__ladder=order.ladder_pk, tiers__ends_at=None))
        partners = partners.annotate(held=held, sorted_by=F("held__tier__rank"))
    else:
        held = FilteredRelation("values", condition=Q(values__attribute=order.attribute_pk))
        partners = partners.annotate(held=held, sorted_by=_sortable(order))
    return partners.order_by(sorted_by, "normalized_name", "pk")


def _sortable(order: Order) -> Any:
    """What values of the attribute are compared by: choices by their place in the list."""
    if not order.places:
        return F(f"held__{order.column}")
    places = [When(held__text=key, then=Value(place)) for place, key in enumerate(order.places)]
    return Case(*places, default=None, output_field=IntegerField())


def with_details(partners: PartnerQuerySet, needs: Collection[str]) -> PartnerQuerySet:
    """With what the cells of columns with these `needs` show, one subquery for each kind of it."""
    if "manager" in needs:
        partners = partners.select_related("account_manager__person")
    if "people" in needs:
        of_partner = PartnerUser.objects.filter(partner=OuterRef("pk"), membership__state=Membership.State.ACTIVE)
        people = of_partner.order_by().values("partner").annotate(n=Count("*")).values("n")
        partners = partners.annotate(people=Coalesce(Subquery(people), 0))
    if "groups" in needs:
        rows = GroupMember.objects.open().filter(partner=OuterRef("pk"), group__archived_at=None)
        names = rows.order_by("group__normalized_name").values("group__name")
        partners = partners.annotate(group_names=ArraySubquery(names))
    if TIER in needs:
        standings = PartnerTier.objects.open().filter(partner=OuterRef("pk")).order_by()
        pair = standings.values(pair=JSONObject(ladder="ladder_id", name="tier__name"))
        partners = partners.annotate(standings=ArraySubquery(pair))
    return partners


@prepared
def _values_of(partner_ids: list[int], attribute_ids: list[int]) -> QuerySet[AttributeValue]:
    rows = AttributeValue.objects.filter(partner__in=partner_ids, attribute__in=attribute_ids)
    return rows.select_related("attribute")


# ── As words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _tier_of(partner: Any, ladder_pk: int) -> str:
    return next((held["name"] for held in partner.standings if held["ladder"] == ladder_pk), "")


def short_list(names: list[str], shown: int = 2) -> str:
    """The first few, and how many more there are."""
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" +{more}" if more > 0 else "")


def _manager(partner: Partner) -> str:
    return str(partner.account_manager.person) if partner.account_manager else ""


def _added(partner: Partner) -> str:
    return date_format(timezone.localdate(partner.created_at), "j M Y")


def _language(partner: Partner) -> str:
    return _(_LANGUAGES[partner.language]) if partner.language in _LANGUAGES else partner.language


# Of each column of the record: label, text, sort, whether it is a number.
_RECORD: dict[str, tuple[Callable[[], str], Callable[[Any], str], str, bool]] = {
    "status": (lambda: _("Status"), lambda partner: label_of(Partner.Status, partner.status), "status", False),
    "groups": (lambda: _("Groups"), lambda partner: short_list(partner.group_names), "", False),
    "people": (lambda: _("People"), lambda partner: str(partner.people), "", True),
    "country": (lambda: _("Country"), lambda partner: country_name(partner.country), "country", False),
    "region": (lambda: _("Region"), lambda partner: str(partner.region), "", False),
    "language": (lambda: _("Language"), _language, "", False),
    "manager": (lambda: _("Account manager"), _manager, "", False),
    "added": (lambda: _("Added"), _added, "added", False),
}
