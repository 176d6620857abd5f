from django import forms
from django.utils.translation import gettext_lazy as _

from prm.web.forms import Form


class ClockForm(Form):
    at = forms.DateTimeField(label=_("Moment"), help_text=_("In the time zone of this page."))
