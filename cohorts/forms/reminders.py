"""When people are reminded, chosen from what makes sense."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts.models.reminders import HOMEWORK_DAYS, MINUTES_OF_A_DAY, SEAT_HOURS, SESSION_MINUTES
from cohorts.queries.reminders import Offsets
from prm.web.forms import Form


def session_label(minutes: int) -> str:
    if minutes % MINUTES_OF_A_DAY == 0:
        days = minutes // MINUTES_OF_A_DAY
        return ngettext("%(n)d day before", "%(n)d days before", days) % {"n": days}
    if minutes % 60 == 0:
        return ngettext("%(n)d hour before", "%(n)d hours before", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute before", "%(n)d minutes before", minutes) % {"n": minutes}


def homework_label(days: int) -> str:
    if days == 0:
        return str(_("On the day it is due"))
    if days < 0:
        words = ngettext("%(n)d day after, if nothing came", "%(n)d days after, if nothing came", -days)
        return words % {"n": -days}
    return session_label(days * MINUTES_OF_A_DAY)


def seat_label(hours: int) -> str:
    return session_label(hours * 60)


def _some_of(label: Any, choices: Any, help_text: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


class RemindersForm(Form):
    """Nothing chosen means: no reminders of this sort."""

    sessions = _some_of(
        _("Before a session"),
        lambda: [(minutes, session_label(minutes)) for minutes in SESSION_MINUTES],
        _("Participants and who leads it. Whoever said that they cannot come gets none."),
    )
    homework = _some_of(
        _("About homework"),
        lambda: [(days, homework_label(days)) for days in HOMEWORK_DAYS],
        _("In the morning of each participant, until something is handed in."),
    )
    seats = _some_of(
        _("Before an offered seat is gone"),
        lambda: [(hours, seat_label(hours)) for hours in SEAT_HOURS],
        _("Never on the first day of an offer."),
    )

    def offsets(self) -> Offsets:
        said = self.cleaned_data
        return Offsets(tuple(said["sessions"]), tuple(said["homework"]), tuple(said["seats"]))

    @classmethod
    def initial_of(cls, offsets: Offsets) -> dict[str, Any]:
        return {name: list(getattr(offsets, name)) for name in ("sessions", "homework", "seats")}
