"""Fields for what an organization's attributes are, typed and in order."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners import rules
from partners.models import Attribute

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
