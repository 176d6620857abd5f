"""The list of partners: narrowed, sorted, with the columns one wants, kept as views."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners import rules
from partners.conditions.checking import rule_problems
from partners.conditions.subjects import Subjects
from partners.forms.lists import SaveViewForm, ViewForm
from partners.forms.rule_builder import RuleBuilder
from partners.models import SavedView
from partners.queries import partner_lists as queries
from partners.queries.groups import groups_for_menu
from partners.queries.partner_columns import MOST_SHOWN, Columns
from partners.queries.partner_lists import PartnerFilter
from partners.queries.saved_views import view_rows
from partners.services import saved_views as services
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_read
from prm.web.rendering import SeeOther, render_page, see_other, toast


def asked_list(request: Request) -> PartnerFilter:
    """What the address of this request asks for."""
    return PartnerFilter.of(request.GET.urlencode(), request.now)


def list_at(query: str) -> str:
    """The address of the list as this query narrows it."""
    return address("partner_list") + (f"?{query}" if query else "")


@studio("partners.view")
@require_safe
def partner_list(request: Request) -> HttpResponse:
    """All partners: searched, filtered, sorted, fifty at a time, with the columns that were chosen."""
    subjects = Subjects()
    groups, has_more_groups = groups_for_menu(subjects.group_rows if "where" in request.GET else None)
    chosen = PartnerFilter.of(request.GET.urlencode(), request.now, groups, subjects)
    columns = Columns(chosen.columns, chosen.sort, subjects)
    listed = queries.PartnerList(chosen, columns)
    page = page_read(request, listed.ids, listed.rows)
    columns.read(page.rows)
    context = {
        "page": page.map(lambda partner: queries.partner_row(partner, columns)),
        "columns": columns.shown,
        "chosen": chosen,
        "rule_words": chosen.words_for_rule(),
        "rule_problems": chosen.rule_problems(),
        "groups": groups,
        "has_more_groups": has_more_groups,
        "statuses": queries.status_choices(),
        "total": queries.total_of(page.rows),
        "most_counted": queries.MOST_COUNTED,
        **permissions_of(request),
    }
    return render_page(request, "partners/partner_list.html", context, {"partners": "partners"})


@studio("partners.view")
def partner_filter(request: Request) -> HttpResponse:
    """Say by what the list is narrowed, in the same words as the rule of a group, and see how many that are."""
    chosen = asked_list(request)
    subjects = Subjects()
    if request.method != "POST":
        builder = RuleBuilder.of(chosen.rule, subjects)
        return _filter_page(request, chosen, builder)
    builder = RuleBuilder.sent(request.POST, subjects)
    if request.POST.get("act") != "save":
        return _filter_page(request, chosen, builder)
    problems = rule_problems(builder.block, subjects)
    narrowed = chosen.narrowed_by(builder.block)
    problems = problems or rules.query_problems(narrowed.query)
    if problems:
        return _filter_page(request, chosen, builder, [str(problem.message) for problem in problems])
    return SeeOther(list_at(narrowed.query))


def _filter_page(
    request: Request, chosen: PartnerFilter, builder: RuleBuilder, problems: list[str] | None = None
) -> HttpResponse:
    against = rule_problems(builder.block, builder.subjects)
    context = {
        "chosen": chosen,
        "root": builder.root,
        "problems": problems,
        "hint": "" if problems else "; ".join(str(problem.message) for problem in against[:1]),
        "preview": None if against else queries.preview_of(chosen, builder.block, builder.subjects),
    }
    status = 422 if problems else 200
    return render_page(request, "partners/partner_filter.html", context, {"rule-builder": "builder"}, status=status)


@studio("partners.view")
@require_safe
def partner_columns(request: Request) -> HttpResponse:
    """Choose what the list shows beside the name; the form leads to the list."""
    chosen = asked_list(request)
    context = {
        "chosen": chosen,
        "parts": Columns(chosen.columns, chosen.sort).offered(),
        "most": MOST_SHOWN,
        "kept": [(name, value) for name, value in request.GET.items() if name not in ("column", "page")],
    }
    return render_page(request, "partners/partner_columns.html", context)


# ── Views ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _view(request: Request, public_id: str) -> SavedView:
    """A view that this member can change: 404 for another one's own."""
    view = get_object_or_404(SavedView.objects.select_related("owner__person"), public_id=public_id)
    if not rules.may_change_view(view, request.membership):
        raise Http404("another one's own view")
    return view


@studio("partners.view")
@require_safe
def view_list(request: Request) -> HttpResponse:
    """One's own views, and those that colleagues share."""
    return render_page(request, "partners/view_list.html", {"views": view_rows(request.membership, request.now)})


@studio("partners.view")
@require_safe
def view_open(request: Request, public_id: str) -> HttpResponse:
    """On to the list as the view keeps it."""
    view = get_object_or_404(SavedView.objects.for_member(request.membership), public_id=public_id)
    return HttpResponseRedirect(list_at(view.query))


@studio("partners.view")
def view_create(request: Request) -> HttpResponse:
    """Keep what the list shows under a name, or show it in a view that is there from now on."""
    chosen = asked_list(request)
    form = SaveViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_view(
                actor=request.actor,
                owner=request.membership,
                name=form.cleaned_data["name"],
                query=chosen.query,
                is_shared=form.cleaned_data["is_shared"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("The view is saved. You find it under Views."))
            return SeeOther(list_at(chosen.query))
    context = {
        "form": form,
        "chosen": chosen,
        "rule_words": chosen.words_for_rule(),
        "list_url": list_at(chosen.query),
        "views": [row for row in view_rows(request.membership, request.now) if row.may_change],
    }
    return render_page(request, "partners/view_create.html", context, status=422 if form.errors else 200)


@studio("partners.view")
@require_POST
def view_replace(request: Request, public_id: str) -> HttpResponse:
    """Let a view show from now on what the list shows."""
    view, chosen = _view(request, public_id), asked_list(request)
    try:
        services.change_view(
            actor=request.actor,
            view=view,
            revision=view.revision,
            name=view.name,
            is_shared=view.is_shared,
            query=chosen.query,
        )
    except Refused as refusal:
        toast(request, str(refusal))
    else:
        toast(request, _("“%s” shows this list now.") % view.name)
    return SeeOther(list_at(chosen.query))


@studio("partners.view")
def view_edit(request: Request, public_id: str) -> HttpResponse:
    """Another name, or another reach; whoever saved meanwhile is not overwritten."""
    view = _view(request, public_id)
    form = ViewForm(request.POST or None, initial=ViewForm.initial_of(view))

    def save(revision: int) -> None:
        services.change_view(actor=request.actor, view=view, revision=revision, **form.details())

    if form.is_saved(save, lambda: ViewForm.initial_of(view)):
        toast(request, _("Saved."))
        return see_other("view_list")
    context = {"form": form, "view": view}
    return render_page(request, "partners/view_edit.html", context, status=422 if form.errors else 200)


@studio("partners.view")
@require_POST
def view_remove(request: Request, public_id: str) -> HttpResponse:
    view = _view(request, public_id)
    services.remove_view(actor=request.actor, view=view, now=request.now)
    toast(request, _("“%s” is gone.") % view.name, undo_url=address("view_restore", public_id))
    return see_other("view_list")


@studio("partners.view")
@require_POST
def view_restore(request: Request, public_id: str) -> HttpResponse:
    view = _view(request, public_id)
    try:
        services.restore_view(actor=request.actor, view=view)
    except Refused as refusal:
        toast(request, str(refusal))
    else:
        toast(request, _("“%s” is back.") % view.name)
    return see_other("view_list")
