"""Products: the list, one of them with who may do what with it, retired and brought back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.products import ProductForm
from partners.models import PartnerProduct, Product, ProductFamily
from partners.queries import products as queries
from partners.services import product_catalog as services
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> Product:
    return get_object_or_404(Product.objects.select_related("family"), public_id=public_id)


@studio("partners.view")
@require_safe
def product_list(request: Request) -> HttpResponse:
    """The products on offer, or the retired ones, with how many partners hold which right."""
    is_retired = request.GET.get("show") == "retired"
    words = request.GET.get("q", "")[:200]
    asked = request.GET.get("family", "")
    family = ProductFamily.objects.filter(public_id=asked).first() if asked else None
    page = page_of(queries.products_for_list(words, is_retired, family), request)
    context = {
        "page": page,
        "products": queries.product_rows(page.rows),
        "is_retired": is_retired,
        "family": family,
        "is_narrowed": bool(words.strip() or family),
        **permissions_of(request),
    }
    return render_page(request, "partners/product_list.html", context, {"products": "products"})


@studio("partners.manage")
def product_create(request: Request) -> HttpResponse:
    form = ProductForm(request.POST or None, initial={"family": request.GET.get("family")})
    if request.method == "POST" and form.is_valid():
        try:
            product = services.create_product(actor=request.actor, details=form.details(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is there. Say who may sell or service it.") % product.name)
            return see_other("product_detail", product.public_id)
    return render_page(request, "partners/product_create.html", {"form": form}, status=422 if form.errors else 200)


@studio("partners.view")
@require_safe
def product_detail(request: Request, public_id: str) -> HttpResponse:
    """One product: who may sell it, who may service it, with whom it is in incubation, since and until when."""
    product = load(public_id)
    asked = request.GET.get("show", "")
    chosen = asked if asked in (*PartnerProduct.Right.values, queries.ENDED) else ""
    counts = queries.right_counts([product.pk])
    page = page_of(queries.rights_for_product(product, chosen), request)
    proofs = queries.proofs_of(page.rows)
    context = {
        "product": product,
        "chosen": chosen,
        "has_ended": chosen == queries.ENDED,
        "kinds": [(right, label, counts.get((product.pk, right), 0)) for right, label in PartnerProduct.Right.choices],
        "held": sum(counts.values()),
        "page": page.map(lambda right: queries.right_row(right, proofs)),
        **permissions_of(request),
    }
    return render_page(request, "partners/product_detail.html", context, {"rights": "rights"})


@studio("partners.manage")
def product_edit(request: Request, public_id: str) -> HttpResponse:
    product = load(public_id)
    form = ProductForm(request.POST or None, initial=ProductForm.initial_of(product), product=product)

    def save(revision: int) -> None:
        services.change_product(actor=request.actor, product=product, revision=revision, details=form.details())

    if form.is_saved(save, lambda: ProductForm.initial_of(load(public_id))):
        toast(request, _("Saved."))
        return see_other("product_detail", public_id)
    context = {"form": form, "product": product}
    return render_page(request, "partners/product_edit.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def product_retire(request: Request, public_id: str) -> HttpResponse:
    product = load(public_id)
    services.retire_product(actor=request.actor, product=product, now=request.now)
    words = _("%s is retired: no new right is given for it. Rights that partners have stay.") % product.name
    toast(request, words, undo_url=address("product_bring_back", public_id))
    return see_other("product_detail", public_id)


@studio("partners.manage")
@require_POST
def product_bring_back(request: Request, public_id: str) -> HttpResponse:
    product = load(public_id)
    try:
        services.bring_product_back(actor=request.actor, product=product)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("%s is offered again.") % product.name)
    return see_other("product_detail", public_id)
