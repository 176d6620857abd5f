"""Applications against the hard criteria of their cohort. Nothing is asked where the part is off or there are none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from cohorts.criteria import Checked, Criteria, checked
from cohorts.models import Application, Cohort, SelectionPlan
from cohorts.parts import Part
from cohorts.queries.selection_plans import form_of
from cohorts.questions import Question
from partners.models import Group, GroupMember


@dataclass(frozen=True)
class Judge:
    """Everything that is needed to check any application of a cohort; `inside` gives each partner's groups."""

    criteria: Criteria = field(default_factory=Criteria)
    questions: list[Question] = field(default_factory=list)
    group_names: Mapping[str, str] = field(default_factory=dict)
    inside: Mapping[int, set[str]] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """The questions whose answers are looked at."""
        return list(self.criteria.answers)

    def check(self, partner_id: int | None, answers: Mapping[str, Any]) -> list[Checked]:
        if not self.criteria:
            return []
        return checked(
            self.criteria,
            self.questions,
            group_names=self.group_names,
            inside=self.inside.get(partner_id or 0, set()),
            answers=answers,
        )


def judge_of(cohort: Cohort, plan: SelectionPlan, now: datetime, partner_ids: Iterable[int] | None = None) -> Judge:
    """The judge of a cohort, for all who applied or for these partners; one query where groups are asked about."""
    criteria = Criteria.of(plan.criteria) if cohort.uses(Part.CRITERIA) else Criteria()
    if not criteria:
        return Judge()
    names: dict[str, str] = {}
    inside: dict[int, set[str]] = {}
    if criteria.groups:
        among: Any = Application.objects.handed_in().filter(cohort=cohort, partner__isnull=False).values("partner")
        among = among if partner_ids is None else list(partner_ids)
        members = GroupMember.objects.open().present(now).filter(group=OuterRef("pk"), partner__in=among)
        groups: Any = Group.objects.filter(public_id__in=criteria.groups)
        for group in groups.annotate(found=ArraySubquery(members.order_by().values("partner"))):
            names[group.public_id] = group.name
            for partner_id in group.found:
                inside.setdefault(partner_id, set()).add(group.public_id)
    return Judge(criteria, form_of(plan), names, inside)
