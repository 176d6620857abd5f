from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow

EVERYONE = "everyone"
GROUP = "group"


class AudienceQuerySet(TenantQuerySet["Audience"]):
    def offered(self) -> Self:
        """What may be chosen: audiences whose source still exists."""
        return self.filter(closed_at=None)

    def everyone(self) -> "Audience":
        """The audience of all partners, made when it is first asked for."""
        return self.get_or_create(kind=EVERYONE, source_id=0, defaults={"label": "All partners"})[0]


AudienceManager = TenantManager.from_queryset(AudienceQuerySet)


class Audience(TenantOwned):
    """Those whom something is for. Gates, announcements and journeys read audiences and nothing else.

    `kind` and `source_id` name who writes its members: `everyone` (0), a `group` of this app, a `cohort` above.
    """

    kind = models.CharField(max_length=20)
    source_id = models.BigIntegerField(default=0)
    label = models.CharField(_("name"), max_length=120)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AudienceManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "source_id"], name="partners_audience_source"),
        ]

    def __str__(self) -> str:
        return str(_("All partners")) if self.kind == EVERYONE else self.label


class AudienceMemberQuerySet(TenantQuerySet["AudienceMember"]):
    def present(self, now: datetime) -> Self:
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


AudienceMemberManager = TenantManager.from_queryset(AudienceMemberQuerySet)


class AudienceMember(TenantRow):
    """A whole partner, or one person, in an audience from `starts_at` until before `ends_at`."""

    audience = TenantForeignKey(Audience, on_delete=models.PROTECT, related_name="members", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = AudienceMemberManager()

    class Meta(TenantRow.Meta):
        verbose_name = _("audience member")
        verbose_name_plural = _("audience members")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "audience", "partner"],
                condition=Q(ends_at=None, partner__isnull=False),
                name="partners_audiencemember_partner_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "audience", "membership"],
                condition=Q(ends_at=None, membership__isnull=False),
                name="partners_audiencemember_person_once",
            ),
            models.CheckConstraint(
                condition=Q(partner=None, membership__isnull=False) | Q(partner__isnull=False, membership=None),
                name="partners_audiencemember_whom",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="partners_audiencemember_period"
            ),
        ]
        indexes = [models.Index(fields=["organization", "audience"], name="partners_audiencemember_of")]

    def __str__(self) -> str:
        return f"{self.partner_id or self.membership_id} in {self.audience_id}"
