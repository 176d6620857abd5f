"""Products, families, and what partners may do with them."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import Partner, PartnerProduct, Product, ProductFamily
from partners.queries.products import ICONS, families_for_choice, proof_choices
from partners.services.product_catalog import ProductDetails
from partners.services.products import Terms
from prm.web.forms import EditForm, Form
from prm.web.widgets import CheckCards

_EARLIEST, _LATEST = date(1970, 1, 1), date(9000, 12, 31)
_HINTS = {
    "sell": _("Offer it to customers and sell it"),
    "service": _("Install, run or repair it for customers"),
    "incubation": _("Learn it with you, before they may do either"),
}


class ProductForm(EditForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As your partners know it."))
    code = forms.CharField(label=_("Number or code"), max_length=40, required=False)
    family = forms.ModelChoiceField(
        label=_("Family"),
        queryset=ProductFamily.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label=_("in no family"),
    )
    description = forms.CharField(
        label=_("What partners read"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Those that have a right for it read this on their page “Your products”."),
    )

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        self.product = product
        super().__init__(*args, **kwargs)

    def family_choices(self) -> models.QuerySet[ProductFamily]:
        return families_for_choice(self.product.family_id if self.product else None)

    def details(self) -> ProductDetails:
        return ProductDetails(**{name: self.cleaned_data[name] for name in ProductDetails.__dataclass_fields__})

    @classmethod
    def initial_of(cls, product: Product) -> dict[str, Any]:
        return {
            "name": product.name,
            "code": product.code,
            "description": product.description,
            "family": product.family.public_id if product.family else None,
            "revision": product.revision,
        }


class FamilyForm(EditForm):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("A line, a suite, a range: what belongs together.")
    )

    @classmethod
    def initial_of(cls, family: ProductFamily) -> dict[str, Any]:
        return {"name": family.name, "revision": family.revision}


class _TermsFields(forms.Form):
    """From when, until when, on what ground, and why. `terms()` gives them."""

    starts_on = forms.DateField(label=_("From"))
    until = forms.DateField(
        label=_("Until"), required=False, help_text=_("That day included. Leave it empty for “until further notice”.")
    )
    basis = forms.ChoiceField(label=_("On what ground"), choices=PartnerProduct.Basis.choices)
    reference = forms.CharField(
        label=_("Number or title of it"),
        max_length=80,
        required=False,
        help_text=_("For a contract or certificate that is kept elsewhere. The partner reads it."),
    )
    reason = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("Colleagues only. The partner never reads it.")
    )

    def clean_starts_on(self) -> date:
        return _near(self.cleaned_data["starts_on"])

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        return None if day is None else _near(day)

    def terms(self) -> Terms:
        cleaned = self.cleaned_data
        until = cleaned["until"]
        return Terms(
            starts_on=cleaned["starts_on"],
            ends_on=until + timedelta(days=1) if until else None,
            basis=cleaned["basis"],
            reason=cleaned["reason"],
            proof=cleaned.get("proof", ""),
            reference=" ".join(cleaned["reference"].split()),
        )


class _ProofField(forms.Form):
    """Which of one partner's certificates or accepted agreements it is."""

    proof = forms.ChoiceField(
        label=_("Which one"),
        required=False,
        help_text=_("What is on record of this partner. It says so here when that is revoked later."),
    )

    def __init__(self, *args: Any, partner: Partner, present: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proof"].choices = proof_choices(partner.pk, present)  # type: ignore[attr-defined]


def _near(day: date) -> date:
    if not _EARLIEST <= day <= _LATEST:
        raise ValidationError(_("This day is too far away."))
    return day


class GrantForm(_TermsFields, Form):
    """Rights for a product, to partners that are ticked beside the form."""

    rights = forms.MultipleChoiceField(
        label=_("What may they do?"),
        choices=PartnerProduct.Right.choices,
        widget=CheckCards(hints=_HINTS, icons=ICONS),
        error_messages={"required": _("Choose at least one.")},
    )


class PartnerGrantForm(_ProofField, GrantForm):
    """Rights for one partner: the product is chosen in the form."""

    product = forms.ModelChoiceField(
        label=_("Product"),
        queryset=Product.objects.none(),
        to_field_name="public_id",
        empty_label=_("choose one"),
    )
    field_order = ("product", "rights", "starts_on", "until", "basis", "proof", "reference", "reason")

    def product_choices(self) -> models.QuerySet[Product]:
        return Product.objects.offered().by_name()


class RightForm(_ProofField, _TermsFields, EditForm):
    """The days, ground and reason of a right that a partner has."""

    field_order = ("starts_on", "until", "basis", "proof", "reference", "reason")

    @classmethod
    def initial_of(cls, right: PartnerProduct) -> dict[str, Any]:
        return {
            "starts_on": right.starts_on,
            "until": right.last_day,
            "basis": right.basis,
            "reason": right.reason,
            "proof": right.proof,
            "reference": right.reference,
            "revision": right.revision,
        }
