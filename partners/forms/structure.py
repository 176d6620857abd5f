"""How two companies stand to each other, from when until when."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Partner, PartnerLink
from partners.services.structure import LinkDetails
from prm.web.forms import Form

_Kind = PartnerLink.Kind
LATEST = 9000


def day_after(day: date | None) -> date | None:
    """The day before which something ends whose last day is `day`."""
    return day + timedelta(days=1) if day else None


def checked_day(day: date | None) -> date | None:
    if day is not None and not 1900 < day.year < LATEST:
        raise ValidationError(_("This day is too far away."))
    return day


class LinkForm(Form):
    """`relation` is "<kind> up": the page's partner is the child, or "<kind> down": it is the parent."""

    relation = forms.ChoiceField(label=gettext_lazy("How they stand to each other"), widget=forms.RadioSelect)
    since = forms.DateField(label=gettext_lazy("Since"))
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("That day included. Leave it empty for “until further notice”."),
    )
    leads_look_in = forms.BooleanField(
        label=gettext_lazy("For the whole company: leads above may see who is on the team below"), required=False
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)
    moves = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, partner: Partner, other: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partner, self.other = partner, other
        here, there = partner.name, other.name
        words = {
            _Kind.BRANCH: _("%(below)s is a branch of %(above)s"),
            _Kind.BOUGHT: _("%(above)s bought %(below)s"),
            _Kind.RESELLER: _("%(below)s buys through the distributor %(above)s"),
            _Kind.SPLIT: _("%(below)s was split off from %(above)s"),
        }
        relation: Any = self.fields["relation"]
        relation.choices = [
            (f"{kind} {way}", text % {"below": below, "above": above})
            for kind, text in words.items()
            for way, below, above in (("up", here, there), ("down", there, here))
        ]

    def clean_since(self) -> date | None:
        return checked_day(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return checked_day(self.cleaned_data["until"])

    def parent_and_child(self) -> tuple[Partner, Partner]:
        is_up = self.cleaned_data["relation"].endswith(" up")
        return (self.other, self.partner) if is_up else (self.partner, self.other)

    def details(self) -> LinkDetails:
        return LinkDetails(
            kind=self.cleaned_data["relation"].split()[0],
            starts_on=self.cleaned_data["since"],
            ends_on=day_after(self.cleaned_data["until"]),
            leads_look_in=self.cleaned_data["leads_look_in"],
            reason=self.cleaned_data["reason"],
        )


class LinkEndForm(Form):
    until = forms.DateField(label=gettext_lazy("Last day"), help_text=gettext_lazy("The link stays as history."))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)

    def clean_until(self) -> date | None:
        return checked_day(self.cleaned_data["until"])

    def ends_on(self) -> date:
        day: date = self.cleaned_data["until"]
        return day + timedelta(days=1)
