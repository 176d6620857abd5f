"""Groups: the list, one of them, who comes and goes."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.forms.fields import ReasonForm
from partners.forms.groups import GroupForm
from partners.models import Group, GroupMember
from partners.queries import groups as queries
from partners.queries.group_rules import exclusions_of, rule_card, why_inside
from partners.queries.partners import searched_outside
from partners.services import groups as services
from partners.showcases import shelves
from partners.stamps import moment_of, stamp_of
from partners.views.studio.partners import add_to_group, ids_of_ticked, permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of, page_read
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> Group:
    group = queries.group_at(public_id)
    if group is None:
        raise Http404
    return group


@studio("partners.view")
@require_safe
def group_list(request: Request) -> HttpResponse:
    is_archived = request.GET.get("show") == "archived"
    page = page_of(queries.groups_for_list(is_archived), request)
    context = {
        "page": page,
        "groups": queries.group_rows(page.rows),
        "is_archived": is_archived,
        **permissions_of(request),
    }
    return render_page(request, "partners/group_list.html", context, {"groups": "groups"})


@studio("partners.manage")
def group_create(request: Request) -> HttpResponse:
    # From a gap in the coverage: what is missing, and where.
    name = ", ".join(filter(None, (request.GET.get("column"), request.GET.get("region"))))[:80]
    form = GroupForm(request.POST or None, initial={"owner": request.membership.pk, "name": name})
    if request.method == "POST" and form.is_valid():
        try:
            group = services.create_group(actor=request.actor, details=form.details(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is there. Put partners into it.") % group.name)
            return see_other("group_detail", group.public_id)
    return render_page(request, "partners/group_create.html", {"form": form}, status=422 if form.errors else 200)


@studio("partners.manage")
def group_edit(request: Request, public_id: str) -> HttpResponse:
    group = load(public_id)
    form = GroupForm(request.POST or None, initial=GroupForm.initial_of(group))

    def save(revision: int) -> None:
        services.change_group(actor=request.actor, group=group, revision=revision, details=form.details())

    if form.is_saved(save, lambda: GroupForm.initial_of(group)):
        toast(request, _("Saved."))
        return see_other("group_detail", public_id)
    context = {"form": form, "group": group}
    return render_page(request, "partners/group_edit.html", context, status=422 if form.errors else 200)


@studio("partners.view")
@require_safe
def group_detail(request: Request, public_id: str) -> HttpResponse:
    """A group: what it is for, who is in it or was, and what its members can open."""
    group = load(public_id)
    shown = request.GET.get("show", "")
    has_ended = shown == "former"
    audience_id = queries.audience_id_of(group)
    context = {
        "group": group,
        "page": page_read(request, partial(_member_ids, group, has_ended), queries.members).map(queries.member_row),
        "has_ended": has_ended,
        "rule": rule_card(group),
        "exclusions": exclusions_of(group, request.now) if shown == "out" else None,
        **permissions_of(request),
        "count": queries.partner_counts([group]).get(group.pk, 0),
        "shelves": shelves({audience_id}, request.now) if audience_id else [],
    }
    return render_page(request, "partners/group_detail.html", context, {"members": "members"})


def _member_ids(group: Group, has_ended: bool, start: int, stop: int) -> list[int]:
    return queries.member_ids(group.pk, has_ended=has_ended, start=start, stop=stop)


@studio("partners.manage")
@require_POST
def group_archive(request: Request, public_id: str) -> HttpResponse:
    group = load(public_id)
    services.archive_group(actor=request.actor, group=group, now=request.now)
    text = _("%s is archived. Nothing is shown because of it any more.") % group.name
    toast(request, text, undo_url=address("group_restore", public_id))
    return see_other("group_list")


@studio("partners.manage")
@require_POST
def group_restore(request: Request, public_id: str) -> HttpResponse:
    group = load(public_id)
    try:
        services.restore_group(actor=request.actor, group=group)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("group_list")
    toast(request, _("%s is back, with its partners.") % group.name)
    return see_other("group_detail", public_id)


@studio("partners.manage")
def group_add(request: Request, public_id: str) -> HttpResponse:
    """Choose partners that are not in the group yet, say why, put them in."""
    group = load(public_id)
    form = ReasonForm(request.POST or None)
    chosen = request.POST.getlist("partner")
    if request.method == "POST" and form.is_valid():
        if chosen:
            try:
                reason = form.cleaned_data["reason"]
                return add_to_group(request, group, ids_of_ticked(chosen), reason=reason, ends_at=form.ends_at())
            except Refused as refusal:
                form.add_problems(refusal)
        else:
            form.add_error(None, _("Tick at least one partner."))
    context = {
        "group": group,
        "form": form,
        "chosen": chosen,
        "partners": searched_outside(group, request.GET.get("q", ""), chosen),
    }
    return render_page(
        request, "partners/group_add.html", context, {"partners": "partners"}, status=422 if form.errors else 200
    )


@studio("partners.manage")
@require_POST
def group_remove(request: Request, public_id: str) -> HttpResponse:
    """Take the ticked partners out of the group, with a reason; their history stays."""
    group = load(public_id)
    ids = ids_of_ticked(request.POST.getlist("partner"), with_archived=True)
    reason = request.POST.get("reason", "")[:200]
    left = services.remove_from_group(actor=request.actor, group=group, partner_ids=ids, reason=reason, now=request.now)
    words = ngettext("%(n)d partner left %(group)s.", "%(n)d partners left %(group)s.", left)
    undo = address("group_undo_removing", public_id, stamp_of(request.now)) if left else ""
    toast(request, words % {"n": left, "group": group.name}, undo_url=undo)
    return see_other("group_detail", public_id)


@studio("partners.manage")
def group_member(request: Request, public_id: str, member_id: str) -> HttpResponse:
    """When a partner's time in the group ends, or for whom the rule let in, why it is in."""
    rows = GroupMember.objects.open().select_related("group", "partner", "rule")
    member = get_object_or_404(rows, public_id=member_id, group__public_id=public_id)
    form = ReasonForm(request.POST or None, initial={"until": queries.last_day_of(member)})
    if request.method == "POST" and form.is_valid():
        try:
            services.plan_end(actor=request.actor, member=member, ends_at=form.ends_at(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("group_detail", public_id)
    context = {"form": form, "member": member, "group": member.group, "why": why_inside(member, request.now)}
    return render_page(request, "partners/group_member.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def group_undo_adding(request: Request, public_id: str, stamp: str) -> HttpResponse:
    """Take out again what was added at that moment."""
    group = load(public_id)
    left = services.undo_adding(actor=request.actor, group=group, stamp=moment_of(stamp), now=request.now)
    toast(request, ngettext("Undone: %d partner is out again.", "Undone: %d partners are out again.", left) % left)
    return see_other("group_detail", public_id)


@studio("partners.manage")
@require_POST
def group_undo_removing(request: Request, public_id: str, stamp: str) -> HttpResponse:
    """Put back in what was taken out at that moment."""
    group = load(public_id)
    try:
        back = services.undo_removing(actor=request.actor, group=group, stamp=moment_of(stamp), now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, ngettext("Undone: %d partner is back.", "Undone: %d partners are back.", back) % back)
    return see_other("group_detail", public_id)
