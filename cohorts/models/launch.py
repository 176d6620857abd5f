from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import Edited, TenantOwned


class Launch(TenantOwned, Edited):
    """How a cohort begins: the kick-off mail, an orientation to watch, the questions of the pre-course survey.

    One a cohort. `questions` are kept as `cohorts.questions` keeps them; what is written in `kickoff` is a draft until
    `kickoff_sent_at`.
    """

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="launches", index=False)
    kickoff = models.TextField(_("kick-off mail"), max_length=4000, blank=True)
    kickoff_sent_at = models.DateTimeField(null=True, blank=True)
    orientation_link = models.URLField(_("orientation video"), max_length=500, blank=True)
    orientation_minutes = models.PositiveSmallIntegerField(_("minutes"), default=6, validators=[MaxValueValidator(120)])
    questions = models.JSONField(default=list)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "cohort"], name="cohorts_launch_once")]

    def __str__(self) -> str:
        return f"Launch of {self.cohort_id}"


class SurveyAnswer(TenantOwned):
    """What one participant answered before the course. Once a person; the group reads it only summed up."""

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="survey_answers", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    answered_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_survey_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.membership_id}"
