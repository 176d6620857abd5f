"""Views that are kept, and what is done with many partners."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import ColleagueField, colleagues
from partners.models import Group, SavedView
from partners.queries.groups import groups_for_choice
from prm.accounts.models import Membership
from prm.web.forms import EditForm, Form


class SaveViewForm(Form):
    """A name for what a list shows."""

    name = forms.CharField(label=_("Name"), max_length=80)
    is_shared = forms.BooleanField(
        label=_("For all colleagues"), required=False, help_text=_("They find it among their views too.")
    )


class ViewForm(EditForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    is_shared = forms.BooleanField(label=_("For all colleagues"), required=False)

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "is_shared")}

    @classmethod
    def initial_of(cls, view: SavedView) -> dict[str, object]:
        return {"name": view.name, "is_shared": view.is_shared, "revision": view.revision}


class BulkGroupForm(Form):
    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none())

    def group_choices(self) -> models.QuerySet[Group]:
        return groups_for_choice()


class BulkManagerForm(Form):
    manager = ColleagueField(
        label=_("Account manager"), help_text=_("Partners see them as their contact. “Nobody yet” takes it away.")
    )

    def manager_choices(self) -> models.QuerySet[Membership]:
        return colleagues()


class AnnouncementForm(Form):
    subject = forms.CharField(label=_("Subject"), max_length=120)
    body = forms.CharField(
        label=_("Text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Your name stands under it, and replies come to you. **Bold**, lists and links as in Markdown."),
    )
    is_for_all = forms.BooleanField(label=_("Yes, this concerns all of our partners"), required=False)
