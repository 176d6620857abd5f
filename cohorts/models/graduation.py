from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from prm.accounts.models import Membership
from prm.accounts.tokens import new_nonce
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned


class GraduationQuerySet(TenantQuerySet["Graduation"]):
    def valid(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def of_member(self, membership: Membership) -> Self:
        return self.filter(membership=membership)


GraduationManager = TenantManager.from_queryset(GraduationQuerySet)


class Graduation(TenantOwned):
    """That somebody completed a cohort: the certificate and the badge, which anybody who has the link can verify.

    Name and title are kept as they were on the day. `token` is in the public address; it gives access to nothing else.
    """

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="graduations", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    partner = TenantForeignKey("partners.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    program_title = models.CharField(_("awarded for"), max_length=120)
    token = models.CharField(max_length=32, default=new_nonce, editable=False)
    graduated_at = models.DateTimeField(_("graduated at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = GraduationManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_graduation_once"),
            models.UniqueConstraint(fields=["organization", "token"], name="cohorts_graduation_token"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.program_title}"

    @property
    def number(self) -> str:
        """The certificate's number as it is printed: three groups of four."""
        characters = self.public_id.upper()
        return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None
