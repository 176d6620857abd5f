"""What each tier asks for and gives: versions of a ladder's rules, their requirements, the numbers they read."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.attributes import Attribute
from partners.models.partners import Partner
from partners.models.tiers import Ladder, Tier
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow


class LadderVersionQuerySet(TenantQuerySet["LadderVersion"]):
    def drafts(self) -> Self:
        return self.filter(applies_at=None)

    def applying(self, moment: datetime) -> Self:
        """What applied or applies by that moment, the newest first."""
        return self.filter(applies_at__lte=moment).order_by("-applies_at", "-number")


LadderVersionManager = TenantManager.from_queryset(LadderVersionQuerySet)


class LadderVersion(Edited, TenantOwned):
    """The requirements of all tiers of a ladder, from `applies_at` until the next version's.

    One without `applies_at` is a draft; a ladder has one at most. Once it is set nothing in it changes any more.
    `note` tells partners what is new and why. `tried` is what came of trying it at `tried_at`, for `tried_revision`.
    """

    ladder = TenantForeignKey(Ladder, on_delete=models.PROTECT, related_name="versions", index=False)
    number = models.PositiveSmallIntegerField(_("version"))
    note = models.TextField(_("what is new, and why"), blank=True, max_length=1000)
    applies_at = models.DateTimeField(_("applies from"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun at"))
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )
    tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    tried_revision = models.PositiveIntegerField(default=0, editable=False)
    tried = models.JSONField(default=dict, editable=False)

    objects = LadderVersionManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("version of a ladder's rules")
        verbose_name_plural = _("versions of ladders' rules")
        constraints = [
            models.UniqueConstraint(fields=["organization", "ladder", "number"], name="partners_ladderversion_number"),
            models.UniqueConstraint(
                fields=["organization", "ladder"], condition=Q(applies_at=None), name="partners_ladderversion_draft"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Version %d") % self.number)

    @property
    def is_draft(self) -> bool:
        return self.applies_at is None


class TierNumber(Edited, TenantOwned):
    """A number about partners that people enter by hand or paste from a spreadsheet, such as revenue in EUR.

    `reading` says what its entries within a period come to.
    """

    class Reading(models.TextChoices):
        SUM = "sum", _("Added up")
        AVERAGE = "average", _("Their average")
        LATEST = "latest", _("The latest one")

    name = models.CharField(_("name"), max_length=80)
    normalized_name = models.CharField(max_length=80, editable=False, db_collation="C")
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    reading = models.CharField(_("several entries count as"), max_length=8, choices=Reading, default=Reading.SUM)
    created_at = models.DateTimeField(_("made at"))

    class Meta(TenantOwned.Meta):
        verbose_name = _("number for tiers")
        verbose_name_plural = _("numbers for tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "normalized_name"],
                name="partners_tiernumber_name",
                violation_error_message=_("There is already a number of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NumberEntry(TenantOwned):
    """What a number was for a partner at `at`. A wrong one is taken back (`voided_at`), never changed."""

    number = TenantForeignKey(TierNumber, on_delete=models.PROTECT, related_name="entries", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", index=False)
    at = models.DateTimeField(_("at"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    note = models.CharField(_("note"), max_length=120, blank=True)
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantOwned.Meta):
        verbose_name = _("entry of a number")
        verbose_name_plural = _("entries of numbers")
        indexes = [
            models.Index(
                fields=["organization", "number", "partner", "at"],
                include=["amount"],
                condition=Q(voided_at=None),
                name="partners_numberentry_counted",
            ),
            models.Index(fields=["organization", "number", "-entered_at", "-id"], name="partners_numberentry_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.partner_id}"


class Requirement(TenantOwned):
    """A number that a partner has to reach for a tier: `source` over `period` is at least `threshold`.

    Requirements of one `block` stand for each other: any one of them is enough. Of different blocks every one counts.
    """

    class Source(models.TextChoices):
        MEASURE = "measure", _("What happened")
        ATTRIBUTE = "attribute", _("An attribute")
        NUMBER = "number", _("A number you enter")
        PEOPLE = "people", _("Active people")
        DAYS = "days", _("Days as a partner")

    class Period(models.TextChoices):
        ROLLING = "rolling", _("in the last 12 months")
        YEAR = "year", _("in the fiscal year")
        QUARTER = "quarter", _("in the quarter")
        EVER = "ever", _("altogether")

    version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="requirements")
    tier = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="requirements", index=False)
    block = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(_("what counts"), max_length=10, choices=Source)
    measure = models.CharField(max_length=60, blank=True)
    attribute = TenantForeignKey(
        Attribute, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )
    number = TenantForeignKey(
        TierNumber, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )
    period = models.CharField(_("over"), max_length=8, choices=Period, default=Period.ROLLING)
    threshold = models.DecimalField(
        _("at least"), max_digits=18, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )

    class Meta(TenantOwned.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gt=0), name="partners_requirement_threshold"),
            models.CheckConstraint(
                condition=Q(source="measure", attribute=None, number=None) & ~Q(measure="")
                | Q(source="attribute", attribute__isnull=False, number=None, measure="")
                | Q(source="number", number__isnull=False, attribute=None, measure="")
                | Q(source__in=["people", "days"], attribute=None, number=None, measure=""),
                name="partners_requirement_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.threshold}"


class TierBenefit(TenantRow):
    """A line of what a tier gives, as its partners read it: "Discount" – "20 %"."""

    tier = TenantForeignKey(Tier, on_delete=models.CASCADE, related_name="benefits", index=False)
    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=60)
    value = models.CharField(max_length=120, blank=True)

    class Meta(TenantRow.Meta):
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
        constraints = [
            models.UniqueConstraint(fields=["organization", "tier", "position"], name="partners_tierbenefit_position"),
        ]

    def __str__(self) -> str:
        return self.label
