"""Replies by mail, entered where they belong (see prm.inbound)."""

from collections.abc import Mapping, Sequence

from partners.models import Conversation, Entry, PartnerUser
from partners.rules.conversations import may_read
from partners.services.conversations import Words, write
from prm.accounts.actors import Actor
from prm.accounts.permissions import may
from prm.inbound.kinds import Reply
from prm.inbound.models import InboundMail
from prm.problems import Refused

RECEIVER = "c"


def take_in_reply(reply: Reply) -> str:
    """Enter a mail in its conversation, under the member's name or, placed by a colleague, under its address alone.

    Returns why it cannot be entered, or "".
    """
    rows = Conversation.objects.select_related("partner__account_manager__person", "person__person")
    conversation = rows.filter(public_id=reply.subject_id).first()
    if conversation is None:
        return InboundMail.Reason.GONE
    if reply.placed_by is None and not _may_write(reply, conversation):
        return InboundMail.Reason.NOT_THEIRS
    mail = reply.mail
    words = Words(
        body=mail.text,
        channel=Entry.Channel.MAIL,
        key=mail.key,
        sender=reply.sender,
        attached=mail.attached,
        left_out=mail.left_out,
    )
    actor = Actor.of(reply.placed_by or reply.member)
    try:
        write(actor=actor, author=reply.member, conversation=conversation, words=words, now=reply.now)
    except Refused:
        return InboundMail.Reason.EMPTY
    return ""


def _may_write(reply: Reply, conversation: Conversation) -> bool:
    if reply.member.is_staff:
        return may(reply.member, "conversations.answer")
    user = PartnerUser.objects.filter(membership=reply.member).select_related("partner").first()
    return user is not None and not conversation.partner.is_archived and may_read(user, conversation)


def reply_labels(subject_ids: Sequence[str]) -> Mapping[str, str]:
    """What mails answer, for colleagues, of those conversations that are there."""
    rows = Conversation.objects.filter(public_id__in=subject_ids).values_list("public_id", "partner__name", "subject")
    return {public_id: f"{partner}: {subject}" for public_id, partner, subject in rows}
