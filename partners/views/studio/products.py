"""Products: the list, one of them with who may do what, rights given and ended."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.days import day_of
from partners.forms.products import FamilyForm, GrantForm, ProductForm, RightEndForm
from partners.models import Partner, PartnerProduct, Product, ProductFamily
from partners.queries import products as queries
from partners.services import products as services
from partners.views.studio.choosing import choices
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast

MOST_PARTNERS = 200


def load(public_id: str) -> Product:
    return get_object_or_404(Product.objects.select_related("family"), public_id=public_id)


@studio("partners.view")
@require_safe
def product_list(request: Request) -> HttpResponse:
    is_retired = request.GET.get("show") == "retired"
    page = page_of(queries.products_for_list(is_retired), request)
    context = {
        "page": page,
        "products": queries.product_rows(page.rows, day_of(request.now)),
        "families": queries.families_listed(),
        "is_retired": is_retired,
        **permissions_of(request),
    }
    return render_page(request, "partners/product_list.html", context, {"products": "products"})


@studio("partners.manage")
def product_create(request: Request) -> HttpResponse:
    form = ProductForm(request.POST or None, initial={"family": request.GET.get("family", "")[:80]})
    if request.method == "POST" and form.is_valid():
        try:
            product = services.create_product(actor=request.actor, details=form.details(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is there. Say who may sell or service it.") % product.name)
            return see_other("product_detail", product.public_id)
    return render_page(request, "partners/product_form.html", {"form": form}, status=422 if form.errors else 200)


@studio("partners.manage")
def product_edit(request: Request, public_id: str) -> HttpResponse:
    product = load(public_id)
    form = ProductForm(request.POST or None, initial=ProductForm.initial_of(product))

    def save(revision: int) -> None:
        services.change_product(actor=request.actor, product=product, revision=revision, details=form.details())

    if form.is_saved(save, lambda: ProductForm.initial_of(product)):
        toast(request, _("Saved."))
        return see_other("product_detail", public_id)
    context = {"form": form, "product": product}
    return render_page(request, "partners/product_form.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
def product_family(request: Request, public_id: str) -> HttpResponse:
    """Call a family of products something else."""
    family = get_object_or_404(ProductFamily.objects.all(), public_id=public_id)
    form = FamilyForm(request.POST or None, initial=FamilyForm.initial_of(family))

    def save(revision: int) -> None:
        name = form.cleaned_data["name"]
        services.rename_family(actor=request.actor, family=family, revision=revision, name=name)

    if form.is_saved(save, lambda: FamilyForm.initial_of(family)):
        toast(request, _("Saved."))
        return see_other("product_list")
    context = {"form": form, "family": family}
    return render_page(request, "partners/product_family.html", context, status=422 if form.errors else 200)


@studio("partners.view")
@require_safe
def product_detail(request: Request, public_id: str) -> HttpResponse:
    """A product: who may sell it, service it, is in incubation, and who was."""
    product, today = load(public_id), day_of(request.now)
    right, has_ended = request.GET.get("right", ""), request.GET.get("show") == "former"
    right = right if right in PartnerProduct.Right.values else ""
    counts = queries.right_counts(product, today)
    rows = queries.rights_of_product(product, right, today, has_ended)
    context = {
        "product": product,
        "page": page_of(rows, request).map(lambda row: queries.right_row(row, today)),
        "rights": [(value, label, counts[value]) for value, label in PartnerProduct.Right.choices],
        "right": right,
        "has_ended": has_ended,
        **permissions_of(request),
    }
    return render_page(request, "partners/product_detail.html", context, {"rights": "rights"})


@studio("partners.manage")
@require_POST
def product_retire(request: Request, public_id: str) -> HttpResponse:
    product = load(public_id)
    services.retire_product(actor=request.actor, product=product, now=request.now)
    text = _("%s is retired. Rights and their history stay.") % product.name
    toast(request, text, undo_url=address("product_bring_back", public_id))
    return see_other("product_list")


@studio("partners.manage")
@require_POST
def product_bring_back(request: Request, public_id: str) -> HttpResponse:
    product = load(public_id)
    services.bring_back_product(actor=request.actor, product=product)
    toast(request, _("%s is offered again.") % product.name)
    return see_other("product_detail", public_id)


@studio("partners.manage")
def product_grant(request: Request) -> HttpResponse:
    """Give partners rights for products: those that were ticked in a list, or one chosen here."""
    partners = _asked(request)
    if not partners:
        found = {"choices": choices(request, "partner")}
        return render_page(request, "partners/product_grant_choose.html", found, {"choices": "choices"})
    initial = {"since": day_of(request.now), "products": request.GET.getlist("product"), "rights": ["sell"]}
    form = GrantForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _grant(request, form, partners)
        except Refused as refusal:
            form.add_problems(refusal)
    context = {"form": form, "partners": partners, "query": request.GET.urlencode()}
    return render_page(request, "partners/product_grant.html", context, status=422 if form.errors else 200)


def _asked(request: Request) -> list[Partner]:
    asked = request.GET.getlist("partner")[:MOST_PARTNERS]
    return list(Partner.objects.listed().filter(public_id__in=asked).order_by("normalized_name")) if asked else []


def _grant(request: Request, form: GrantForm, partners: list[Partner]) -> HttpResponse:
    chosen = list(form.cleaned_data["products"])
    granted = services.grant_rights(
        actor=request.actor,
        products=chosen,
        partner_ids=[partner.pk for partner in partners],
        details=form.details(),
        now=request.now,
    )
    text = ngettext("%d right given.", "%d rights given.", granted.granted) % granted.granted
    if granted.present:
        there = ngettext("%d was there already and stays as it is.", "%d were there already.", granted.present)
        text = f"{text} {there % granted.present}"
    toast(request, text)
    return see_other("product_detail", chosen[0].public_id)


@studio("partners.manage")
def product_right(request: Request, public_id: str, right_id: str) -> HttpResponse:
    """Plan, move or drop the last day of a right."""
    rows = PartnerProduct.objects.open().select_related("partner", "product")
    right = get_object_or_404(rows, public_id=right_id, product__public_id=public_id)
    last_day = right.ends_on - timedelta(days=1) if right.ends_on else day_of(request.now)
    form = RightEndForm(request.POST or None, initial={"until": last_day})
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.end_right(actor=request.actor, right=right, ends_on=form.ends_on(), reason=reason, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("product_detail", public_id)
    context = {"form": form, "right": right}
    return render_page(request, "partners/product_right.html", context, status=422 if form.errors else 200)
