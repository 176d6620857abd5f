"""What colleagues fill in about one application: reviewers, comments, a question, yes, no."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import AddressesField, ColleagueField, colleagues, screeners
from partners.models import DeclineReason, Group, GroupRule, Partner, PartnerApplication
from partners.queries.groups import groups_for_choice
from partners.services.deciding import Acceptance
from prm.accounts.models import Membership
from prm.web.forms import Form

NEW_COMPANY = "new"
# So many groups are offered to tick; those of the call first.
_MOST_GROUPS = 30


class ReviewersForm(Form):
    reviewers = forms.ModelMultipleChoiceField(
        label=_("Reviewers"),
        queryset=Membership.everywhere.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewers"].label_from_instance = lambda member: str(member.person)  # type: ignore[attr-defined]

    def reviewers_choices(self) -> models.QuerySet[Membership]:
        return screeners()


class CommentForm(Form):
    text = forms.CharField(label=_("Comment"), max_length=2000, widget=forms.Textarea({"rows": 2}))


class AskForm(Form):
    text = forms.CharField(
        label=_("What would you like to know?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("One question is answered sooner than three."),
    )


class DeclineForm(Form):
    reason = forms.ChoiceField(label=_("Why"), choices=DeclineReason.choices, widget=forms.HiddenInput)
    wording = forms.CharField(
        label=_("Your words"),
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("A proposal for this reason; make it yours. Greeting and date stand around it."),
    )
    reapply_on = forms.DateField(
        label=_("May apply again from"), required=False, help_text=_("Left empty, they may at any time.")
    )


class AcceptForm(Form):
    """Everything that a yes leads to: which company it is, who looks after it, its groups, who is invited."""

    company = forms.ChoiceField(label=_("Which company is it?"), widget=forms.RadioSelect)
    account_manager = ColleagueField(label=_("Account manager"), help_text=_("Their people see this colleague."))
    groups = forms.ModelMultipleChoiceField(
        label=_("Into these groups"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What a group starts, such as a journey, starts by itself. Groups by rule follow their rules."),
    )
    emails = AddressesField(
        label=_("Invite these people"),
        required=False,
        help_text=_("One a line. “Lena Brandt <lena@nordwind.example>” tells the name as well."),
    )
    note = forms.CharField(
        label=_("A personal line"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("It stands at the top of their mail."),
    )

    def __init__(
        self,
        *args: Any,
        application: PartnerApplication,
        alike: list[Partner],
        targets: list[Group],
        **kwargs: Any,
    ) -> None:
        self.alike = {partner.public_id: partner for partner in alike if partner.archived_at is None}
        self._targets = targets
        super().__init__(*args, initial=self._first(application), **kwargs)
        if alike:
            known = [(key, _now("%s, who is a partner already") % row.name) for key, row in self.alike.items()]
            new = _now("%s is another company: add it") % application.company
            self.fields["company"].choices = [*known, (NEW_COMPANY, new)]  # type: ignore[attr-defined]
        else:
            del self.fields["company"]

    def _first(self, application: PartnerApplication) -> dict[str, Any]:
        name, email = application.contact_name, application.email
        return {
            "account_manager": application.call.account_manager_id,
            "groups": [group.pk for group in self._targets],
            "emails": f"{name} <{email}>" if name and not set(name) & set('<>",;') else email,
        }

    def account_manager_choices(self) -> models.QuerySet[Membership]:
        return colleagues()

    def groups_choices(self) -> models.QuerySet[Group]:
        first = [group.pk for group in self._targets]
        ruled = GroupRule.objects.current().values("group")
        by_hand = groups_for_choice().exclude(pk__in=first).exclude(pk__in=ruled)
        others = by_hand.values_list("pk", flat=True)[:_MOST_GROUPS]
        return Group.objects.filter(pk__in=[*first, *others]).by_name()

    def clean_groups(self) -> list[Group]:
        return list(self.cleaned_data["groups"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get("company", NEW_COMPANY)
        if chosen != NEW_COMPANY and chosen not in self.alike and "company" not in self.errors:
            raise ValidationError(_("Choose which company it is."))
        return cleaned

    def acceptance(self) -> Acceptance:
        cleaned = self.cleaned_data
        chosen = cleaned.get("company")
        return Acceptance(
            account_manager=cleaned["account_manager"],
            groups=cleaned["groups"],
            invitees=cleaned["emails"],
            personal_line=cleaned["note"],
            existing=self.alike.get(chosen or ""),
            is_another=chosen == NEW_COMPANY,
        )
