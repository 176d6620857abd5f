from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned

MOST_ERRORS = 1000


class JobQuerySet(TenantQuerySet["Job"]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


JobManager = TenantManager.from_queryset(JobQuerySet)


class Job(TenantOwned):
    """Work that somebody waits for: how far it is, what went wrong, what came of it.

    Its kind's `run` works in pieces, each its own transaction, and says with `progress` how far it is. What a piece
    needs to go on stands in `parameters`, `position` and `done`: a worker that dies loses one piece at most.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("kind"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    parameters = models.JSONField(default=dict)
    position = models.JSONField(default=dict)
    total = models.PositiveIntegerField(_("of"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    errors = models.JSONField(_("errors"), default=list)
    result = models.JSONField(_("result"), default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    created_by = TenantForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = JobManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=["organization", "not_before"],
                name="jobs_job_unfinished",
                condition=models.Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0

    def progress(self, done: int, total: int) -> None:
        """Say how far the work is. While `done` is less than `total`, `run` is called again."""
        self.done, self.total = done, total

    def add_error(self, **details: Any) -> None:
        """Keep what went wrong with one item, as words and numbers for the page; the first thousand are kept."""
        if len(self.errors) < MOST_ERRORS:
            self.errors = [*self.errors, details]
