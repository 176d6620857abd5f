"""Forms of facilitators about programs, cohorts, sessions and homework."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cohorts import shapes
from cohorts.models import Cohort, Homework, Program, Session
from cohorts.queries.people import possible_facilitators
from cohorts.services.cohorts import Series
from cohorts.services.homework import HomeworkPlan
from cohorts.services.sessions import SessionPlan
from enablement.queries.recall import content_choices
from prm.accounts.models import Membership
from prm.web.forms import EditForm, Form
from prm.web.guesses import zone_names
from prm.web.widgets import CheckCards, MarkdownArea, RadioCards, Switch

_YEARS = range(2000, 2100)


def zone_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in zone_names()]


def sensible_day(day: date | None) -> date | None:
    """Years that no calendar program and no time zone table knows are slips of the keyboard."""
    if day is not None and day.year not in _YEARS:
        raise ValidationError(_now("This day is too far away."), code="too_far")
    return day


def listed_days(text: str) -> list[date]:
    """Days that somebody listed with blanks or commas between."""
    days = []
    for word in re.split(r"[\s,;]+", text.strip()):
        if not word:
            continue
        try:
            days.append(date.fromisoformat(word))
        except ValueError:
            said = _now("“%(word)s” is not a day: write it as 2026-12-24.")
            raise ValidationError(said, code="day", params={"word": word}) from None
    return days


def skipping_field() -> forms.CharField:
    return forms.CharField(
        label=_("Days to skip"),
        required=False,
        max_length=400,
        help_text=_("Holidays, as 2026-12-24, with blanks between. The series goes on a week later."),
    )


def room_field() -> forms.CharField:
    return forms.CharField(label=_("Room"), required=False, max_length=120)


def way_field() -> forms.CharField:
    return forms.CharField(
        label=_("How to get there"), required=False, max_length=500, help_text=_("Entrance, bell, train, parking.")
    )


def bring_field() -> forms.CharField:
    return forms.CharField(label=_("What to bring"), required=False, max_length=300)


def facilitators_field() -> forms.TypedMultipleChoiceField:
    """Colleagues who may run cohorts, by their membership ids; `chosen_facilitators` turns these into memberships."""
    return forms.TypedMultipleChoiceField(
        label=_("Who leads it"),
        choices=lambda: [(member.pk, str(member.person)) for member in possible_facilitators()],
        coerce=int,
        widget=CheckCards,
    )


def chosen_facilitators(form: Form) -> list[Membership]:
    chosen = set(form.cleaned_data["facilitators"])
    return [member for member in possible_facilitators() if member.pk in chosen]


class CohortForm(Form):
    """A new cohort: its sessions are made out of one date, one time and a number."""

    program = forms.ModelChoiceField(
        label=_("Cohort program"),
        queryset=Program.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        help_text=_(
            "Its application begins with a copy of what the program’s last cohort asked, else with our questions."
        ),
    )
    shape = forms.ChoiceField(
        label=_("Agendas and homework"),
        required=False,
        choices=[
            ("", _("As the program’s syllabus says")),
            *((shape.key, shape.label) for shape in shapes.SHAPES.values()),
        ],
        help_text=_("Or those of a ready shape, for this cohort alone: the program keeps its own."),
    )
    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("How this run is called, such as “Spring 2027”.")
    )
    capacity = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=500, initial=12, help_text=_("8 to 15 learn best from one another.")
    )
    first_on = forms.DateField(label=_("First session on"), widget=forms.DateInput)
    starts_time = forms.TimeField(label=_("At"), widget=forms.TimeInput, initial="10:00")
    zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, help_text=_("Everybody reads the times in their own zone.")
    )
    count = forms.IntegerField(
        label=_("Sessions"), min_value=1, max_value=26, initial=4, help_text=_("By the syllabus, else one a week.")
    )
    minutes = forms.IntegerField(
        label=_("Minutes each"),
        min_value=10,
        max_value=720,
        required=False,
        help_text=_("Left empty: as long as each agenda takes."),
    )
    skipping = skipping_field()
    link = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https", help_text=_("Of your video room.")
    )
    place = forms.CharField(label=_("Or place"), required=False, max_length=300)
    room = room_field()
    way = way_field()
    bring = bring_field()
    applications_close_on = forms.DateField(
        label=_("Apply until"), required=False, widget=forms.DateInput, help_text=_("That day included.")
    )
    facilitators = facilitators_field()

    def program_choices(self) -> Any:
        return Program.objects.by_title()

    def clean_first_on(self) -> date | None:
        return sensible_day(self.cleaned_data["first_on"])

    def clean_applications_close_on(self) -> date | None:
        return sensible_day(self.cleaned_data["applications_close_on"])

    def clean_skipping(self) -> list[date]:
        return listed_days(self.cleaned_data["skipping"])

    def series(self) -> Series:
        names = ("first_on", "starts_time", "count", "minutes", "link", "place", "room", "way", "bring", "skipping")
        return Series(**{name: self.cleaned_data[name] for name in names})


class CohortEditForm(EditForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=500)
    applications_close_on = forms.DateField(
        label=_("Apply until"), required=False, widget=forms.DateInput, help_text=_("That day included.")
    )
    confirm_hours = forms.IntegerField(
        label=_("Hours to confirm a seat"),
        min_value=1,
        max_value=720,
        help_text=_("After them nothing lapses by itself: you see the names and decide."),
    )
    sessions_needed = forms.IntegerField(
        label=_("Sessions to attend"), min_value=0, max_value=26, help_text=_("To graduate. 0 switches it off.")
    )
    homework_needed = forms.IntegerField(
        label=_("Homework to hand in"), min_value=0, max_value=100, help_text=_("To graduate. 0 switches it off.")
    )
    roster = forms.ChoiceField(
        label=_("What participants see of one another"),
        choices=Cohort.Roster.choices,
        widget=RadioCards(
            hints={
                "named": _("They learn from one another by name"),
                "first_names": _("When some of them compete"),
                "hidden": _("When they must not know who else is in"),
            }
        ),
    )
    facilitators = facilitators_field()

    def clean_applications_close_on(self) -> date | None:
        return sensible_day(self.cleaned_data["applications_close_on"])

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "facilitators")}

    @classmethod
    def initial_of(cls, cohort: Cohort, facilitators: list[Membership]) -> dict[str, Any]:
        names = ("title", "capacity", "applications_close_on", "confirm_hours", "sessions_needed", "homework_needed")
        return {
            **{name: getattr(cohort, name) for name in (*names, "roster", "revision")},
            "facilitators": [member.pk for member in facilitators],
        }


class SessionForm(EditForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    starts_on = forms.DateField(label=_("Date"), widget=forms.DateInput)
    starts_time = forms.TimeField(label=_("Starts at"), widget=forms.TimeInput)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=10, max_value=720)
    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")
    place = forms.CharField(label=_("Or place"), required=False, max_length=300)
    room = room_field()
    way = way_field()
    bring = bring_field()
    leaves_with = forms.CharField(
        label=_("What people leave with"),
        required=False,
        max_length=300,
        help_text=_("A thing one can show: a sentence, a list, a date. Participants read it."),
    )
    talk_line = forms.CharField(
        label=_("How we talk today"),
        required=False,
        max_length=200,
        help_text=_("One line that stays on every screen, such as “Half-finished is welcome.”"),
    )
    is_recorded = forms.BooleanField(
        label=_("This session is recorded"),
        required=False,
        widget=Switch,
        help_text=_("Participants are told before. A recording can be shared only of a session announced so."),
    )
    contents = forms.TypedMultipleChoiceField(
        label=_("To read before"),
        required=False,
        coerce=int,
        choices=lambda: [(choice.id, choice.label) for choice in content_choices()],
        widget=CheckCards,
        help_text=_("Who was there is asked about it in the weeks that follow."),
    )

    def clean_starts_on(self) -> date | None:
        return sensible_day(self.cleaned_data["starts_on"])

    def plan(self) -> SessionPlan:
        return SessionPlan(**{name: self.cleaned_data[name] for name in SessionPlan.__dataclass_fields__})

    @classmethod
    def initial_of(cls, session: Session, content_ids: list[int]) -> dict[str, Any]:
        said = {name: getattr(session, name) for name in SessionPlan.__dataclass_fields__}
        return {**said, "contents": content_ids, "revision": session.revision}


class HomeworkForm(EditForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    brief = forms.CharField(
        label=_("Brief"),
        max_length=8000,
        widget=MarkdownArea({"rows": 9}),
        help_text=_("What to do, what for, and how little is enough."),
    )
    session = forms.ModelChoiceField(
        label=_("After session"), queryset=Session.objects.none(), required=False, to_field_name="public_id"
    )
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput)
    due_time = forms.TimeField(label=_("Until"), widget=forms.TimeInput, initial="18:00")

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        self.cohort = cohort
        super().__init__(*args, **kwargs)

    def session_choices(self) -> Any:
        return Session.objects.still_on().filter(cohort=self.cohort).in_order()

    def clean_due_on(self) -> date | None:
        return sensible_day(self.cleaned_data["due_on"])

    def plan(self) -> HomeworkPlan:
        return HomeworkPlan(**{name: self.cleaned_data[name] for name in HomeworkPlan.__dataclass_fields__})

    @classmethod
    def initial_of(cls, homework: Homework) -> dict[str, Any]:
        said = {name: getattr(homework, name) for name in ("title", "brief", "due_on", "due_time", "revision")}
        return {**said, "session": homework.session.public_id if homework.session else None}
