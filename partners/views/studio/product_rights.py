"""What partners may do with a product: granted from its page or a partner's, changed, ended."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.days import day_of
from partners.forms.products import GrantForm, PartnerGrantForm, RightForm
from partners.models import PartnerProduct, Product
from partners.queries import products as queries
from partners.queries.partners import partners_to_tick
from partners.services import products as services
from partners.views.studio import partners
from partners.views.studio.merged import leads_on
from partners.views.studio.products import load
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


@studio("partners.manage")
def product_grant(request: Request, public_id: str) -> HttpResponse:
    """Tick partners, and say what they may do, from when and until when."""
    product = load(public_id)
    form = GrantForm(request.POST or None, initial=_proposed(request))
    chosen = partners.ticked_in(request)
    if request.method == "POST" and form.is_valid():
        if not chosen:
            form.add_error(None, _("Tick at least one partner."))
        elif _is_granted(request, form, product, partners.ids_of_ticked(chosen)):
            return see_other("product_detail", public_id)
    context = {
        "product": product,
        "form": form,
        "chosen": chosen,
        "partners": partners_to_tick(request.GET.get("q", ""), chosen),
    }
    status = 422 if form.errors else 200
    return render_page(request, "partners/product_grant.html", context, {"partners": "partners"}, status=status)


@studio("partners.view")
@require_safe
@leads_on
def partner_product_list(request: Request, public_id: str) -> HttpResponse:
    """Everything that a partner may do with products, and what it might once."""
    partner = partners.load(public_id)
    page = page_of(queries.rights_for_partner(partner), request)
    proofs = queries.proofs_of(page.rows)
    rows = page.map(lambda right: queries.right_row_of_partner(right, proofs))
    context = {"partner": partner, "page": rows, **partners.permissions_of(request)}
    return render_page(request, "partners/partner_product_list.html", context, {"rights": "rights"})


@studio("partners.manage")
@leads_on
def partner_grant(request: Request, public_id: str) -> HttpResponse:
    """Choose a product for one partner, and say what it may do, from when and until when."""
    partner = partners.load(public_id)
    form = PartnerGrantForm(request.POST or None, partner=partner, initial=_proposed(request))
    if request.method == "POST" and form.is_valid():
        if partner.is_archived:
            form.add_error(None, _("This partner is archived. Restore it first."))
        elif _is_granted(request, form, form.cleaned_data["product"], [partner.pk]):
            return see_other("partner_detail", public_id)
    context = {"form": form, "partner": partner, "has_products": queries.has_products()}
    return render_page(request, "partners/partner_grant.html", context, status=422 if form.errors else 200)


def _proposed(request: Request) -> dict[str, object]:
    return {"starts_on": day_of(request.now), "basis": PartnerProduct.Basis.HAND}


def _is_granted(request: Request, form: GrantForm, product: Product, partner_ids: list[int]) -> bool:
    """Grant what the form says, or show in it why that is refused."""
    try:
        given = services.grant_rights(
            actor=request.actor,
            product=product,
            partner_ids=partner_ids,
            rights=form.cleaned_data["rights"],
            terms=form.terms(),
            now=request.now,
        )
    except Refused as refusal:
        form.add_problems(refusal)
        return False
    words = ngettext("%(n)d right granted for %(product)s.", "%(n)d rights granted for %(product)s.", given)
    toast(request, words % {"n": given, "product": product.name})
    return True


@studio("partners.manage")
def product_right(request: Request, public_id: str, right_id: str) -> HttpResponse:
    """Days, ground and reason of one right, and its end. One that is over can be read."""
    rows = PartnerProduct.objects.select_related("product", "partner", "granted_by__person")
    right = get_object_or_404(rows, public_id=right_id, product__public_id=public_id)
    initial = RightForm.initial_of(right)
    form = RightForm(request.POST or None, partner=right.partner, present=right.proof, initial=initial)

    def save(revision: int) -> None:
        services.change_right(actor=request.actor, right=right, revision=revision, terms=form.terms(), now=request.now)

    if form.is_saved(save, lambda: RightForm.initial_of(right)):
        toast(request, _("Saved."))
        return _back(request, right)
    context = {
        "form": form,
        "right": right,
        "row": queries.right_row(right, queries.proofs_of([right])),
        "is_from_partner": request.GET.get("from") == "partner",
    }
    return render_page(request, "partners/product_right.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def product_end(request: Request, public_id: str) -> HttpResponse:
    """End the ticked rights for the product now, with a reason; their history stays."""
    product = load(public_id)
    ticked = set(request.POST.getlist("right"))
    rights = list(PartnerProduct.objects.filter(product=product, public_id__in=ticked).select_related("partner"))
    if {right.public_id for right in rights} != ticked:
        raise Http404("a ticked right is unknown")
    if not rights:
        toast(request, _("Tick at least one right first."), level=messages.WARNING)
        return see_other("product_detail", public_id)
    reason = request.POST.get("reason", "")[:200]
    ended = services.close_rights(actor=request.actor, rights=rights, now=request.now, reason=reason)
    words = ngettext("%(n)d right for %(product)s has ended.", "%(n)d rights for %(product)s have ended.", ended)
    toast(request, words % {"n": ended, "product": product.name})
    return _back(request, rights[0])


def _back(request: Request, right: PartnerProduct) -> HttpResponse:
    """To the page that one came from: the partner's, where the address says so, else the product's."""
    if request.GET.get("from") == "partner":
        return see_other("partner_detail", right.partner.public_id)
    return see_other("product_detail", right.product.public_id)
