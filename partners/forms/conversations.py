"""What is written in conversations, by whom it is answered, and who is away."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import ColleagueField
from partners.forms.structure import checked_day
from partners.models import Absence, Conversation, PartnerUser
from partners.queries.answering import answerers
from prm.accounts.models import Membership
from prm.web.forms import Form

LONGEST = 10_000
MOST_HOURS = 24 * 60


def _text(label: Any, rows: int = 5, most: int = LONGEST, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


class AskForm(Form):
    """What a partner's person asks."""

    kind = forms.ChoiceField(
        label=_("What is it"),
        choices=[(kind.value, kind.label) for kind in Conversation.Kind if kind != Conversation.Kind.MESSAGE],
        initial=Conversation.Kind.QUESTION,
    )
    subject = forms.CharField(label=_("In a few words"), max_length=160)
    body = _text(_("Your message"))


class ReplyForm(Form):
    """What either side writes. `seen` is the last entry on the page that it was written on."""

    body = _text(_("Your message"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the partner's people."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=PartnerUser.objects.none(), to_field_name="public_id", **kwargs)

    def label_from_instance(self, obj: PartnerUser) -> str:
        return str(obj.membership.person)


class WriteForm(Form):
    """What a colleague writes to a partner's person."""

    person = PersonField(label=_("To"), empty_label=None)
    subject = forms.CharField(label=_("Subject"), max_length=160)
    body = _text(_("Your message"))

    def __init__(self, *args: Any, partner_id: int, **kwargs: Any) -> None:
        self.partner_id = partner_id
        super().__init__(*args, **kwargs)

    def person_choices(self) -> models.QuerySet[PartnerUser]:
        people = PartnerUser.objects.active().filter(partner=self.partner_id).with_person()
        return people.select_related("partner__account_manager__person").order_by("role", "membership__person__name")


class NoteForm(Form):
    note = _text(_("Internal note"), rows=3, most=5000)


class AnswererField(ColleagueField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.required, self.empty_label = True, None


class HandOverForm(Form):
    to = AnswererField(label=_("Who answers"))

    def to_choices(self) -> models.QuerySet[Membership]:
        return answerers()


class AbsenceForm(Form):
    """From when to when one is away, and who answers meanwhile."""

    starts_on = forms.DateField(label=_("Away from"))
    ends_on = forms.DateField(label=_("Back on"), help_text=_("The first day on which you answer again."))
    deputy = AnswererField(label=_("Who stands in"))

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        self.member = member
        super().__init__(*args, **kwargs)

    def deputy_choices(self) -> models.QuerySet[Membership]:
        return answerers().exclude(pk=self.member.pk)

    def clean_starts_on(self) -> date | None:
        return checked_day(self.cleaned_data["starts_on"])

    def clean_ends_on(self) -> date | None:
        return checked_day(self.cleaned_data["ends_on"])

    @staticmethod
    def initial_of(absence: Absence | None, today: date) -> Mapping[str, Any]:
        if absence is None or absence.ends_on <= today:
            return {"starts_on": today, "ends_on": today + timedelta(days=7)}
        return {"starts_on": absence.starts_on, "ends_on": absence.ends_on, "deputy": absence.deputy_id}


class PromiseForm(Form):
    hours = forms.IntegerField(
        label=_("Answers within, in hours"),
        min_value=1,
        max_value=MOST_HOURS,
        help_text=_("For partners whom neither a tier nor a group promises anything. Nights and weekends count."),
    )
