"""One conversation as both sides read it: what was written, who answers next and by when. Nothing internal is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import Conversation, Entry, EntryFile
from partners.queries.answering import Answerer, answerer_of
from prm.addresses import address
from prm.tenancy.scope import current_organization


@dataclass(frozen=True, slots=True)
class FileRow:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """What one of them wrote, in ready strings; `told` says how and when. `is_mine` is the reader's own side."""

    pk: int
    author: str
    body: str
    told: str
    is_mine: bool
    files: Sequence[FileRow]
    left_out: Sequence[str]


@dataclass(frozen=True, slots=True)
class Clock:
    """Who writes next, since when, and by when that is promised; `tone` is the badge's."""

    title: str
    text: str
    tone: str
    is_overdue: bool = False


def entries_of(conversation: Conversation, *, is_ours: bool) -> list[EntryRow]:
    """Everything written, the oldest first, as one side reads it."""
    rows = Entry.objects.filter(conversation=conversation).in_order().select_related("author__person")
    files: dict[int, list[EntryFile]] = {}
    for found in EntryFile.objects.filter(entry__conversation=conversation).select_related("file").order_by("pk"):
        files.setdefault(found.entry_id, []).append(found)
    url_name = "conversation_file" if is_ours else "my_conversation_file"
    return [_row(entry, files.get(entry.pk, []), url_name, conversation, is_ours) for entry in rows]


def _row(entry: Entry, files: list[EntryFile], url_name: str, about: Conversation, is_ours: bool) -> EntryRow:
    return EntryRow(
        pk=entry.pk,
        author=str(entry.author.person) if entry.author else entry.sender,
        body=entry.body,
        told=f"{moment(entry.at)}, {entry.get_channel_display()}",
        is_mine=entry.is_ours is is_ours,
        files=[FileRow(one.file.name, address(url_name, about.public_id, one.public_id)) for one in files],
        left_out=entry.left_out.split("\n") if entry.left_out else [],
    )


def moment(at: datetime) -> str:
    """ "Wednesday, 2 Dec, 14:30" in the reader's zone."""
    return date_format(timezone.localtime(at), "l, j M, H:i")


def clock_for_partner(conversation: Conversation, now: datetime) -> Clock:
    """What a partner reads of who writes next."""
    answerer = answerer_of(conversation, now)
    name = str(answerer) if answerer else current_organization().name
    if conversation.state == Conversation.State.CLOSED:
        return Clock(_("Closed"), _("Whoever writes opens it again."), "neutral")
    if conversation.state == Conversation.State.ANSWERED:
        return Clock(_("It is your turn"), _since(conversation, _("since %s")), "info")
    assert conversation.due_at
    told = [_since(conversation, _("Waiting since %s.")), _stand_in(answerer)]
    text = " ".join(words for words in told if words)
    if conversation.due_at < now:
        return Clock(_("%(name)s has not answered in time") % {"name": name}, text, "danger", is_overdue=True)
    title = _("%(name)s answers by %(when)s") % {"name": name, "when": moment(conversation.due_at)}
    return Clock(title, text, "warning")


def clock_for_staff(conversation: Conversation, now: datetime) -> Clock:
    """What colleagues read of it."""
    answerer = answerer_of(conversation, now)
    name = str(answerer) if answerer else _("Nobody")
    if conversation.state == Conversation.State.CLOSED:
        return Clock(_("Closed"), _("Whoever writes opens it again."), "neutral")
    if conversation.state == Conversation.State.ANSWERED:
        person = str(conversation.person.person)
        return Clock(_("%s writes next") % person, _since(conversation, _("since %s")), "info")
    assert conversation.due_at
    text = " ".join(words for words in [_since(conversation, _("Waiting since %s.")), _stand_in(answerer)] if words)
    when = moment(conversation.due_at)
    if conversation.due_at < now:
        title = _("%(name)s should have answered by %(when)s") % {"name": name, "when": when}
        return Clock(title, text, "danger", is_overdue=True)
    return Clock(_("%(name)s answers by %(when)s") % {"name": name, "when": when}, text, "warning")


def _since(conversation: Conversation, words: str) -> str:
    return words % moment(conversation.waiting_since) if conversation.waiting_since else ""


def _stand_in(answerer: Answerer | None) -> str:
    """ "Alice stands in for Bob, who is back on 7 December."."""
    if answerer is None or answerer.instead_of is None:
        return ""
    told: dict[str, Any] = {
        "deputy": answerer.member.person.first_name or str(answerer),
        "name": answerer.instead_of.person.first_name or str(answerer.instead_of.person),
        "day": date_format(answerer.back_on, "j F") if answerer.back_on else "",
    }
    return _("%(deputy)s stands in for %(name)s, who is back on %(day)s.") % told
