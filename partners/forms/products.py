"""Products, and what partners may do with them."""

from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.forms.structure import checked_day, day_after
from partners.models import PartnerProduct, Product, ProductFamily
from partners.queries.products import family_names, products_for_list
from partners.services.products import ProductDetails, RightDetails
from prm.web.forms import EditForm, Form


class ProductForm(EditForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    family = forms.CharField(
        label=_("Family"),
        max_length=80,
        required=False,
        help_text=_("Products that belong together. A new name makes a new family."),
    )
    code = forms.CharField(label=_("Number or code"), max_length=40, required=False)
    description = forms.CharField(
        label=_("What partners read"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["family"].widget.attrs["list"] = "families"
        self.families = family_names()

    def details(self) -> ProductDetails:
        return ProductDetails(**{name: self.cleaned_data[name] for name in ProductDetails.__dataclass_fields__})

    @classmethod
    def initial_of(cls, product: Product) -> dict[str, Any]:
        return {
            "name": product.name,
            "family": product.family.name if product.family else "",
            "code": product.code,
            "description": product.description,
            "revision": product.revision,
        }


class FamilyForm(EditForm):
    name = forms.CharField(label=_("Name"), max_length=80)

    @classmethod
    def initial_of(cls, family: ProductFamily) -> dict[str, Any]:
        return {"name": family.name, "revision": family.revision}


class _ProductsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Product) -> str:
        return f"{obj.family}: {obj.name}" if obj.family else obj.name


class GrantForm(Form):
    """Rights for products, to be given to partners that were chosen before."""

    products = _ProductsField(
        label=_("Products"),
        queryset=Product.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    rights = forms.MultipleChoiceField(
        label=_("What they may do"), choices=PartnerProduct.Right.choices, widget=forms.CheckboxSelectMultiple
    )
    basis = forms.ChoiceField(label=_("On what ground"), choices=PartnerProduct.Basis.choices)
    since = forms.DateField(label=_("From"))
    until = forms.DateField(
        label=_("Until"), required=False, help_text=_("That day included. Leave it empty for “until further notice”.")
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def products_choices(self) -> models.QuerySet[Product]:
        return products_for_list()

    def clean_since(self) -> date | None:
        return checked_day(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return checked_day(self.cleaned_data["until"])

    def details(self) -> RightDetails:
        return RightDetails(
            rights=tuple(self.cleaned_data["rights"]),
            starts_on=self.cleaned_data["since"],
            ends_on=day_after(self.cleaned_data["until"]),
            basis=self.cleaned_data["basis"],
            reason=self.cleaned_data["reason"],
        )


class RightEndForm(Form):
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("That day included. Leave it empty for “until further notice”."),
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def clean_until(self) -> date | None:
        return checked_day(self.cleaned_data["until"])

    def ends_on(self) -> date | None:
        return day_after(self.cleaned_data["until"])
