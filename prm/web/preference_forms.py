from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from prm.outbox.models import Preference, QuietHours
from prm.outbox.queries import CategoryChoice
from prm.web.forms import Form

MAILS_A_WEEK = (3, 5, 10, 15, 25)


class PreferencesForm(Form):
    """How a member wants to be reached: a choice for each category that is theirs to choose, and quiet hours."""

    quiet_from = forms.TimeField(label=_("Quiet from"), required=False)
    quiet_until = forms.TimeField(label=_("until"), required=False)
    mails_a_week = forms.TypedChoiceField(label=_("At most"), coerce=int, required=False, empty_value=None)

    def __init__(
        self,
        *args: Any,
        choices: list[CategoryChoice],
        quiet: QuietHours | None,
        mails_a_week: int,
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {row.category.name: row.choice for row in choices}
        initial |= {"mails_a_week": mails_a_week}
        if quiet:
            initial |= {"quiet_from": quiet.starts, "quiet_until": quiet.ends}
        super().__init__(*args, initial=initial, **kwargs)
        self.rows = choices
        amounts = sorted({*MAILS_A_WEEK, mails_a_week} - {0})
        named = [
            (amount, ngettext("%(n)d mail a week", "%(n)d mails a week", amount) % {"n": amount}) for amount in amounts
        ]
        self.fields["mails_a_week"].choices = [*named, (0, _("As many as there are"))]  # type: ignore[attr-defined]
        self.open_names = [row.category.name for row in choices if not row.is_mandatory]
        for row in choices:
            if not row.is_mandatory:
                self.fields[row.category.name] = forms.ChoiceField(
                    label=str(row.category.label), help_text=str(row.category.hint), choices=Preference.Choice.choices
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wrong = {"quiet_from", "quiet_until"} & set(self.errors)
        if not wrong and bool(cleaned.get("quiet_from")) != bool(cleaned.get("quiet_until")):
            self.add_error("quiet_until", _("Quiet hours need both ends."))
        return cleaned

    @property
    def lines(self) -> list[tuple[CategoryChoice, forms.BoundField | None]]:
        """Each category with its field, or None where there is nothing to choose."""
        return [(row, self[row.category.name] if row.category.name in self.fields else None) for row in self.rows]

    @property
    def chosen(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.open_names}


def _amounts(present: int) -> list[tuple[int, str]]:
    """What can be chosen, and what was chosen elsewhere."""
    words = [
        (amount, ngettext("%(n)d mail a week", "%(n)d mails a week", amount) % {"n": amount})
        for amount in sorted({*MAILS_A_WEEK, present} - {0})
    ]
    return [*words, (0, _now("As many as there are"))]
