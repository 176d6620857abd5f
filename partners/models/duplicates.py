from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow


class PartnerDomain(TenantRow):
    """A further domain of a partner, beside the one on its record: of a country, a brand, a company it took over."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="further_domains", index=False)
    domain = models.CharField(_("domain"), max_length=253, db_collation="C")

    class Meta(TenantRow.Meta):
        verbose_name = _("further domain")
        verbose_name_plural = _("further domains")
        constraints = [
            models.UniqueConstraint(fields=["organization", "partner", "domain"], name="partners_partnerdomain_once"),
        ]
        indexes = [models.Index(fields=["organization", "domain"], name="partners_partnerdomain_whose")]

    def __str__(self) -> str:
        return self.domain


class PartnerKey(TenantRow):
    """One of the keys by which a partner's name is compared (see `partners.likeness`).

    Names that a person would call alike share at least one, so that candidates are found by `=` in an index; trigrams
    and `LIKE` would read every partner, since the tenant's policy comes before operators that are not leakproof.
    """

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80, db_collation="C")

    class Meta(TenantRow.Meta):
        verbose_name = _("key of a name")
        verbose_name_plural = _("keys of names")
        indexes = [models.Index(fields=["organization", "key"], include=["partner"], name="partners_partnerkey_whose")]

    def __str__(self) -> str:
        return self.key


class LikelyDoubleQuerySet(TenantQuerySet["LikelyDouble"]):
    def waiting(self) -> Self:
        """Pairs that nobody has decided about, of partners that are both listed."""
        return self.filter(state=LikelyDouble.State.OPEN, first__archived_at=None, second__archived_at=None)

    def of_partner(self, partner_id: int) -> Self:
        return self.filter(Q(first=partner_id) | Q(second=partner_id))

    def likeliest_first(self) -> Self:
        return self.order_by("-score", "pk")


LikelyDoubleManager = TenantManager.from_queryset(LikelyDoubleQuerySet)


class LikelyDouble(TenantOwned):
    """Two partners that may be one company; `first` is the one that was there before.

    A pair is found by comparing, or written when somebody says that the two are not the same: that is remembered.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To look at")
        DIFFERENT = "different", _("Not the same")

    class Why(models.TextChoices):
        DOMAIN = "domain", _("Same domain")
        NAME = "name", _("Same name")
        SIMILAR = "similar", _("Similar name")

    first = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+", index=False)
    second = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=10, choices=Why, default=Why.SIMILAR)
    score = models.PositiveSmallIntegerField(_("likeness in percent"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, db_collation="C")
    found_at = models.DateTimeField(_("found at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )

    objects = LikelyDoubleManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("likely double")
        verbose_name_plural = _("likely doubles")
        constraints = [
            models.UniqueConstraint(fields=["organization", "first", "second"], name="partners_likelydouble_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="partners_likelydouble_order"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "-score", "id"],
                condition=Q(state="open"),
                name="partners_likelydouble_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class PartnerMerge(TenantRow):
    """A record that turned out to be another one's double: all that belonged to `merged` moved to `survivor`.

    The merged record stays, archived for good: its address leads to the survivor, its name and domain still find it.
    Where the survivor is merged in turn, this row follows. `moved` is how many rows of each kind went over.
    """

    merged = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="merges", index=False)
    survivor = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="merged_records")
    moved = models.JSONField(default=dict)
    merged_at = models.DateTimeField(_("merged at"))
    merged_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )

    class Meta(TenantRow.Meta):
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        constraints = [
            models.UniqueConstraint(fields=["organization", "merged"], name="partners_partnermerge_once"),
            models.CheckConstraint(condition=~Q(merged=F("survivor")), name="partners_partnermerge_two"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.survivor_id}"
