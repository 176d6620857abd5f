"""What a person says about themselves, and beside each field who reads it."""

from typing import Any

from django import forms
from django.conf.global_settings import LANGUAGES
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerUser, PersonProfile
from partners.rules import MOST_LANGUAGES
from partners.services.profiles import ProfileDetails
from prm.files.types import TYPES
from prm.tenancy.scope import current_organization
from prm.web.forms import EditForm
from prm.web.widgets import FileDrop

Reader = PersonProfile.Reader

_PLAIN = ("said_as", "job_title", "function", "seniority", "link", "offers", "seeks")


def reader_labels() -> dict[str, str]:
    """Who can read a field, in words with the organization's name."""
    name = {"name": current_organization().name}
    return {
        Reader.PARTNERS: translate("All partners"),
        Reader.COHORT: translate("My cohorts and company"),
        Reader.STAFF: translate("Only %(name)s") % name,
        Reader.NOBODY: translate("Nobody but me"),
    }


class ProfileForm(EditForm):
    """`revision` is 0 while nothing is kept yet."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=FileDrop(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("Your face, so that people know you again. It is made smaller, and where it was taken is removed."),
    )
    is_photo_removed = forms.BooleanField(label=_("Take the photo away"), required=False)
    said_as = forms.CharField(
        label=_("How your name is said"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("SHEE-von Mur-FEE")}),
    )
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    function = forms.ChoiceField(label=_("What you do"), required=False)
    seniority = forms.ChoiceField(label=_("How long you have done it"), required=False)
    link = forms.URLField(
        label=_("Profile elsewhere"),
        max_length=200,
        required=False,
        assume_scheme="https",
        help_text=_("LinkedIn, or a page of your own."),
    )
    offers = forms.CharField(
        label=_("What I can help with"),
        max_length=500,
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": _("Migrations from file servers, offers that a CFO signs")}
        ),
    )
    seeks = forms.CharField(
        label=_("What I look for"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("Somebody who has sold to hospitals")}),
    )

    def __init__(self, *args: Any, profile: PersonProfile | None, **kwargs: Any) -> None:
        self.profile = profile
        super().__init__(*args, **kwargs)
        self.fields["photo"].max_size = TYPES["jpg"].most_bytes  # type: ignore[attr-defined]
        self._choose("function", [("", "–"), *PersonProfile.Function.choices])
        self._choose("seniority", [("", "–"), *PersonProfile.Seniority.choices])
        languages = [("", "–"), *sorted(((code, translate(name)) for code, name in LANGUAGES), key=_name)]
        for number, name in enumerate(self.language_names, 1):
            label = translate("Language %(n)d") % {"n": number}
            self.fields[name] = forms.ChoiceField(label=label, choices=languages, required=False)
        readers = list(reader_labels().items())
        for name in PersonProfile.FIELDS:
            label = translate("Who reads it")
            self.fields[f"see_{name}"] = forms.ChoiceField(label=label, choices=readers, required=False)

    language_names = tuple(f"language_{number}" for number in range(1, MOST_LANGUAGES + 1))

    def _choose(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def rows(self) -> list[tuple[str, list[Any], Any]]:
        """(what it is, its fields, who reads it) in order."""
        found = []
        for name in PersonProfile.FIELDS:
            if name == "languages":
                label, shown = translate("Languages you work in"), [self[language] for language in self.language_names]
            else:
                label, shown = str(self.fields[name].label), [self[name]]
            found.append((label, shown, self[f"see_{name}"]))
        return found

    def clean_revision(self) -> int:
        return self.cleaned_data["revision"] or 0

    def details(self) -> ProfileDetails:
        cleaned = self.cleaned_data
        spoken = tuple(cleaned[name] for name in self.language_names if cleaned[name])
        readers = {name: cleaned[f"see_{name}"] for name in PersonProfile.FIELDS}
        return ProfileDetails(**{name: cleaned[name] for name in _PLAIN}, languages=spoken, readers=readers)

    @classmethod
    def initial_of(cls, user: PartnerUser, profile: PersonProfile | None) -> dict[str, Any]:
        told = profile or PersonProfile()
        spoken = dict(zip(cls.language_names, told.languages, strict=False))
        readers = {f"see_{name}": PersonProfile.who_reads(told.readers, name) for name in PersonProfile.FIELDS}
        plain = {name: getattr(told, name) for name in _PLAIN if name != "job_title"}
        return {
            **plain,
            **spoken,
            **readers,
            "job_title": user.job_title,
            "revision": profile.revision if profile else 0,
        }


def _name(choice: tuple[str, str]) -> str:
    return choice[1].casefold()
