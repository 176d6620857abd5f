"""The form of a launch: the kick-off mail and the orientation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Launch
from prm.web.forms import EditForm
from prm.web.widgets import MarkdownArea


class LaunchForm(EditForm):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    kickoff = forms.CharField(
        label=_("Kick-off mail"),
        required=False,
        max_length=4000,
        widget=MarkdownArea({"rows": 10}),
        help_text=_(
            "Why this group, what happens in the first session, what to do before. Name and link to the cohort's page"
            " come by themselves."
        ),
    )
    orientation_link = forms.URLField(
        label=_("Orientation video"), required=False, max_length=500, assume_scheme="https"
    )
    orientation_minutes = forms.IntegerField(label=_("Its minutes"), min_value=1, max_value=120, initial=6)

    @classmethod
    def initial_of(cls, launch: Launch) -> dict[str, Any]:
        return {name: getattr(launch, name) for name in cls.base_fields}
