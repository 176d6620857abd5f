from typing import Self

from django.db import models
from django.db.models import Q

from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned


class NotificationQuerySet(TenantQuerySet["Notification"]):
    def of(self, membership: Membership) -> Self:
        return self.filter(membership=membership)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-id")


NotificationManager = TenantManager.from_queryset(NotificationQuerySet)


class Notification(TenantOwned):
    """A line behind the bell. `url` is a path within this organization."""

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationManager()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["organization", "membership", "-id"], name="outbox_notification_newest"),
            models.Index(
                fields=["organization", "membership"], condition=Q(read_at=None), name="outbox_notification_unread"
            ),
        ]

    def __str__(self) -> str:
        return self.title
