"""Data: which attributes there are, how complete each is, and what changed about a partner."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.attributes import AttributeForm
from partners.models import Attribute, ProposedValue
from partners.queries import attributes as queries
from partners.queries import history
from partners.queries.completeness import completeness_of, partners_lacking, record_rows
from partners.queries.partners import listed_first
from partners.queries.questions import latest_requests, proposals
from partners.services import attributes as services
from partners.uses import uses_of
from partners.views.studio.merged import leads_on
from partners.views.studio.partners import load as load_partner
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.tenancy.numbers import number_up_to
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast

MOST_COUNTED = 1000


def load(public_id: str) -> Attribute:
    return get_object_or_404(Attribute, public_id=public_id)


@studio("partners.view")
@require_safe
def attribute_list(request: Request) -> HttpResponse:
    """Every attribute with its kind, who keeps it, how complete it is and where it is used."""
    is_archived = request.GET.get("show") == "archived"
    listed = Attribute.objects.filter(archived_at__isnull=not is_archived).in_order()
    # The number of changes that wait comes along, since one more query would be one too many.
    attributes = list(listed.annotate(waiting=number_up_to(ProposedValue.objects.waiting(), MOST_COUNTED)))
    record = record_rows()
    counted = completeness_of([attribute.pk for attribute in attributes], record[0].total)
    context = {
        "rows": queries.attribute_rows(attributes, counted, request.now),
        "record": [] if is_archived else record,
        "is_archived": is_archived,
        "requests": [] if is_archived else latest_requests(known=attributes),
        "waiting": getattr(attributes[0], "waiting", 0) if attributes else proposals().count(),
        **permissions_of(request),
    }
    return render_page(request, "partners/attribute_list.html", context)


@studio("partners.manage")
def attribute_create(request: Request) -> HttpResponse:
    form = AttributeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            attribute = services.create_attribute(actor=request.actor, details=form.details(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is there. It stands on the form of every partner.") % attribute.name)
            return see_other("attribute_detail", attribute.public_id)
    return render_page(request, "partners/attribute_create.html", {"form": form}, status=422 if form.errors else 200)


@studio("partners.manage")
def attribute_edit(request: Request, public_id: str) -> HttpResponse:
    """Change an attribute; another kind shows first what becomes of the values there are."""
    attribute = load(public_id)
    form = AttributeForm(request.POST or None, attribute=attribute, initial=AttributeForm.initial_of(attribute))
    conversion: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            services.change_attribute(
                actor=request.actor,
                attribute=load(public_id),
                revision=form.cleaned_data["revision"] or 0,
                details=form.details(),
                is_known=form.cleaned_data["is_known"],
                now=request.now,
            )
        except Refused as refusal:
            conversion = _refused(form, attribute, refusal, request.now)
        else:
            toast(request, _("Saved."))
            return see_other("attribute_detail", public_id)
    is_refused = bool(form.errors or conversion)
    context = {"form": form, "attribute": attribute, "conversion": conversion}
    return render_page(request, "partners/attribute_edit.html", context, status=422 if is_refused else 200)


def _refused(form: AttributeForm, attribute: Attribute, refusal: Refused, now: datetime) -> dict[str, Any]:
    """What the page shows: what becomes of the values where that is all that is asked, else the problems in the
    form."""
    if refusal.codes == {"converts"}:
        return queries.conversion_words(attribute, form.details(), now)
    if "no_choices" in refusal.codes and attribute.kind == Attribute.Kind.TEXT:
        form.propose_choices(queries.texts_in_use(attribute))
    form.refuse(refusal, lambda: AttributeForm.initial_of(load(attribute.public_id)))
    return {}


@studio("partners.view")
@require_safe
def attribute_detail(request: Request, public_id: str) -> HttpResponse:
    """One attribute: how complete, which choices, where it is used, who lacks it."""
    attribute = load(public_id)
    counted = completeness_of([attribute.pk])[attribute.pk]
    lacking = page_of(listed_first(partners_lacking(attribute)), request, per_page=20)
    context = {
        "attribute": attribute,
        "icon": queries.ICONS[attribute.kind],
        "counted": counted,
        "figures": queries.figures(counted),
        "choices": queries.choice_counts(attribute) if attribute.choices else [],
        "uses": uses_of([attribute], request.now)[attribute.pk],
        "page": lacking,
        "lacking": [(partner.name, address("partner_detail", partner.public_id)) for partner in lacking.rows],
        **permissions_of(request),
    }
    return render_page(request, "partners/attribute_detail.html", context, {"lacking": "lacking"})


@studio("partners.manage")
@require_POST
def attribute_archive(request: Request, public_id: str) -> HttpResponse:
    attribute = load(public_id)
    try:
        services.archive_attribute(
            actor=request.actor, attribute=attribute, is_known="is_known" in request.POST, now=request.now
        )
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("attribute_detail", public_id)
    text = _("%s is archived. Its values are kept.") % attribute.name
    toast(request, text, undo_url=address("attribute_restore", public_id))
    return see_other("attribute_list")


@studio("partners.manage")
@require_POST
def attribute_restore(request: Request, public_id: str) -> HttpResponse:
    attribute = load(public_id)
    try:
        services.restore_attribute(actor=request.actor, attribute=attribute)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("attribute_detail", public_id)
    toast(request, _("%s is back, with its values.") % attribute.name)
    return see_other("attribute_detail", public_id)


@studio("partners.manage")
@require_POST
def attribute_move(request: Request, public_id: str) -> HttpResponse:
    """One place up or down."""
    by = 1 if request.POST.get("to") == "down" else -1
    services.move_attribute(actor=request.actor, attribute=load(public_id), by=by)
    return see_other("attribute_list")


@studio("partners.view")
@require_safe
@leads_on
def partner_history(request: Request, public_id: str) -> HttpResponse:
    """Who changed what of a partner, when, from what to what; `?field=` narrows it to one attribute or column."""
    partner = load_partner(public_id)
    field, name = history.asked_field(request.GET.get("field", ""))
    page = page_of(history.changes_of(partner, field), request)
    context = {
        "partner": partner,
        "only": name,
        "page": page,
        "changes": history.change_rows(partner, page.rows),
        "first_source": partner.get_source_display(),
    }
    return render_page(request, "partners/partner_history.html", context, {"changes": "changes"})
