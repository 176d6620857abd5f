"""Who reviews and by what rubric; the points of one review."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cohorts import walltime
from cohorts.forms.planning import sensible_day
from cohorts.models import Cohort, SelectionPlan
from cohorts.queries.reviews import possible_reviewers
from cohorts.rubric import MOST_LINES, POINTS, WEIGHTS, RubricLine, rubric_of
from prm.accounts.models import Membership
from prm.tenancy.public_ids import new_public_id
from prm.web.forms import EditForm, Form
from prm.web.widgets import CheckCards, Switch

# So many empty lines stand below those that are written.
_SPARE = 2
_SETTINGS = ("reviews_wanted", "is_blind", "hides_names")
_WORTH = {1: _("counts once"), 2: _("twice"), 3: _("three times"), 4: _("four times"), 5: _("five times")}


class ReviewingForm(EditForm):
    reviewers = forms.TypedMultipleChoiceField(
        label=_("Who gives points"),
        choices=lambda: [(member.pk, str(member.person)) for member in possible_reviewers()],
        coerce=int,
        required=False,
        widget=CheckCards,
        help_text=_("Colleagues who see cohorts; they need not lead any."),
    )
    reviews_wanted = forms.TypedChoiceField(
        label=_("How many read each application"),
        choices=[(n, ngettext_lazy("%(n)d reviewer", "%(n)d reviewers", "n") % {"n": n}) for n in range(1, 6)],
        coerce=int,
        help_text=_(
            "They are asked by themselves, the work spread evenly. Nobody is asked about a partner they look after, or"
            " about somebody whom they nominated."
        ),
    )
    compare_on = forms.DateField(
        label=_("Everybody gives points until"),
        required=False,
        help_text=_("At the end of this day all points are open. Without a day you open them by a button."),
    )
    is_blind = forms.BooleanField(
        label=_("Each alone at first"),
        required=False,
        widget=Switch,
        help_text=_("Nobody reads what others gave before their own points are kept."),
    )
    hides_names = forms.BooleanField(
        label=_("Names are hidden from reviewers"),
        required=False,
        widget=Switch,
        help_text=_(
            "Names, companies and what is told in confidence, until all points are open. What people write may still"
            " give them away."
        ),
    )

    def __init__(self, *args: Any, rubric: Sequence[RubricLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = {line.key for line in rubric}
        self._shown = min(len(rubric) + _SPARE, MOST_LINES)
        for place in range(MOST_LINES):
            self.fields[f"key_{place}"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
            self.fields[f"label_{place}"] = forms.CharField(label=_("Points for"), required=False, max_length=120)
            self.fields[f"weight_{place}"] = forms.TypedChoiceField(
                label=_("Counts"), choices=[(n, _WORTH[n]) for n in WEIGHTS], coerce=int, required=False, initial=1
            )
            self.fields[f"meaning_{place}"] = forms.CharField(
                label=_("What deserves all five"), required=False, max_length=300
            )
            # Lines that are left empty are left out, so none of them is called optional.
            for name in ("label", "weight", "meaning"):
                setattr(self.fields[f"{name}_{place}"], "is_needed", True)  # noqa: B010
        self.prepare_fields()

    def lines(self) -> list[dict[str, BoundField]]:
        """The fields of each line that is shown."""
        shown = MOST_LINES if self.is_bound else self._shown
        return [
            {name: self[f"{name}_{place}"] for name in ("key", "label", "weight", "meaning")} for place in range(shown)
        ]

    def clean_compare_on(self) -> Any:
        return sensible_day(self.cleaned_data["compare_on"])

    def rubric(self) -> list[RubricLine]:
        """The lines that say something. A line keeps its key, and with it the points it was given; each key once."""
        found, taken = [], set[str]()
        for place in range(MOST_LINES):
            key, label, weight, meaning = (
                self.cleaned_data.get(f"{name}_{place}") for name in ("key", "label", "weight", "meaning")
            )
            words = " ".join((label or "").split())
            if not words:
                continue
            key = key if key in self._known and key not in taken else new_public_id()
            taken.add(key)
            found.append(RubricLine(key, words, weight or 1, (meaning or "").strip()))
        return found

    def chosen_reviewers(self) -> list[Membership]:
        chosen = set(self.cleaned_data["reviewers"])
        return [member for member in possible_reviewers() if member.pk in chosen]

    def settings(self, cohort: Cohort, plan: SelectionPlan) -> dict[str, Any]:
        said: dict[str, Any] = {name: self.cleaned_data[name] for name in _SETTINGS}
        # A moment that a button chose is not rounded to a day by saving something else.
        said["compare_at"] = plan.compare_at
        if "compare_on" in self.changed_data:
            day = self.cleaned_data["compare_on"]
            said["compare_at"] = walltime.end_of_day(day, cohort.zone) if day else None
        return said

    @classmethod
    def initial_of(cls, cohort: Cohort, plan: SelectionPlan, reviewers: Sequence[Membership]) -> dict[str, Any]:
        initial: dict[str, Any] = {name: getattr(plan, name) for name in (*_SETTINGS, "revision")}
        initial["reviewers"] = [member.pk for member in reviewers]
        initial["compare_on"] = last_day(plan.compare_at, cohort)
        for place, line in enumerate(rubric_of(plan.rubric)):
            for name in ("key", "label", "weight", "meaning"):
                initial[f"{name}_{place}"] = getattr(line, name)
        return initial


def last_day(compare_at: datetime | None, cohort: Cohort) -> Any:
    """The day at whose end, or during which, everything is opened."""
    if compare_at is None:
        return None
    return (compare_at - timedelta(microseconds=1)).astimezone(cohort.tz).date()


class ReviewForm(Form):
    """Points for each line of a rubric, and words for colleagues."""

    comment = forms.CharField(
        label=_("For colleagues"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("What would you say when they ask why? The applicant never reads it."),
    )

    def __init__(self, *args: Any, rubric: Sequence[RubricLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rubric = list(rubric)
        for line in rubric:
            field = forms.TypedChoiceField(
                choices=[(n, str(n)) for n in POINTS],
                coerce=int,
                empty_value=None,
                required=False,
                label=line.label,
                help_text=line.meaning,
                widget=forms.RadioSelect,
            )
            self.fields[f"points_{line.key}"] = field
        self.prepare_fields()

    def point_fields(self) -> list[tuple[RubricLine, BoundField]]:
        return [(line, self[f"points_{line.key}"]) for line in self._rubric]

    def points(self) -> dict[str, int]:
        cleaned = self.cleaned_data
        found = {line.key: cleaned.get(f"points_{line.key}") for line in self._rubric}
        return {key: value for key, value in found.items() if value is not None}


class AbstainForm(Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        help_text=_("For example: you know them too well. Colleagues read it."),
    )
