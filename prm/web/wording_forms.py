"""The form in which staff word a mail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.outbox.rendering.defaults import Words
from prm.outbox.wordings import LONGEST
from prm.web.forms import EditForm


class WordingForm(EditForm):
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST["subject"])
    preheader = forms.CharField(
        label=_("First line in the inbox"),
        max_length=LONGEST["preheader"],
        required=False,
        help_text=_("What many inboxes show after the subject."),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST["body"],
        widget=forms.Textarea({"rows": 16}),
        help_text=_("Markdown. The button below it and the footer come by themselves."),
    )

    def words(self) -> Words:
        """What was sent, as far as it is right; service and preview say what does not fit."""
        said = {name: str(self.cleaned_data.get(name) or "") for name in LONGEST}
        return Words(**said)

    def shown(self) -> Words:
        """What stands in the fields."""
        return Words(**{name: str(self[name].value() or "") for name in LONGEST})
