"""Ladders: the list, one of them, its tiers, its ledger."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.tiers import LadderForm, TierForm
from partners.models import Ladder, Tier
from partners.queries import ladder_pages as pages
from partners.queries import ladders as queries
from partners.services import ladders as services
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> Ladder:
    ladder = queries.ladder_at(public_id)
    if ladder is None:
        raise Http404
    return ladder


def load_tier(public_id: str) -> Tier:
    rows = Tier.objects.listed().select_related("ladder__audience")
    return get_object_or_404(rows, public_id=public_id)


@studio("partners.view")
@require_safe
def ladder_list(request: Request) -> HttpResponse:
    is_archived = request.GET.get("show") == "archived"
    page = page_of(pages.ladders_for_list(is_archived), request)
    rows = pages.ladder_rows(page.rows)
    context = {"page": page, "ladders": rows, "is_archived": is_archived, **permissions_of(request)}
    return render_page(request, "partners/ladder_list.html", context, {"ladders": "ladders"})


@studio("partners.manage")
def ladder_create(request: Request) -> HttpResponse:
    form = LadderForm(request.POST or None, initial={"owner": request.membership.pk})
    if request.method == "POST" and form.is_valid():
        try:
            ladder = services.create_ladder(
                actor=request.actor, details=form.details(), tiers=form.tier_details(), now=request.now
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is there. Now say what each tier asks for.") % ladder.name)
            return see_other("ladder_detail", ladder.public_id)
    return render_page(request, "partners/ladder_create.html", {"form": form}, status=422 if form.errors else 200)


@studio("partners.manage")
def ladder_edit(request: Request, public_id: str) -> HttpResponse:
    ladder = load(public_id)
    form = LadderForm(request.POST or None, initial=LadderForm.initial_of(ladder)).without_tiers()

    def save(revision: int) -> None:
        details = form.details()
        services.change_ladder(actor=request.actor, ladder=ladder, revision=revision, details=details, now=request.now)

    if form.is_saved(save, lambda: LadderForm.initial_of(ladder)):
        toast(request, _("Saved."))
        return see_other("ladder_detail", public_id)
    context = {"form": form, "ladder": ladder}
    return render_page(request, "partners/ladder_edit.html", context, status=422 if form.errors else 200)


@studio("partners.view")
@require_safe
def ladder_detail(request: Request, public_id: str) -> HttpResponse:
    """A ladder: its tiers side by side, what each asks for and gives, how many stand on it, and what waits."""
    ladder = load(public_id)
    version = queries.version_at(ladder, request.now)
    shown = version or queries.draft_of(ladder) or queries.coming_version(ladder, request.now)
    requirements = queries.requirements_of(shown) if shown else []
    permissions = permissions_of(request)
    context = {
        "ladder": ladder,
        "version": version,
        "may_write": permissions["may_manage"] and (shown is None or shown.is_draft),
        "shown": shown,
        "columns": pages.tier_columns(queries.tiers_of(ladder), requirements),
        "counts": pages.waiting_counts(ladder),
        **permissions,
    }
    return render_page(request, "partners/ladder_detail.html", context)


@studio("partners.view")
@require_safe
def ladder_outlook(request: Request, public_id: str) -> HttpResponse:
    """Who is close to the next tier, and who is at risk of losing one."""
    ladder = load(public_id)
    version = queries.version_at(ladder, request.now)
    requirements = queries.requirements_of(version) if version else []
    close, short = pages.outlook_rows(ladder, requirements, request.now)
    context = {"ladder": ladder, "counts": pages.waiting_counts(ladder), "close": close, "short": short}
    return render_page(request, "partners/ladder_outlook.html", context)


@studio("partners.view")
@require_safe
def ladder_ledger(request: Request, public_id: str) -> HttpResponse:
    """Every change on a ladder: who, what, why, under which version."""
    ladder = load(public_id)
    page = page_of(pages.ledger_of(ladder=ladder), request).map(pages.entry_row)
    context = {"ladder": ladder, "page": page, "counts": pages.waiting_counts(ladder)}
    return render_page(request, "partners/ladder_ledger.html", context, {"entries": "entries"})


@studio("partners.manage")
@require_POST
def ladder_archive(request: Request, public_id: str) -> HttpResponse:
    ladder = load(public_id)
    services.archive_ladder(actor=request.actor, ladder=ladder, now=request.now)
    text = _("%s is archived. Nothing happens because of it any more.") % ladder.name
    toast(request, text, undo_url=address("ladder_restore", public_id))
    return see_other("ladder_list")


@studio("partners.manage")
@require_POST
def ladder_restore(request: Request, public_id: str) -> HttpResponse:
    ladder = load(public_id)
    try:
        services.restore_ladder(actor=request.actor, ladder=ladder, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("ladder_list")
    toast(request, _("%s is back.") % ladder.name)
    return see_other("ladder_detail", public_id)


@studio("partners.view")
@require_safe
def tier_detail(request: Request, public_id: str) -> HttpResponse:
    """Who stands on a tier, since when, and how far the next one is."""
    tier = load_tier(public_id)
    page = page_of(pages.standings_on(tier), request)
    context = {
        "tier": tier,
        "ladder": tier.ladder,
        "page": page,
        "rows": pages.standing_rows(tier.ladder, page.rows),
        **permissions_of(request),
    }
    return render_page(request, "partners/tier_detail.html", context, {"partners": "partners"})


@studio("partners.manage")
def tier_create(request: Request, public_id: str) -> HttpResponse:
    """Another tier for a ladder."""
    ladder = load(public_id)
    form = TierForm(request.POST or None, ladder=ladder)
    if request.method == "POST" and form.is_valid():
        above = form.cleaned_data["above"]
        try:
            services.add_tier(actor=request.actor, ladder=ladder, details=form.details(), above=above, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Added. Put requirements on it in a new version of the rules, or give it by hand."))
            return see_other("ladder_detail", public_id)
    context = {"form": form, "ladder": ladder}
    return render_page(request, "partners/tier_create.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
def tier_edit(request: Request, public_id: str) -> HttpResponse:
    tier = load_tier(public_id)
    form = TierForm(request.POST or None, initial=TierForm.initial_of(tier))

    def save(revision: int) -> None:
        services.change_tier(actor=request.actor, tier=tier, revision=revision, details=form.details())

    if form.is_saved(save, lambda: TierForm.initial_of(tier)):
        toast(request, _("Saved."))
        return see_other("ladder_detail", tier.ladder.public_id)
    context = {"form": form, "tier": tier, "ladder": tier.ladder}
    return render_page(request, "partners/tier_edit.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def tier_archive(request: Request, public_id: str) -> HttpResponse:
    tier = load_tier(public_id)
    try:
        services.archive_tier(actor=request.actor, tier=tier, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("%s is put away.") % tier.name)
    return see_other("ladder_detail", tier.ladder.public_id)
