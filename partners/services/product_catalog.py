"""Products and families: made, changed, retired, brought back. Nothing that was ever granted is deleted."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners import rules
from partners.days import day_of
from partners.models import Product, ProductFamily
from partners.queries.searching import PRODUCTS
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.search.services import refresh
from prm.tenancy.editing import update_if_unchanged


@dataclass(frozen=True)
class ProductDetails:
    name: str
    code: str = ""
    description: str = ""
    family: ProductFamily | None = None

    def columns(self) -> dict[str, object]:
        return {
            **Product.named(self.name),
            "code": self.code,
            "description": self.description,
            "family": self.family,
        }


def create_product(*, actor: Actor, details: ProductDetails, now: datetime) -> Product:
    """Offer a product. Raises `Refused`: name_taken, family_retired."""
    try:
        with transaction.atomic():
            refuse_if(rules.family_problems(_lock_family(details.family)))
            product = Product.objects.create(**details.columns(), created_at=now)
    except IntegrityError as error:
        raise Refused(_product_name_taken()) from error
    refresh(PRODUCTS, [product.pk])
    note(actor=actor, verb="partners.product_created", obj=product)
    return product


def change_product(*, actor: Actor, product: Product, revision: int, details: ProductDetails) -> None:
    """Change what is said about a product. Raises `Refused`: changed_meanwhile, name_taken, family_retired."""
    try:
        with transaction.atomic():
            family = _lock_family(details.family)
            present = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
            if not present.is_retired:
                refuse_if(rules.family_problems(family))
            changes = update_if_unchanged(product, revision, **details.columns())
    except IntegrityError as error:
        raise Refused(_product_name_taken()) from error
    changes.pop("normalized_name", None)
    if changes:
        refresh(PRODUCTS, [product.pk])
        note(actor=actor, verb="partners.product_changed", obj=product, changes=changes)


@transaction.atomic
def retire_product(*, actor: Actor, product: Product, now: datetime) -> None:
    """Offer a product no longer: rights that partners have stay until they end, new ones are refused. Twice is once."""
    day = day_of(now)
    if Product.objects.offered().filter(pk=product.pk).update(retired_on=day):
        product.retired_on = day
        refresh(PRODUCTS, [product.pk])
        note(actor=actor, verb="partners.product_retired", obj=product)


@transaction.atomic
def bring_product_back(*, actor: Actor, product: Product) -> None:
    """Offer a retired product again. Twice is once. Raises `Refused` with family_retired."""
    refuse_if(rules.family_problems(_lock_family(product.family)))
    if Product.objects.filter(pk=product.pk, retired_on__isnull=False).update(retired_on=None):
        product.retired_on = None
        refresh(PRODUCTS, [product.pk])
        note(actor=actor, verb="partners.product_brought_back", obj=product)


def create_family(*, actor: Actor, name: str) -> ProductFamily:
    """Make a family of products. Raises `Refused` with name_taken."""
    try:
        with transaction.atomic():
            family = ProductFamily.objects.create(**ProductFamily.named(name))
    except IntegrityError as error:
        raise Refused(_family_name_taken()) from error
    note(actor=actor, verb="partners.product_family_created", obj=family)
    return family


def change_family(*, actor: Actor, family: ProductFamily, revision: int, name: str) -> None:
    """Call a family something else. Raises `Refused`: changed_meanwhile, name_taken."""
    try:
        with transaction.atomic():
            changes = update_if_unchanged(family, revision, **ProductFamily.named(name))
    except IntegrityError as error:
        raise Refused(_family_name_taken()) from error
    changes.pop("normalized_name", None)
    if changes:
        note(actor=actor, verb="partners.product_family_changed", obj=family, changes=changes)


@transaction.atomic
def retire_family(*, actor: Actor, family: ProductFamily, now: datetime) -> None:
    """Offer a family no longer. Twice is once. Raises `Refused` with still_offered while products of it are."""
    _lock_family(family)
    refuse_if(rules.family_retirement_problems(Product.objects.offered().filter(family=family).count()))
    if ProductFamily.objects.offered().filter(pk=family.pk).update(retired_on=day_of(now)):
        note(actor=actor, verb="partners.product_family_retired", obj=family)


@transaction.atomic
def bring_family_back(*, actor: Actor, family: ProductFamily) -> None:
    """Offer a retired family again; its products stay retired until each is brought back. Twice is once."""
    if ProductFamily.objects.filter(pk=family.pk, retired_on__isnull=False).update(retired_on=None):
        note(actor=actor, verb="partners.product_family_brought_back", obj=family)


def _lock_family(family: ProductFamily | None) -> ProductFamily | None:
    """The family as it is now, kept so until the transaction ends: its products and its retirement wait for another."""
    if family is None:
        return None
    return ProductFamily.objects.select_for_update(no_key=True).get(pk=family.pk)


def _product_name_taken() -> Problem:
    return Problem("name_taken", _("There is already a product of this name."), "name")


def _family_name_taken() -> Problem:
    return Problem("name_taken", _("There is already a family of this name."), "name")
