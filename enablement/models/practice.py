from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enablement.models.memory import Memory, Review
from enablement.models.recall import RecallItem, RecallVariant
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow


class Nudge(TenantRow):
    """One question asked by mail. Its link works without signing in, for this question, once, until `expires_at`.

    The link carries the token of the outbox's message about this nudge. `slot_on` is the local day it was planned for:
    one nudge a day at most.
    """

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    item = TenantForeignKey(RecallItem, on_delete=models.PROTECT, related_name="+")
    variant = TenantForeignKey(RecallVariant, on_delete=models.PROTECT, related_name="+")
    slot_on = models.DateField(_("slot"))
    asked_at = models.DateTimeField(_("asked at"))
    predicted = models.FloatField(_("expected recall"))
    expires_at = models.DateTimeField(_("valid until"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    review = TenantForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="+", index=False)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership", "slot_on"], name="enablement_nudge_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} on {self.slot_on}"

    def is_open(self, now: datetime) -> bool:
        return self.answered_at is None and self.expires_at > now


class RoundQuerySet(TenantQuerySet["Round"]):
    def unfinished(self) -> Self:
        return self.filter(finished_at__isnull=True)


RoundManager = TenantManager.from_queryset(RoundQuerySet)


class Round(TenantOwned):
    """A handful of questions answered in one go, in the portal or (with `nudge`) behind a mail's link.

    An interrupted round continues where it stopped; one that is older than a day is put aside.
    """

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    nudge = TenantForeignKey(Nudge, on_delete=models.PROTECT, null=True, related_name="rounds", index=False)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = RoundManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership"],
                condition=Q(finished_at__isnull=True, nudge__isnull=True),
                name="enablement_round_one_open",
            ),
            models.UniqueConstraint(fields=["organization", "nudge"], name="enablement_round_once_a_nudge"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} at {self.started_at:%Y-%m-%d}"


class RoundQuestion(TenantRow):
    """One question of a round, chosen when the round began, with the recall expected then."""

    round = TenantForeignKey(Round, on_delete=models.CASCADE, related_name="questions", index=False)
    position = models.PositiveSmallIntegerField()
    memory = TenantForeignKey(Memory, on_delete=models.PROTECT, related_name="+")
    variant = TenantForeignKey(RecallVariant, on_delete=models.PROTECT, related_name="+")
    predicted = models.FloatField(_("expected recall"))
    review = TenantForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="+", index=False)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "round", "position"], name="enablement_question_place")
        ]

    def __str__(self) -> str:
        return f"{self.round_id}.{self.position}"


class Rhythm(TenantRow):
    """How a member wants to be asked by mail; without a row, as usual. "Never" is a preference of the outbox."""

    class Cause(models.TextChoices):
        ASKED = "asked", _("Asked for a pause")
        SILENCE = "silence", _("Did not answer")

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+", index=False)
    paused_at = models.DateTimeField(_("paused at"), null=True)
    paused_until = models.DateTimeField(_("paused until"), null=True)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause, blank=True)
    resumed_at = models.DateTimeField(_("resumed at"), null=True)

    class Meta(TenantRow.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "membership"], name="enablement_rhythm_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.cause}"

    def is_paused(self, now: datetime) -> bool:
        return self.paused_at is not None and (self.paused_until is None or self.paused_until > now)
