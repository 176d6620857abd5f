"""Conversations in the studio: the queue, one of them, what colleagues write, note, close and hand over."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.conversations import HandOverForm, NoteForm, ReplyForm, WriteForm
from partners.models import Conversation, EntryFile
from partners.queries import conversations as queries
from partners.queries.conversation_notes import notes_of
from partners.queries.threads import clock_for_staff, entries_of
from partners.queries.todo import MINE, PARTNERS, TEAM
from partners.services import conversations as services
from partners.services.conversation_notes import add_note
from partners.views.studio.choosing import asked_partner, choices
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.pages import page_of_rows
from prm.web.rendering import render_page, see_other, toast

_WHOSE = (MINE, PARTNERS, TEAM)
_SHOWN = (queries.WAITING, queries.ANSWERED, queries.CLOSED)


@studio("partners.view")
@require_safe
def conversation_list(request: Request) -> HttpResponse:
    """What waits for an answer: one's own, of one's partners, or everybody's; and what is answered or closed."""
    whose, show = request.GET.get("whose", ""), request.GET.get("show", "")
    queue = queries.Queue(
        request.membership,
        request.now,
        whose if whose in _WHOSE else MINE,
        show if show in _SHOWN else queries.WAITING,
    )
    page = page_of_rows(request, partial(queries.queue_rows, queue), per_page=queries.PER_PAGE)
    context = {
        "page": page,
        "whose": queue.whose,
        "show": queue.show,
        "may_answer": _may_answer(request),
        "may_promise": may(request.membership, "partners.manage"),
    }
    return render_page(request, "partners/conversation_list.html", context, {"queue": "queue"})


def _may_answer(request: Request) -> bool:
    return may(request.membership, "conversations.answer")


@studio("conversations.answer")
def conversation_create(request: Request) -> HttpResponse:
    """Write to somebody of a partner; `?partner=` says which, else it is asked."""
    partner = asked_partner(request, "partner")
    if partner is None:
        found = {"choices": choices(request, "partner")}
        return render_page(request, "partners/conversation_choose.html", found, {"choices": "choices"})
    form = WriteForm(request.POST or None, partner_id=partner.pk)
    if request.method == "POST" and form.is_valid():
        conversation = services.begin_conversation(
            actor=request.actor,
            author=request.membership,
            user=form.cleaned_data["person"],
            kind=Conversation.Kind.MESSAGE,
            subject=form.cleaned_data["subject"],
            words=services.Words(form.cleaned_data["body"]),
            now=request.now,
        )
        toast(request, _("It is on its way."))
        return see_other("conversation_detail", conversation.public_id)
    context = {"form": form, "partner": partner, "has_people": form.person_choices().exists()}
    return render_page(request, "partners/conversation_create.html", context, status=422 if form.errors else 200)


def _load(public_id: str) -> Conversation:
    return get_object_or_404(queries.conversations_to_read(), public_id=public_id)


@studio("partners.view")
@require_safe
def conversation_detail(request: Request, public_id: str) -> HttpResponse:
    """One conversation with its clock, what was written and, apart from it, what colleagues noted."""
    return _page(request, _load(public_id))


def _page(request: Request, conversation: Conversation, **forms: Any) -> HttpResponse:
    entries = entries_of(conversation, is_ours=True)
    context = {
        "conversation": conversation,
        "clock": clock_for_staff(conversation, request.now),
        "entries": entries,
        "notes": notes_of(conversation),
        "may_answer": _may_answer(request),
        "reply": ReplyForm(initial={"seen": entries[-1].pk if entries else 0}),
        "noting": NoteForm(),
        "handing": HandOverForm(initial={"to": conversation.responsible_id}),
        **forms,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render_page(request, "partners/conversation_detail.html", context, status=status)


@studio("conversations.answer")
@require_POST
def conversation_answer(request: Request, public_id: str) -> HttpResponse:
    """Write to the partner. Where a colleague did so meanwhile, both are kept and the second is told."""
    conversation, form = _load(public_id), ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, conversation, reply=form)
    written = services.write(
        actor=request.actor,
        author=request.membership,
        conversation=conversation,
        words=services.Words(form.cleaned_data["body"]),
        seen=form.cleaned_data["seen"] or 0,
        now=request.now,
    )
    if written.meanwhile:
        who = str(written.meanwhile[-1].author.person)
        toast(request, _("%s answered meanwhile, too. Both answers went out.") % who, level=messages.WARNING)
    else:
        toast(request, _("Your answer is on its way."))
    return see_other("conversation_detail", public_id)


@studio("conversations.answer")
@require_POST
def conversation_note(request: Request, public_id: str) -> HttpResponse:
    """Tell colleagues something that the partner never reads."""
    conversation, form = _load(public_id), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, conversation, noting=form)
    add_note(actor=request.actor, conversation=conversation, body=form.cleaned_data["note"], now=request.now)
    toast(request, _("Noted, for colleagues alone."))
    return see_other("conversation_detail", public_id)


@studio("conversations.answer")
@require_POST
def conversation_close(request: Request, public_id: str) -> HttpResponse:
    words = _("Closed. Whoever writes opens it again.")
    return _moved(request, public_id, services.close_conversation, words)


@studio("conversations.answer")
@require_POST
def conversation_reopen(request: Request, public_id: str) -> HttpResponse:
    return _moved(request, public_id, services.reopen_conversation, _("It waits for an answer again."))


def _moved(request: Request, public_id: str, move: Any, words: str) -> HttpResponse:
    try:
        move(actor=request.actor, author=request.membership, conversation=_load(public_id), now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, words)
    return see_other("conversation_detail", public_id)


@studio("conversations.answer")
@require_POST
def conversation_hand_over(request: Request, public_id: str) -> HttpResponse:
    """Have a colleague answer from now on."""
    conversation, form = _load(public_id), HandOverForm(request.POST)
    if not form.is_valid():
        return _page(request, conversation, handing=form)
    to = form.cleaned_data["to"]
    services.hand_over(actor=request.actor, conversation=conversation, to=to, now=request.now)
    toast(request, _("%s answers from now on.") % to.person)
    return see_other("conversation_detail", public_id)


@studio("partners.view")
@require_safe
def conversation_file(request: Request, public_id: str, file_id: str) -> HttpResponseBase:
    """A file that came with an entry."""
    rows = EntryFile.objects.filter(entry__conversation__public_id=public_id).select_related("file")
    return file_response(get_object_or_404(rows, public_id=file_id).file, request)
