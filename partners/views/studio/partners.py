"""The list of partners, and one of them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.facets import facets
from partners.forms.partners import JoinGroupForm, PartnerForm
from partners.models import Group, Partner
from partners.models.partners import PartnerQuerySet
from partners.queries import partners as queries
from partners.queries.attributes import (
    attributes_in_order,
    held_of,
    in_sections,
    known_of,
    known_values,
    value_rows,
)
from partners.queries.companies import company_of
from partners.queries.completeness import RECORD_FIELDS, completeness_of_partner
from partners.queries.conversations import conversations_of
from partners.queries.duplicates import alike_cards, survivor_of
from partners.queries.groups import groups_of, has_groups
from partners.queries.health import health_of
from partners.queries.invitations import open_invitations
from partners.queries.journeys.studio import journeys_of
from partners.queries.logos import logo_link_of
from partners.queries.partner_columns import TONES
from partners.queries.partner_page import partner_for_page, people_for_staff
from partners.queries.people import people_rows, prepared_of
from partners.queries.products import first_rights
from partners.queries.profiles import Reader, profiles_of
from partners.queries.record import record_values
from partners.queries.tier_standings import tier_lines
from partners.queries.timeline import timeline_of
from partners.queries.todo import TEAM, Asked, todo_lines
from partners.services import groups as group_services
from partners.services import partners as services
from partners.services import trying
from partners.showcases import shelves
from partners.stamps import stamp_of
from partners.views.studio.merged import leads_on
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of_rows
from prm.web.rendering import render_page, see_other, toast

_TODO_SHOWN = 8


def load(public_id: str, rows: PartnerQuerySet | None = None) -> Partner:
    """The partner of this address, with what `rows` asks beside it; 404 for a merged record too (see `leads_on`)."""
    found = Partner.objects.all() if rows is None else rows
    partner = get_object_or_404(found.select_related("account_manager__person"), public_id=public_id)
    if survivor_of(partner) is not None:
        raise Http404("it was merged into another partner")
    return partner


def permissions_of(request: Request) -> dict[str, bool]:
    """What this colleague may do beside looking, so that no button leads to a refusal."""
    wanted = {
        "may_manage": "partners.manage",
        "may_import": "partners.import",
        "may_merge": "partners.merge",
        "may_export": "partners.export",
        "may_invite": "people.invite",
        "may_see_as": "portal.see_as",
    }
    return {name: may(request.membership, permission) for name, permission in wanted.items()}


@studio("partners.manage")
def partner_create(request: Request) -> HttpResponse:
    """Add one partner by hand; what looks like one that is there is asked about first."""
    initial = {"status": Partner.Status.ACTIVE, "account_manager": request.membership.pk}
    form = PartnerForm(request.POST or None, initial=initial, attributes=list(attributes_in_order()))
    if request.method == "POST" and form.is_valid():
        try:
            partner = services.create_partner(
                actor=request.actor,
                details=form.details(),
                values=form.values(),
                is_another=form.cleaned_data["is_another"],
                now=request.now,
            )
        except Refused as refusal:
            return _refused(request, "partners/partner_create.html", form, refusal)
        toast(request, _("%s is added. Nobody got a mail from this.") % partner.name)
        return see_other("partner_detail", partner.public_id)
    return render_page(request, "partners/partner_create.html", {"form": form}, status=422 if form.errors else 200)


@studio("partners.manage")
@leads_on
def partner_edit(request: Request, public_id: str) -> HttpResponse:
    """Change a partner's facts; whoever saved meanwhile is not overwritten."""
    partner = load(public_id)
    form = _form_of(request, partner)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_partner(
                actor=request.actor,
                partner=partner,
                revision=form.cleaned_data["revision"] or 0,
                details=form.details(),
                values=form.values(),
                is_another=form.cleaned_data["is_another"],
                now=request.now,
            )
        except Refused as refusal:
            return _refused(request, "partners/partner_edit.html", form, refusal, partner)
        toast(request, _("Saved."))
        return see_other("partner_detail", partner.public_id)
    context = {"form": form, "partner": partner}
    return render_page(request, "partners/partner_edit.html", context, status=422 if form.errors else 200)


def _form_of(request: Request, partner: Partner) -> PartnerForm:
    known = known_values(partner)
    return PartnerForm(
        request.POST or None,
        initial=PartnerForm.initial_of(partner),
        attributes=[each.attribute for each in known],
        held=held_of(known),
    )


def _refused(
    request: Request, template: str, form: PartnerForm, refusal: Refused, partner: Partner | None = None
) -> HttpResponse:
    """The form again, with every word kept, and beside it what stands against it."""
    context: dict[str, Any] = {"form": form, "partner": partner}
    if "looks_like" in refusal.codes:
        but = partner.pk if partner else None
        details = form.details() if partner else form.details().completed()
        columns = details.columns()
        context["alike"] = alike_cards(columns["name"], columns["domain"], but, details.further_domains or ())
    else:
        form.refuse(refusal, lambda: PartnerForm.initial_of(partner) if partner else {})
    return render_page(request, template, context, status=422)


@studio("partners.view")
@require_safe
@leads_on
def partner_detail(request: Request, public_id: str) -> HttpResponse:
    """One partner: facts, people, groups, tiers, products, invitations, what happened, what its people can open."""
    partner, reader = partner_for_page(public_id, request.now), Reader(request.membership, request.now)
    if partner is None or survivor_of(partner) is not None:
        raise Http404
    memberships = groups_of(partner)
    people = page_of_rows(request, partial(people_for_staff, partner), per_page=15)
    known = known_of(partner)
    context = {
        "partner": partner,
        **permissions_of(request),
        "tone": TONES[partner.status],
        "logo": logo_link_of(partner, request.membership),
        "record": record_values(partner, RECORD_FIELDS),
        "values": in_sections((row.section, row) for row in value_rows(partner, known)),
        "completeness": completeness_of_partner(partner, known),
        "page": people,
        "people": people_rows(people.rows, profiles_of(people.rows, reader)),
        "memberships": [member for member in memberships if member.closed_at is None],
        "former": [member for member in memberships if member.closed_at is not None],
        "tier_lines": tier_lines(partner),
        "invitations": open_invitations(partner, request.now),
        "prepared": prepared_of(partner),
        "events": timeline_of(partner, request.now),
        "shelves": shelves(partner.audience_ids, request.now),
        "journeys": journeys_of(partner, request.now),
        "rights": first_rights(partner),
        "test_address": trying.plus_address(request.membership.person.email) if partner.is_test else "",
        "company": company_of(partner),
        "conversations": conversations_of(partner, request.now),
        "may_write": may(request.membership, "conversations.answer"),
    }
    return render_page(request, "partners/partner_detail.html", context)


@studio("partners.view")
@require_safe
@leads_on
def partner_more(request: Request, public_id: str) -> HttpResponse:
    """What waits, how the partner goes, what apps above know of it; the partner's page asks once it is there."""
    partner = load(public_id)
    read = [(facet, facet.read(partner.pk, request.now)) for facet in facets.all()]
    context = {
        "partner": partner,
        "todo": todo_lines(Asked(request.membership, request.now, TEAM, partner.pk), 0, _TODO_SHOWN),
        "health": health_of(partner, request.now),
        "cards": [(facet, card) for facet, card in read if card is not None],
    }
    return render_page(request, "partners/partner_more.html", context, {"partner-more": "more"})


@studio("partners.manage")
@require_POST
@leads_on
def partner_archive(request: Request, public_id: str) -> HttpResponse:
    partner = load(public_id)
    services.archive_partner(actor=request.actor, partner=partner, now=request.now)
    text = _("%s is archived. Its people cannot come in any more.") % partner.name
    toast(request, text, undo_url=address("partner_restore", public_id))
    return see_other("partner_list")


@studio("partners.manage")
@require_POST
@leads_on
def partner_restore(request: Request, public_id: str) -> HttpResponse:
    partner = load(public_id)
    try:
        services.restore_partner(actor=request.actor, partner=partner, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("%s is back, with its people and groups.") % partner.name)
    return see_other("partner_detail", public_id)


def ticked_in(request: Request) -> list[str]:
    """Public ids of the partners that are ticked: in the form that is sent, else in the address while one searches."""
    sent = request.POST if request.method == "POST" else request.GET
    return sent.getlist("partner")


def ids_of_ticked(public_ids: list[str], *, with_archived: bool = False) -> list[int]:
    """The keys of ticked partners, without those archived meanwhile. 404, and nothing is done, where one is unknown."""
    found = queries.keys_of(public_ids)
    if found.keys() != set(public_ids):
        raise Http404("a ticked partner is unknown")
    return [key for key, is_archived in found.values() if with_archived or not is_archived]


def add_to_group(request: Request, group: Group, ids: list[int], **more: Any) -> HttpResponse:
    """Put these partners into the group and say how many are new there, with an undo."""
    added = group_services.add_to_group(actor=request.actor, group=group, partner_ids=ids, now=request.now, **more)
    text = ngettext("%(n)d partner added to %(group)s.", "%(n)d partners added to %(group)s.", added.added)
    text %= {"n": added.added, "group": group.name}
    if added.present:
        already = ngettext("%d was in it already.", "%d were in it already.", added.present) % added.present
        text = f"{text} {already}"
    undo = address("group_undo_adding", group.public_id, stamp_of(request.now)) if added.added else ""
    toast(request, text, undo_url=undo)
    return see_other("group_detail", group.public_id)


@studio("partners.manage")
@leads_on
def partner_join_group(request: Request, public_id: str) -> HttpResponse:
    """Put one partner into a group, with a reason and perhaps an end."""
    partner = load(public_id)
    form = JoinGroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = group_services.add_to_group(
                actor=request.actor,
                group=form.cleaned_data["group"],
                partner_ids=[partner.pk],
                reason=form.cleaned_data["reason"],
                ends_at=form.ends_at(),
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            words = _("%(partner)s is in %(group)s now.") if added.added else _("%(partner)s is in %(group)s already.")
            toast(request, words % {"partner": partner.name, "group": form.cleaned_data["group"].name})
            return see_other("partner_detail", public_id)
    context = {"form": form, "partner": partner, "has_groups": has_groups()}
    return render_page(request, "partners/partner_join_group.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
def partner_try(request: Request) -> HttpResponse:
    """Try it on yourself: a marked partner with one person, whose mails come to you."""
    if request.method == "POST":
        try:
            user = trying.create_test_partner(actor=request.actor, colleague=request.membership, now=request.now)
        except Refused as refusal:
            toast(request, str(refusal), level=messages.WARNING)
            return see_other("partner_try")
        toast(request, _("Your test partner is ready."))
        return see_other("partner_detail", user.partner.public_id)
    context = {
        "partner": trying.own_test_partner(request.membership),
        "test_address": trying.plus_address(request.membership.person.email),
    }
    return render_page(request, "partners/partner_try.html", context)
