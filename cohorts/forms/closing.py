"""The settings of a cohort's closing survey."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models.closing import FEWEST_DAYS, MOST_DAYS
from prm.web.forms import EditForm


class ClosingForm(EditForm):
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    days_open = forms.IntegerField(
        label=_("Days to answer"),
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        help_text=_("It opens when the last session ends, and closes at the end of the last of these days."),
    )
