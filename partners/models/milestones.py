"""What partners reached: kept once found, congratulated by colleagues, told to others only with consent."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned


class MilestoneQuerySet(TenantQuerySet["Milestone"]):
    def since(self, moment: datetime) -> Self:
        """What was reached after that moment, by partners that are not archived."""
        return self.filter(reached_at__gt=moment, partner__archived_at=None)

    def told(self) -> Self:
        """What the partner agreed to be told to others."""
        return self.filter(agreed_at__isnull=False)

    def latest_first(self) -> Self:
        return self.order_by("-reached_at", "-pk")


MilestoneManager = TenantManager.from_queryset(MilestoneQuerySet)


class Milestone(TenantOwned):
    """Something that a partner, or one person there, reached. `kind` names a `partners.milestones.MilestoneKind`.

    `occasion` makes it one of its kind for them. It is told to others while `agreed_at` stands; a lead of the partner
    agrees and takes it back.
    """

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    membership = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("person")
    )
    kind = models.CharField(max_length=40, db_collation="C")
    occasion = models.BigIntegerField()
    about = models.CharField(_("about"), max_length=140, blank=True)
    reached_at = models.DateTimeField(_("reached at"))
    congratulated_at = models.DateTimeField(_("congratulated at"), null=True)
    congratulated_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False, verbose_name=_("by")
    )
    agreed_at = models.DateTimeField(_("told to others since"), null=True)
    agreed_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    objects = MilestoneManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "partner", "kind", "occasion", "membership"],
                nulls_distinct=False,
                name="partners_milestone_once",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-reached_at"], name="partners_milestone_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
