"""People of partners who are known by name and address and have not been invited yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner, PartnerUser, Source
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import Edited, TenantOwned


class PreparedPerson(Edited, TenantOwned):
    """Somebody at a partner who can be invited: no account, no way in, no mail until a colleague invites them.

    Whoever accepts becomes a `PartnerUser` with the job and role that stand here, and this row goes.
    """

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="prepared")
    email = models.EmailField(_("e-mail address"), db_collation="C")
    name = models.CharField(_("name"), max_length=120, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    role = models.CharField(
        _("role"), max_length=10, choices=PartnerUser.Role, default=PartnerUser.Role.MEMBER, db_collation="C"
    )
    source = models.CharField(_("where it comes from"), max_length=12, choices=Source, default=Source.HAND)
    created_at = models.DateTimeField(_("added at"))
    created_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    invited_at = models.DateTimeField(_("invited at"), null=True)

    class Meta(TenantOwned.Meta):
        verbose_name = _("prepared person")
        verbose_name_plural = _("prepared people")
        constraints = [
            models.UniqueConstraint(fields=["organization", "email"], name="partners_preparedperson_once"),
        ]

    def __str__(self) -> str:
        return self.name or self.email
