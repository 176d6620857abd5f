"""Fields for what an organization's attributes are, typed and in order."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from partners import rules
from partners.models import Attribute
from partners.queries.attributes import ICONS, sections_in_use
from partners.services.attributes import AttributeDetails
from prm.web.forms import EditForm
from prm.web.widgets import RadioCards

_KIND_HINTS: dict[str, Any] = {
    Attribute.Kind.TEXT: _("A few words, such as a name or a number of theirs: “AT-4711”. Hard to filter by."),
    Attribute.Kind.NUMBER: _("To count and compare: “12 people”, “1.5 million”."),
    Attribute.Kind.DATE: _("A day: when the agreement was signed, until when a license runs."),
    Attribute.Kind.CHOICE: _("Exactly one: size from “1–9” to “250+”, or a region of yours."),
    Attribute.Kind.CHOICES: _("Any number: specializations, industries, languages they work in."),
    Attribute.Kind.YES_NO: _("Yes, no, or not known: “Has a support desk”."),
}
_KEEPERS = [
    (Attribute.Keeper.STAFF, _("Colleagues only")),
    (Attribute.Keeper.SHOWN, _("Colleagues, and the partner reads it")),
    (Attribute.Keeper.PARTNER, _("The partner, and colleagues")),
]
_KEEPER_HINTS: dict[str, Any] = {
    Attribute.Keeper.STAFF: _("The partner never sees it."),
    Attribute.Keeper.SHOWN: _("It stands on their page “Your company”; they cannot change it."),
    Attribute.Keeper.PARTNER: _("They are asked for it in their portal and keep it themselves."),
}
_MONTHS = [
    ("", _("never")),
    (3, _("every 3 months")),
    (6, _("every 6 months")),
    (12, _("once a year")),
    (24, _("every 2 years")),
]
_YES_NO = [("", _("not known")), ("yes", _("Yes")), ("no", _("No"))]


class ValueField(forms.Field):
    """One value of an attribute: what the widget sends becomes the typed value, None for nothing."""

    def __init__(self, *, attribute: Attribute, held: Any = None, **kwargs: Any) -> None:
        self.attribute, self.held = attribute, held
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            if self.attribute.kind in (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES):
                return rules.clean_value(self.attribute, value, self.held)
            return rules.clean_text(self.attribute, str(value or ""))
        except ValueError as error:
            raise ValidationError(str(error), code="wrong_value") from error

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def prepare_value(self, value: Any) -> Any:
        """The value as its widget writes it; what was typed stays as it is."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return rules.plain_number(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != self.to_python(self.prepare_value(initial)))
        except ValidationError:
            return True


def attribute_field(attribute: Attribute, *, held: Any = None, required: bool = False) -> ValueField:
    """The form field of an attribute. `held` is the present value: a retired choice may stay where it is."""
    label = f"{attribute.name} ({attribute.unit})" if attribute.unit else attribute.name
    return ValueField(
        attribute=attribute,
        held=held,
        label=label,
        help_text=attribute.hint,
        required=required,
        initial=held,
        widget=_widget(attribute, held),
    )


def _widget(attribute: Attribute, held: Any) -> forms.Widget:
    offered = _offered(attribute, held)
    match attribute.kind:
        case Attribute.Kind.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        case Attribute.Kind.DATE:
            return forms.DateInput()
        case Attribute.Kind.YES_NO:
            return forms.Select(choices=_YES_NO)
        case Attribute.Kind.CHOICE:
            return forms.Select(choices=[("", _("not known")), *offered])
        case Attribute.Kind.CHOICES:
            return forms.CheckboxSelectMultiple(choices=offered)
    return forms.TextInput(attrs={"maxlength": "500"})


def _offered(attribute: Attribute, held: Any) -> list[tuple[str, str]]:
    """What may be chosen, and what is held although it is no longer offered."""
    offered = attribute.offered()
    kept = set(held if isinstance(held, list) else [held]) - {key for key, _label in offered}
    return offered + [(key, label) for key, label in attribute.labels().items() if key in kept]


def attribute_fields(attributes: Iterable[Attribute], held: Mapping[int, Any]) -> dict[str, ValueField]:
    """A field for each attribute by its name in forms; `held` gives the present values by the attribute's key."""
    return {
        rules.field_name(attribute): attribute_field(attribute, held=held.get(attribute.pk)) for attribute in attributes
    }


class AttributeForm(EditForm):
    """What an attribute is called, of what kind it is, who keeps it; for lists every choice with its place.

    `is_known` says that what becomes of the values was read.
    """

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("Certified engineers")}),
        help_text=_("Short, as a heading: it stands above the field on every form."),
    )
    kind = forms.ChoiceField(
        label=_("What kind of answer"),
        choices=Attribute.Kind.choices,
        initial=Attribute.Kind.CHOICE,
        widget=RadioCards(hints=_KIND_HINTS, icons=ICONS),
    )
    unit = forms.CharField(
        label=_("Unit"), max_length=20, required=False, help_text=_("For numbers, such as “people” or “%”.")
    )
    new_choices = forms.CharField(
        label=_("What can be chosen"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For lists: one a line, in the order in which they are offered."),
    )
    hint = forms.CharField(
        label=_("What is meant"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("People with a valid certificate today")}),
        help_text=_("One sentence beside the field, so that everybody answers the same question."),
    )
    section = forms.CharField(
        label=_("Heading"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "sections", "placeholder": _("What they can do"), "autocomplete": "off"}),
        help_text=_("Attributes of one heading stand together, on forms and pages. Choose one or write a new one."),
    )
    keeper = forms.ChoiceField(
        label=_("Who keeps it"),
        choices=_KEEPERS,
        initial=Attribute.Keeper.STAFF,
        widget=RadioCards(hints=_KEEPER_HINTS),
    )
    confirm_months = forms.TypedChoiceField(
        label=_("Ask again"),
        choices=_MONTHS,
        coerce=int,
        empty_value=None,
        required=False,
        initial=12,
        help_text=_("For what partners keep: they confirm it with one tap, or change it."),
    )
    is_known = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, attribute: Attribute | None = None, **kwargs: Any) -> None:
        self.attribute = attribute
        super().__init__(*args, **kwargs)
        for place, choice in enumerate(self._choices(), 1):
            key = choice["key"]
            label, offered = choice["label"], not choice.get("is_retired")
            self.fields[f"label_{key}"] = forms.CharField(
                label=_("Choice"), max_length=80, required=False, initial=label
            )
            self.fields[f"place_{key}"] = forms.IntegerField(
                label=_("Place"), min_value=1, max_value=999, required=False, initial=place
            )
            self.fields[f"offered_{key}"] = forms.BooleanField(label=_("Offered"), required=False, initial=offered)
        if self._choices():
            self.fields["new_choices"].label = _("More choices")

    def _choices(self) -> list[dict[str, Any]]:
        return self.attribute.choices if self.attribute else []

    @property
    def choice_rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each choice: its label, its place, whether it is offered."""
        return [
            (self[f"label_{key}"], self[f"place_{key}"], self[f"offered_{key}"])
            for key in (choice["key"] for choice in self._choices())
        ]

    @property
    def plain_fields(self) -> list[Any]:
        """Every field that is shown by itself, in order."""
        return [self[name] for name in ("hint", "section", "keeper", "confirm_months")]

    @cached_property
    def sections(self) -> list[str]:
        """The headings that are there already."""
        return sections_in_use()

    def clean_section(self) -> str:
        """A heading that differs from one that is there in nothing but capitals is that one."""
        typed = " ".join(self.cleaned_data["section"].split())
        return next((section for section in self.sections if section.casefold() == typed.casefold()), typed)

    def details(self) -> AttributeDetails:
        cleaned = self.cleaned_data
        names = ("name", "kind", "hint", "unit", "section", "keeper", "confirm_months")
        return AttributeDetails(**{name: cleaned[name] for name in names}, choices=self._wanted_choices())

    def _wanted_choices(self) -> list[dict[str, Any]]:
        """The choices in their new order; one whose label was emptied is left out, typed ones come last."""
        cleaned, rows = self.cleaned_data, []
        for place, choice in enumerate(self._choices(), 1):
            key = choice["key"]
            wanted = {
                "key": key,
                "label": cleaned[f"label_{key}"],
                "is_retired": not cleaned[f"offered_{key}"],
            }
            rows.append((cleaned[f"place_{key}"] or 999, place, wanted))
        listed = [row for _place, _former, row in sorted(rows, key=lambda row: row[:2]) if row["label"].strip()]
        return listed + [{"label": line} for line in cleaned["new_choices"].splitlines() if line.strip()]

    @classmethod
    def initial_of(cls, attribute: Attribute) -> dict[str, Any]:
        names = ("name", "kind", "hint", "unit", "section", "keeper", "confirm_months", "revision")
        return {name: getattr(attribute, name) for name in names}

    def propose_choices(self, labels: Iterable[str]) -> None:
        """Fill the empty list of choices, to be read and mended before it is sent again."""
        data: Any = self.data
        self.data = data = data.copy()
        data["new_choices"] = "\n".join(labels)
