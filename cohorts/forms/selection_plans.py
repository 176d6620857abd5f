"""Settings of a selection."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cohorts.criteria import Criteria
from cohorts.models import SelectionPlan
from cohorts.questions import LISTED, Question, asked
from partners.models import Group
from partners.queries.groups import groups_for_choice
from prm.web.forms import EditForm

_SETTINGS = ("quiet_hours", "manager_hours")


class CriteriaForm(EditForm):
    """Groups that a company must be in, and for each question with a list the answers of which one is wanted."""

    groups = forms.ModelMultipleChoiceField(
        label=_("The company is in each of these groups"),
        queryset=Group.objects.none(),
        required=False,
        to_field_name="public_id",
        widget=forms.SelectMultiple({"size": 6}),
        help_text=_("A group by rule can ask for a tier, a certificate, a product, a country."),
    )

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = [row for row in asked(questions) if row.kind in LISTED]
        for question in self.questions:
            self.fields[f"answer_{question.key}"] = forms.MultipleChoiceField(
                label=question.label,
                choices=question.options,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("One of those that are ticked is wanted; none ticked asks for nothing."),
            )
        self.prepare_fields()

    def groups_choices(self) -> QuerySet[Group]:
        return groups_for_choice()

    def answer_fields(self) -> list[forms.BoundField]:
        return [self[f"answer_{question.key}"] for question in self.questions]

    def criteria(self) -> Criteria:
        cleaned = self.cleaned_data
        answers = {row.key: tuple(cleaned[f"answer_{row.key}"]) for row in self.questions}
        groups = tuple(group.public_id for group in cleaned["groups"])
        return Criteria(groups, {key: wanted for key, wanted in answers.items() if wanted})

    @classmethod
    def initial_of(cls, plan: SelectionPlan) -> dict[str, Any]:
        criteria = Criteria.of(plan.criteria)
        answers = {f"answer_{key}": list(wanted) for key, wanted in criteria.answers.items()}
        return {"groups": list(criteria.groups), "revision": plan.revision, **answers}


class PlanForm(EditForm):
    quiet_hours = forms.IntegerField(
        label=_("Hours before the start in which nobody moves up by itself"),
        min_value=0,
        max_value=720,
        help_text=_("In them you call people. 0 lets seats pass on until the first session begins."),
    )
    manager_hours = forms.IntegerField(
        label=_("Hours that account managers know first"),
        min_value=0,
        max_value=168,
        help_text=_("They read what is decided about their partners before the partners do. 0 tells them nothing."),
    )

    def settings(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in _SETTINGS}

    @classmethod
    def initial_of(cls, plan: SelectionPlan) -> dict[str, Any]:
        return {name: getattr(plan, name) for name in (*_SETTINGS, "revision")}
