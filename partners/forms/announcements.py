"""What is typed to write, plan and correct an announcement."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Announcement, SavedView
from partners.queries.announcements import Target, region_choices, target_of
from partners.queries.audiences import audience_choices
from partners.services.announcing import AnnouncementDetails
from prm.accounts.models import Membership
from prm.outbox.clocks import local_moment
from prm.tenancy.scope import current_organization
from prm.web.forms import EditForm, Form
from prm.web.widgets import MarkdownArea, RadioCards

_KEEP = "keep"


class WordsForm(EditForm):
    """Subject and text: all that may change once it was sent."""

    subject = forms.CharField(label=_("Subject"), max_length=120)
    body = forms.CharField(
        label=_("Text"),
        max_length=5000,
        widget=MarkdownArea(attrs={"rows": 9}),
        help_text=_("Your name stands under it, and replies come to you. **Bold**, lists and links as in Markdown."),
    )

    @staticmethod
    def initial_of(row: Announcement) -> dict[str, Any]:
        return {"subject": row.subject, "body": row.body, "revision": row.revision}


class ComposeForm(WordsForm):
    """An announcement as a draft: its words, whom it is for, and what is asked of them."""

    topic = forms.ChoiceField(label=_("What it is about"), choices=Announcement.Topic.choices)
    audiences = forms.TypedMultipleChoiceField(
        label=_("Groups, tiers and cohorts"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    regions = forms.MultipleChoiceField(label=_("Regions"), required=False, widget=forms.CheckboxSelectMultiple)
    view = forms.ChoiceField(
        label=_("A saved view"),
        required=False,
        help_text=_("Whom it shows when the announcement is sent."),
    )
    readers = forms.ChoiceField(
        label=_("Who at each partner"),
        choices=Announcement.Readers.choices,
        widget=RadioCards(
            hints={
                "leads": _("One or two people a company. Participants of a cohort are always meant themselves"),
                "everybody": _("Everybody who can sign in"),
            }
        ),
    )
    is_mailed = forms.BooleanField(
        label=_("By mail, too"), required=False, help_text=_("It stands in the portal in any case.")
    )
    asks = forms.BooleanField(
        label=_("Ask everybody to confirm that they have read it"),
        required=False,
        help_text=_("It stays in their to-do list until they do, and you see who has."),
    )

    def __init__(self, *args: Any, member: Membership, row: Announcement | None = None, **kwargs: Any) -> None:
        self.row = row
        kwargs.setdefault("initial", _initial(row))
        super().__init__(*args, **kwargs)
        self._set("audiences", [(choice.id, choice.label) for choice in audience_choices()])
        self._set("regions", region_choices())
        self.views = {view.public_id: view for view in SavedView.objects.for_member(member).order_by("normalized_name")}
        kept = [(_KEEP, row.view_name)] if row is not None and row.view_name else []
        self._set("view", [("", _("none")), *kept, *((key, view.name) for key, view in self.views.items())])

    def _set(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        cast(Any, self.fields[name]).choices = choices
        if not choices:
            del self.fields[name]

    def _view(self) -> tuple[str, str] | None:
        """The name and the query of the chosen view; the one that it was written for stays as it was."""
        chosen = self.cleaned_data.get("view", "")
        if chosen == _KEEP and self.row is not None:
            return self.row.view_name, self.row.view_query
        view = self.views.get(chosen)
        return (view.name, view.query) if view else None

    def details(self) -> AnnouncementDetails:
        given = self.cleaned_data
        return AnnouncementDetails(
            subject=given.get("subject", ""),
            body=given.get("body", ""),
            topic=given.get("topic") or Announcement.Topic.MESSAGE,
            readers=given.get("readers") or Announcement.Readers.LEADS,
            is_mailed=given.get("is_mailed", False),
            asks=given.get("asks", False),
            audience_ids=given.get("audiences", []),
            regions=given.get("regions", []),
            view=self._view(),
        )

    def target(self) -> Target:
        """Whom it is for as far as it is written, also while it is not right yet."""
        if not self.is_bound:
            return target_of(self.row) if self.row else Target()
        self.is_valid()
        details = self.details()
        return Target(
            audience_ids=tuple(details.audience_ids),
            regions=tuple(details.regions),
            view_query=details.view[1] if details.view else None,
            chosen=target_of(self.row).chosen if self.row else None,
            is_leads_only=details.readers == Announcement.Readers.LEADS,
        )

    @staticmethod
    def initial_of(row: Announcement) -> dict[str, Any]:
        return _initial(row)


def _initial(row: Announcement | None) -> dict[str, Any]:
    if row is None:
        return {"readers": Announcement.Readers.LEADS, "is_mailed": True}
    return {
        **WordsForm.initial_of(row),
        "topic": row.topic,
        "audiences": list(target_of(row).audience_ids),
        "regions": row.regions,
        "view": _KEEP if row.view_name else "",
        "readers": row.readers,
        "is_mailed": row.is_mailed,
        "asks": row.asks,
    }


class ScheduleForm(Form):
    """When it leaves: on a day at a time of the organization's clock, or in two minutes."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    on = forms.DateField(label=_("Day"), required=False, help_text=_("Leave it empty to send it now."))
    at = forms.TimeField(label=_("Time"), required=False, initial=time(9))
    is_for_all = forms.BooleanField(label=_("Yes, this concerns all of our partners"), required=False)

    def moment(self) -> datetime | None:
        """The moment that was chosen; None for now."""
        day: date | None = self.cleaned_data["on"]
        if day is None:
            return None
        zone = ZoneInfo(current_organization().zone)
        return local_moment(day, self.cleaned_data["at"] or time(9), zone)

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day is not None and not 2000 < day.year < 9000:
            raise forms.ValidationError(_("This day is too far away."))
        return day

    def schedule(self) -> Mapping[str, Any]:
        return {
            "revision": self.cleaned_data["revision"],
            "at": self.moment(),
            "is_for_all": self.cleaned_data["is_for_all"],
        }
