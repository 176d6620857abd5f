"""Forms of a program's drumbeat."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Beat
from prm.web.forms import EditForm
from prm.web.widgets import MarkdownArea


class BeatForm(EditForm):
    stage = forms.TypedChoiceField(label=_("Stage"), choices=Beat.Stage.choices, coerce=int)
    days = forms.IntegerField(
        label=_("Days before"), min_value=0, max_value=60, initial=0, help_text=_("0 is the day itself.")
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    body = forms.CharField(
        label=_("Text"),
        max_length=2000,
        widget=MarkdownArea({"rows": 6}),
        help_text=_("{cohort} and {date} become the cohort’s title and the day of the stage."),
    )
    by_mail = forms.BooleanField(label=_("As a mail"), required=False, initial=True)
    as_banner = forms.BooleanField(label=_("As a banner in the portal"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("by_mail") and not cleaned.get("as_banner"):
            self.add_error("as_banner", _("Choose a mail, a banner, or both."))
        if cleaned.get("stage") == Beat.Stage.CLOSING and not cleaned.get("by_mail") and cleaned.get("as_banner"):
            self.add_error("by_mail", _("Banners are for participants: before applications close there are none yet."))
        return cleaned

    def words(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}

    @classmethod
    def initial_of(cls, beat: Beat) -> dict[str, Any]:
        names = ("stage", "days", "title", "body", "by_mail", "as_banner", "revision")
        return {name: getattr(beat, name) for name in names}
