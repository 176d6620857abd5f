"""What colleagues have to do: tasks by hand, and what each of them put off for a while."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow
from prm.tenancy.states import Machine


class TaskQuerySet(TenantQuerySet["Task"]):
    def open(self) -> Self:
        """What is to be done, but for partners that are archived."""
        return self.filter(state=Task.State.OPEN, partner__archived_at=None)

    def done(self) -> Self:
        return self.filter(state=Task.State.DONE)

    def latest_first(self) -> Self:
        return self.order_by("-done_at", "-pk")


TaskManager = TenantManager.from_queryset(TaskQuerySet)


class Task(Edited, TenantOwned):
    """Something that a colleague is to do, written by hand, perhaps about a partner. Moves by `TASK_MACHINE`.

    `due_on` is a day where the organization is. What is given to nobody, or to somebody who has left, is the partner's
    account manager's.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To do")
        DONE = "done", _("Done")

    title = models.CharField(_("what is to be done"), max_length=120)
    note = models.TextField(_("more about it"), max_length=2000, blank=True)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    assignee = TenantForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        index=False,
        verbose_name=_("who does it"),
    )
    state = models.CharField(_("state"), max_length=4, choices=State, default=State.OPEN, db_collation="C")
    created_at = models.DateTimeField(_("written at"))
    created_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )
    outcome = models.CharField(_("what came of it"), max_length=500, blank=True)

    objects = TaskManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", done_at=None) | Q(state="done", done_at__isnull=False),
                name="partners_task_done",
            ),
            models.UniqueConstraint(
                fields=["organization", "title", "partner", "assignee", "due_on"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="partners_task_once",
                violation_error_message=_("There is already a task like this."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "due_on"], condition=Q(state="open"), name="partners_task_due"),
            models.Index(fields=["organization", "-done_at"], condition=Q(state="done"), name="partners_task_latest"),
        ]

    def __str__(self) -> str:
        return self.title


TASK_MACHINE = Machine(
    "task",
    "state",
    {
        "finish": (("open",), "done"),
        "reopen": (("done",), "open"),
    },
)


class SnoozeQuerySet(TenantQuerySet["Snooze"]):
    def lasting(self, now: datetime) -> Self:
        return self.filter(until__gt=now)


SnoozeManager = TenantManager.from_queryset(SnoozeQuerySet)


class Snooze(TenantRow):
    """A colleague does not want to see something of their to-do list before `until`; the others still do.

    `source` names where it comes from (`prm.waiting`), `object_id` which of those it is.
    """

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+", index=False)
    source = models.CharField(max_length=40, db_collation="C")
    object_id = models.BigIntegerField()
    until = models.DateTimeField(_("until"))

    objects = SnoozeManager()

    class Meta(TenantRow.Meta):
        verbose_name = _("snoozed line of a to-do list")
        verbose_name_plural = _("snoozed lines of to-do lists")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership", "source", "object_id"], name="partners_snooze_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.object_id} of {self.membership_id}"
