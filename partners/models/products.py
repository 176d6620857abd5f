from collections.abc import Collection
from datetime import date, timedelta
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from partners.names import comparable
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class NamedOnce(models.Model):
    """A thing that people know by its name: `normalized_name` follows from it and is what names are compared by."""

    name = models.CharField(_("name"), max_length=80)
    normalized_name = models.CharField(max_length=80, editable=False, db_collation="C")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named(cls, name: str) -> dict[str, str]:
        """The two columns that follow from a typed name, to be written together."""
        name = " ".join(name.split())
        return {"name": name, "normalized_name": comparable(name)[:80]}


class ProductFamilyQuerySet(TenantQuerySet["ProductFamily"]):
    def offered(self) -> Self:
        """What products can still be put into."""
        return self.filter(retired_on=None)

    def by_name(self) -> Self:
        return self.order_by("normalized_name", "pk")


ProductFamilyManager = TenantManager.from_queryset(ProductFamilyQuerySet)


class ProductFamily(Edited, NamedOnce, TenantOwned):
    """Products that belong together: a line, a suite, a range of machines. A retired one holds none that is offered."""

    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = ProductFamilyManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("product family")
        verbose_name_plural = _("product families")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "normalized_name"],
                name="partners_productfamily_name",
                violation_error_message=_("There is already a family of this name."),
            ),
        ]

    @property
    def is_retired(self) -> bool:
        return self.retired_on is not None


class ProductQuerySet(TenantQuerySet["Product"]):
    def offered(self) -> Self:
        """What partners can still be given rights for."""
        return self.filter(retired_on=None)

    def by_name(self) -> Self:
        return self.order_by("normalized_name", "pk")


ProductManager = TenantManager.from_queryset(ProductQuerySet)


class Product(Edited, NamedOnce, TenantOwned):
    """Something that the organization makes and its partners sell or service.

    A retired product keeps its rights and their history, and is offered nowhere any more.
    """

    family = TenantForeignKey(
        ProductFamily,
        on_delete=models.PROTECT,
        related_name="products",
        null=True,
        blank=True,
        verbose_name=_("family"),
    )
    code = models.CharField(_("number or code"), max_length=40, blank=True)
    description = models.TextField(_("what partners read"), blank=True, max_length=1000)
    created_at = models.DateTimeField(_("made at"))
    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    objects = ProductManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "normalized_name"],
                name="partners_product_name",
                violation_error_message=_("There is already a product of this name."),
            ),
        ]

    @property
    def is_retired(self) -> bool:
        return self.retired_on is not None


class PartnerProductQuerySet(TenantQuerySet["PartnerProduct"]):
    def open(self) -> Self:
        """Rights whose end nobody has told yet; some may begin on a day to come."""
        return self.filter(closed_at=None)

    def holding(self, on: date) -> Self:
        """Rights that hold on this day, also those that have ended since."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)

    def held(self) -> Self:
        """Rights that have begun and are not over, as the record tells it."""
        return self.open().filter(begun_at__isnull=False)

    def beginning(self, on: date) -> Self:
        """Rights whose first day has come on `on` and is still to be told."""
        return self.open().filter(begun_at=None, starts_on__lte=on)

    def ended(self, on: date) -> Self:
        """Rights whose last day is over on `on` and still to be told."""
        return self.open().filter(ends_on__lte=on)

    def of_kind(self, rights: Collection[str]) -> Self:
        return self.filter(right__in=rights)


PartnerProductManager = TenantManager.from_queryset(PartnerProductQuerySet)


class PartnerProduct(Edited, TenantOwned):
    """What a partner may do with a product, from the day `starts_on` until before the day `ends_on`.

    Days are those of the organization's zone. Both may lie ahead; `begun_at` and `closed_at` say when beginning and end
    were told: fact written, journeys begun, lists left. A partner has at most one right of a kind for a product that is
    not closed, and no two of a kind that hold on the same day.
    """

    class Right(models.TextChoices):
        SELL = "sell", _("May sell")
        SERVICE = "service", _("May service")
        INCUBATION = "incubation", _("In incubation")

    class Basis(models.TextChoices):
        CERTIFICATE = "certificate", _("By certificate")
        AGREEMENT = "agreement", _("By agreement")
        HAND = "hand", _("By hand")

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="product_rights")
    product = TenantForeignKey(Product, on_delete=models.PROTECT, related_name="rights", index=False)
    right = models.CharField(_("right"), max_length=12, choices=Right, db_collation="C")
    basis = models.CharField(_("on what ground"), max_length=12, choices=Basis, default=Basis.HAND, db_collation="C")
    # Which record it rests on (partners/grounds.py), and what it is called where that is kept elsewhere.
    proof = models.CharField(max_length=60, blank=True, editable=False, db_collation="C")
    reference = models.CharField(_("number or title of it"), max_length=80, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until before"), null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)
    granted_at = models.DateTimeField(_("granted at"))
    granted_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )

    objects = PartnerProductManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("product right")
        verbose_name_plural = _("product rights")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "product", "partner", "right"],
                condition=Q(closed_at=None),
                name="partners_partnerproduct_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="partners_partnerproduct_period"
            ),
            ExclusionConstraint(
                name="partners_partnerproduct_apart",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    ("partner", RangeOperators.EQUAL),
                    ("right", RangeOperators.EQUAL),
                    (
                        Func("starts_on", "ends_on", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "product", "-starts_on"], name="partners_partnerproduct_story"),
            models.Index(
                fields=["organization", "ends_on"],
                condition=Q(closed_at=None, ends_on__isnull=False),
                name="partners_partnerproduct_ending",
            ),
            models.Index(
                fields=["organization", "starts_on"],
                condition=Q(closed_at=None, begun_at=None),
                name="partners_partnerproduct_ahead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.right} {self.product_id}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, or None for until further notice."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None
