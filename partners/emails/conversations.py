"""Mails of conversations: they carry the name of whoever wrote, and a reply comes back into the conversation."""

from datetime import datetime

from django.utils.translation import gettext as _

from partners.emails.groups import greeting
from partners.models import Conversation, Entry, PartnerUser
from partners.queries.answering import answerer_of
from partners.queries.threads import moment
from partners.rules.conversations import may_read
from prm.accounts.permissions import may
from prm.addresses import address
from prm.inbound.addresses import reply_address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization

# As the receiver of replies is registered.
_RECEIVER = "c"
_LONGEST = 5000


def conversation_answered(message: Message) -> Mail:
    """To a partner's person: what a colleague wrote. A reply reaches the conversation and whoever answers."""
    entry = _entry(message)
    conversation, author = entry.conversation, _author(entry)
    inbound = _reply_to(message, conversation)
    answerer = answerer_of(conversation, entry.at)
    own = answerer.member.person.email if answerer else ""
    return Mail(
        template="partners/emails/conversation_answered",
        context={
            "subject": _subject(entry),
            "body": _shortened(entry.body),
            "author": author,
            "organization": current_organization().name,
            "files": _files(entry),
            "by_mail": "1" if inbound else "",
        },
        button=(_("Open the conversation"), address("my_conversation_detail", conversation.public_id, absolute=True)),
        from_name=author,
        reply_to=inbound or own,
    )


def is_answer_wanted(message: Message, now: datetime) -> bool:
    """Whether the recipient may still read the conversation."""
    entry = Entry.objects.filter(pk=message.subject_id).select_related("conversation").first()
    users = PartnerUser.objects.active().filter(membership=message.recipient_id or 0)
    user = users.select_related("partner").first()
    return entry is not None and user is not None and may_read(user, entry.conversation)


def conversation_written(message: Message) -> Mail:
    """To who answers: what a partner wrote, by when an answer is promised, and for whom they stand in."""
    entry = _entry(message)
    conversation, author = entry.conversation, _author(entry)
    answerer = answerer_of(conversation, entry.at)
    person = conversation.person.person.email
    return Mail(
        template="partners/emails/conversation_written",
        context={
            "greeting": greeting(message),
            "partner": conversation.partner.name,
            "subject": conversation.subject,
            "kind": str(conversation.get_kind_display()),
            "author": author,
            "body": _shortened(entry.body),
            "until": moment(conversation.due_at) if conversation.due_at else "",
            "instead_of": str(answerer.instead_of.person) if answerer and answerer.instead_of else "",
            "files": _files(entry),
            "by_mail": "1" if _reply_to(message, conversation) else "",
        },
        button=(_("Answer"), address("conversation_detail", conversation.public_id, absolute=True)),
        from_name=author,
        reply_to=_reply_to(message, conversation) or person,
    )


def is_writing_wanted(message: Message, now: datetime) -> bool:
    """Whether it still waits for an answer, and the recipient may give one."""
    waiting = Entry.objects.filter(pk=message.subject_id, conversation__state=Conversation.State.OPEN)
    member = message.recipient
    return member is not None and may(member, "conversations.answer") and waiting.exists()


def _entry(message: Message) -> Entry:
    rows = Entry.objects.select_related(
        "author__person",
        "conversation__partner__account_manager__person",
        "conversation__person__person",
        "conversation__responsible__person",
    )
    found: Entry = rows.get(pk=message.subject_id)
    return found


def _author(entry: Entry) -> str:
    return str(entry.author.person) if entry.author else entry.sender


def _reply_to(message: Message, conversation: Conversation) -> str:
    """The address of this recipient's replies; "" where no mail comes in."""
    member = message.recipient
    return reply_address(_RECEIVER, conversation.public_id, member.public_id) if member else ""


def _subject(entry: Entry) -> str:
    """The first mail says the subject, later ones that they are about it."""
    is_first = not Entry.objects.filter(conversation=entry.conversation_id, pk__lt=entry.pk).exists()
    subject: str = entry.conversation.subject
    return subject if is_first else _("Re: %s") % subject


def _shortened(body: str) -> str:
    return body if len(body) <= _LONGEST else body[:_LONGEST].rstrip() + " …"


def _files(entry: Entry) -> str:
    return ", ".join(str(row.file.name) for row in entry.files.select_related("file").order_by("pk"))
