"""Which companies belong together: the tree of a partner, links made and ended."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partners.days import day_of
from partners.forms.structure import LinkEndForm, LinkForm
from partners.models import PartnerLink
from partners.queries import structure as queries
from partners.services import structure as services
from partners.views.studio.choosing import asked_partner, choices
from partners.views.studio.merged import leads_on
from partners.views.studio.partners import load, permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("partners.view")
@require_safe
@leads_on
def partner_structure(request: Request, public_id: str) -> HttpResponse:
    """Everybody who is linked with a partner, what adds up, and who belonged to whom before."""
    partner = load(public_id)
    today = day_of(request.now)
    over, under = queries.links_of(partner, today)
    context = {
        "partner": partner,
        "tree": queries.tree_of(partner, today),
        "over": over,
        "under": under,
        **permissions_of(request),
    }
    return render_page(request, "partners/partner_structure.html", context)


@studio("partners.manage")
@leads_on
def partner_link_create(request: Request, public_id: str) -> HttpResponse:
    """Link a partner with another one, from a day on."""
    partner, other = load(public_id), asked_partner(request, "other")
    if other is None:
        found = {"partner": partner, "choices": choices(request, "other", partner)}
        return render_page(request, "partners/partner_link_choose.html", found, {"choices": "choices"})
    initial = {"relation": "branch down", "since": day_of(request.now)}
    form = LinkForm(request.POST or None, initial=initial, partner=partner, other=other)
    context: dict[str, Any] = {"form": form, "partner": partner, "other": other}
    if request.method == "POST" and form.is_valid():
        try:
            _link(request, form)
        except Refused as refusal:
            context["belongs"] = [found for found in refusal.problems if found.code == "belongs_to"]
            if len(context["belongs"]) < len(refusal.problems) or form.cleaned_data["moves"]:
                form.add_problems(refusal)
            return render_page(request, "partners/partner_link_create.html", context, status=422)
        toast(request, _("%(one)s and %(other)s are linked.") % {"one": partner.name, "other": other.name})
        return see_other("partner_structure", public_id)
    return render_page(request, "partners/partner_link_create.html", context, status=422 if form.errors else 200)


def _link(request: Request, form: LinkForm) -> None:
    parent, child = form.parent_and_child()
    services.link_partners(
        actor=request.actor,
        parent=parent,
        child=child,
        details=form.details(),
        moves=form.cleaned_data["moves"],
        now=request.now,
    )


@studio("partners.manage")
def partner_link_end(request: Request, public_id: str) -> HttpResponse:
    """Say on which day a link ends or ended."""
    link = get_object_or_404(PartnerLink.objects.select_related("parent", "child"), public_id=public_id)
    form = LinkEndForm(request.POST or None, initial={"until": day_of(request.now)})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_link(
                actor=request.actor,
                link=link,
                ends_on=form.ends_on(),
                reason=form.cleaned_data["reason"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved. The link stays as history."))
            return see_other("partner_structure", link.child.public_id)
    context = {"form": form, "link": link}
    return render_page(request, "partners/partner_link_end.html", context, status=422 if form.errors else 200)
