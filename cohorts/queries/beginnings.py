"""With what an application begins: what was saved, what the person wrote for an earlier cohort, what they tell of
themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Subquery

from cohorts.first_questions import EXPERIENCE
from cohorts.models import Application, Cohort, SelectionPlan
from cohorts.queries.selection_plans import form_from
from cohorts.questions import LISTED, Kind, Question, asked
from partners.models import PersonProfile
from prm.accounts.models import Membership
from prm.tenancy.prepared import prepared

# What a profile says about somebody's experience, in the words of the house's question.
_EXPERIENCE = {
    PersonProfile.Seniority.STARTING: "new",
    PersonProfile.Seniority.ABLE: "some",
    PersonProfile.Seniority.SENIOR: "seasoned",
    PersonProfile.Seniority.HEAD: "seasoned",
}


@dataclass(frozen=True)
class Beginning:
    """`answers` by the keys of the cohort's questions. `is_former` where they come from another cohort or the profile,
    and nobody has saved anything here yet.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    agrees: bool = False
    is_former: bool = False


def beginning(
    cohort: Cohort, questions: Sequence[Question], member: Membership, application: Application | None
) -> Beginning:
    """What was saved; else the last answers to the same questions, and for what is missing then the own profile.

    Nobody agrees twice by agreeing once, files are not taken over, and what was told in confidence about another room
    is asked anew.
    """
    if application is not None:
        return Beginning(application.answers, application.agrees)
    usable = [row for row in asked(questions) if row.kind != Kind.FILE and not row.is_confidential]
    (told,) = _told(member.pk, cohort.pk)
    found = _from_profile(usable, told["seniority"]) | _from_before(usable, told["before"] or {}, told["form"])
    return Beginning(found, is_former=bool(found))


@prepared
def _told(membership_id: int, cohort_id: int) -> QuerySet[Any, Any]:
    """What the member answered last for another cohort and what that one asked, and what their profile says."""
    before = Application.objects.of_member(membership_id).exclude(cohort=cohort_id).exclude(answers={})
    before = before.order_by("-saved_at", "-pk")
    plans = SelectionPlan.objects.filter(cohort__in=before.values("cohort")[:1])
    profiles = PersonProfile.objects.filter(user__membership=membership_id)
    return Cohort.objects.filter(pk=cohort_id).values(
        before=Subquery(before.values("answers")[:1]),
        form=Subquery(plans.values("questions")[:1]),
        seniority=Subquery(profiles.values("seniority")[:1]),
    )


def _from_before(usable: Sequence[Question], answers: Mapping[str, Any], form: Any) -> dict[str, Any]:
    # The same question of another cohort has the same key, or at least the same words and kind.
    by_words = {(row.label.casefold(), row.kind): row for row in form_from(form)}
    found = {}
    for question in usable:
        same = by_words.get((question.label.casefold(), question.kind))
        key = same.key if same and question.key not in answers else question.key
        value = answers.get(key)
        if value is not None and _fits(question, value):
            found[question.key] = value
    return found


def _fits(question: Question, value: Any) -> bool:
    if question.kind not in LISTED:
        return True
    known = [key for key, _label in question.options]
    return all(key in known for key in (value if isinstance(value, list) else [value]))


def _from_profile(usable: Sequence[Question], seniority: str | None) -> dict[str, Any]:
    question = next((row for row in usable if row.key == EXPERIENCE and row.kind == Kind.CHOICE), None)
    said = _EXPERIENCE.get(PersonProfile.Seniority(seniority)) if seniority else None
    return {EXPERIENCE: said} if said and question and _fits(question, said) else {}
