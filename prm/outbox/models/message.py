from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.accounts.tokens import derive, digest, new_nonce
from prm.outbox.kinds import Delivery, MessageKind, message_kinds
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned
from prm.tenancy.public_ids import LENGTH
from prm.tenancy.states import Machine


class MessageQuerySet(TenantQuerySet["Message"]):
    def newest_first(self) -> Self:
        return self.order_by("-id")

    def in_hand(self) -> Self:
        """Neither sent nor given up."""
        return self.filter(state__in=Message.IN_HAND)

    def due(self, now: datetime) -> Self:
        """To be sent by now, longest waiting first."""
        return self.filter(state=Message.State.QUEUED, not_before__lte=now).order_by("not_before", "id")

    def free(self, clock: datetime) -> Self:
        """In no living worker's hands."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=clock))

    def abandoned(self, clock: datetime) -> Self:
        """In the hands of a worker that died."""
        return self.in_hand().filter(lease_until__lt=clock)


MessageManager = TenantManager.from_queryset(MessageQuerySet)


class Message(TenantOwned):
    """One message to one person, unique by its occasion: recipient, kind, subject and slot.

    It is stored by the service that causes it, in that service's transaction, and worded when it is sent. `lease_until`
    says until when a worker holds it; `crashes` counts the workers that ended with it in their hands. `merged_with` is
    the message whose mail told this one too.
    """

    class Channel(models.IntegerChoices):
        MAIL = 1, _("E-mail")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("In doubt")
        SUPPRESSED = "suppressed", _("Not wanted")
        CANCELLED = "cancelled", _("Cancelled")

    IN_HAND = (State.QUEUED, State.SENDING)

    recipient = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    address = models.EmailField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.MAIL)
    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    slot = models.CharField(max_length=80, blank=True)
    parameters = models.JSONField(default=dict)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=300, blank=True)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    sent_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=255, blank=True)
    copy = models.JSONField(default=dict)
    merged_with = models.BigIntegerField(null=True)

    objects = MessageManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "recipient", "address", "kind", "subject_id", "slot", "channel"],
                name="outbox_message_occasion",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "not_before"],
                condition=Q(state__in=["queued", "sending"]),
                name="outbox_message_in_hand",
            ),
            models.Index(
                fields=["organization", "lease_until"],
                condition=Q(state__in=["queued", "sending"], lease_until__isnull=False),
                name="outbox_message_leased",
            ),
            models.Index(fields=["organization", "state", "id"], name="outbox_message_by_state"),
            models.Index(fields=["organization", "kind", "id"], name="outbox_message_by_kind"),
        ]

    def __str__(self) -> str:
        return self.subject or self.kind

    @property
    def definition(self) -> MessageKind | None:
        """What the app registered under this kind; None when that app is gone."""
        return message_kinds.get(self.kind) if self.kind in message_kinds else None

    @property
    def is_at_most_once(self) -> bool:
        definition = self.definition
        return definition is None or definition.delivery == Delivery.AT_MOST_ONCE

    def token(self, purpose: str) -> str:
        """The token of a link in this message: names the row and proves knowledge of it. Never stored."""
        return str(self.public_id) + derive(f"message.{purpose}", self.nonce)

    def token_digest(self, purpose: str) -> str:
        return digest(self.token(purpose))

    def proves(self, purpose: str, token: str) -> bool:
        """Whether `token` is this message's token for `purpose`."""
        return constant_time_compare(self.token(purpose), token)

    @staticmethod
    def public_id_of(token: str) -> str:
        return token[:LENGTH]


# Every way a message goes on. The sender makes its moves for many rows at once, staff theirs by MACHINE.move.
MACHINE = Machine(
    "message",
    "state",
    {
        "begin": (("queued",), "sending"),
        "deliver": (("sending", "unknown"), "sent"),
        "return": (("sending",), "queued"),
        "give_up": (("queued", "sending"), "failed"),
        "doubt": (("sending",), "unknown"),
        "suppress": (("queued",), "suppressed"),
        "cancel": (("queued",), "cancelled"),
        "retry": (("failed", "unknown"), "queued"),
    },
)
