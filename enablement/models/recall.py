from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enablement.models.content import Content
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned
from prm.tenancy.states import Machine


class RecallItemQuerySet(TenantQuerySet["RecallItem"]):
    def active(self) -> Self:
        return self.filter(state=RecallItem.State.ACTIVE)

    def askable(self, now: datetime) -> Self:
        """Active, within their time, and not from content that was taken back."""
        in_time = Q(valid_from__isnull=True) | Q(valid_from__lte=now)
        in_time &= Q(valid_until__isnull=True) | Q(valid_until__gt=now)
        of_content = Q(content__isnull=True) | Q(content__state=Content.State.PUBLISHED)
        return self.active().filter(in_time, of_content)


RecallItemManager = TenantManager.from_queryset(RecallItemQuerySet)


class RecallItem(Edited, TenantOwned):
    """One claim worth keeping, with the questions that ask for it. All of its variants share one memory a member.

    State changes only through `RECALL_ITEM`.
    """

    class Criticality(models.TextChoices):
        NORMAL = "normal", _("Good to know")
        MUST_KNOW = "must_know", _("Must know")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    content = TenantForeignKey(Content, on_delete=models.PROTECT, null=True, blank=True, related_name="recall_items")
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    claim = models.CharField(_("claim"), max_length=280)
    explanation = models.TextField(_("explanation"), max_length=1000, blank=True)
    criticality = models.CharField(_("how important"), max_length=10, choices=Criticality, default=Criticality.NORMAL)
    owner = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE, editable=False)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), editable=False)

    objects = RecallItemManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="enablement_item_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.claim


RECALL_ITEM = Machine("recall_item", "state", {"retire": (("active",), "retired"), "restore": (("retired",), "active")})


class RecallVariant(TenantOwned):
    """One wording of the question. What has been asked is never reworded: a new variant takes its place (`is_active`).

    `options` is a list of {"text": str, "correct": bool}: at least four, one of them correct. An answer names the place
    of its option in this list, whatever the order in which the options were shown.
    """

    class Kind(models.TextChoices):
        CHOICE = "choice", _("Choice")

    item = TenantForeignKey(RecallItem, on_delete=models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CHOICE)
    question = models.CharField(_("question"), max_length=400)
    options: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField()
    is_active = models.BooleanField(default=True)

    class Meta(TenantOwned.Meta):
        pass

    def __str__(self) -> str:
        return self.question

    @property
    def correct(self) -> int:
        """The place of the correct option in `options`."""
        return next(place for place, option in enumerate(self.options) if option["correct"])
