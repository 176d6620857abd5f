"""What is under way between tiers: approvals, notices, appeals, and what is given by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.tiers import AnswerForm, DeclineForm, HoldForm, WordsForm
from partners.models import Ladder, Partner, TierAppeal, TierHold, TierMove
from partners.queries import ladder_pages as pages
from partners.queries.ladders import calendar
from partners.queries.tier_standings import standings_of
from partners.rules.tier_periods import next_period_end
from partners.rules.tiers import answer_problems
from partners.services import tier_moves as services
from partners.views.studio.ladders import load as load_ladder
from partners.views.studio.merged import leads_on
from partners.views.studio.partners import load as load_partner
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load_move(public_id: str) -> TierMove:
    rows = TierMove.objects.select_related("ladder", "partner", "from_tier", "to_tier", "version")
    return get_object_or_404(rows, public_id=public_id)


@studio("partners.view")
@require_safe
def ladder_notices(request: Request, public_id: str) -> HttpResponse:
    """Who will lose a tier unless something happens: what is told when, and the words to add."""
    return _notices_page(request, load_ladder(public_id))


def _notices_page(
    request: Request, ladder: Ladder, wrong: TierMove | None = None, form: WordsForm | None = None
) -> HttpResponse:
    """The notices; of the one that is wrong, what was typed and why it cannot be kept."""
    page = page_of(pages.moves_of(ladder, TierMove.Kind.DROP), request, per_page=20)
    context = {
        "ladder": ladder,
        "page": page,
        "rows": list(zip(page.rows, pages.move_rows(page.rows), strict=True)),
        "counts": pages.waiting_counts(ladder),
        "wrong": wrong,
        "form": form,
        **permissions_of(request),
    }
    status = 422 if wrong else 200
    return render_page(request, "partners/ladder_notices.html", context, {"notices": "notices"}, status=status)


@studio("partners.view")
@require_safe
def ladder_approvals(request: Request, public_id: str) -> HttpResponse:
    """Who has the numbers for a higher tier and waits, and whose appeal waits for an answer."""
    ladder = load_ladder(public_id)
    page = page_of(pages.moves_of(ladder, TierMove.Kind.RISE), request, per_page=20)
    context = {
        "ladder": ladder,
        "page": page,
        "rows": pages.move_rows(page.rows),
        "appeals": pages.open_appeals(ladder),
        "counts": pages.waiting_counts(ladder),
        "now": request.now,
        **permissions_of(request),
    }
    return render_page(request, "partners/ladder_approvals.html", context, {"approvals": "approvals"})


@studio("partners.manage")
@require_POST
def move_approve(request: Request, public_id: str) -> HttpResponse:
    move = load_move(public_id)
    try:
        services.approve_rise(actor=request.actor, move=move, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("%(partner)s is %(tier)s now. Its leads get a mail.") % _names(move))
    return see_other("ladder_approvals", move.ladder.public_id)


@studio("partners.manage")
def move_decline(request: Request, public_id: str) -> HttpResponse:
    """Say no to a rise, with a reason that the partner reads."""
    move = load_move(public_id)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.decline_rise(actor=request.actor, move=move, reason=form.cleaned_data["reason"], now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Declined. The leads of %s get your words.") % move.partner.name)
            return see_other("ladder_approvals", move.ladder.public_id)
    context = {"form": form, "move": move, "row": pages.move_rows([move])[0]}
    return render_page(request, "partners/move_decline.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def move_words(request: Request, public_id: str) -> HttpResponse:
    """Keep the account manager's words for a notice; `tell` gives it at once with them."""
    move = load_move(public_id)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _notices_page(request, move.ladder, move, form)
    try:
        services.add_words(actor=request.actor, move=move, words=form.cleaned_data["words"])
        if "tell" in request.POST:
            services.tell_now(actor=request.actor, move=move, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        told = _("The leads of %(partner)s are being told.") if "tell" in request.POST else _("Kept for %(partner)s.")
        toast(request, told % _names(move))
    return see_other("ladder_notices", move.ladder.public_id)


def _names(move: TierMove) -> dict[str, str]:
    return {"partner": move.partner.name, "tier": move.to_tier.name}


@studio("partners.manage")
def appeal_answer(request: Request, public_id: str) -> HttpResponse:
    """Answer an appeal: what the partner says, what the numbers say, and the decision."""
    rows = TierAppeal.objects.select_related(
        "ladder", "move__partner", "move__from_tier", "move__to_tier", "sent_by__person"
    )
    appeal = get_object_or_404(rows, public_id=public_id)
    ends_at = next_period_end(calendar(), appeal.ladder.review, appeal.move.period_ends_at or request.now)
    form = AnswerForm(request.POST or None, initial={"until": ends_at.astimezone(calendar().zone).date()})
    if request.method == "POST" and form.is_valid():
        is_kept = form.cleaned_data["outcome"] == TierAppeal.Outcome.KEPT
        try:
            services.answer_appeal(
                actor=request.actor,
                appeal=appeal,
                is_kept=is_kept,
                answer=form.cleaned_data["answer"],
                hold_until=form.ends_at(),
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Answered. The leads of %s get a mail.") % appeal.move.partner.name)
            return see_other("ladder_approvals", appeal.ladder.public_id)
    context = {
        "form": form,
        "appeal": appeal,
        "row": pages.move_rows([appeal.move])[0],
        "problems": answer_problems(appeal),
    }
    return render_page(request, "partners/appeal_answer.html", context, status=422 if form.errors else 200)


@studio("partners.view")
@require_safe
@leads_on
def partner_tiers(request: Request, public_id: str) -> HttpResponse:
    """A partner's tiers as its people see them, with the ledger."""
    partner = load_partner(public_id)
    page = page_of(pages.ledger_of(partner=partner), request, per_page=25).map(pages.entry_row)
    context = {
        "partner": partner,
        "standings": standings_of(partner, request.now),
        "page": page,
        **permissions_of(request),
    }
    return render_page(request, "partners/partner_tiers.html", context, {"entries": "entries"})


@studio("partners.manage")
@leads_on
def partner_hold(request: Request, public_id: str) -> HttpResponse:
    """Give a partner a tier, or hold the one it has, with reason and end."""
    partner: Partner = load_partner(public_id)
    form = HoldForm(request.POST or None, partner=partner)
    if request.method == "POST" and form.is_valid():
        try:
            services.hold_tier(
                actor=request.actor,
                partner=partner,
                tier=form.cleaned_data["tier"],
                reason=form.cleaned_data["reason"],
                ends_at=form.ends_at(),
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(
                request,
                _("%(partner)s is %(tier)s until then.") % {"partner": partner, "tier": form.cleaned_data["tier"]},
            )
            return see_other("partner_tiers", public_id)
    context = {"form": form, "partner": partner}
    return render_page(request, "partners/partner_hold.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
@leads_on
def hold_end(request: Request, public_id: str, hold_id: str) -> HttpResponse:
    rows = TierHold.objects.select_related("ladder", "partner", "tier")
    hold = get_object_or_404(rows, public_id=hold_id, partner__public_id=public_id)
    try:
        services.end_hold(actor=request.actor, hold=hold, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("The requirements decide again. The tier stays until the next review, with notice."))
    return see_other("partner_tiers", public_id)
