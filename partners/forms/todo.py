"""A task by hand, and until when a line of the to-do list is put off."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import ColleagueField, colleagues
from partners.forms.structure import checked_day
from partners.models import Task, WeekPlan
from partners.services.todo import TaskDetails
from prm.accounts.models import Membership
from prm.web.forms import EditForm, Form

LONGEST_SNOOZE = 365


class TaskForm(EditForm):
    """What is to be done, by whom and by which day."""

    title = forms.CharField(label=_("What is to be done"), max_length=120)
    due_on = forms.DateField(label=_("Due on"), required=False)
    assignee = ColleagueField(
        label=_("Who does it"), help_text=_("Nobody yet means the partner’s account manager, where there is one.")
    )
    note = forms.CharField(
        label=_("More about it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Colleagues only."),
    )

    def assignee_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def clean_due_on(self) -> date | None:
        return checked_day(self.cleaned_data["due_on"])

    def details(self) -> TaskDetails:
        return TaskDetails(**{name: self.cleaned_data[name] for name in TaskDetails.__dataclass_fields__})

    @staticmethod
    def initial_of(task: Task) -> Mapping[str, Any]:
        return {
            "title": task.title,
            "due_on": task.due_on,
            "assignee": task.assignee_id,
            "note": task.note,
            "revision": task.revision,
        }


class OutcomeForm(Form):
    outcome = forms.CharField(label=_("What came of it"), max_length=500, required=False)


class SnoozeForm(Form):
    """`days` from today on."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=LONGEST_SNOOZE)


class WeekPlanForm(Form):
    """On which day, at which hour everybody gets their list by mail."""

    weekday = forms.TypedChoiceField(
        label=_("Day"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[*WeekPlan.Weekday.choices, ("", _("No weekly mail"))],
        help_text=_("Colleagues get their list, partners’ people theirs. Nobody for whom nothing waits gets a mail."),
    )
    hour = forms.TypedChoiceField(label=_("Hour"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)])

    def plan(self) -> Mapping[str, Any]:
        return {name: self.cleaned_data[name] for name in ("weekday", "hour")}

    @staticmethod
    def initial_of(plan: WeekPlan) -> Mapping[str, Any]:
        return {"weekday": "" if plan.weekday is None else plan.weekday, "hour": plan.hour}
