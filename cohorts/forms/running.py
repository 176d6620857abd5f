"""Forms of facilitators about people: decisions, seats, recaps, comments, certificates."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts import walltime
from cohorts.forms.planning import sensible_day
from cohorts.models import Decision, Recap, Seat
from partners.models import Partner
from partners.names import normalize_domain, normalize_name
from prm.accounts.models import normalize_email
from prm.web.forms import EditForm, Form
from prm.web.widgets import MarkdownArea, RadioCards


class ReasonForm(Form):
    """Why something is called off or taken back; the people concerned read it."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea({"rows": 3}))


class OptionalReasonForm(Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Everybody in the cohort reads it."),
    )


class DecisionForm(Form):
    kind = forms.ChoiceField(choices=Decision.Kind.choices, widget=forms.HiddenInput)
    reason = forms.ChoiceField(choices=Decision.Reason.choices, required=False, widget=forms.HiddenInput)
    wording = forms.CharField(
        label=_("Words to the applicant"),
        max_length=3000,
        widget=MarkdownArea({"rows": 9}),
        help_text=_("A proposal: make it yours. It is sent when decisions are released, not now."),
    )


class QuickDecisionForm(Form):
    """Yes, wait or no about one application: the field that is filled says what, its value about which."""

    accept = forms.CharField(max_length=20, required=False)
    wait = forms.CharField(max_length=20, required=False)
    decline = forms.CharField(max_length=20, required=False)

    def decision(self) -> tuple[str, str]:
        """(kind, public id of the application); empty where nothing was said."""
        if not self.is_valid():
            return "", ""
        said = ((kind, self.cleaned_data[kind]) for kind in Decision.Kind.values)
        return next((pair for pair in said if pair[1]), ("", ""))


class NominationForm(Form):
    """Somebody of a partner. The company is needed only for an address that nobody here has."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput({"list": "people", "autocomplete": "off", "autocapitalize": "off"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("For somebody who is not here yet.")
    )
    partner = forms.CharField(
        label=_("Partner"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"list": "partners", "autocomplete": "off"}),
        help_text=_("For somebody who is not here yet. Left empty, it is found by the address."),
    )
    note = forms.CharField(
        label=_("Why this person"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("They read it in the mail."),
    )

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        """Find the partner by its name, else by the domain of the address."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        named = cleaned.get("partner", "")
        found = partner_named(named) if named else _partner_of(cleaned.get("email", ""))
        if named and found is None:
            self.add_error("partner", _("There is no partner of this name. Add it under Partners first."))
        cleaned["partner"] = found
        return cleaned


def partner_named(name: str) -> Partner | None:
    return Partner.objects.listed().filter(normalized_name=normalize_name(name)).order_by("pk").first()


def _partner_of(email: str) -> Partner | None:
    domain = normalize_domain(email) if email else ""
    found = list(Partner.objects.listed().filter(domain=domain)[:2]) if domain else []
    return found[0] if len(found) == 1 else None


class SeatInvitationForm(Form):
    """Somebody who is asked straight in: whoever has this address, or somebody new who joins as a guest."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("For somebody who is not here yet.")
    )
    role = forms.ChoiceField(
        label=_("Comes as"),
        choices=Seat.Role.choices,
        initial=Seat.Role.PARTICIPANT,
        widget=RadioCards(
            hints={
                "participant": _("Takes one of the seats, hands in homework, graduates"),
                "mentor": _("Sees sessions, people, homework and recaps; takes no seat"),
                "guest_star": _("Sees when it is and who is there; takes no seat"),
                "observer": _("Sees sessions and recaps, nobody's work or profile; takes no seat"),
            }
        ),
    )
    note = forms.CharField(
        label=_("A line to them"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("They read it in the mail."),
    )


class ExtendForm(Form):
    until = forms.DateField(label=_("Confirm until"), widget=forms.DateInput, help_text=_("That day included."))

    def clean_until(self) -> date | None:
        return sensible_day(self.cleaned_data["until"])

    def moment(self, zone: str) -> datetime:
        return walltime.end_of_day(self.cleaned_data["until"], zone)


class RecapForm(EditForm):
    """A recap. `when` says what its button does: keep it, send it now, or at a moment in the session's zone."""

    NOW, LATER = "now", "later"

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    body = forms.CharField(label=_("Recap"), max_length=20000, required=False, widget=MarkdownArea({"rows": 18}))
    send_on = forms.DateField(label=_("On"), required=False, widget=forms.DateInput)
    send_time = forms.TimeField(label=_("At"), required=False, widget=forms.TimeInput, initial=time(9))

    def clean_send_on(self) -> date | None:
        return sensible_day(self.cleaned_data["send_on"])

    def moment(self, zone: str) -> datetime | None:
        """When to send it; None where a part of the moment is missing, which is then said beside the field."""
        day, at = self.cleaned_data["send_on"], self.cleaned_data["send_time"]
        if day is None:
            self.add_error("send_on", _("Choose a day."))
        if at is None:
            self.add_error("send_time", _("Choose a time."))
        return walltime.instant(day, at, zone) if day and at else None

    @classmethod
    def initial_of(cls, recap: Recap | None, drafted: str, zone: Any) -> dict[str, Any]:
        if recap is None:
            return {"body": drafted, "revision": 0}
        moment = recap.send_at.astimezone(zone) if recap.send_at else None
        said = {"body": recap.body, "revision": recap.revision}
        return {**said, "send_on": moment.date(), "send_time": moment.time()} if moment else said


class CommentForm(Form):
    body = forms.CharField(label=_("Comment"), max_length=4000, widget=forms.Textarea({"rows": 4}))
