"""What partners are asked for and what they tell of themselves: requests, proposed values, questions put aside."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow

LONGEST_FIELD = 40


class DataRequest(TenantOwned):
    """Partners that lack something are asked for it, each lead by one mail.

    `fields` are named as in `ValueChange.field`. What is answered follows from the data itself, so that whatever fills
    the gap counts.
    """

    fields = ArrayField(models.CharField(max_length=LONGEST_FIELD))
    note = models.CharField(_("personal line"), max_length=500, blank=True)
    asked_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    asked_at = models.DateTimeField(_("asked at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True)

    class Meta(TenantOwned.Meta):
        verbose_name = _("request for data")
        verbose_name_plural = _("requests for data")
        indexes = [models.Index(fields=["organization", "-asked_at"], name="partners_datarequest_newest")]

    def __str__(self) -> str:
        return f"{', '.join(self.fields)} {self.asked_at:%Y-%m-%d}"


class AskedPartner(TenantRow):
    """One partner that a request asks."""

    request = TenantForeignKey(DataRequest, on_delete=models.CASCADE, related_name="asked", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantRow.Meta):
        verbose_name = _("asked partner")
        verbose_name_plural = _("asked partners")
        constraints = [
            models.UniqueConstraint(fields=["organization", "request", "partner"], name="partners_askedpartner_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} asked by {self.request_id}"


class PauseQuerySet(TenantQuerySet["QuestionPause"]):
    def lasting(self, now: datetime) -> Self:
        return self.filter(until__gt=now)


PauseManager = TenantManager.from_queryset(PauseQuerySet)


class QuestionPause(TenantRow):
    """A question that a partner put aside: skipped for some days, or not known, which answers a request for it."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+", index=False)
    field = models.CharField(max_length=LONGEST_FIELD, db_collation="C")
    is_unknown = models.BooleanField(_("not known"), default=False)
    until = models.DateTimeField(_("until"))
    said_at = models.DateTimeField(_("said at"))
    said_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    objects = PauseManager()

    class Meta(TenantRow.Meta):
        verbose_name = _("question put aside")
        verbose_name_plural = _("questions put aside")
        constraints = [
            models.UniqueConstraint(fields=["organization", "partner", "field"], name="partners_questionpause_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.partner_id}"


class RecordConfirmation(TenantRow):
    """When a partner last said of a column of its record that it is still so; attribute values keep that themselves."""

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+", index=False)
    field = models.CharField(max_length=LONGEST_FIELD, db_collation="C")
    at = models.DateTimeField(_("at"))
    confirmed_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    class Meta(TenantRow.Meta):
        verbose_name = _("confirmation of a record")
        verbose_name_plural = _("confirmations of records")
        constraints = [
            models.UniqueConstraint(fields=["organization", "partner", "field"], name="partners_confirmation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.partner_id}"


class ProposedValueQuerySet(TenantQuerySet["ProposedValue"]):
    def waiting(self) -> Self:
        return self.filter(state=ProposedValue.State.WAITING)


ProposedValueManager = TenantManager.from_queryset(ProposedValueQuerySet)


class ProposedValue(TenantOwned):
    """A value that a partner told and that would move something: it waits until a colleague accepts or declines it.

    `value` and `before` are as `ValueChange` keeps them, `moves` says in words what would move when it was told. A
    newer one for the same field takes its place.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=LONGEST_FIELD, db_collation="C")
    value = models.JSONField(null=True)
    before = models.JSONField(null=True)
    moves = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    proposed_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    proposed_at = models.DateTimeField(_("told at"))
    decided_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("why"), max_length=300, blank=True)

    objects = ProposedValueManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("proposed value")
        verbose_name_plural = _("proposed values")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "partner", "field"],
                condition=Q(state="waiting"),
                name="partners_proposedvalue_waiting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "proposed_at"],
                condition=Q(state="waiting"),
                name="partners_proposedvalue_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.partner_id}"
