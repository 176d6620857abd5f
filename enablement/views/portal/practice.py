"""Practice: what is due, one question at a time, and what is still remembered."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enablement.models import RoundQuestion
from enablement.queries.nudges import rhythm_of
from enablement.queries.practice import questions_of, round_page, standing_of
from enablement.queries.recall import knowledge_of
from enablement.services import nudges
from enablement.services import practice as services
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast

# What the buttons of the pause offer, in days; 0 is "until I say so".
PAUSES = {"14": 14, "28": 28, "0": 0}


@portal
@require_safe
def practice(request: Request) -> HttpResponse:
    """What is due now, and what is still remembered."""
    context = {
        "standing": standing_of(request.membership, request.now),
        "knowledge": knowledge_of([request.membership.pk], request.now),
        "rhythm": rhythm_of(request.membership, request.now),
        "now": request.now,
    }
    return render_page(request, "enablement/practice.html", context)


@portal
@require_POST
def practice_start(request: Request) -> HttpResponse:
    """Begin a round of up to five questions, or go on with the one that is open."""
    try:
        started = services.start_round(membership=request.membership, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal))
        return see_other("practice")
    return see_other("practice_round", started.public_id)


@portal
@require_http_methods(["GET", "HEAD", "POST"])
def practice_round(request: Request, public_id: str) -> HttpResponse:
    """One question of a round, what came of it, and how the round went."""
    questions = questions_of(request.membership, public_id)
    if not questions:
        raise Http404
    problem = ""
    if request.method == "POST":
        position = _position(request.POST.get("position", ""))
        if position is None:
            raise Http404
        try:
            services.answer_in_round(
                membership=request.membership,
                questions=questions,
                position=position,
                shown=request.POST.get("choice", ""),
                guessed="guessed" in request.POST,
                now=request.now,
            )
        except Refused as refusal:
            problem = str(refusal)
        else:
            response = see_other("practice_round", public_id)
            response["Location"] += f"?after={position}"
            return response
    return _round(request, questions, problem)


def _round(request: Request, questions: list[RoundQuestion], problem: str) -> HttpResponse:
    page = round_page(questions, after=_position(request.GET.get("after", "")))
    context = {"round": page, "problem": problem, "now": request.now}
    if page.is_finished and page.outcome is None:
        context["standing"] = standing_of(request.membership, request.now)
        context["knowledge"] = knowledge_of([request.membership.pk], request.now)
    return render_page(request, "enablement/practice_round.html", context, status=422 if problem else 200)


@portal
@require_POST
def practice_mails(request: Request) -> HttpResponse:
    """Pause the questions by mail, or have them again."""
    wanted = request.POST.get("pause", "")
    if wanted == "resume":
        nudges.resume_nudges(membership=request.membership, now=request.now)
        toast(request, _("Questions come by mail again, on Tuesdays and Thursdays."))
    elif wanted in PAUSES:
        until = request.now + timedelta(days=PAUSES[wanted]) if PAUSES[wanted] else None
        nudges.pause_nudges(membership=request.membership, until=until, now=request.now)
        toast(request, _("Paused. Your questions wait here."))
    return see_other("practice")


def _position(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 3 else None
