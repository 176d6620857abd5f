from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.groups import Group
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class GroupReview(TenantOwned):
    """Somebody looked at a group and decided what becomes of it. `partners` is how many it held then."""

    class Decision(models.TextChoices):
        KEEP = "keep", _("Keep it as it is")
        CHANGE = "change", _("Change it")
        CLOSE = "close", _("Close it")

    group = TenantForeignKey(Group, on_delete=models.PROTECT, related_name="reviews", index=False)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision)
    note = models.TextField(_("why"), max_length=1000, blank=True)
    partners = models.PositiveIntegerField(_("partners"))
    reviewed_at = models.DateTimeField(_("reviewed at"))
    reviewed_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    class Meta(TenantOwned.Meta):
        verbose_name = _("review of a group")
        verbose_name_plural = _("reviews of groups")
        indexes = [models.Index(fields=["organization", "group", "-reviewed_at"], name="partners_groupreview_of")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.decision}"
