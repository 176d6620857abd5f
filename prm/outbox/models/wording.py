from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import Edited, TenantOwned


class OwnWording(TenantOwned, Edited):
    """What an organization says in a mail in place of the house's words; without a row the house's hold.

    `template` is the mail's ("cohorts/emails/recap"); the texts are in the grammar of
    prm.outbox.rendering.mustache, checked when they are saved. From `put_back_at` on the house's words hold again, and
    these are kept in case somebody wants them back.
    """

    template = models.CharField(max_length=100)
    subject = models.CharField(_("subject"), max_length=200)
    preheader = models.CharField(_("first line in the inbox"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=5000)
    changed_at = models.DateTimeField(_("changed at"))
    put_back_at = models.DateTimeField(_("put back at"), null=True, blank=True)

    class Meta(TenantOwned.Meta):
        verbose_name = _("wording of a mail")
        verbose_name_plural = _("wordings of mails")
        constraints = [
            models.UniqueConstraint(fields=["organization", "template"], name="outbox_own_wording_once"),
        ]

    def __str__(self) -> str:
        return self.template
