"""Forms of the agenda builder, the item library, and a further series of sessions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cohorts.forms.planning import (
    bring_field,
    listed_days,
    room_field,
    sensible_day,
    skipping_field,
    way_field,
    zone_choices,
)
from cohorts.models import AgendaItem, AgendaKind, Session, Speaker
from cohorts.queries.library import Entry
from cohorts.services.agenda import ItemPlan
from cohorts.services.cohorts import Series
from cohorts.services.sessions import SessionPlan
from prm.web.forms import EditForm, Form
from prm.web.widgets import MarkdownArea, Switch

_NAMES = tuple(ItemPlan.__dataclass_fields__)


class LibraryItemForm(EditForm):
    """What an item says, in the library."""

    # 0 is a shipped item that nobody changed yet.
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    title = forms.CharField(label=_("Title"), max_length=160)
    kind = forms.ChoiceField(label=_("What it is"), choices=AgendaKind.choices, initial=AgendaKind.PAIRS)
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=0, max_value=480, initial=10, help_text=_("0 where it takes no time of its own.")
    )
    speaker = forms.ChoiceField(label=_("Who speaks"), choices=Speaker.choices, initial=Speaker.PARTICIPANTS)
    is_flexible = forms.BooleanField(
        label=_("Flexible"),
        required=False,
        widget=Switch,
        help_text=_("It gives its time up when something else needs it."),
    )
    aim = forms.CharField(label=_("What for"), required=False, max_length=300)
    say = forms.CharField(label=_("What to say"), required=False, max_length=4000, widget=MarkdownArea({"rows": 6}))
    ask = forms.CharField(
        label=_("Questions to ask"),
        required=False,
        max_length=4000,
        widget=MarkdownArea({"rows": 4}),
        help_text=_("Questions open something up. They never grade."),
    )

    def plan(self) -> ItemPlan:
        return ItemPlan(**{name: self.cleaned_data[name] for name in _NAMES})

    @classmethod
    def initial_of(cls, entry: Entry | AgendaItem) -> dict[str, Any]:
        return {name: getattr(entry, name) for name in (*_NAMES, "revision")}


class AgendaItemForm(LibraryItemForm):
    """What an item says, in one session's agenda."""

    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=8000,
        widget=MarkdownArea({"rows": 4}),
        help_text=_("For whoever leads this session. Participants read title and minutes only."),
    )

    @classmethod
    def initial_of(cls, entry: Entry | AgendaItem) -> dict[str, Any]:
        return {**super().initial_of(entry), "notes": getattr(entry, "notes", "")}


class NewItemForm(Form):
    """An item with just a title: the rest is said on its own page."""

    title = forms.CharField(label=_("Or something of your own"), max_length=160)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=480, initial=10)
    is_flexible = forms.BooleanField(label=_("Flexible"), required=False)

    def plan(self) -> ItemPlan:
        return ItemPlan(**{name: self.cleaned_data[name] for name in ("title", "minutes", "is_flexible")})


class SeriesForm(Form):
    """Further weekly sessions for a cohort that is there."""

    title = forms.CharField(
        label=_("Title"), max_length=110, help_text=_("Where there are several, each gets its number behind it.")
    )
    first_on = forms.DateField(label=_("First one on"), widget=forms.DateInput)
    starts_time = forms.TimeField(label=_("At"), widget=forms.TimeInput)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    count = forms.IntegerField(label=_("Sessions"), min_value=1, max_value=26, initial=3, help_text=_("One a week."))
    minutes = forms.IntegerField(label=_("Minutes each"), min_value=10, max_value=720)
    skipping = skipping_field()
    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")
    place = forms.CharField(label=_("Or place"), required=False, max_length=300)
    room = room_field()
    way = way_field()
    bring = bring_field()

    def clean_first_on(self) -> date | None:
        return sensible_day(self.cleaned_data["first_on"])

    def clean_skipping(self) -> list[date]:
        return listed_days(self.cleaned_data["skipping"])

    def plans(self) -> list[SessionPlan]:
        said = self.cleaned_data
        where = {name: said[name] for name in ("zone", "minutes", "link", "place", "room", "way", "bring")}
        at, first, skipping = said["starts_time"], said["first_on"], said["skipping"]
        days = Series(first_on=first, starts_time=at, count=said["count"], minutes=said["minutes"], skipping=skipping)
        return [SessionPlan(title="", starts_on=day, starts_time=at, **where) for day in days.days()]

    @classmethod
    def initial_of(cls, following: dict[str, Any], last: Session | None) -> dict[str, Any]:
        return {"title": last.title if last else "", **following}


class MoveSeriesForm(Form):
    """All sessions that are ahead, from one on, moved together. `seen` remembers how they were read."""

    first = forms.ChoiceField(label=_("From"))
    days = forms.IntegerField(
        label=_("By how many days"),
        min_value=-365,
        max_value=365,
        initial=7,
        help_text=_("Below zero: earlier. Seven is a week later, at the same time by the clock."),
    )
    starts_time = forms.TimeField(
        label=_("At another time"), required=False, widget=forms.TimeInput, help_text=_("Empty: each keeps its own.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def __init__(self, *args: Any, ahead: Sequence[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].choices = [  # type: ignore[attr-defined]
            (session.public_id, f"{date_format(session.starts_on, 'j F Y')}: {session.title}") for session in ahead
        ]
        self.initial["seen"] = " ".join(f"{session.public_id}:{session.revision}" for session in ahead)

    def look_again(self) -> None:
        """The dates as they are now have been looked at: what was typed stays."""
        self.data = {**self.data.dict(), "seen": self.initial["seen"]}  # type: ignore[attr-defined]

    def clean_seen(self) -> dict[str, int]:
        pairs = [part.partition(":") for part in self.cleaned_data["seen"].split()]
        return {key: int(number) for key, _colon, number in pairs if number.isascii() and number.isdigit()}
