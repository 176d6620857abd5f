"""Agreements that partners accept: texts in versions, and who accepted which of them."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow
from prm.tenancy.policies import append_only, erasable


class AgreementQuerySet(TenantQuerySet["Agreement"]):
    def listed(self) -> Self:
        return self.filter(archived_at=None)

    def by_title(self) -> Self:
        return self.order_by("title", "pk")


AgreementManager = TenantManager.from_queryset(AgreementQuerySet)


class Agreement(TenantOwned):
    """What somebody agrees to. `is_personal` ones each person accepts; the others a lead accepts for the company."""

    title = models.CharField(_("title"), max_length=120)
    is_personal = models.BooleanField(_("each person accepts it"), default=False)
    created_at = models.DateTimeField(_("made at"))
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = AgreementManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [models.UniqueConstraint(fields=["organization", "title"], name="partners_agreement_title")]

    def __str__(self) -> str:
        return self.title


class AgreementVersionQuerySet(TenantQuerySet["AgreementVersion"]):
    def newest(self) -> Self:
        """Of each agreement the version that counts."""
        same = AgreementVersion.objects.filter(agreement=OuterRef("agreement")).order_by("-number")
        return self.filter(number=Subquery(same.values("number")[:1]))


AgreementVersionManager = TenantManager.from_queryset(AgreementVersionQuerySet)


@erasable("body")
@append_only
class AgreementVersion(TenantOwned):
    """The text of an agreement from `created_at` until the next version. It never changes: people accepted it.

    Who accepts it is bound for `term_months`, or until further notice.
    """

    agreement = TenantForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions", index=False)
    number = models.PositiveSmallIntegerField(_("version"))
    body = models.TextField(_("text"), max_length=50_000)
    term_months = models.PositiveSmallIntegerField(_("holds for months"), null=True, blank=True)
    created_at = models.DateTimeField(_("written at"))
    created_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    objects = AgreementVersionManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("agreement’s version")
        verbose_name_plural = _("agreements’ versions")
        constraints = [
            models.UniqueConstraint(fields=["organization", "agreement", "number"], name="partners_agreementversion_no")
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.number}"


class AcceptanceQuerySet(TenantQuerySet["Acceptance"]):
    def newest_first(self) -> Self:
        return self.order_by("-accepted_at", "-pk")

    def of_newest(self) -> Self:
        """Those of the version that counts today."""
        newest = AgreementVersion.objects.filter(agreement=OuterRef("version__agreement")).order_by("-number")
        return self.annotate(newest=Subquery(newest.values("pk")[:1])).filter(version=F("newest"))

    def holding(self, on: date) -> Self:
        """Those that need no renewal on this day."""
        return self.filter(Q(renews_on=None) | Q(renews_on__gt=on))

    def last_of_partners(self) -> Self:
        """Of each partner and agreement the one that came last."""
        later = Acceptance.objects.filter(
            Q(accepted_at__gt=OuterRef("accepted_at")) | Q(accepted_at=OuterRef("accepted_at"), pk__gt=OuterRef("pk")),
            version__agreement=OuterRef("version__agreement"),
            partner=OuterRef("partner"),
        )
        return self.filter(~Exists(later))


AcceptanceManager = TenantManager.from_queryset(AcceptanceQuerySet)


@erasable("authority")
@append_only
class Acceptance(TenantRow):
    """A person accepted a version, for the company or for oneself. `authority` is in what capacity, in their words.

    It holds until before the day `ends_on`, and is asked for again from `renews_on`; until further notice without them.
    """

    version = TenantForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="acceptances", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    authority = models.CharField(_("in what capacity"), max_length=120, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"))
    ends_on = models.DateField(_("until before"), null=True, blank=True)
    renews_on = models.DateField(_("renewed from"), null=True, blank=True)

    objects = AcceptanceManager()

    class Meta(TenantRow.Meta):
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        constraints = [
            # A term that follows on another is accepted anew; the same term is accepted once.
            models.UniqueConstraint(
                fields=["organization", "version", "membership", "ends_on"],
                nulls_distinct=False,
                name="partners_acceptance_once",
            )
        ]
        indexes = [models.Index(fields=["organization", "version", "-accepted_at"], name="partners_acceptance_newest")]

    def __str__(self) -> str:
        return f"{self.membership_id} accepted {self.version_id}"
