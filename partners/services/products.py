"""Products and families kept; what partners may do with them: granted, ended, told when the last day is over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.days import beginning_of, day_of
from partners.models import Partner, PartnerProduct, Product, ProductFamily
from prm.accounts.actors import Actor
from prm.activity.services import NewFact, record_many
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.wakeups import wake


@dataclass(frozen=True)
class ProductDetails:
    """What people say about a product. A `family` of a new name is made; "" is none."""

    name: str
    family: str = ""
    code: str = ""
    description: str = ""

    def columns(self) -> dict[str, Any]:
        return {
            **Product.named(self.name),
            "family": _family_called(self.family),
            "code": " ".join(self.code.split()),
            "description": self.description,
        }


@dataclass(frozen=True)
class RightDetails:
    """Which rights, on what ground, from `starts_on` until before `ends_on`."""

    rights: tuple[str, ...]
    starts_on: date
    ends_on: date | None = None
    basis: str = PartnerProduct.Basis.HAND
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """What granting came to: `granted` rights are new, `present` were there before and stay as they are."""

    granted: int
    present: int


def _family_called(name: str) -> ProductFamily | None:
    columns = ProductFamily.named(name)
    if not columns["name"]:
        return None
    found = ProductFamily.objects.get_or_create(
        normalized_name=columns["normalized_name"], defaults={"name": columns["name"]}
    )
    family: ProductFamily = found[0]
    return family


def create_product(*, actor: Actor, details: ProductDetails, now: datetime) -> Product:
    """Add a product. Raises `Refused` with `name_taken`."""
    try:
        with transaction.atomic():
            product = Product.objects.create(**details.columns(), created_at=now)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    note(actor=actor, verb="partners.product_created", obj=product)
    return product


def change_product(*, actor: Actor, product: Product, revision: int, details: ProductDetails) -> None:
    """Change what a product is called and said to be. Raises `Refused`: changed_meanwhile, name_taken."""
    try:
        with transaction.atomic():
            changes = update_if_unchanged(product, revision, **details.columns())
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    changes.pop("normalized_name", None)
    if changes:
        note(actor=actor, verb="partners.product_changed", obj=product, changes=changes)


def rename_family(*, actor: Actor, family: ProductFamily, revision: int, name: str) -> None:
    """Call a family something else. Raises `Refused`: changed_meanwhile, name_taken."""
    try:
        with transaction.atomic():
            changes = update_if_unchanged(family, revision, **ProductFamily.named(name))
    except IntegrityError as error:
        raise Refused(Problem("name_taken", _("There is already a family of this name."), "name")) from error
    changes.pop("normalized_name", None)
    if changes:
        note(actor=actor, verb="partners.product_family_renamed", obj=family, changes=changes)


@transaction.atomic
def retire_product(*, actor: Actor, product: Product, now: datetime) -> None:
    """Offer a product no more. The rights for it and their history stay; twice is once."""
    day = day_of(now)
    if Product.objects.offered().filter(pk=product.pk).update(retired_on=day):
        product.retired_on = day
        note(actor=actor, verb="partners.product_retired", obj=product)


@transaction.atomic
def bring_back_product(*, actor: Actor, product: Product) -> None:
    """Offer a retired product again; twice is once."""
    if Product.objects.filter(pk=product.pk, retired_on__isnull=False).update(retired_on=None):
        product.retired_on = None
        note(actor=actor, verb="partners.product_brought_back", obj=product)


@transaction.atomic
def grant_rights(
    *,
    actor: Actor,
    products: Collection[Product],
    partner_ids: Collection[int],
    details: RightDetails,
    now: datetime,
) -> Granted:
    """Give each of the partners each right for each of the products; whoever has one keeps it as it is.

    Archived and unknown partners are left out. The products are locked in the order of their keys, so two who grant at
    once grant each right once. Raises `Refused`: no_product, retired, ends_before_start, ends_in_past.
    """
    today = day_of(now)
    locked = Product.objects.select_for_update(no_key=True).filter(pk__in=[product.pk for product in products])
    listed = list(locked.order_by("pk"))
    refuse_if(rules.grant_problems(listed, details.starts_on, details.ends_on, today))
    close_ended(now)
    wanted = sorted(Partner.objects.listed().filter(pk__in=partner_ids).values_list("pk", flat=True))
    rows = PartnerProduct.objects.open().filter(product__in=listed, partner__in=wanted, right__in=details.rights)
    present = set(rows.values_list("product", "partner", "right"))
    new = [
        PartnerProduct(
            product=product,
            partner_id=pk,
            right=right,
            basis=details.basis,
            starts_on=details.starts_on,
            ends_on=details.ends_on,
            reason=details.reason[:200],
            granted_at=now,
            granted_by_id=actor.membership_id,
        )
        for product in listed
        for pk in wanted
        for right in details.rights
        if (product.pk, pk, right) not in present
    ]
    PartnerProduct.objects.bulk_create(new, batch_size=2000)
    began = min(now, beginning_of(details.starts_on))
    record_many(_fact(facts.RIGHT_GRANTED, row, began) for row in new)
    _note_granted(actor, listed, new, details.reason)
    if new and details.ends_on is not None:
        wake("plan", beginning_of(details.ends_on))
    return Granted(len(new), len(present))


def _note_granted(actor: Actor, products: list[Product], new: list[PartnerProduct], reason: str) -> None:
    for product in products:
        number = sum(row.product_id == product.pk for row in new)
        if number:
            changes = {"rights": [0, number]}
            note(actor=actor, verb=facts.RIGHT_GRANTED.name, obj=product, changes=changes, reason=reason)


@transaction.atomic
def end_right(*, actor: Actor, right: PartnerProduct, ends_on: date | None, reason: str = "", now: datetime) -> None:
    """Set, move or drop the day before which a right ends; one that is not ahead ends it now.

    Raises `Refused`: is_over, ends_before_start.
    """
    locked = PartnerProduct.objects.select_for_update(no_key=True).get(pk=right.pk)
    refuse_if(rules.right_end_problems(locked, ends_on))
    PartnerProduct.objects.filter(pk=right.pk).update(ends_on=ends_on, end_reason=reason[:200] if ends_on else "")
    right.ends_on = ends_on
    label = f"{right.product.name}, {right.partner.name}"
    changes = {"until": [locked.ends_on, ends_on]}
    note(actor=actor, verb="partners.right_end_planned", obj=right, label=label, changes=changes, reason=reason)
    close_ended(now)
    if ends_on is not None:
        wake("plan", beginning_of(ends_on))


def close_rights(rows: QuerySet[Any], *, reason: str, now: datetime) -> int:
    """End open rights today: closed, told, kept as history."""
    today = day_of(now)
    ending = list(rows)
    PartnerProduct.objects.filter(pk__in=[row.pk for row in ending]).update(
        ends_on=Greatest("starts_on", Value(today)), closed_at=now, end_reason=reason[:200]
    )
    return record_many(_fact(facts.RIGHT_ENDED, row, now) for row in ending)


def close_ended(now: datetime) -> int:
    """Tell the rights whose last day is over: closed, and counted as ended at the moment they did."""
    ended = list(PartnerProduct.objects.ended(day_of(now)).select_for_update(skip_locked=True)[:5000])
    PartnerProduct.objects.filter(pk__in=[row.pk for row in ended]).update(closed_at=now)
    return record_many(
        _fact(facts.RIGHT_ENDED, row, beginning_of(row.ends_on)) for row in ended if row.ends_on is not None
    )


def plan_right_ends(now: datetime) -> datetime | None:
    """The planner: close what has ended, and say when the next right ends."""
    with transaction.atomic():
        close_ended(now)
    ahead = PartnerProduct.objects.open().filter(ends_on__isnull=False).order_by("ends_on")
    day = ahead.values_list("ends_on", flat=True).first()
    return max(now, beginning_of(day)) if day else None


def _fact(kind: Any, row: PartnerProduct, at: datetime) -> NewFact:
    return NewFact(kind, at, partner_id=row.partner_id, object_id=row.product_id, data={"right": row.right})


def _name_taken() -> Problem:
    return Problem("name_taken", _("There is already a product of this name."), "name")
