from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from cohorts.models.selection import Application
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantRow
from prm.tenancy.states import Machine


class Reviewer(TenantRow):
    """A colleague who gives points to the applications for a cohort."""

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="reviewers", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_reviewer_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} reviews {self.cohort_id}"


class ReviewQuerySet(TenantQuerySet["Review"]):
    def asked(self) -> Self:
        return self.filter(state=Review.State.ASKED)

    def written(self) -> Self:
        return self.filter(state=Review.State.WRITTEN)

    def to_write(self) -> Self:
        """Those that are asked for and still matter: nothing is decided about the application."""
        return self.asked().filter(application__state=Application.State.SUBMITTED)


ReviewManager = TenantManager.from_queryset(ReviewQuerySet)


class Review(TenantRow):
    """What one reviewer says about one application: points by the rubric's keys, and words. Moves by `REVIEW_MACHINE`.

    A row begins when the reviewer is asked, or writes without being asked. `comment` is for colleagues, and where
    somebody abstains the reason.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        WRITTEN = "written", _("Reviewed")
        ABSTAINED = "abstained", _("Abstained")

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="+", index=False)
    application = TenantForeignKey(Application, on_delete=models.CASCADE, related_name="reviews", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    points = models.JSONField(default=dict)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    asked_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewManager()

    class Meta(TenantRow.Meta):
        verbose_name = _("review of an application")
        verbose_name_plural = _("reviews of applications")
        constraints = [
            models.UniqueConstraint(fields=["organization", "application", "membership"], name="cohorts_review_once")
        ]
        indexes = [
            models.Index(fields=["organization", "cohort", "membership", "state"], name="cohorts_review_of_cohort"),
            models.Index(fields=["organization", "membership", "state"], name="cohorts_review_to_write"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} on {self.application_id}"


REVIEW_MACHINE = Machine(
    name="review",
    field="state",
    moves={
        "write": (("asked", "written", "abstained"), "written"),
        "abstain": (("asked", "written"), "abstained"),
    },
)
