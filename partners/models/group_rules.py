"""What fills a group by itself: versions of its rule, who is left out by hand, moves that wait for a person."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.groups import Group
from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned


class GroupRuleQuerySet(TenantQuerySet["GroupRule"]):
    def current(self) -> Self:
        """Versions in force, one for each group that has a rule."""
        return self.filter(ended_at=None)


GroupRuleManager = TenantManager.from_queryset(GroupRuleQuerySet)


class GroupRule(TenantOwned):
    """One version of a group's rule, in force from `started_at` until before `ended_at`; never changed afterwards.

    `definition` is a rule of `partners.conditions`. Its words are those of when it was made: `outline` in nested lines
    ({"text", "parts"}), `sentence` in one, `partner_sentence` what partners may read ("" where the rule asks for things
    that they do not see).
    """

    group = TenantForeignKey(Group, on_delete=models.PROTECT, related_name="rules", index=False)
    version = models.PositiveIntegerField(_("version"))
    definition = models.JSONField(_("rule"))
    outline = models.JSONField(default=dict)
    sentence = models.TextField(_("in words"), max_length=8000)
    partner_sentence = models.TextField(_("in words for partners"), max_length=8000, blank=True)
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    made_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    objects = GroupRuleManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("rule of a group")
        verbose_name_plural = _("rules of groups")
        constraints = [
            models.UniqueConstraint(fields=["organization", "group", "version"], name="partners_grouprule_version"),
            models.UniqueConstraint(
                fields=["organization", "group"], condition=Q(ended_at=None), name="partners_grouprule_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} v{self.version}"


class GroupExclusionQuerySet(TenantQuerySet["GroupExclusion"]):
    def open(self, now: datetime) -> Self:
        """Exclusions that hold at `now`."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now))


GroupExclusionManager = TenantManager.from_queryset(GroupExclusionQuerySet)


class GroupExclusion(TenantOwned):
    """A partner that somebody keeps out of a group, whatever its rule says, from `starts_at` until before `ends_at`."""

    group = TenantForeignKey(Group, on_delete=models.PROTECT, related_name="exclusions", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("why"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    added_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    objects = GroupExclusionManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("exclusion from a group")
        verbose_name_plural = _("exclusions from groups")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "group", "partner"],
                condition=Q(ends_at=None),
                name="partners_groupexclusion_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="partners_groupexclusion_period"
            ),
        ]
        indexes = [models.Index(fields=["organization", "group"], name="partners_groupexclusion_of")]

    def __str__(self) -> str:
        return f"{self.partner_id} out of {self.group_id}"


class GroupHoldQuerySet(TenantQuerySet["GroupHold"]):
    def waiting(self) -> Self:
        return self.filter(state=GroupHold.State.WAITING)


GroupHoldManager = TenantManager.from_queryset(GroupHoldQuerySet)


class GroupHold(TenantOwned):
    """Moves by a rule that wait for a person, because they are many or would hurt.

    `entering` and `leaving` are partners' ids as they were when it was held, `stakes` what hangs on the leaving, by the
    stake's name (see partners.stakes). While a hold waits its group's rule moves nobody.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RELEASED = "released", _("Moved")
        DROPPED = "dropped", _("Not needed any more")
        PAUSED = "paused", _("Rule paused")

    group = TenantForeignKey(Group, on_delete=models.PROTECT, related_name="holds", index=False)
    rule = TenantForeignKey(GroupRule, on_delete=models.PROTECT, related_name="+", index=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    entering = ArrayField(models.BigIntegerField(), default=list)
    leaving = ArrayField(models.BigIntegerField(), default=list)
    stakes = models.JSONField(default=dict)
    held_at = models.DateTimeField(_("held at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    objects = GroupHoldManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("held move")
        verbose_name_plural = _("held moves")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "group"], condition=Q(state="waiting"), name="partners_grouphold_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.state}"
