"""What applicants fill in: an address that gets the link, the application itself, an answer to a question."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.models import PartnerApplication, RecruitmentCall
from partners.recruiting.questions import WEBSITE, Kind, Question
from prm.accounts.models import normalize_email
from prm.web.forms import Form

# Nobody reads a page and types an address in less; programs do.
QUICKEST = timedelta(seconds=2)
_LONGEST_OPEN = timedelta(days=1)
_SIGNER = signing.TimestampSigner(salt="canopy.apply")
# So few choices are shown at once, more are a menu.
_FEW = 6
# What templates/web/forms/field.html asks a field, before it says that an answer is optional.
NEEDED = "is_needed"


class BeginForm(Form):
    """An address, and three things that tell people from programs: a field nobody sees, a stamp, and the time."""

    email = forms.EmailField(
        label=_("Work e-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("We mail you a link to your application. You need no password."),
    )
    nickname = forms.CharField(
        required=False,
        max_length=200,
        label=_("Leave this empty"),
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    stamp = forms.CharField(max_length=200, widget=forms.HiddenInput)
    source = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, call: RecruitmentCall, **kwargs: Any) -> None:
        self.call = call
        super().__init__(*args, **kwargs)

    @classmethod
    def first(cls, call: RecruitmentCall, source: str) -> "BeginForm":
        return cls(call=call, initial={"stamp": _SIGNER.sign(call.public_id), "source": source[:80]})

    @property
    def is_trap_sprung(self) -> bool:
        return bool(self.cleaned_data.get("nickname"))

    def clean_email(self) -> str:
        return normalize_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        stamp = str(cleaned.get("stamp", ""))
        try:
            is_ours = _SIGNER.unsign(stamp, max_age=_LONGEST_OPEN) == self.call.public_id
        except signing.BadSignature:
            is_ours = False
        if not is_ours:
            data: Any = self.data
            self.data = data = data.copy()
            data["stamp"] = _SIGNER.sign(self.call.public_id)
            raise ValidationError(_("This page was open for long. Your address is kept: send it once more."))
        if not self.errors and _is_younger(stamp):
            raise ValidationError(_("That was quick. Look once more, then send it again."))
        return cleaned


def _is_younger(stamp: str) -> bool:
    try:
        _SIGNER.unsign(stamp, max_age=QUICKEST)
    except signing.SignatureExpired:
        return False
    return True


class ApplyForm(Form):
    """A call's questions. Whether all is there that must be is the rules' to say: a draft may lack anything."""

    contact_name = forms.CharField(
        label=_("Your name"), max_length=120, required=False, widget=forms.TextInput({"autocomplete": "name"})
    )

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        setattr(self.fields["contact_name"], NEEDED, True)
        for question in questions:
            self.fields[f"answer_{question.key}"] = _field(question)
        self.prepare_fields()

    @classmethod
    def initial_of(cls, application: PartnerApplication) -> dict[str, Any]:
        answers = {f"answer_{key}": value for key, value in application.answers.items()}
        shown = {name: _YES_NO[value] if isinstance(value, bool) else value for name, value in answers.items()}
        return {"contact_name": application.contact_name, **shown}

    def answers(self) -> dict[str, Any]:
        """What was answered, as the application keeps it; of a field that is wrong nothing."""
        found = {}
        for question in self.questions:
            value = _kept(question, self.cleaned_data.get(f"answer_{question.key}"))
            if value not in (None, "", []):
                found[question.key] = value
        return found


_YES_NO = {True: "yes", False: "no"}


def _field(question: Question) -> forms.Field:
    options = question.options()
    field: forms.Field
    match question.kind:
        case Kind.LONG:
            field = forms.CharField(max_length=4000, widget=forms.Textarea({"rows": 4}))
        case Kind.NUMBER:
            field = forms.DecimalField(min_value=0, max_value=1_000_000_000, max_digits=14, decimal_places=2)
        case Kind.DATE:
            field = forms.DateField()
        case Kind.YES_NO:
            field = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect)
        case Kind.CHOICES:
            field = forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple)
        case Kind.CHOICE if len(options) <= _FEW:
            field = forms.ChoiceField(choices=options, widget=forms.RadioSelect)
        case Kind.CHOICE:
            field = forms.ChoiceField(choices=[("", "–"), *options])
        case _ if question.target == WEBSITE:
            field = forms.URLField(max_length=200, assume_scheme="https")
        case _:
            field = forms.CharField(max_length=120 if question.target else 400)
    field.label, field.help_text, field.required = question.label, question.hint, False
    setattr(field, NEEDED, question.is_required)
    return field


def _kept(question: Question, value: Any) -> Any:
    if question.kind == Kind.YES_NO:
        return value == "yes" if value else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


class AnswerForm(Form):
    answer = forms.CharField(label=_("Your answer"), max_length=4000, widget=forms.Textarea({"rows": 5}))
