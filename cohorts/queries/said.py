"""What participants said about how they take part, and what the launch of their cohort asks of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from cohorts.models import Cohort, Launch, Participation, SurveyAnswer
from cohorts.parts import Part


@dataclass(frozen=True, slots=True)
class Said:
    """What the participant said about how they take part, and what the launch asks of them."""

    goal: str = ""
    commitment: str = ""
    is_quotable: bool = False
    shows_after: bool = False
    orientation_at: str | None = None
    rule_version: int = 0
    may_record: bool | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """What a launch offers a participant, and what of it is done."""

    orientation_link: str = ""
    orientation_minutes: int = 0
    asks: bool = False
    has_answered: bool = False


def own_words(membership_id: int, cohort: str) -> dict[str, Any]:
    """Annotations that `said_by` and `begun_for` read; `cohort` is the lookup of the cohort."""
    mine = Participation.objects.filter(cohort=OuterRef(cohort), membership=membership_id)
    told = JSONObject(**{name: name for name in Said.__dataclass_fields__})
    launch = Launch.objects.filter(cohort=OuterRef(cohort))
    begun = JSONObject(
        orientation_link="orientation_link", orientation_minutes="orientation_minutes", questions="questions"
    )
    answered = SurveyAnswer.objects.filter(cohort=OuterRef(cohort), membership=membership_id)
    return {
        "said": Subquery(mine.values(one=told)[:1]),
        "begun": Subquery(launch.values(one=begun)[:1]),
        "has_answered": Exists(answered, output_field=BooleanField()),
    }


def said_by(row: Any) -> Said:
    return Said(**row.said) if row.said else Said()


def begun_for(row: Any, cohort: Cohort) -> Begun:
    if not row.begun or not cohort.uses(Part.LAUNCH):
        return Begun()
    asks = any(not question.get("is_removed") for question in row.begun["questions"])
    return Begun(row.begun["orientation_link"], row.begun["orientation_minutes"], asks, row.has_answered)
