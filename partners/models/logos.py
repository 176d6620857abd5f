from django.db import models

from partners.models.partners import Partner
from prm.files.models import StoredFile
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class PartnerLogo(TenantOwned):
    """A company's logo. Colleagues and those who share a cohort see it beside the company's name.

    Strangers see it on invitation pages only while `shown_at` stands: a lead of the company agreed to it, and takes it
    back any time. A picture that somebody else puts in its place is one that nobody agreed to.
    """

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="logos", index=False)
    file = TenantForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    shown_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "partner"], name="partners_logo_once")]

    def __str__(self) -> str:
        return f"logo of {self.partner_id}"
