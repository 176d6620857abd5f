from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from cohorts import walltime
from cohorts.models.cohorts import Cohort
from cohorts.models.sessions import Session
from cohorts.questions import Question, asked, kept_questions
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned

FEWEST_DAYS, MOST_DAYS, USUAL_DAYS = 3, 60, 14


class ClosingSurveyQuerySet(TenantQuerySet["ClosingSurvey"]):
    def asking(self) -> Self:
        """Those that ask anything."""
        return self.filter(is_asking=True)

    def with_opening(self) -> Self:
        """Each with `opens_at`, when its cohort's last session ends; None without a session."""
        return self.annotate(opens_at=last_end("cohort"))


ClosingSurveyManager = TenantManager.from_queryset(ClosingSurveyQuerySet)


class ClosingSurvey(TenantOwned, Edited):
    """What a cohort's participants are asked when it is over.

    One a cohort. `questions` are kept as `cohorts.questions` keeps them, and written with `asking`. It opens when the
    last session ends and stays open until the end of the day `days_open` days later: a session that moves moves it.
    """

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="closing_surveys", index=False)
    questions = models.JSONField(default=list)
    is_asking = models.BooleanField(default=False, editable=False)
    days_open = models.PositiveSmallIntegerField(
        _("days open"),
        default=USUAL_DAYS,
        validators=[MinValueValidator(FEWEST_DAYS), MaxValueValidator(MOST_DAYS)],
    )

    objects = ClosingSurveyManager()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "cohort"], name="cohorts_closing_once")]

    def __str__(self) -> str:
        return f"Closing survey of {self.cohort_id}"

    @staticmethod
    def asking(questions: Iterable[Question]) -> dict[str, Any]:
        """The columns that say what is asked, to be written together."""
        listed = list(questions)
        return {"questions": kept_questions(listed), "is_asking": bool(asked(listed))}


class ClosingAnswer(TenantOwned):
    """What one participant answered at the end. Once a person; staff read it only together with the others'."""

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="closing_answers", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    answered_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_closing_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.membership_id}"


def last_end(cohort: str) -> Subquery:
    """When the last session of the cohort that the column `cohort` names ends."""
    sessions = Session.objects.still_on().filter(cohort=OuterRef(cohort)).order_by().values("cohort")
    return Subquery(sessions.annotate(last=Max("ends_at")).values("last"))


def closes_at(opens_at: datetime, days_open: int, zone: ZoneInfo) -> datetime:
    """Until when a survey that opened at this moment can be answered."""
    return walltime.end_of_day(opens_at.astimezone(zone).date() + timedelta(days=days_open), zone)
