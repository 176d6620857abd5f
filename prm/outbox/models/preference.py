from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class Preference(TenantOwned):
    """How a member wants to hear about one category in one organization; without a row: by mail.

    A row with an address instead of a membership is the word of somebody who got mail without being a member.
    """

    class Choice(models.TextChoices):
        MAIL = "mail", _("E-mail and bell")
        IN_APP = "in_app", _("Bell only")
        OFF = "off", _("Off")

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    address = models.EmailField(blank=True)
    category = models.CharField(max_length=20)
    choice = models.CharField(max_length=10, choices=Choice)
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership", "address", "category"],
                name="outbox_preference_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.choice}"


class QuietHours(TenantOwned):
    """The hours of a member's day, in the member's zone, in which nothing arrives that can wait. May pass midnight."""

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    starts = models.TimeField(_("quiet from"))
    ends = models.TimeField(_("until"))

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "membership"], name="outbox_quiet_hours_once")]

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"
