"""Internal notes of conversations."""

from datetime import datetime

from django.db import transaction

from partners.models import Conversation, ConversationNote
from prm.accounts.actors import Actor
from prm.audit.services import note as note_in_audit


@transaction.atomic
def add_note(*, actor: Actor, conversation: Conversation, body: str, now: datetime) -> ConversationNote:
    """Tell colleagues something. Nobody gets a mail, and the partner never sees it."""
    made: ConversationNote = ConversationNote.objects.create(
        conversation=conversation, author_id=actor.membership_id, body=body.strip(), at=now
    )
    note_in_audit(actor=actor, verb="partners.conversation_noted", obj=conversation, label=conversation.subject)
    return made
