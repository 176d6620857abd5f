"""Products and families, and what partners may do with them, for both faces."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.days import day_of
from partners.grounds import Ground, grounds_of, proofs_offered
from partners.models import Partner, PartnerProduct, Product, ProductFamily
from partners.models.partners import PartnerQuerySet
from partners.models.products import PartnerProductQuerySet, ProductFamilyQuerySet, ProductQuerySet
from partners.names import comparable
from prm.addresses import address

_DAY = "j M Y"
Right = PartnerProduct.Right
# The color and the picture of each right, the same on every page.
TONES: dict[str, str] = {Right.SELL: "success", Right.SERVICE: "info", Right.INCUBATION: "warning"}
ICONS: dict[str, str] = {Right.SELL: "hand-coins", Right.SERVICE: "wrench", Right.INCUBATION: "sprout"}
ENDED = "ended"
# So many rights stand in the card of a partner; the others are on their own page.
MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as the list shows it, with how many real partners hold each right now."""

    name: str
    url: str
    code: str
    family: str
    sell: int
    service: int
    incubation: int
    is_retired: bool


@dataclass(frozen=True, slots=True)
class FamilyRow:
    name: str
    products: int
    list_url: str
    edit_url: str


@dataclass(frozen=True, slots=True)
class RightRow:
    """A right as a product's and a partner's page show it, in ready strings; it is changed at `url`."""

    public_id: str
    name: str
    name_url: str
    url: str
    right: str
    right_label: str
    tone: str
    since: str
    until: str
    basis: str
    ground: Ground | None
    reference: str
    reason: str
    by: str
    mark: str
    is_over: bool
    is_ahead: bool


@dataclass(frozen=True, slots=True)
class ShownRight:
    """A right in the card of a partner's page."""

    product: str
    product_url: str
    url: str
    label: str
    tone: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class MyRight:
    """What one's company may do with a product, as its people read it."""

    label: str
    icon: str
    days: str
    basis: str
    ground: Ground | None
    reference: str


@dataclass(frozen=True, slots=True)
class MyProduct:
    name: str
    family: str
    code: str
    description: str
    is_retired: bool
    rights: list[MyRight]


# ── Products and families ───────────────────────────────────────────────────────────────────────────────────────────


def products_for_list(words: str, is_retired: bool, family: ProductFamily | None) -> ProductQuerySet:
    """The products on offer, or the retired ones, by name; narrowed by words of name or number and by family."""
    found: ProductQuerySet = Product.objects.filter(retired_on__isnull=not is_retired).by_name()
    if family is not None:
        found = found.filter(family=family)
    if words.strip():
        named = Q(normalized_name__contains=comparable(words)) if comparable(words) else Q()
        found = found.filter(named | Q(code__icontains=words.strip()))
    return found.select_related("family")


def product_rows(products: list[Product]) -> list[ProductRow]:
    """The lines of a page of products: one query more."""
    counts = right_counts(product.pk for product in products)
    return [
        ProductRow(
            name=product.name,
            url=address("product_detail", product.public_id),
            code=product.code,
            family=product.family.name if product.family else "",
            sell=counts.get((product.pk, Right.SELL), 0),
            service=counts.get((product.pk, Right.SERVICE), 0),
            incubation=counts.get((product.pk, Right.INCUBATION), 0),
            is_retired=product.is_retired,
        )
        for product in products
    ]


def right_counts(product_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """By product and right, how many real partners hold it now."""
    rows = PartnerProduct.objects.held().filter(
        product__in=list(product_ids), partner__is_test=False, partner__archived_at=None
    )
    counted = rows.order_by().values_list("product", "right").annotate(n=Count("*"))
    return {(product, right): n for product, right, n in counted}


def family_rows(families: list[ProductFamily]) -> list[FamilyRow]:
    """The lines of a page of families, with how many products each has on offer."""
    rows = Product.objects.offered().filter(family__in=[family.pk for family in families])
    counts = dict(rows.order_by().values_list("family").annotate(n=Count("*")))
    products = address("product_list")
    return [
        FamilyRow(
            name=family.name,
            products=counts.get(family.pk, 0),
            list_url=f"{products}?family={family.public_id}{'&show=retired' if family.is_retired else ''}",
            edit_url=address("product_family_edit", family.public_id),
        )
        for family in families
    ]


def families_for_choice(present: int | None = None) -> ProductFamilyQuerySet:
    """The families that a product can be put into, and the one that it is in."""
    found: ProductFamilyQuerySet = ProductFamily.objects.filter(Q(retired_on=None) | Q(pk=present)).by_name()
    return found


def has_products() -> bool:
    return Product.objects.offered().exists()


# ── Rights ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def rights_for_product(product: Product, chosen: str) -> PartnerProductQuerySet:
    """Who may do what with the product by partner, of one right or of all; or with `ENDED` what is over."""
    rows = PartnerProduct.objects.filter(product=product).select_related("partner", "product", "granted_by__person")
    found: PartnerProductQuerySet
    if chosen == ENDED:
        found = rows.filter(closed_at__isnull=False).order_by("-ends_on", "-pk")
        return found
    found = rows.open().filter(partner__archived_at=None)
    if chosen in Right.values:
        found = found.filter(right=chosen)
    return found.order_by("partner__normalized_name", "right", "pk")


def proofs_of(rights: Iterable[PartnerProduct]) -> dict[str, Ground]:
    """By proof, what these rights rest on; two queries at most, none where they rest on nothing that is on record."""
    return grounds_of({right.proof for right in rights if right.proof})


def proof_choices(partner_id: int, present: str = "") -> list[tuple[Any, Any]]:
    """What rights of a partner can rest on, under the ground that it is for; with what one rests on already."""
    offered = proofs_offered(partner_id)
    labels = dict(PartnerProduct.Basis.choices)
    choices: list[tuple[Any, Any]] = [(labels[basis], proofs) for basis, proofs in offered.items()]
    if present and not any(present == proof for proofs in offered.values() for proof, _label in proofs):
        choices.insert(0, (present, _present_words(present)))
    return [("", _("none that is on record")), *choices]


def _present_words(present: str) -> str:
    ground = grounds_of([present]).get(present)
    if ground is None:
        return _("what it rests on now, no longer on record")
    return ", ".join(filter(None, (ground.label, ground.on, ground.over)))


def right_row(right: PartnerProduct, proofs: Mapping[str, Ground]) -> RightRow:
    """The row of a right on its product's page, which names the partner."""
    partner, url = right.partner, address("partner_detail", right.partner.public_id)
    return _row(right, partner.name, url, _("Test") if partner.is_test else "", proofs)


def rights_for_partner(partner: Partner) -> PartnerProductQuerySet:
    """What the partner may do with products, by name, then what it might once, the last ended first."""
    rows = PartnerProduct.objects.filter(partner=partner).select_related("product", "granted_by__person")
    found: PartnerProductQuerySet = rows.order_by(
        F("closed_at").desc(nulls_first=True), "product__normalized_name", "right", "pk"
    )
    return found


def right_row_of_partner(right: PartnerProduct, proofs: Mapping[str, Ground]) -> RightRow:
    """The row of a right on its partner's page, which names the product."""
    product = right.product
    mark = _("Retired") if product.is_retired else ""
    return _row(right, product.name, address("product_detail", product.public_id), mark, proofs)


def with_rights(partners: PartnerQuerySet) -> PartnerQuerySet:
    """Each of these partners with its first rights: a part of the query, since a partner's page asks for so much."""
    rows = PartnerProduct.objects.open().filter(partner=OuterRef("pk")).order_by("product__normalized_name", "right")
    columns = {name: F(name) for name in ("public_id", "right", "starts_on", "ends_on")}
    named = JSONObject(**columns, product=F("product__name"), product_id=F("product__public_id"))
    annotated: PartnerQuerySet = partners.annotate(first_rights=ArraySubquery(rows.values(row=named)[: MOST_SHOWN + 1]))
    return annotated


def first_rights(partner: Partner) -> tuple[list[ShownRight], bool]:
    """The first rights of a partner that `with_rights` gave, and whether it has more."""
    found = [_shown(row) for row in partner.first_rights]  # type: ignore[attr-defined]
    return found[:MOST_SHOWN], len(found) > MOST_SHOWN


def _shown(row: dict[str, str]) -> ShownRight:
    since = date.fromisoformat(row["starts_on"])
    last = date.fromisoformat(row["ends_on"]) - timedelta(days=1) if row["ends_on"] else None
    return ShownRight(
        product=row["product"],
        product_url=address("product_detail", row["product_id"]),
        url=address("product_right", row["product_id"], row["public_id"]),
        label=str(Right(row["right"]).label),
        tone=TONES[row["right"]],
        since=date_format(since, _DAY),
        until=date_format(last, _DAY) if last else "",
    )


def _row(right: PartnerProduct, name: str, name_url: str, mark: str, proofs: Mapping[str, Ground]) -> RightRow:
    return RightRow(
        public_id=right.public_id,
        name=name,
        name_url=name_url,
        url=address("product_right", right.product.public_id, right.public_id),
        right=right.right,
        right_label=right.get_right_display(),
        tone=TONES[right.right] if right.closed_at is None else "neutral",
        since=date_format(right.starts_on, _DAY),
        until=_until(right),
        basis=right.get_basis_display(),
        ground=proofs.get(right.proof),
        reference=right.reference,
        reason=right.end_reason if right.closed_at and right.end_reason else right.reason,
        by=_("granted by %s") % right.granted_by.person if right.granted_by else "",
        mark=mark,
        is_over=right.closed_at is not None,
        is_ahead=right.begun_at is None and right.closed_at is None,
    )


def _until(right: PartnerProduct) -> str:
    """The last day; of one that ended on its first day, or before it, that day."""
    last = right.last_day
    return date_format(max(last, right.starts_on), _DAY) if last else ""


# ── The portal ──────────────────────────────────────────────────────────────────────────────────────────────────────


def my_products(partner: Partner, now: datetime) -> list[MyProduct]:
    """What one's company may do with which products, now or from a day to come."""
    today = day_of(now)
    rows = PartnerProduct.objects.open().filter(Q(ends_on=None) | Q(ends_on__gt=today), partner=partner)
    rights = list(rows.select_related("product__family").order_by("product__normalized_name", "product", "-right"))
    proofs, by_product = proofs_of(rights), groupby(rights, key=lambda right: right.product_id)
    return [_my_product(list(of_one), today, proofs) for _key, of_one in by_product]


def _my_product(rights: list[PartnerProduct], today: date, proofs: Mapping[str, Ground]) -> MyProduct:
    product = rights[0].product
    return MyProduct(
        name=product.name,
        family=product.family.name if product.family else "",
        code=product.code,
        description=product.description,
        is_retired=product.is_retired,
        rights=[_my_right(right, today, proofs) for right in rights],
    )


def _my_right(right: PartnerProduct, today: date, proofs: Mapping[str, Ground]) -> MyRight:
    is_by_hand = right.basis == PartnerProduct.Basis.HAND
    return MyRight(
        label=right.get_right_display(),
        icon=ICONS[right.right],
        days=_days(right, today),
        basis="" if is_by_hand else right.get_basis_display(),
        ground=proofs.get(right.proof),
        reference=right.reference,
    )


def _days(right: PartnerProduct, today: date) -> str:
    days = {"from": date_format(right.starts_on, _DAY), "until": _until(right)}
    if right.ends_on is None:
        return (_("since %(from)s") if right.starts_on <= today else _("from %(from)s on")) % days
    return (_("since %(from)s, until %(until)s") if right.starts_on <= today else _("%(from)s – %(until)s")) % days
