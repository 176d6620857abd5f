"""The portal: write to your contact, and read what was said."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.conversations import AskForm, ReplyForm
from partners.models import Conversation, Entry, EntryFile
from partners.queries import my_conversations as queries
from partners.queries.answering import promised_hours
from partners.queries.threads import clock_for_partner, entries_of
from partners.services import conversations as services
from partners.views.portal import me
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.limits import Limit, limited
from prm.web.pages import page_of_rows
from prm.web.rendering import render_page, see_other, toast

# Each of them becomes a mail to a colleague.
WRITES = Limit("conversation", 30, per=600)


@portal
@require_safe
def my_conversation_list(request: Request) -> HttpResponse:
    """One's own conversations; a lead sees all of the company's."""
    user = me(request)
    page = page_of_rows(request, partial(queries.my_rows, user, request.now), per_page=queries.PER_PAGE)
    context = {"user": user, "page": page, "answerer": queries.who_reads(user, request.now)}
    return render_page(request, "partners/my_conversation_list.html", context, {"conversations": "conversations"})


@portal
@limited
def my_conversation_create(request: Request) -> HttpResponse:
    """Write to one's contact."""
    user = me(request)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        WRITES.take(request.membership.pk)
        data = form.cleaned_data
        conversation = services.begin_conversation(
            actor=request.actor,
            author=request.membership,
            user=user,
            kind=data["kind"],
            subject=data["subject"],
            words=services.Words(data["body"], channel=Entry.Channel.PORTAL),
            now=request.now,
        )
        return see_other("my_conversation_detail", conversation.public_id)
    context = {"form": form, "answerer": queries.who_reads(user, request.now), "hours": promised_hours(user.partner)}
    return render_page(request, "partners/my_conversation_create.html", context, status=422 if form.errors else 200)


def _load(request: Request, public_id: str) -> Conversation:
    return get_object_or_404(queries.my_conversations(me(request)), public_id=public_id)


@portal
@limited
def my_conversation_detail(request: Request, public_id: str) -> HttpResponse:
    """What was said, whose turn it is and until when; and one's own words."""
    conversation, form = _load(request, public_id), ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        WRITES.take(request.membership.pk)
        words = services.Words(form.cleaned_data["body"], channel=Entry.Channel.PORTAL)
        services.write(
            actor=request.actor, author=request.membership, conversation=conversation, words=words, now=request.now
        )
        toast(request, _("It is on its way."))
        return see_other("my_conversation_detail", public_id)
    context = {
        "conversation": conversation,
        "clock": clock_for_partner(conversation, request.now),
        "entries": entries_of(conversation, is_ours=False),
        "form": form,
        "is_own": conversation.person_id == request.membership.pk,
    }
    return render_page(request, "partners/my_conversation_detail.html", context, status=422 if form.errors else 200)


@portal
@require_POST
def my_conversation_close(request: Request, public_id: str) -> HttpResponse:
    words = _("Closed. Write, and it is open again.")
    return _moved(request, public_id, services.close_conversation, words)


@portal
@require_POST
def my_conversation_reopen(request: Request, public_id: str) -> HttpResponse:
    return _moved(request, public_id, services.reopen_conversation, _("It is open again: we answer."))


def _moved(request: Request, public_id: str, move: Any, words: str) -> HttpResponse:
    conversation = _load(request, public_id)
    try:
        move(actor=request.actor, author=request.membership, conversation=conversation, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, words)
    return see_other("my_conversation_detail", public_id)


@portal
@require_safe
def my_conversation_file(request: Request, public_id: str, file_id: str) -> HttpResponseBase:
    """A file that came with an entry of a conversation that one may read."""
    rows = EntryFile.objects.filter(entry__conversation=_load(request, public_id)).select_related("file")
    return file_response(get_object_or_404(rows, public_id=file_id).file, request)
