"""Forms about teams: what one is, who is named for it, whom staff ask in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts import rules
from cohorts.forms.running import partner_named
from cohorts.models import FEWEST_PEOPLE, MOST_PEOPLE
from cohorts.rules import TeamShape
from cohorts.services.team_invitations import Wanted
from partners.models import Partner
from prm.accounts.models import normalize_email
from prm.web.forms import Form
from prm.web.widgets import RadioCards


def _function_field(names: list[str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Function"), choices=[("", _("not said")), *((name, name) for name in names)], required=False
    )


class TeamShapeForm(Form):
    largest = forms.TypedChoiceField(
        label=_("People in a team at most"),
        coerce=int,
        choices=[(number, str(number)) for number in range(FEWEST_PEOPLE, MOST_PEOPLE + 1)],
        widget=RadioCards(),
        help_text=_("Two at least: as soon as two have confirmed the team holds its seat."),
    )
    functions = forms.CharField(
        label=_("Functions wanted"),
        required=False,
        max_length=600,
        widget=forms.Textarea({"rows": 5}),
        help_text=_(
            "One a line, the number wanted first: “1 Sales”. With 0 it is welcome and never missed. What is missing is"
            " shown to you and to the team; nobody is refused for it."
        ),
    )

    def shape(self) -> TeamShape:
        said = self.cleaned_data
        return TeamShape(said["largest"], rules.functions_in(said["functions"]))

    @classmethod
    def initial_of(cls, shape: TeamShape) -> dict[str, Any]:
        return {"largest": shape.largest, "functions": rules.functions_as_text(shape.functions)}


class TeammateForm(Form):
    """A colleague by address; `functions` are those of the cohort, none where it has none."""

    email = forms.EmailField(label=_("Their e-mail address"), max_length=254)
    name = forms.CharField(
        label=_("Their name"), max_length=120, required=False, help_text=_("For somebody who is not here yet.")
    )

    def __init__(self, *args: Any, functions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if functions:
            self.fields["function"] = _function_field(functions)

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class TeamInvitationForm(Form):
    """A partner and up to so many of its people, a row for each; rows without an address are left out."""

    partner = forms.CharField(
        label=_("Partner"), max_length=120, widget=forms.TextInput({"list": "partners", "autocomplete": "off"})
    )
    note = forms.CharField(
        label=_("A line to them"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Each of them reads it in the mail."),
    )

    def __init__(self, *args: Any, shape: TeamShape, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shape = shape
        for number in self.numbers:
            is_needed = number <= FEWEST_PEOPLE
            self.fields[f"email{number}"] = forms.EmailField(
                label=_("E-mail address"), max_length=254, required=is_needed
            )
            self.fields[f"name{number}"] = forms.CharField(label=_("Name"), max_length=120, required=False)
            if shape.functions:
                self.fields[f"function{number}"] = _function_field(shape.names)
        self.prepare_fields()

    @property
    def numbers(self) -> range:
        return range(1, self.shape.largest + 1)

    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The fields of each person, by their number."""
        names = ("email", "name", "function")
        return [
            (number, [self[f"{name}{number}"] for name in names if f"{name}{number}" in self.fields])
            for number in self.numbers
        ]

    def clean_partner(self) -> Partner:
        found = partner_named(self.cleaned_data["partner"])
        if found is None:
            raise forms.ValidationError(_("There is no partner of this name. Add it under Partners first."))
        return found

    def clean(self) -> dict[str, Any]:
        """Rows are filled from the first on: what is wrong with a person stands beside their own row."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for number in self.numbers[1:]:
            if cleaned.get(f"email{number}") and not cleaned.get(f"email{number - 1}"):
                before = f"email{number - 1}"
                if before not in self.errors:
                    self.add_error(before, _("Fill this row first, or move the next one up."))
        return cleaned

    def people(self) -> list[Wanted]:
        """Everybody with an address, in their order."""
        said = self.cleaned_data
        filled = [number for number in self.numbers if said.get(f"email{number}")]
        return [
            Wanted(said[f"email{number}"], said.get(f"name{number}", ""), said.get(f"function{number}", ""))
            for number in filled
        ]
