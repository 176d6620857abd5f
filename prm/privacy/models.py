from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
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


class ErasureWishQuerySet(TenantQuerySet["ErasureWish"]):
    def open(self) -> Self:
        return self.filter(state=ErasureWish.State.OPEN)


ErasureWishManager = TenantManager.from_queryset(ErasureWishQuerySet)


class ErasureWish(TenantOwned):
    """A member asks to have their data erased here. One of each member is open at a time.

    `text` is what they say beside, `answer` why it is not done or not all of it. Both are emptied with the rest.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        DONE = "done", _("Erased")
        DECLINED = "declined", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    membership = TenantForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+", index=False)
    text = models.TextField(_("what else you want to say"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, db_collation="C")
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = TenantForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+", null=True, index=False
    )

    objects = ErasureWishManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("wish to be erased")
        verbose_name_plural = _("wishes to be erased")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership"], condition=Q(state="open"), name="privacy_erasurewish_open"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "membership", "-asked_at"], name="privacy_erasurewish_of"),
            models.Index(fields=["organization", "state", "asked_at"], name="privacy_erasurewish_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.asked_at:%Y-%m-%d}"
