"""Families of products: the list, made, renamed, retired, brought back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.products import FamilyForm
from partners.models import ProductFamily
from partners.queries import products as queries
from partners.services import product_catalog as services
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> ProductFamily:
    return get_object_or_404(ProductFamily.objects.all(), public_id=public_id)


@studio("partners.view")
@require_safe
def product_family_list(request: Request) -> HttpResponse:
    is_retired = request.GET.get("show") == "retired"
    rows = ProductFamily.objects.filter(retired_on__isnull=not is_retired).by_name()
    page = page_of(rows, request)
    context = {
        "page": page,
        "families": queries.family_rows(page.rows),
        "is_retired": is_retired,
        **permissions_of(request),
    }
    return render_page(request, "partners/product_family_list.html", context, {"families": "families"})


@studio("partners.manage")
def product_family_create(request: Request) -> HttpResponse:
    form = FamilyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            family = services.create_family(actor=request.actor, name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("The family %s is there.") % family.name)
            return see_other("product_family_list")
    context = {"form": form}
    return render_page(request, "partners/product_family_create.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
def product_family_edit(request: Request, public_id: str) -> HttpResponse:
    family = load(public_id)
    form = FamilyForm(request.POST or None, initial=FamilyForm.initial_of(family))

    def save(revision: int) -> None:
        name = form.cleaned_data["name"]
        services.change_family(actor=request.actor, family=family, revision=revision, name=name)

    if form.is_saved(save, lambda: FamilyForm.initial_of(load(public_id))):
        toast(request, _("Saved."))
        return see_other("product_family_list")
    context = {"form": form, "family": family}
    return render_page(request, "partners/product_family_edit.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def product_family_retire(request: Request, public_id: str) -> HttpResponse:
    family = load(public_id)
    try:
        services.retire_family(actor=request.actor, family=family, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        undo = address("product_family_bring_back", public_id)
        toast(request, _("The family %s is retired.") % family.name, undo_url=undo)
    return see_other("product_family_list")


@studio("partners.manage")
@require_POST
def product_family_bring_back(request: Request, public_id: str) -> HttpResponse:
    family = load(public_id)
    services.bring_family_back(actor=request.actor, family=family)
    toast(request, _("The family %s is offered again.") % family.name)
    return see_other("product_family_list")
