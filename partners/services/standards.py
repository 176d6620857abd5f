"""Attributes that every organization begins with, and that pages such as coverage know by name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.models import Attribute
from partners.names import comparable
from partners.services.attributes import AttributeDetails, create_attribute
from prm.accounts.actors import Actor

_PARTNER = Attribute.Keeper.PARTNER

# By their standard name: name, kind, what is meant, unit, choices, months until asked again. Choices are a beginning
# that every organization makes its own.
_STANDARD: Mapping[str, tuple[Any, str, Any, Any, tuple[Any, ...], int]] = {
    Attribute.Standard.INDUSTRY: (
        _("Industries"),
        Attribute.Kind.CHOICES,
        _("Where most of their customers are"),
        "",
        (
            _("Manufacturing"),
            _("Health care"),
            _("Public sector"),
            _("Finance and insurance"),
            _("Retail"),
            _("Energy and utilities"),
            _("Education"),
            _("Other services"),
        ),
        12,
    ),
    Attribute.Standard.SPECIALIZATIONS: (
        _("Specializations"),
        Attribute.Kind.CHOICES,
        _("What they do better than most"),
        "",
        (_("Consulting"), _("Implementation"), _("Integration"), _("Operations"), _("Training"), _("Support")),
        12,
    ),
    Attribute.Standard.SIZE: (
        _("Size"),
        Attribute.Kind.CHOICE,
        _("How many people work there"),
        "",
        (_("1–9 people"), _("10–49 people"), _("50–249 people"), _("250 people and more")),
        12,
    ),
    Attribute.Standard.CAPACITY: (
        _("Free capacity"),
        Attribute.Kind.NUMBER,
        _("People who could begin a new project this quarter"),
        _("people"),
        (),
        3,
    ),
}


def ensure_standard_attributes(*, actor: Actor, now: datetime) -> list[Attribute]:
    """Make those standard attributes that the organization has never had; returns the new ones. Twice is once.

    One whose name is taken by an attribute of the organization's own is left out.
    """
    present = set(Attribute.objects.exclude(standard="").values_list("standard", flat=True))
    taken = set(Attribute.objects.listed().values_list("normalized_name", flat=True))
    made = []
    for standard, (name, kind, hint, unit, labels, months) in _STANDARD.items():
        if standard in present or comparable(str(name)) in taken:
            continue
        details = AttributeDetails(
            name=str(name),
            kind=kind,
            hint=str(hint),
            unit=str(unit),
            choices=[{"label": str(label)} for label in labels],
            keeper=_PARTNER,
            confirm_months=months,
        )
        made.append(create_attribute(actor=actor, details=details, standard=standard, now=now))
    return made
