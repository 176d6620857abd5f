"""Learn: the library as a member sees it, one content, its file, its questions."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enablement.models import Content, RecallItem, RecallVariant
from enablement.queries import learning
from enablement.services import practice, reading
from partners.queries.people import contact_of, partner_user_of
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast

_PER_PAGE = 24


def _content(request: Request, public_id: str) -> Content | None:
    return learning.content_for_member(request.membership, public_id, request.now)


def _unknown(request: Request) -> HttpResponse:
    """One page for what does not exist and for what is not for this member: the two cannot be told apart."""
    user = partner_user_of(request.membership)
    contact = contact_of(user) if user else None
    return render_page(request, "enablement/learn_unknown.html", {"contact": contact}, status=404)


@portal
@require_safe
def learn(request: Request) -> HttpResponse:
    """What there is to learn: newest first, narrowed by state, topic and words."""
    show, topic, words = (request.GET.get(name, "") for name in ("show", "topic", "q"))
    found = learning.contents_for_member(request.membership, request.now, show=show, topic=topic, words=words)
    page = page_of(found, request, per_page=_PER_PAGE)
    context = {
        "page": page,
        "rows": learning.learn_rows(request.membership, page.rows, request.now),
        "topics": learning.topics_for_member(request.membership, request.now),
        "show": show,
        "topic": topic,
        "words": words,
        "is_narrowed": bool(show or topic or words),
    }
    return render_page(request, "enablement/learn.html", context, partials={"contents": "contents"})


@portal
@require_safe
def learn_detail(request: Request, public_id: str) -> HttpResponse:
    """One content, with its questions at the end."""
    content = _content(request, public_id)
    if content is None:
        return _unknown(request)
    page = learning.learn_page(request.membership, content, request.now)
    return render_page(request, "enablement/learn_detail.html", {"page": page})


@portal
@require_safe
def learn_file(request: Request, public_id: str) -> HttpResponseBase:
    """The content's file. A whole download is noted; a part of one, and looking as somebody else, is not."""
    content = _content(request, public_id)
    if content is None or content.file is None:
        return _unknown(request)
    response = file_response(content.file, request)
    if request.method == "GET" and response.status_code == 200 and not request.see_as:
        reading.note_download(membership=request.membership, content=content, now=request.now)
    return response


@portal
@require_POST
def learn_beat(request: Request, public_id: str) -> HttpResponse:
    """The page tells that it is being read: so many seconds more, so far down."""
    seen = reading.track(
        membership=request.membership,
        public_id=public_id,
        seconds=_number(request, "seconds"),
        reached=_number(request, "reached"),
        now=request.now,
    )
    return HttpResponse(status=204 if seen else 404)


@portal
@require_POST
def learn_done(request: Request, public_id: str) -> HttpResponse:
    """The member is through with it."""
    content = _content(request, public_id)
    if content is None:
        return _unknown(request)
    if reading.complete_content(membership=request.membership, content=content, now=request.now):
        toast(request, _("Done. What matters in it comes back before you forget it."))
    return see_other("learn_detail", public_id)


@portal
@require_POST
def learn_check(request: Request, public_id: str, item_id: str) -> HttpResponse:
    """Answer one of the content's questions."""
    content = _content(request, public_id)
    item = RecallItem.objects.askable(request.now).filter(content=content, public_id=item_id).first()
    if content is None or item is None:
        return _unknown(request)
    variant = RecallVariant.objects.filter(item=item, public_id=request.POST.get("variant", "")).first()
    problem = ""
    if variant is not None:
        try:
            practice.answer_check(
                membership=request.membership,
                content=content,
                item=item,
                variant=variant,
                turn=_number(request, "turn"),
                shown=request.POST.get("choice", ""),
                guessed="guessed" in request.POST,
                now=request.now,
            )
        except Refused as refusal:
            problem = str(refusal)
    return _after_check(request, content, item, problem)


def _after_check(request: Request, content: Content, item: RecallItem, problem: str) -> HttpResponse:
    """The question's card again, or the whole page where no script asked."""
    if not request.htmx and not problem:
        response = see_other("learn_detail", content.public_id)
        response["Location"] += f"#check-{item.public_id}"
        return response
    # Read again: the answer may have been what was left to do.
    content = _content(request, content.public_id) or content
    page = learning.learn_page(request.membership, content, request.now)
    check = next((check for check in page.checks if check.item_id == item.public_id), None)
    context = {"page": page, "check": check, "problem": problem, "problem_at": item.public_id}
    target = {f"check-{item.public_id}": "check"}
    status = 422 if problem else 200
    return render_page(request, "enablement/learn_detail.html", context, partials=target, status=status)


def _number(request: Request, name: str) -> int:
    """A whole number from the form; 0 for anything else."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0
