"""People of partners: invited, given a role and a job."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.forms.fields import AddressesField
from partners.models import Partner, PartnerUser
from partners.queries.people import prepared_lines
from partners.services.inviting import Invitee
from prm.web.forms import EditForm, Form
from prm.web.widgets import RadioCards


class PersonForm(EditForm):
    """A partner's person, as staff or the company's lead changes one."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=PartnerUser.Role.choices,
        widget=RadioCards(
            hints={
                "lead": _("Speaks for the company: invites and removes colleagues"),
                "member": _("Sees and does what is for the company"),
            }
        ),
    )
    job_title = forms.CharField(label=_("Job"), max_length=120, required=False)
    _kept_job: str | None = None

    def clean_revision(self) -> int:
        return self.cleaned_data["revision"] or 0

    @classmethod
    def initial_of(cls, user: PartnerUser) -> dict[str, Any]:
        return {"role": user.role, "job_title": user.job_title, "revision": user.revision}

    def keep_job(self, job_title: str) -> None:
        """Take the job off the form, where whoever edits does not read it: it stays, whatever is sent."""
        self.fields["job_title"] = forms.CharField(widget=forms.HiddenInput, required=False, disabled=True)
        self.initial["job_title"] = ""
        self._kept_job = job_title

    def clean_job_title(self) -> str:
        typed: str = self.cleaned_data["job_title"]
        return typed if self._kept_job is None else self._kept_job

    def keep_role(self, role: str) -> None:
        """Take the role off the form: it stays as it is, whatever is sent."""
        self.fields["role"] = forms.CharField(widget=forms.HiddenInput, required=False, disabled=True, initial=role)
        self.initial["role"] = role


class InviteForm(Form):
    """Addresses for each of some partners, and one personal line for all of them."""

    note = forms.CharField(
        label=_("A personal line"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands at the top of the mail, above everything else."),
    )

    def __init__(self, *args: Any, partners: list[Partner], **kwargs: Any) -> None:
        self.partners = partners
        super().__init__(*args, **kwargs)
        prepared = prepared_lines(partners)
        for partner in partners:
            self.fields[f"emails_{partner.public_id}"] = AddressesField(
                initial="\n".join(prepared.get(partner.pk, ())),
                label=_("People of %s") % partner.name,
                required=len(partners) == 1,
                help_text=_("One a line. “Lena Brandt <lena@nordwind.example>” tells the name as well."),
            )

    @property
    def address_fields(self) -> list[Any]:
        return [self[f"emails_{partner.public_id}"] for partner in self.partners]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(self.invitees_of(partner) for partner in self.partners):
            raise ValidationError(_("Write at least one address."))
        return cleaned

    def lists(self) -> dict[Partner, list[Invitee]]:
        """Whom to invite to which partner; partners with nobody are left out."""
        return {partner: invitees for partner in self.partners if (invitees := self.invitees_of(partner))}

    def invitees_of(self, partner: Partner) -> list[Invitee]:
        """What is right so far; nobody before anything was typed."""
        cleaned = getattr(self, "cleaned_data", {})
        found: list[Invitee] = cleaned.get(f"emails_{partner.public_id}") or []
        return found


class MendInvitationForm(Form):
    """A colleague's address put right: what a lead changes about an invitation that is still open."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)


class ColleagueInviteForm(Form):
    """What a partner's lead fills in for one colleague."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    note = forms.CharField(
        label=_("A personal line"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
