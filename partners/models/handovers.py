from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class Handover(TenantOwned):
    """What one colleague had in hand went to another, at once.

    `moved` says how much of each part (prm.handovers), `partner_ids` which partners. `brief` is for the one who takes
    over, `note` for the leads of these partners, empty where they were not told.
    """

    giver = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    taker = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    brief = models.TextField(_("brief"), max_length=2000, blank=True)
    note = models.CharField(_("note to the partners"), max_length=500, blank=True)
    moved = models.JSONField(default=dict)
    partner_ids = ArrayField(models.BigIntegerField(), default=list)
    made_at = models.DateTimeField(_("made at"))

    class Meta(TenantOwned.Meta):
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        indexes = [models.Index(fields=["organization", "-made_at"], name="partners_handover_newest")]

    def __str__(self) -> str:
        return f"{self.giver_id} to {self.taker_id}"
