"""Asking partners for data, and deciding about what they told."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners import emails
from partners.forms.telling import AskForm
from partners.models import DataRequest, Partner, ProposedValue
from partners.queries import questions as queries
from partners.queries.partners import listed_first
from partners.services import asking
from partners.services import telling as services
from partners.views.studio.partners import ids_of_ticked, permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.limits import limited
from prm.web.mail_previews import MailPreview, preview_of
from prm.web.pages import page_of
from prm.web.rendering import is_preview, render_page, see_other, toast


@studio("partners.manage")
@limited
def data_request_create(request: Request) -> HttpResponse:
    """Ask partners for what they lack: whom it reaches, a personal line, then one mail for each lead."""
    asked, ticked = request.GET.getlist("field"), request.GET.getlist("partner")
    partner_ids = ids_of_ticked(ticked) if ticked else None
    form = AskForm(request.POST or None, questions=queries.tellable(), initial={"fields_asked": asked})
    if request.method == "POST" and form.is_valid() and not is_preview(request):
        try:
            made = _ask(request, form, partner_ids)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("The mails are on their way."))
            return see_other("data_request_detail", made.public_id)
    context = {"form": form, "chosen": len(ticked), **_whom(form, asked, partner_ids, request)}
    status = 422 if form.errors else 200
    return render_page(request, "partners/data_request_create.html", context, {"preview": "preview"}, status=status)


def _ask(request: Request, form: AskForm, partner_ids: list[int] | None) -> DataRequest:
    return asking.ask_partners(
        actor=request.actor,
        asker=request.membership,
        fields=form.cleaned_data["fields_asked"],
        partner_ids=partner_ids,
        note_text=form.cleaned_data["note"],
        now=request.now,
    )


def _whom(form: AskForm, asked: list[str], partner_ids: list[int] | None, request: Request) -> dict[str, Any]:
    """Whom asking for what is ticked would reach."""
    ticked = form.data.getlist("fields_asked") if isinstance(form.data, QueryDict) else asked
    fields = [question.field for question in queries.questions_named(ticked)]
    if not fields:
        return {}
    preview = queries.ask_preview(fields, partner_ids, request.now)
    first = list(listed_first(preview.partners)[:10])
    return {
        "whom": preview,
        "first": first,
        "more": preview.count - len(first),
        "labels": queries.labels_of(fields),
        "preview": _mail(form, fields, first[0], request) if first else None,
    }


def _mail(form: AskForm, fields: list[str], partner: Partner, request: Request) -> MailPreview:
    """The mail that the first of them would get. Its button leads nowhere yet."""
    reader = queries.first_lead(partner)
    mail = emails.asking(
        partner=partner,
        greeting=emails.greeted(reader.membership.person.first_name),
        asked=queries.labels_lacking(partner.pk, fields),
        note=str(form.data.get("note", ""))[:500].strip(),
        asker=request.membership.person,
        link="",
    )
    return preview_of(mail)


@studio("partners.view")
@require_safe
def data_request_detail(request: Request, public_id: str) -> HttpResponse:
    """Who was asked for what, who has answered, and one reminder."""
    asked = get_object_or_404(DataRequest.objects.select_related("asked_by__person"), public_id=public_id)
    page = page_of(queries.asked_partners(asked), request)
    context = {
        "asked": asked,
        "row": queries.request_rows([asked])[0],
        "page": page,
        **permissions_of(request),
    }
    return render_page(request, "partners/data_request_detail.html", context, {"asked": "asked"})


@studio("partners.manage")
@require_POST
def data_request_remind(request: Request, public_id: str) -> HttpResponse:
    asked = get_object_or_404(DataRequest, public_id=public_id)
    try:
        mails = asking.remind(actor=request.actor, request=asked, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, ngettext("%d reminder is on its way.", "%d reminders are on their way.", mails) % mails)
    return see_other("data_request_detail", public_id)


@studio("partners.view")
@require_safe
def proposal_list(request: Request) -> HttpResponse:
    """Changes that partners told and that wait for somebody here; or those that were decided."""
    is_decided = request.GET.get("show") == "decided"
    page = page_of(queries.proposals(waiting=not is_decided), request, per_page=25)
    context = {
        "page": page,
        "rows": queries.proposal_rows(page.rows),
        "is_decided": is_decided,
        **permissions_of(request),
    }
    return render_page(request, "partners/proposal_list.html", context, {"proposals": "proposals"})


@studio("partners.manage")
@require_POST
def proposal_decide(request: Request, public_id: str) -> HttpResponse:
    """Accept or decline what a partner told; whoever told it gets a mail."""
    rows = ProposedValue.objects.select_related("partner", "proposed_by__person")
    proposal = get_object_or_404(rows, public_id=public_id)
    is_accepted = request.POST.get("decision") == "accept"
    try:
        if is_accepted:
            services.accept_proposal(actor=request.actor, proposal=proposal, now=request.now)
        else:
            reason = request.POST.get("reason", "")
            services.decline_proposal(actor=request.actor, proposal=proposal, reason=reason, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        done = _("Accepted.") if is_accepted else _("Left as it was.")
        toast(request, _("%(done)s %(partner)s is told.") % {"done": done, "partner": proposal.partner.name})
    return see_other("proposal_list")
