"""Ladders, the tiers on them, and where each partner stands and stood."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.audiences import Audience
from partners.models.groups import Group, hue_of
from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned

# The kind of the audience that each tier fills (`Audience.kind`); its `source_id` is the tier's key.
TIER = "tier"


class LadderQuerySet(TenantQuerySet["Ladder"]):
    def listed(self) -> Self:
        return self.filter(archived_at=None)

    def launched(self) -> Self:
        """Ladders that partners stand on: their first rules apply."""
        return self.listed().filter(launched_at__isnull=False)

    def by_name(self) -> Self:
        return self.order_by("normalized_name", "pk")


LadderManager = TenantManager.from_queryset(LadderQuerySet)


class Ladder(Edited, TenantOwned):
    """An order of tiers that partners climb. A partner has at most one tier on each ladder.

    `audience` says who takes part; without one, every partner does. `notice_days` is how long a partner is told before
    a tier is lowered, `grace_days` how long after the period's end it may still catch up, `manager_days` how long the
    account manager may add words before the notice goes out, `answer_days` within how many days an appeal is answered.
    """

    class Promotion(models.TextChoices):
        AUTOMATIC = "automatic", _("At once, by itself")
        APPROVAL = "approval", _("After a colleague agreed")

    class Review(models.TextChoices):
        QUARTER = "quarter", _("At the end of each quarter")
        YEAR = "year", _("At the end of each fiscal year")

    name = models.CharField(_("name"), max_length=80)
    normalized_name = models.CharField(max_length=80, editable=False, db_collation="C")
    description = models.TextField(_("what its partners read"), blank=True, max_length=1000)
    audience = TenantForeignKey(
        Audience, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("who takes part")
    )
    owner = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("owner")
    )
    promotion = models.CharField(
        _("a higher tier is given"), max_length=10, choices=Promotion, default=Promotion.AUTOMATIC
    )
    review = models.CharField(_("a tier may be lowered"), max_length=10, choices=Review, default=Review.YEAR)
    manager_days = models.PositiveSmallIntegerField(default=3, validators=[MaxValueValidator(30)])
    notice_days = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(7), MaxValueValidator(90)])
    grace_days = models.PositiveSmallIntegerField(default=14, validators=[MaxValueValidator(90)])
    answer_days = models.PositiveSmallIntegerField(default=5, validators=[MinValueValidator(1), MaxValueValidator(30)])
    created_at = models.DateTimeField(_("made at"))
    launched_at = models.DateTimeField(_("launched at"), null=True, blank=True)
    # Until when everything was measured once; and the end of the last period after which tiers were reviewed.
    evaluated_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = LadderManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "normalized_name"],
                condition=Q(archived_at=None),
                name="partners_ladder_name",
                violation_error_message=_("There is already a ladder of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TierQuerySet(TenantQuerySet["Tier"]):
    def listed(self) -> Self:
        return self.filter(archived_at=None)

    def from_lowest(self) -> Self:
        return self.order_by("rank", "pk")


TierManager = TenantManager.from_queryset(TierQuerySet)


class Tier(Edited, TenantOwned):
    """A step of a ladder; `rank` 1 is the lowest, where partners start.

    `response_hours` is how soon the account manager answers partners of this tier, in hours; None promises nothing.
    """

    ladder = TenantForeignKey(Ladder, on_delete=models.PROTECT, related_name="tiers", index=False)
    rank = models.PositiveSmallIntegerField(_("rank"))
    name = models.CharField(_("name"), max_length=40)
    color = models.CharField(_("color"), max_length=10, choices=Group.Color, default=Group.Color.INDIGO)
    description = models.CharField(_("in one sentence"), max_length=200, blank=True)
    response_hours = models.PositiveSmallIntegerField(
        _("answers within, in hours"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(720)]
    )
    created_at = models.DateTimeField(_("made at"))
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = TierManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "ladder", "rank"], condition=Q(archived_at=None), name="partners_tier_rank"
            ),
            models.UniqueConstraint(
                fields=["organization", "ladder", "name"], condition=Q(archived_at=None), name="partners_tier_name"
            ),
        ]
        indexes = [models.Index(fields=["organization", "ladder"], name="partners_tier_of")]

    def __str__(self) -> str:
        return self.name

    @property
    def hue(self) -> int:
        """The number of the color in the stylesheet's steady hues, 1 to 8."""
        return hue_of(self.color)


class PartnerTierQuerySet(TenantQuerySet["PartnerTier"]):
    def open(self) -> Self:
        """Where partners stand now."""
        return self.filter(ends_at=None)

    def at(self, moment: datetime) -> Self:
        """Where partners stood at that moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment)


PartnerTierManager = TenantManager.from_queryset(PartnerTierQuerySet)


class PartnerTier(TenantOwned):
    """A partner's tier on a ladder, from `starts_at` until before `ends_at`; an open one (`ends_at` is None) is the
    present. A partner has at most one open row on a ladder.
    """

    class Source(models.TextChoices):
        PLACED = "placed", _("Start on the ladder")
        EARNED = "earned", _("Requirements met")
        APPROVED = "approved", _("Requirements met, agreed by a colleague")
        HAND = "hand", _("Given by hand")
        LOWERED = "lowered", _("Requirements no longer met")

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="tiers")
    ladder = TenantForeignKey(Ladder, on_delete=models.PROTECT, related_name="standings", index=False)
    tier = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="standings", index=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    source = models.CharField(_("how"), max_length=10, choices=Source, default=Source.PLACED)

    objects = PartnerTierManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("partner’s tier")
        verbose_name_plural = _("partners’ tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "ladder", "partner"],
                condition=Q(ends_at=None),
                name="partners_partnertier_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="partners_partnertier_period"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "tier"], condition=Q(ends_at=None), name="partners_partnertier_present"
            ),
            models.Index(fields=["organization", "ladder", "-starts_at"], name="partners_partnertier_history"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} at {self.tier_id}"
