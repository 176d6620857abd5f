from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class Erasure(TenantOwned):
    """Somebody's data was erased: when, by whom and why, and how much it was; never whose.

    `sought` holds their addresses and names while the work is going on; it is empty once that is done. `membership` is
    theirs where they were a member: an anonymous id from then on.
    """

    membership = TenantForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    sought = models.JSONField(default=dict)
    reason = models.CharField(_("why"), max_length=300)
    counts = models.JSONField(default=dict)
    job = TenantForeignKey("jobs.Job", on_delete=models.PROTECT, related_name="+", null=True)
    begun_by = TenantForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    begun_at = models.DateTimeField(_("begun at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta(TenantOwned.Meta):
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.begun_at:%Y-%m-%d}"
