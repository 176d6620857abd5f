"""Forms of the settings: the organization, its branding, colleagues and their roles, one's own account."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership, MembershipQuerySet, normalize_email
from prm.accounts.permissions import ROLE_LABELS, ROLE_PURPOSES
from prm.accounts.queries import possible_successors
from prm.web.forms import EditForm, Form
from prm.web.guesses import zone_names
from prm.web.widgets import CheckCards, ColorInput, FileDrop

LOGO_MAX_SIZE = 2 * 1024 * 1024


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in zone_names()]


class ZoneAndYear(Form):
    zone = forms.ChoiceField(
        label=_("Time zone"), choices=_zones, help_text=_("In which your sessions and due dates are shown.")
    )
    fiscal_year_start_month = forms.TypedChoiceField(
        label=_("Fiscal year starts in"), choices=lambda: list(MONTHS.items()), coerce=int
    )


class OrganizationForm(ZoneAndYear, EditForm):
    name = forms.CharField(label=_("Company name"), max_length=120)
    slug = forms.CharField(
        label=_("Address"), max_length=50, help_text=_("The old address keeps working: it leads to the new one.")
    )
    field_order = ("name", "slug")

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).strip().lower()


class BrandingForm(EditForm):
    """How the portal and the mails look. The logo is stored by the view's service; everything else is text."""

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=FileDrop({"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("PNG, JPEG, WebP or GIF. Its main color becomes yours, unless you choose another."),
    )
    brand_color = forms.RegexField(
        r"^#[0-9a-fA-F]{6}\Z", label=_("Color"), widget=ColorInput, help_text=_("For buttons, links and the mark.")
    )
    portal_title = forms.CharField(label=_("Portal title"), max_length=80, required=False)
    sender_name = forms.CharField(
        label=_("Mails come from"), max_length=80, required=False, help_text=_("A person's name is opened more often.")
    )
    reply_to = forms.EmailField(label=_("Replies go to"), max_length=254, required=False)
    welcome_text = forms.CharField(
        label=_("Welcome"),
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One or two sentences at the top of your partners' home page."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["logo"].max_size = LOGO_MAX_SIZE  # type: ignore[attr-defined]

    def clean_brand_color(self) -> str:
        return str(self.cleaned_data["brand_color"]).lower()

    def changes(self) -> dict[str, Any]:
        """What the organization is to be, without logo and revision."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"logo", "revision"}}


class RolesField(forms.MultipleChoiceField):
    """Several of the staff roles, each with what it is for."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(str(role), label) for role, label in ROLE_LABELS.items()]
        hints = {str(role): purpose for role, purpose in ROLE_PURPOSES.items()}
        super().__init__(label=_("Roles"), choices=choices, widget=CheckCards(hints=hints), **kwargs)


class RolesForm(Form):
    roles = RolesField()


class SuccessorForm(Form):
    """To whom the organization is handed over."""

    successor = forms.ModelChoiceField(
        label=_("New owner"), queryset=Membership.everywhere.none(), empty_label=_("Choose a colleague")
    )

    def __init__(self, *args: Any, owner: Membership, **kwargs: Any) -> None:
        self.owner = owner
        super().__init__(*args, **kwargs)

    def successor_choices(self) -> MembershipQuerySet:
        return possible_successors(self.owner)


class InvitationForm(Form):
    """An invitation of whatever kind; colleagues get roles besides."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "off", "autofocus": True})
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    note = forms.CharField(
        label=_("A personal line"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Why you, why now. The one sentence that no template can write."),
    )

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])


class ColleagueForm(InvitationForm):
    roles = RolesField()
    field_order = ("email", "name", "roles")


class MendForm(Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)


class ProfileForm(Form):
    """What a person says about themselves."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("That of each organization")), *_zones()],
        help_text=_("In which you read times."),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=lambda: [("", _("As my browser asks")), *settings.LANGUAGES]
    )


class AddresseeForm(Form):
    """Whose data is asked about."""

    email = forms.EmailField(label=_("Their e-mail address"), max_length=254)


class WishForm(Form):
    """Asking to be erased in one organization."""

    text = forms.CharField(
        label=_("What else you want to say"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example what you would like to keep. The owners read it."),
    )


class WishesForm(WishForm):
    """The same for several of one's organizations at once."""

    organizations = forms.MultipleChoiceField(
        label=_("Where"), error_messages={"required": _("Choose at least one organization.")}
    )
    field_order = ("organizations", "text")

    def __init__(self, *args: Any, memberships: Sequence[Membership], **kwargs: Any) -> None:
        listed = [(member.organization.slug, member.organization.name) for member in memberships]
        hints = {member.organization.slug: member.role_label for member in memberships}
        super().__init__(*args, initial={"organizations": [slug for slug, _name in listed]}, **kwargs)
        field: Any = self.fields["organizations"]
        field.widget = CheckCards(hints=hints)
        field.choices = listed


class WishAnswerForm(Form):
    """Why somebody's data is not erased, or what comes first."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("It goes to them by mail, under your name. Say what is kept and why, and what they can do."),
    )


class ErasureForm(AddresseeForm):
    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("For example: asked by mail on 3 March. It is kept, so leave their name out."),
    )
    is_sure = forms.BooleanField(label=_("I know that nobody can bring this back"))
