"""What is written once and sent to many partners."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class Announcement(TenantOwned):
    """A message to the leads of chosen partners, in the words of one colleague.

    `told` says in words whom it was for, `sent_to` to how many people it goes. It is on its way from `due_at`; until
    then it can be taken back, which sets `withdrawn_at`.
    """

    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("text"), max_length=5000)
    told = models.CharField(_("for whom"), max_length=300)
    sent_to = models.PositiveIntegerField(_("people"), default=0)
    written_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("sent from"))
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta(TenantOwned.Meta):
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes = [models.Index(fields=["organization", "-written_at"], name="partners_announcement_newest")]

    def __str__(self) -> str:
        return self.subject
