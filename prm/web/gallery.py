"""What /dev/components/ shows: each component in its states, with the data that makes them visible."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from prm.web.places import Checklist, ChecklistLine
from prm.web.widgets import CheckCards, CodeInput, ColorInput, FileDrop, RadioCards, Switch

_TEN_MB = 10 * 1024 * 1024


class FileField(forms.FileField):
    max_size = _TEN_MB


class GalleryForm(forms.Form):
    """One field of each kind. Outside an organization, so it is Django's own form with our markup."""

    name = forms.CharField(label=_("Company name"), help_text=_("As partners know you."), max_length=40)
    email = forms.EmailField(label=_("Work e-mail"))
    region = forms.ChoiceField(
        label=_("Region"), required=False, choices=[("", _("Anywhere")), ("emea", _("Europe, Middle East, Africa"))]
    )
    starts_on = forms.DateField(label=_("Starts on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    about = forms.CharField(label=_("About them"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("article", _("Article")), ("file", _("File")), ("link", _("Link"))],
        widget=RadioCards(
            hints={"article": _("Written here"), "file": _("PDF, slides, sheet"), "link": _("Something elsewhere")},
            icons={"article": "file-text", "file": "paperclip", "link": "link"},
        ),
    )
    groups = forms.MultipleChoiceField(
        label=_("Who sees it?"),
        required=False,
        choices=[("gold", _("Gold")), ("cloud", _("Cloud Resellers"))],
        widget=CheckCards(hints={"gold": _("4 partners, 11 people"), "cloud": _("12 partners, 31 people")}),
    )
    pace = forms.ChoiceField(
        label=_("How often may we write?"),
        choices=[("week", _("Weekly")), ("due", _("When due"))],
        widget=forms.RadioSelect,
    )
    file = FileField(label=_("Document"), required=False, widget=FileDrop)
    color = forms.CharField(label=_("Brand color"), required=False, widget=ColorInput, initial="#3b3fb6")
    code = forms.CharField(label=_("Sign-in code"), required=False, widget=CodeInput, initial="K7RM2P")
    reminders = forms.BooleanField(
        label=_("Send reminders"),
        required=False,
        widget=Switch,
        help_text=_("A day and an hour before a session."),
        initial=True,
    )
    agree = forms.BooleanField(label=_("I may speak for this company"), required=False)


@dataclass(frozen=True)
class Row:
    name: str
    people: list[str]
    group: str
    deals: int
    state: str
    remembered: float


ROWS = [
    Row("Nordwind Systems", ["Lena Vogt", "Paul Brandt"], "Cloud Resellers", 12, "Active", 0.82),
    Row(
        "Blue Harbor IT",
        ["Maya Lind", "Tom Okafor", "Ines Sá", "Jan Wolf", "Ada Boe"],
        "Managed Services",
        27,
        "Invited",
        0.4,
    ),
    Row("Kestrel Consulting", ["Sam Reed"], "Cloud Resellers", 5, "At risk", 0.15),
    Row("Łódź Integration", ["Ola Nowak", "Piotr Zając"], "Software Vendors", 0, "Paused", 0.61),
]


STEPS = [
    ChecklistLine(
        _("See your portal as a partner does"), _("So that you know what you invite people to."), 1, "?", True
    ),
    ChecklistLine(_("Add one useful thing"), _("Your partners would see an empty page."), 4, "?", False),
    ChecklistLine(_("Bring your partners"), _("Nobody gets a mail from this."), 6, "?", False),
]

TEXT = """## What is new

- **Price sheet** for 2027
- [Migration guide](https://example.com)

> Questions? Write to Alice.

| Tier | Discount |
|---|---|
| Gold | 30% |

- [x] read
- [ ] try `canopy sync`
"""


def examples(request: HttpRequest) -> dict[str, Any]:
    """The context of the components page; `?wrong` fills the form badly to show its errors."""
    wrong = {"name": "x" * 60, "email": "lena@", "kind": "article"}
    return {
        "form": GalleryForm(wrong) if "wrong" in request.GET else GalleryForm(),
        "rows": ROWS,
        "checklist": Checklist(STEPS),
        "tones": ["success", "info", "warning", "danger", "neutral"],
        "names": ROWS[1].people,
        "text": TEXT,
    }
