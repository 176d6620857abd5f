from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class GroupQuerySet(TenantQuerySet["Group"]):
    def listed(self) -> Self:
        return self.filter(archived_at=None)

    def by_name(self) -> Self:
        return self.order_by("normalized_name", "pk")


GroupManager = TenantManager.from_queryset(GroupQuerySet)


class Group(Edited, TenantOwned):
    """Partners that have something in common, and are therefore shown, asked and given the same.

    `description` is what its partners read, `purpose` why the organization treats them differently (staff only).
    """

    class Color(models.TextChoices):
        INDIGO = "indigo", _("Indigo")
        VIOLET = "violet", _("Violet")
        ROSE = "rose", _("Rose")
        CORAL = "coral", _("Coral")
        AMBER = "amber", _("Amber")
        GREEN = "green", _("Green")
        TEAL = "teal", _("Teal")
        SKY = "sky", _("Sky")

    name = models.CharField(_("name"), max_length=80)
    normalized_name = models.CharField(max_length=80, editable=False, db_collation="C")
    description = models.TextField(_("what its partners read"), blank=True, max_length=1000)
    purpose = models.TextField(_("why you treat them differently"), blank=True, max_length=1000)
    owner = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("owner")
    )
    color = models.CharField(_("color"), max_length=10, choices=Color, default=Color.INDIGO)
    # How its partners are treated differently: who answers them, and how soon. Of several groups the better holds.
    contact = TenantForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        index=False,
        verbose_name=_("contact"),
    )
    response_hours = models.PositiveSmallIntegerField(_("answers within, in hours"), null=True, blank=True)
    # What it is to come to: a measure over facts (its name), summed over its partners since the group was made.
    goal_measure = models.CharField(_("what it is measured by"), max_length=60, blank=True)
    goal_target = models.DecimalField(_("target"), max_digits=18, decimal_places=4, null=True, blank=True)
    goal_on = models.DateField(_("by"), null=True, blank=True)
    review_on = models.DateField(_("next review"), null=True, blank=True)
    told_at = models.DateTimeField(_("partners told at"), null=True, blank=True, editable=False)
    # What the rule may do by itself: more partners moved within an hour wait for a person, and whoever leaves by it
    # has so many days. 0 days: at once.
    brake = models.PositiveIntegerField(_("most partners moved without asking"), default=25)
    grace_days = models.PositiveSmallIntegerField(_("days until a partner that no longer fits leaves"), default=14)
    rule_paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Why the rule could not be followed when it was last tried.
    rule_problem = models.CharField(max_length=300, blank=True, editable=False)
    evaluated_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made at"))
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = GroupManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "normalized_name"],
                condition=Q(archived_at=None),
                name="partners_group_name",
                violation_error_message=_("There is already a group of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def hue(self) -> int:
        """The number of the color in the stylesheet's steady hues, 1 to 8."""
        return hue_of(self.color)


def hue_of(color: str) -> int:
    return Group.Color.values.index(color) + 1 if color in Group.Color.values else 1


class GroupMemberQuerySet(TenantQuerySet["GroupMember"]):
    def open(self) -> Self:
        """Memberships whose end nobody has told yet: what lists call "in the group"."""
        return self.filter(closed_at=None)

    def present(self, now: datetime) -> Self:
        """Memberships that hold at `now`, to the second."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)

    def ended(self, now: datetime) -> Self:
        """Memberships with a planned end that has come and is still to be told."""
        return self.open().filter(ends_at__lte=now)


GroupMemberManager = TenantManager.from_queryset(GroupMemberQuerySet)


class GroupMember(TenantOwned):
    """A partner in a group, from `starts_at` until before `ends_at`.

    `ends_at` may lie ahead (a planned end). `closed_at` says when the end was told: fact written, group's list left.
    A partner has at most one membership of a group that is not closed.
    """

    class Source(models.TextChoices):
        HAND = "hand", _("By hand")
        IMPORT = "import", _("From a spreadsheet")
        INVITATION = "invitation", _("With an invitation")
        RULE = "rule", _("By rule")

    group = TenantForeignKey(Group, on_delete=models.PROTECT, related_name="memberships", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="group_memberships")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)
    source = models.CharField(_("how"), max_length=12, choices=Source, default=Source.HAND)
    # By which version of the rule it came in, and since when that rule no longer holds for it: `ends_at` is then the
    # end of its grace.
    rule = TenantForeignKey("partners.GroupRule", on_delete=models.PROTECT, related_name="+", null=True, index=False)
    leaving_since = models.DateTimeField(null=True, editable=False)
    added_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )

    objects = GroupMemberManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("group membership")
        verbose_name_plural = _("group memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "group", "partner"],
                condition=Q(closed_at=None),
                name="partners_groupmember_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="partners_groupmember_period"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "group", "-starts_at"], name="partners_groupmember_history"),
            models.Index(
                fields=["organization", "ends_at"],
                condition=Q(closed_at=None, ends_at__isnull=False),
                name="partners_groupmember_ending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} in {self.group_id}"
