"""Internal notes of conversations, for colleagues' pages alone."""

from dataclasses import dataclass

from partners.models import Conversation, ConversationNote
from partners.queries.threads import moment


@dataclass(frozen=True, slots=True)
class NoteRow:
    author: str
    body: str
    told: str


def notes_of(conversation: Conversation) -> list[NoteRow]:
    """The oldest first."""
    rows = ConversationNote.objects.filter(conversation=conversation).select_related("author__person")
    return [
        NoteRow(str(row.author.person) if row.author else "", row.body, moment(row.at))
        for row in rows.order_by("at", "pk")
    ]
