"""How partners get from one tier to another: what the rules say now, what is under way, and the ledger."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from partners.models.tier_rules import LadderVersion
from partners.models.tiers import Ladder, Tier
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow
from prm.tenancy.policies import append_only, erasable


class TierOutlook(TenantRow):
    """What the rules give a partner today: the tier whose requirements are met, and how far the next one is.

    `share` is how much of the next tier is done, 0 to 1; `is_short` says that the present tier's own requirements are
    not met. Made anew by each evaluation, so that lists need not measure.
    """

    ladder = TenantForeignKey(Ladder, on_delete=models.CASCADE, related_name="+", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+", index=False)
    reached = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="+", index=False)
    next_tier = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    share = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    is_short = models.BooleanField(default=False)
    measured_at = models.DateTimeField()

    class Meta(TenantRow.Meta):
        verbose_name = _("outlook of a partner")
        verbose_name_plural = _("outlooks of partners")
        constraints = [
            models.UniqueConstraint(fields=["organization", "ladder", "partner"], name="partners_tieroutlook_once"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "ladder", "-share"],
                condition=Q(next_tier__isnull=False),
                name="partners_tieroutlook_close",
            ),
            models.Index(
                fields=["organization", "ladder"], condition=Q(is_short=True), name="partners_tieroutlook_short"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} reaches {self.reached_id}"


class TierMoveQuerySet(TenantQuerySet["TierMove"]):
    def open(self) -> Self:
        return self.filter(state__in=TierMove.OPEN)

    def rises(self) -> Self:
        return self.filter(kind=TierMove.Kind.RISE)

    def drops(self) -> Self:
        return self.filter(kind=TierMove.Kind.DROP)


TierMoveManager = TenantManager.from_queryset(TierMoveQuerySet)


class TierMove(TenantOwned):
    """A partner on its way to another tier: a rise that waits for approval, or a notice that a tier will be lowered.

    Of a drop, `period_ends_at` is the end of the period it is about, `tell_at` when the partner is told unless the
    account manager does so before, `effective_at` when the tier is lowered. `figures` are the requirements that decide,
    as they were when the move began: {"label", "value", "threshold", "unit"}. `words` is what the account manager adds.
    """

    class Kind(models.TextChoices):
        RISE = "rise", _("Rise")
        DROP = "drop", _("Drop")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        PREPARED = "prepared", _("To be told")
        TOLD = "told", _("Told")
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")
        LAPSED = "lapsed", _("No longer needed")

    OPEN = (State.WAITING, State.PREPARED, State.TOLD)

    ladder = TenantForeignKey(Ladder, on_delete=models.PROTECT, related_name="moves", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    version = TenantForeignKey(LadderVersion, on_delete=models.PROTECT, related_name="+", index=False)
    kind = models.CharField(max_length=4, choices=Kind)
    state = models.CharField(_("state"), max_length=8, choices=State)
    from_tier = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="+", index=False)
    to_tier = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="+", index=False)
    figures = models.JSONField(default=list)
    words = models.CharField(_("your words"), max_length=500, blank=True)
    began_at = models.DateTimeField()
    period_ends_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = TierMoveManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("move between tiers")
        verbose_name_plural = _("moves between tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "ladder", "partner"],
                condition=Q(state__in=["waiting", "prepared", "told"]),
                name="partners_tiermove_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="rise") | Q(period_ends_at__isnull=False, effective_at__isnull=False),
                name="partners_tiermove_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "ladder", "state", "-began_at"], name="partners_tiermove_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} – {self.to_tier}"


class TierAppeal(TenantOwned):
    """A partner asks that its tier is not lowered. While it is unanswered, the tier stays."""

    class Outcome(models.TextChoices):
        KEPT = "kept", _("The tier stays")
        LOWERED = "lowered", _("The tier is lowered")

    move = TenantForeignKey(TierMove, on_delete=models.PROTECT, related_name="appeals", index=False)
    ladder = TenantForeignKey(Ladder, on_delete=models.PROTECT, related_name="appeals")
    text = models.TextField(_("why your tier should stay"), max_length=2000)
    sent_at = models.DateTimeField()
    sent_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    answer_due_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    answer = models.TextField(_("your answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    class Meta(TenantOwned.Meta):
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(fields=["organization", "move"], name="partners_tierappeal_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="") | (Q(answered_at__isnull=False) & ~Q(outcome="")),
                name="partners_tierappeal_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move.partner}"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None


class TierHoldQuerySet(TenantQuerySet["TierHold"]):
    def open(self) -> Self:
        return self.filter(ended_at=None)

    def holding(self, now: datetime) -> Self:
        return self.open().filter(ends_at__gt=now)


TierHoldManager = TenantManager.from_queryset(TierHoldQuerySet)


class TierHold(TenantOwned):
    """A tier that a colleague gave or keeps until `ends_at`, whatever the numbers say. A partner may rise meanwhile."""

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", index=False)
    ladder = TenantForeignKey(Ladder, on_delete=models.PROTECT, related_name="+", index=False)
    tier = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="+", index=False)
    reason = models.CharField(_("why"), max_length=200)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(null=True, editable=False)
    given_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    objects = TierHoldManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("held tier")
        verbose_name_plural = _("held tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "partner", "ladder"], condition=Q(ended_at=None), name="partners_tierhold_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "ends_at"], condition=Q(ended_at=None), name="partners_tierhold_ending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} holds {self.tier_id}"


@erasable("reason")
@append_only
class TierEntry(TenantRow):
    """A line of the ledger: what happened to a partner's standing, why, by whom, under which version."""

    class What(models.TextChoices):
        PLACED = "placed", _("Started")
        RAISED = "raised", _("Raised")
        PROPOSED = "proposed", _("Rise waits for approval")
        DECLINED = "declined", _("Rise declined")
        WARNED = "warned", _("Notice prepared")
        TOLD = "told", _("Notice given")
        CAUGHT_UP = "caught_up", _("Notice withdrawn")
        APPEALED = "appealed", _("Appeal")
        ANSWERED = "answered", _("Appeal answered")
        LOWERED = "lowered", _("Lowered")
        GIVEN = "given", _("Given by hand")
        HELD = "held", _("Held by hand")
        HOLD_ENDED = "hold_ended", _("Hold ended")
        LEFT = "left", _("Left the ladder")

    ladder = TenantForeignKey(Ladder, on_delete=models.PROTECT, related_name="+", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", index=False)
    at = models.DateTimeField()
    what = models.CharField(max_length=10, choices=What)
    from_tier = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    to_tier = TenantForeignKey(Tier, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    version = TenantForeignKey(LadderVersion, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    # Nobody where the rules did it by themselves.
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    reason = models.CharField(max_length=500, blank=True)

    class Meta(TenantRow.Meta):
        verbose_name = _("line of a ladder's ledger")
        verbose_name_plural = _("lines of ladders' ledgers")
        indexes = [
            models.Index(fields=["organization", "ladder", "-at", "-id"], name="partners_tierentry_ladder"),
            models.Index(fields=["organization", "partner", "-at", "-id"], name="partners_tierentry_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.partner_id}"
