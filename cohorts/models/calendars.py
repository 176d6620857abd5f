from typing import Self

from django.db import models
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from prm.accounts.models import Membership
from prm.accounts.tokens import derive, new_nonce
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow
from prm.tenancy.public_ids import LENGTH


class CalendarTurn(TenantRow):
    """How often a cohort left or came back into somebody's calendar; without a row never.

    It is added to a session's own sequence, so that SEQUENCE also rises for who leaves and returns.
    """

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="+", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    turns = models.PositiveIntegerField(default=0)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_calendar_turn_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.cohort_id}: {self.turns}"


class CalendarFeedQuerySet(TenantQuerySet["CalendarFeed"]):
    def of_member(self, membership: Membership) -> Self:
        return self.filter(membership=membership)


CalendarFeedManager = TenantManager.from_queryset(CalendarFeedQuerySet)


class CalendarFeed(TenantOwned):
    """The address at which a member's calendar program reads their sessions, without signing in.

    The token is derived from `nonce` and never stored; a new nonce is a new address, and the former one is dead.
    """

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    renewed_at = models.DateTimeField(_("address made at"))

    objects = CalendarFeedManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "membership"], name="cohorts_calendar_feed_once")
        ]

    def __str__(self) -> str:
        return f"calendar of {self.membership_id}"

    @property
    def token(self) -> str:
        return str(self.public_id) + derive("calendar.feed", self.nonce)

    def proves(self, token: str) -> bool:
        return constant_time_compare(self.token, token)

    @staticmethod
    def public_id_of(token: str) -> str:
        return token[:LENGTH]
