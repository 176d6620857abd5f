"""Behind the links of a mail's question: no sign-in needed, nothing recorded by looking."""

from datetime import timedelta

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from enablement import rules
from enablement.models import RoundQuestion
from enablement.queries.nudges import Asked, asked_by_token, rhythm_of
from enablement.queries.practice import due_count, questions_after, round_page
from enablement.queries.questions import outcome_of, question_of, seed_of_nudge
from enablement.queries.recall import knowledge_of
from enablement.services import nudges, practice
from enablement.views.portal.practice import PAUSES
from prm.accounts.access import public
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other

# For so long after the answer the link shows what came of it and offers two more.
SHOWN_FOR = timedelta(hours=1)
_CLOSED_STATUS = {"used": 200, "expired": 410, "withdrawn": 410, "somebody_else": 403}


def _unknown(request: Request) -> HttpResponse:
    return render_page(request, "enablement/recall_unknown.html", {}, status=404)


def _is_somebody_else(request: Request, asked: Asked) -> bool:
    return request.user.is_authenticated and request.user.pk != asked.membership.person_id


@public
@require_http_methods(["GET", "HEAD", "POST"])
def recall(request: Request, token: str) -> HttpResponse:
    """The question of a mail with the choice preselected and one Confirm; afterwards what came of it."""
    asked = asked_by_token(token, request.now)
    if asked is None:
        return _unknown(request)
    if _is_somebody_else(request, asked):
        return _closed(request, asked, "somebody_else")
    problem = ""
    if request.method == "POST":
        try:
            nudges.answer_nudge(
                asked=asked,
                shown=request.POST.get("choice", ""),
                guessed="guessed" in request.POST,
                now=request.now,
            )
        except Refused as refusal:
            if "no_choice" not in refusal.codes:
                return see_other("recall", token)
            problem = str(refusal)
        else:
            return see_other("recall", token)
    return _question(request, asked, token, problem)


def _question(request: Request, asked: Asked, token: str, problem: str) -> HttpResponse:
    nudge = asked.nudge
    if nudge.answered_at is not None and request.now < nudge.answered_at + SHOWN_FOR:
        return _answered(request, asked, token)
    closed = rules.nudge_problem(nudge, asked.item, asked.is_askable, request.now)
    if closed is not None:
        return _closed(request, asked, closed.code)
    shown = request.GET.get("choice", "")
    preselected = int(shown) if shown in set("0123456789") else None
    context = {
        "token": token,
        "question": question_of(nudge.variant, seed_of_nudge(nudge), preselected),
        "person": asked.membership.person,
        "problem": problem,
    }
    return render_page(request, "enablement/recall.html", context, status=422 if problem else 200)


def _answered(request: Request, asked: Asked, token: str) -> HttpResponse:
    nudge, membership = asked.nudge, asked.membership
    memory = asked.item.memories.filter(membership=membership).first()
    context = {
        "token": token,
        "outcome": outcome_of(asked.item, nudge.variant, seed_of_nudge(nudge), nudge.review, memory),
        "knowledge": knowledge_of([membership.pk], request.now),
        "more": _more_left(asked, request),
    }
    return render_page(request, "enablement/recall_answered.html", context)


def _more_left(asked: Asked, request: Request) -> int:
    """How many more questions this link still offers."""
    begun = questions_after(asked.nudge)
    if begun:
        return sum(question.review_id is None for question in begun)
    return min(due_count(asked.membership, request.now), rules.ROUND_SIZE_BY_MAIL)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def recall_more(request: Request, token: str) -> HttpResponse:
    """Two more questions after the one from the mail, within the hour and behind the same link."""
    asked = asked_by_token(token, request.now)
    if asked is None:
        return _unknown(request)
    answered_at = asked.nudge.answered_at
    is_open = answered_at is not None and request.now < answered_at + SHOWN_FOR
    if not is_open or _is_somebody_else(request, asked):
        return see_other("recall", token)
    questions = questions_after(asked.nudge)
    if request.method != "POST":
        return _round(request, asked, questions, token) if questions else see_other("recall", token)
    if not questions or "choice" not in request.POST:
        return _begin(request, asked, token)
    position = request.POST.get("position", "")
    try:
        practice.answer_in_round(
            membership=asked.membership,
            questions=questions,
            position=int(position) if position in set("0123456789") else -1,
            shown=request.POST["choice"],
            guessed="guessed" in request.POST,
            now=request.now,
        )
    except Refused as refusal:
        return _round(request, asked, questions, token, str(refusal))
    response = see_other("recall_more", token)
    response["Location"] += f"?after={position}"
    return response


def _begin(request: Request, asked: Asked, token: str) -> HttpResponse:
    try:
        practice.start_round_after_nudge(membership=asked.membership, nudge=asked.nudge, now=request.now)
    except Refused:
        return see_other("recall", token)
    return see_other("recall_more", token)


def _round(
    request: Request, asked: Asked, questions: list[RoundQuestion], token: str, problem: str = ""
) -> HttpResponse:
    after = request.GET.get("after", "")
    page = round_page(questions, after=int(after) if after in set("0123456789") else None)
    context = {"token": token, "round": page, "problem": problem}
    if page.is_finished and page.outcome is None:
        context["knowledge"] = knowledge_of([asked.membership.pk], request.now)
    return render_page(request, "enablement/recall_more.html", context, status=422 if problem else 200)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def recall_pause(request: Request, token: str) -> HttpResponse:
    """Pause the questions, stop them, or have them again; also behind the link of a question that has had its time."""
    asked = asked_by_token(token, request.now)
    if asked is None:
        return _unknown(request)
    if request.method == "POST":
        _change_rhythm(request, asked)
        return see_other("recall_pause", token)
    context = {"token": token, "rhythm": rhythm_of(asked.membership, request.now), "person": asked.membership.person}
    return render_page(request, "enablement/recall_pause.html", context)


def _change_rhythm(request: Request, asked: Asked) -> None:
    wanted, now = request.POST.get("pause", ""), request.now
    if wanted == "resume":
        nudges.resume_nudges(membership=asked.membership, now=now)
    elif wanted == "stop":
        nudges.stop_nudges(membership=asked.membership, now=now)
    elif wanted in PAUSES:
        until = now + timedelta(days=PAUSES[wanted]) if PAUSES[wanted] else None
        nudges.pause_nudges(membership=asked.membership, until=until, now=now)


def _closed(request: Request, asked: Asked, reason: str) -> HttpResponse:
    context = {"reason": reason, "nudge": asked.nudge, "person": asked.membership.person}
    return render_page(request, "enablement/recall_closed.html", context, status=_CLOSED_STATUS[reason])
