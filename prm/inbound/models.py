from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned


class InboundMailQuerySet(TenantQuerySet["InboundMail"]):
    def waiting(self) -> Self:
        """Those that a colleague should look at."""
        return self.filter(outcome=InboundMail.Outcome.ASIDE, settled_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-received_at", "-pk")


InboundMailManager = TenantManager.from_queryset(InboundMailQuerySet)


class InboundMail(TenantOwned):
    """A mail that came in, and what became of it. The same one (`key`) is taken in once.

    Of what was placed only that is kept; of the others the words too, since they stand nowhere else. `receiver`,
    `subject_key` and `member_key` are what the address was made for.
    """

    class Outcome(models.TextChoices):
        PLACED = "placed", _("Placed")
        AUTOMATIC = "automatic", _("Automatic answer")
        BOUNCE = "bounce", _("Did not arrive")
        ASIDE = "aside", _("Set aside")

    class Reason(models.TextChoices):
        OTHER_SENDER = "other_sender", _("It came from another address than the person’s")
        FORGED = "forged", _("The sender’s mail server disowns it, or it has several senders")
        NO_MEMBER = "no_member", _("The person is no longer here")
        NOT_THEIRS = "not_theirs", _("The person may no longer write there")
        GONE = "gone", _("What it answers is no longer there")
        EMPTY = "empty", _("Nothing was written in it")

    key = models.CharField(max_length=64, editable=False, db_collation="C")
    receiver = models.CharField(max_length=1, db_collation="C")
    subject_key = models.CharField(max_length=12, db_collation="C")
    member_key = models.CharField(max_length=12, db_collation="C")
    sender = models.EmailField(_("sender"), blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    left_out = models.TextField(_("attachments"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, db_collation="C")
    reason = models.CharField(_("why"), max_length=12, choices=Reason, blank=True, db_collation="C")
    received_at = models.DateTimeField(_("received at"))
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )

    objects = InboundMailManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("inbound mail")
        verbose_name_plural = _("inbound mails")
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="inbound_mail_once")]
        indexes = [models.Index(fields=["organization", "outcome", "-received_at"], name="inbound_mail_newest")]

    def __str__(self) -> str:
        return self.subject or self.sender
