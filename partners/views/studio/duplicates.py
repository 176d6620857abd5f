"""Likely doubles: looked at side by side, said to be different, merged."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.merging import MergeForm
from partners.models import LikelyDouble, Partner
from partners.queries import duplicates as queries
from partners.queries.merging import differences, domains_to_keep, problems_of_merge, what_moves
from partners.services import duplicates as services
from partners.services.merging import merge_partners
from partners.views.studio.choosing import asked_partner, choices
from partners.views.studio.merged import leads_on
from partners.views.studio.partners import load, permissions_of
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


@studio("partners.manage")
@require_safe
def duplicate_list(request: Request) -> HttpResponse:
    """Pairs that may be one company, both records beside each other; or those that are not."""
    is_decided = request.GET.get("show") == "different"
    page = page_of(queries.pairs_decided() if is_decided else queries.pairs_waiting(), request, per_page=20)
    context = {
        "page": page,
        "pairs": queries.pair_rows(page.rows),
        "is_decided": is_decided,
        "may_merge": may(request.membership, "partners.merge"),
        "is_comparing": Partner.objects.filter(compared_at=None).exists(),
        **permissions_of(request),
    }
    return render_page(request, "partners/duplicate_list.html", context, {"pairs": "pairs"})


def _pair(public_id: str) -> LikelyDouble:
    return get_object_or_404(LikelyDouble.objects.select_related("first", "second"), public_id=public_id)


@studio("partners.manage")
@require_POST
def duplicate_dismiss(request: Request, public_id: str) -> HttpResponse:
    """The two are not the same: said once and for all."""
    services.say_different(actor=request.actor, pair=_pair(public_id), now=request.now)
    toast(request, _("Remembered: these are two companies."), undo_url=address("duplicate_reopen", public_id))
    return see_other("duplicate_list")


@studio("partners.manage")
@require_POST
def duplicate_reopen(request: Request, public_id: str) -> HttpResponse:
    """Look at the two again."""
    services.look_again(actor=request.actor, pair=_pair(public_id))
    toast(request, _("They wait to be looked at again."))
    return see_other("duplicate_list")


@studio("partners.merge")
@leads_on
def partner_merge(request: Request, public_id: str) -> HttpResponse:
    """Merge another record into this one: what stays of each difference, and what moves, before it is done."""
    survivor, merged = load(public_id), asked_partner(request, "with")
    if merged == survivor:
        # So it is for whoever comes back to the page after the merge, and is led on from the record that is no more.
        return see_other("partner_detail", survivor.public_id)
    if merged is None:
        found = {"partner": survivor, "choices": choices(request, "with", survivor)}
        return render_page(request, "partners/partner_merge_choose.html", found, {"choices": "choices"})
    different = differences(survivor, merged)
    form = MergeForm(request.POST or None, survivor=survivor, merged=merged, differences=different)
    if request.method == "POST" and form.is_valid():
        try:
            _merge(request, form, survivor, merged)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%(one)s is now part of %(other)s.") % {"one": merged.name, "other": survivor.name})
            return see_other("partner_detail", public_id)
    context = {
        "form": form,
        "survivor": survivor,
        "merged": merged,
        "problems": [] if form.errors else problems_of_merge(survivor, merged),
        "moves": what_moves(merged),
        "domains": domains_to_keep(survivor, merged),
        "turned": f"{address('partner_merge', merged.public_id)}?with={survivor.public_id}",
    }
    return render_page(request, "partners/partner_merge.html", context, status=422 if form.errors else 200)


def _merge(request: Request, form: MergeForm, survivor: Partner, merged: Partner) -> None:
    merge_partners(
        actor=request.actor,
        survivor=survivor,
        merged=merged,
        revisions=form.revisions(),
        taken=form.taken(),
        now=request.now,
    )
