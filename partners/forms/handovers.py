from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import ColleagueField, colleagues
from prm.accounts.models import Membership
from prm.web.forms import Form


class HandoverForm(Form):
    """Who takes over, what they should know, and what the partners read."""

    taker = ColleagueField(label=_("Who takes over"))
    brief = forms.CharField(
        label=_("What they should know"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("Where things stand, whom to call first. Only they read it."),
    )
    tells_partners = forms.BooleanField(
        label=_("Tell the leads of these partners who looks after them now"), required=False, initial=True
    )
    note = forms.CharField(
        label=_("A line from both to the partners"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, giver: Membership, **kwargs: Any) -> None:
        self.giver = giver
        super().__init__(*args, **kwargs)
        self.fields["taker"].required = True

    def taker_choices(self) -> models.QuerySet[Membership]:
        return colleagues().exclude(pk=self.giver.pk)
