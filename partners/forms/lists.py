"""Views that are kept, and what is done with many partners."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import colleagues
from partners.models import Group, SavedView
from partners.queries.groups import groups_for_choice
from prm.accounts.models import Membership
from prm.web.forms import EditForm, Form

_NOBODY = "nobody"


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
    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none(), empty_label=_("choose one"))

    def group_choices(self) -> models.QuerySet[Group]:
        return groups_for_choice()


class BulkManagerForm(Form):
    """Somebody, or explicitly nobody: what is chosen by not choosing would take away many account managers at once."""

    manager = forms.ChoiceField(
        label=_("Account manager"),
        help_text=_("Partners see them as their contact."),
        error_messages={"required": _("Choose a colleague, or nobody.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(member.pk): member for member in colleagues()}
        named = [(key, str(member.person)) for key, member in self.colleagues.items()]
        choices = [("", _("choose one")), *named, (_NOBODY, _("nobody: take the account manager away"))]
        self.fields["manager"].choices = choices  # type: ignore[attr-defined]

    def clean_manager(self) -> Membership | None:
        return self.colleagues.get(self.cleaned_data["manager"])


class AnnouncementForm(Form):
    subject = forms.CharField(label=_("Subject"), max_length=120)
    body = forms.CharField(
        label=_("Text"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Your name stands under it, and replies come to you. **Bold**, lists and links as in Markdown."),
    )
    is_for_all = forms.BooleanField(label=_("Yes, this concerns all of our partners"), required=False)
