from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from cohorts.models.selection import Seat
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class SeatInvitation(TenantOwned):
    """Somebody who is asked straight into a cohort, without an application; the seat is confirmed all the same.

    `membership` is empty until an address without an account has joined. Colleagues of other departments and outsiders
    join as guests of this one cohort.
    """

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="seat_invitations", index=False)
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Seat.Role, default=Seat.Role.PARTICIPANT)
    note = models.TextField(_("words to them"), max_length=500, blank=True)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    invited_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    created_at = models.DateTimeField(_("invited at"))

    class Meta(TenantOwned.Meta):
        verbose_name = _("invitation to a seat")
        verbose_name_plural = _("invitations to seats")
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "email"], name="cohorts_seatinvitation_once")
        ]

    def __str__(self) -> str:
        return self.name or self.email
