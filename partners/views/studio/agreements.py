"""Agreements: the list, one with its versions and who accepted them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.agreements import AgreementForm, AgreementVersionForm
from partners.models import Agreement
from partners.queries import agreements as queries
from partners.services import agreements as services
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> Agreement:
    return get_object_or_404(Agreement.objects.all(), public_id=public_id)


@studio("partners.view")
@require_safe
def agreement_list(request: Request) -> HttpResponse:
    is_archived = request.GET.get("show") == "archived"
    page = page_of(queries.agreements_for_list(is_archived), request).map(queries.agreement_row)
    context = {"page": page, "is_archived": is_archived, **permissions_of(request)}
    return render_page(request, "partners/agreement_list.html", context, {"agreements": "agreements"})


@studio("partners.manage")
def agreement_create(request: Request) -> HttpResponse:
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agreement = services.create_agreement(actor=request.actor, details=form.details(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is there. Ask for it in a step of a journey.") % agreement.title)
            return see_other("agreement_detail", agreement.public_id)
    return render_page(request, "partners/agreement_create.html", {"form": form}, status=422 if form.errors else 200)


@studio("partners.view")
@require_safe
def agreement_detail(request: Request, public_id: str) -> HttpResponse:
    """The text that counts, earlier versions, and who accepted which."""
    agreement = load(public_id)
    versions = queries.versions_of(agreement)
    asked = request.GET.get("version", "")
    shown = next((version for version in versions if str(version.number) == asked), versions[0])
    context = {
        "agreement": agreement,
        "versions": versions,
        "shown": shown,
        "page": page_of(queries.acceptances_of(agreement), request).map(queries.acceptance_row),
        **permissions_of(request),
    }
    return render_page(request, "partners/agreement_detail.html", context, {"accepted": "accepted"})


@studio("partners.manage")
def agreement_revise(request: Request, public_id: str) -> HttpResponse:
    """Write the next version."""
    agreement = load(public_id)
    form = AgreementVersionForm(request.POST or None, initial=AgreementVersionForm.initial_of(agreement))
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_agreement(actor=request.actor, agreement=agreement, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("The new version counts from now on. Who accepted an earlier one is on record."))
            return see_other("agreement_detail", public_id)
    context = {"form": form, "agreement": agreement}
    return render_page(request, "partners/agreement_revise.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def agreement_archive(request: Request, public_id: str) -> HttpResponse:
    agreement = load(public_id)
    services.archive_agreement(actor=request.actor, agreement=agreement, now=request.now)
    undo = address("agreement_restore", public_id)
    toast(request, _("%s is archived. Steps that ask for it stay.") % agreement.title, undo_url=undo)
    return see_other("agreement_list")


@studio("partners.manage")
@require_POST
def agreement_restore(request: Request, public_id: str) -> HttpResponse:
    agreement = load(public_id)
    services.restore_agreement(actor=request.actor, agreement=agreement)
    toast(request, _("%s is back.") % agreement.title)
    return see_other("agreement_detail", public_id)
