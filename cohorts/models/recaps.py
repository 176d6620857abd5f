from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.sessions import Session
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned
from prm.tenancy.states import Machine


class RecapQuerySet(TenantQuerySet["Recap"]):
    def sent(self) -> Self:
        return self.filter(state=Recap.State.SENT)

    def due(self, now: datetime) -> Self:
        return self.filter(state=Recap.State.SCHEDULED, send_at__lte=now)


RecapManager = TenantManager.from_queryset(RecapQuerySet)


class Recap(TenantOwned, Edited):
    """What a session was about and what comes next; one a session, never sent empty. Moves by `RECAP_MACHINE`."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENT = "sent", _("Sent")

    session = TenantForeignKey(Session, on_delete=models.PROTECT, related_name="recaps", index=False)
    body = models.TextField(_("text"), max_length=20000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    drafted_at = models.DateTimeField()

    objects = RecapManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "session"], name="cohorts_recap_once"),
            models.CheckConstraint(condition=Q(state="draft") | ~Q(body=""), name="cohorts_recap_never_empty"),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False), name="cohorts_recap_has_a_time"
            ),
        ]
        indexes = [models.Index(fields=["organization", "state", "send_at"], name="cohorts_recap_due")]

    def __str__(self) -> str:
        return f"Recap of {self.session_id}"


RECAP_MACHINE = Machine(
    name="recap",
    field="state",
    moves={
        "schedule": (("draft", "scheduled"), "scheduled"),
        "unschedule": (("scheduled",), "draft"),
        "send": (("draft", "scheduled"), "sent"),
    },
)
