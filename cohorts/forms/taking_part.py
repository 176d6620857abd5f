"""Forms around taking part: a participant's goal; the room, its materials and recordings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.forms.planning import sensible_day
from cohorts.forms.questions import UploadField
from cohorts.models import Cohort, SessionMaterial
from cohorts.parts import Part
from cohorts.queries.said import Said
from prm.web.forms import EditForm, Form
from prm.web.widgets import FileDrop, Switch


class GoalForm(EditForm):
    """What a participant says about themselves in a cohort; 0 before their first word."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    goal = forms.CharField(
        label=_("My goal"),
        required=False,
        max_length=600,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What will be different for you at the end? Those who lead the cohort read it."),
    )
    commitment = forms.CharField(
        label=_("What I promise to the others"),
        required=False,
        max_length=600,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("“I come prepared, and I ask before I advise.” The next recap tells it to all, without your name."),
    )
    is_quotable = forms.BooleanField(label=_("The recap may say that it is mine"), required=False, widget=Switch)

    @classmethod
    def initial_of(cls, said: Said) -> dict[str, Any]:
        return {
            "goal": said.goal,
            "commitment": said.commitment,
            "is_quotable": said.is_quotable,
            "revision": said.revision,
        }


class RoomForm(EditForm):
    chat_link = forms.URLField(
        label=_("The group's chat"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Where participants write to one another between sessions. Only they see the link."),
    )
    room_rule = forms.CharField(
        label=_("The room's rule"),
        required=False,
        max_length=600,
        widget=forms.Textarea({"rows": 4}),
        help_text=_(
            "Such as: “What is said here may be used, but not who said it.” It is accepted with the seat and shown at"
            " the start. When you change it, everybody is asked again."
        ),
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not cohort.uses(Part.RECORDINGS):
            del self.fields["room_rule"]

    @classmethod
    def initial_of(cls, cohort: Cohort) -> dict[str, Any]:
        return {name: getattr(cohort, name) for name in ("chat_link", "room_rule", "revision")}


class MaterialForm(Form):
    kind = forms.ChoiceField(label=_("What it is"), choices=SessionMaterial.Kind.choices)
    title = forms.CharField(
        label=_("Title"), required=False, max_length=120, help_text=_("Without one it is called what it is.")
    )
    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")
    file = UploadField(label=_("Or a file"), required=False, widget=FileDrop)
    watch_until = forms.DateField(
        label=_("A recording: until"), required=False, widget=forms.DateInput, help_text=_("That day included.")
    )
    for_absent = forms.BooleanField(
        label=_("A recording: only for those who were not there"), required=False, widget=Switch
    )

    def clean_watch_until(self) -> Any:
        return sensible_day(self.cleaned_data["watch_until"])


class CutForm(Form):
    where = forms.CharField(
        label=_("Which part"),
        max_length=300,
        help_text=_("Such as: from minute 12 to 14, where I talk about a customer."),
    )


class CutDoneForm(Form):
    link = forms.URLField(label=_("Its new link"), required=False, max_length=500, assume_scheme="https")


class NeedForm(Form):
    text = forms.CharField(
        label=_("What do you need?"), max_length=200, help_text=_("“I need … to be able to …”. Your name is not shown.")
    )
