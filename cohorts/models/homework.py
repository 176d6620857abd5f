from datetime import date, datetime, time
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts import walltime
from cohorts.models.cohorts import Cohort
from cohorts.models.sessions import Session
from prm.accounts.models import Membership
from prm.files.models import StoredFile
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class HomeworkQuerySet(TenantQuerySet["Homework"]):
    def due_first(self) -> Self:
        return self.order_by("due_at", "id")

    def due_after(self, now: datetime) -> Self:
        return self.filter(due_at__gt=now)


HomeworkManager = TenantManager.from_queryset(HomeworkQuerySet)


class Homework(TenantOwned, Edited):
    """A task for every participant of a cohort, due at a wall-clock time in the cohort's zone.

    Participants see it from the moment it exists. `due_at` follows from the wall-clock time by `derived()`.
    """

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="homework")
    session = TenantForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="homework", verbose_name=_("session")
    )
    title = models.CharField(_("title"), max_length=120)
    brief = models.TextField(_("brief"), max_length=8000)
    due_on = models.DateField(_("due on"))
    due_time = models.TimeField(_("until"))
    due_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField()

    objects = HomeworkManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("homework")
        verbose_name_plural = _("homework")
        indexes = [models.Index(fields=["organization", "due_at"], name="cohorts_homework_due")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def derived(cls, on: date, at: time, zone: str) -> dict[str, datetime]:
        """The columns that follow from the due date, to be written together with it."""
        return {"due_at": walltime.instant(on, at, zone)}


class SubmissionQuerySet(TenantQuerySet["Submission"]):
    def of_member(self, membership: Membership) -> Self:
        return self.filter(membership=membership)

    def newest_first(self) -> Self:
        return self.order_by("-version")


SubmissionManager = TenantManager.from_queryset(SubmissionQuerySet)


class Submission(TenantOwned):
    """One version of what a participant handed in; the highest version counts, the earlier ones stay readable."""

    homework = TenantForeignKey(Homework, on_delete=models.PROTECT, related_name="submissions", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    text = models.TextField(_("text"), max_length=20000, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = TenantForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    submitted_at = models.DateTimeField(_("handed in at"))
    is_late = models.BooleanField(_("late"), default=False)

    objects = SubmissionManager()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "homework", "membership", "version"], name="cohorts_submission_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.homework_id} by {self.membership_id}, version {self.version}"


class SubmissionComment(TenantOwned):
    """A word about a version that was handed in, by a facilitator or by the person who handed it in."""

    submission = TenantForeignKey(Submission, on_delete=models.CASCADE, related_name="comments")
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    body = models.TextField(_("comment"), max_length=4000)
    written_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.author_id} on {self.submission_id}"
