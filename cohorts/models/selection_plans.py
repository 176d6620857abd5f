from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import Edited, TenantOwned


class SelectionPlan(TenantOwned, Edited):
    """How a cohort finds its people: what is asked, and what happens around decisions and offers of seats.

    A cohort without a row has these very defaults; `plan_of` gives one for every cohort. `questions` are kept as
    `cohorts.questions` says; none at all means the house's first questions. `criteria` are what `cohorts.criteria`
    reads. `release_at` is when decisions that account managers know of reach the applicants.

    Where reviewers give points (`Part.REVIEWS`), `rubric` is kept as `cohorts.rubric` says, none at all being the
    house's; each application is given to `reviews_wanted` of them. From `compare_at` on everybody reads everything;
    before, who reviews is blind to the others until their own points are kept (`is_blind`), and to names
    (`hides_names`).
    """

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="selection_plans", index=False)
    questions = models.JSONField(default=list)
    criteria = models.JSONField(default=dict)
    quiet_hours = models.PositiveSmallIntegerField(_("hours in which nobody moves up by itself"), default=48)
    manager_hours = models.PositiveSmallIntegerField(_("hours that account managers know first"), default=0)
    release_at = models.DateTimeField(_("decisions are told at"), null=True, blank=True)

    rubric = models.JSONField(default=list, db_default=[])
    reviews_wanted = models.PositiveSmallIntegerField(_("reviewers for each application"), default=2, db_default=2)
    is_blind = models.BooleanField(_("nobody reads others before writing"), default=True, db_default=True)
    hides_names = models.BooleanField(_("names are hidden from reviewers"), default=False, db_default=False)
    compare_at = models.DateTimeField(_("everything is open from"), null=True, blank=True)

    class Meta(TenantOwned.Meta):
        verbose_name = _("selection of a cohort")
        verbose_name_plural = _("selections of cohorts")
        constraints = [models.UniqueConstraint(fields=["organization", "cohort"], name="cohorts_selectionplan_once")]

    def compares(self, now: datetime) -> bool:
        """Whether reviewers have given their points, each alone, and compare them now."""
        return self.compare_at is not None and self.compare_at <= now

    def __str__(self) -> str:
        return f"selection of {self.cohort_id}"
