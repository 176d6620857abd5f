from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned

# So many levels may stand below one company; a deeper tree is refused, so that a query can name every level.
DEEPEST = 5
# Ids, or the query that finds them.
type Ids = Collection[int] | models.QuerySet[Any, Any]


class PartnerLinkQuerySet(TenantQuerySet["PartnerLink"]):
    def holding(self, on: date) -> Self:
        """Links that hold on this day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)

    def meeting(self, starts_on: date, ends_on: date | None) -> Self:
        """Links that hold on at least one day of the half-open period."""
        found = self.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on))
        return found if ends_on is None else found.filter(starts_on__lt=ends_on)

    def belonging(self) -> Self:
        """Those that make the child a part of the parent's company, so that figures add up."""
        return self.filter(kind__in=PartnerLink.PARTS)

    def below(self, ids: Ids) -> Self:
        """Of these links those under any of the partners, at whatever level. Not evaluated: may be composed."""
        return self._reached(ids, "parent", "child")

    def above(self, ids: Ids) -> Self:
        """Of these links those over any of the partners, at whatever level. Not evaluated: may be composed."""
        return self._reached(ids, "child", "parent")

    def _reached(self, ids: Ids, near: str, far: str) -> Self:
        reached = self.filter(**{f"{near}__in": ids})
        for _level in range(DEEPEST - 1):
            reached = self.filter(Q(**{f"{near}__in": ids}) | Q(**{f"{near}__in": reached.values(far)}))
        return reached

    def for_the_whole(self) -> Self:
        return self.filter(leads_look_in=True)


PartnerLinkManager = TenantManager.from_queryset(PartnerLinkQuerySet)


class PartnerLink(TenantOwned):
    """How two partners stand to each other, from the day `starts_on` until before the day `ends_on`.

    A link that has ended stays: who belonged to whom when is history. `leads_look_in` lets leads of the parent see who
    is on the child's team.
    """

    class Kind(models.TextChoices):
        BRANCH = "branch", _("Branch")
        BOUGHT = "bought", _("Bought company")
        RESELLER = "reseller", _("Reseller")
        SPLIT = "split", _("Split off")

    # The child is a part of the parent; a reseller is not, and what was split off is no more.
    PARTS = (Kind.BRANCH, Kind.BOUGHT)
    # Kinds in which nobody may stand above himself, over all of them together.
    LADDERS = (Kind.BRANCH, Kind.BOUGHT, Kind.RESELLER)

    parent = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", index=False)
    child = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, db_collation="C")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until before"), null=True, blank=True)
    leads_look_in = models.BooleanField(_("for the whole company"), default=False)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("written at"))
    made_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )

    objects = PartnerLinkManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("link between companies")
        verbose_name_plural = _("links between companies")
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("child")), name="partners_partnerlink_two"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="partners_partnerlink_period"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "parent", "kind"], name="partners_partnerlink_below"),
            models.Index(fields=["organization", "child", "kind"], name="partners_partnerlink_above"),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.kind} of {self.parent_id}"
