"""Products with who may do what with them, for both faces."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Count, F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import Partner, PartnerProduct, Product, ProductFamily
from partners.models.products import PartnerProductQuerySet, ProductQuerySet
from prm.addresses import address

_DAY = "j M Y"
_Right = PartnerProduct.Right
TONES: dict[str, str] = {_Right.SELL: "success", _Right.SERVICE: "info", _Right.INCUBATION: "warning"}


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as the list shows it, with how many partners have each right now, test partners left out."""

    name: str
    url: str
    code: str
    family: str
    sell: int
    service: int
    incubation: int


@dataclass(frozen=True, slots=True)
class RightRow:
    """A right as pages show it, in ready strings: on a product's page with the partner's name, else the product's."""

    name: str
    url: str
    label: str
    tone: str
    basis: str
    since: str
    until: str
    reason: str
    is_test: bool
    is_ahead: bool
    is_over: bool
    end_url: str


@dataclass(frozen=True, slots=True)
class MyProduct:
    """A product as a partner's people read what they may do with it."""

    name: str
    family: str
    description: str
    rights: tuple[tuple[str, str, str], ...]


def products_for_list(is_retired: bool = False) -> ProductQuerySet:
    """The products in use, or the retired ones, by family and name."""
    found: ProductQuerySet = Product.objects.filter(retired_on__isnull=not is_retired).select_related("family")
    return found.order_by(F("family__normalized_name").asc(nulls_last=True), "normalized_name", "pk")


def product_rows(products: Collection[Product], today: date) -> list[ProductRow]:
    """The lines of a page of products: one query for all their numbers."""
    rows = PartnerProduct.objects.holding(today).filter(
        closed_at=None,
        product__in=[product.pk for product in products],
        partner__is_test=False,
        partner__archived_at=None,
    )
    counted = {
        (product, right): n
        for product, right, n in rows.order_by().values_list("product", "right").annotate(n=Count("*"))
    }
    return [
        ProductRow(
            name=product.name,
            url=address("product_detail", product.public_id),
            code=product.code,
            family=product.family.name if product.family else "",
            **{right.value: counted.get((product.pk, right.value), 0) for right in _Right},
        )
        for product in products
    ]


def right_counts(product: Product, today: date) -> dict[str, int]:
    """How many real partners have each right for the product now."""
    (row,) = product_rows([product], today)
    return {right.value: getattr(row, right.value) for right in _Right}


def rights_of_product(product: Product, right: str, today: date, has_ended: bool = False) -> PartnerProductQuerySet:
    """Who has this right for the product, by name (also from a day to come), or who had it, the last first."""
    rows = PartnerProduct.objects.filter(product=product, partner__archived_at=None).select_related(
        "partner", "product"
    )
    if right:
        rows = rows.filter(right=right)
    is_over = Q(closed_at__isnull=False) | Q(ends_on__lte=today)
    found: PartnerProductQuerySet
    if has_ended:
        found = rows.filter(is_over).order_by("-ends_on", "-pk")
    else:
        found = rows.exclude(is_over).order_by("partner__normalized_name", "right", "pk")
    return found


def rights_of_partner(partner: Partner, today: date) -> list[RightRow]:
    """What the partner may do with which product, present rights first; a hundred at most."""
    rows = PartnerProduct.objects.filter(partner=partner).select_related("product", "partner")
    listed = rows.order_by(F("closed_at").desc(nulls_first=True), "product__normalized_name", "right", "pk")[:100]
    return [right_row(row, today, of_product=False) for row in listed]


def right_row(row: PartnerProduct, today: date, of_product: bool = True) -> RightRow:
    if of_product:
        name, url = row.partner.name, address("partner_detail", row.partner.public_id)
    else:
        name, url = row.product.name, address("product_detail", row.product.public_id)
    return RightRow(
        name=name,
        url=url,
        label=str(row.get_right_display()),
        tone=TONES[row.right],
        basis=str(row.get_basis_display()),
        since=date_format(row.starts_on, _DAY),
        until=_last_day(row),
        reason=row.end_reason if row.closed_at and row.end_reason else row.reason,
        is_test=row.partner.is_test,
        is_ahead=row.starts_on > today,
        is_over=row.closed_at is not None or (row.ends_on is not None and row.ends_on <= today),
        end_url=address("product_right", row.product.public_id, row.public_id),
    )


def _last_day(row: PartnerProduct) -> str:
    return date_format(max(row.ends_on - timedelta(days=1), row.starts_on), _DAY) if row.ends_on else ""


def my_products(partner: Partner, today: date) -> list[MyProduct]:
    """What a partner's people are told: the rights that the company has today."""
    rows = PartnerProduct.objects.holding(today).filter(partner=partner, closed_at=None)
    listed = rows.select_related("product__family").order_by("product__normalized_name", "product", "right")
    found = []
    for product, rights in groupby(listed, key=lambda row: row.product):
        told = tuple((str(row.get_right_display()), TONES[row.right], _until(row)) for row in rights)
        found.append(MyProduct(product.name, product.family.name if product.family else "", product.description, told))
    return found


def _until(row: PartnerProduct) -> str:
    return _("until %s") % _last_day(row) if row.ends_on else ""


def partners_with(product_ids: Collection[int], rights: Collection[str], on: date) -> QuerySet[PartnerProduct, int]:
    """The ids of partners with one of the rights for one of the products on a day. Not evaluated: may be composed."""
    rows = PartnerProduct.objects.holding(on).filter(product__in=product_ids, right__in=rights)
    return rows.values_list("partner", flat=True)


def products_to_choose() -> list[Product]:
    """What rights can be given for, by family and name."""
    return list(products_for_list())


def family_names() -> list[str]:
    return list(ProductFamily.objects.order_by("normalized_name").values_list("name", flat=True)[:200])


def families_listed() -> list[ProductFamily]:
    return list(ProductFamily.objects.order_by("normalized_name")[:200])
