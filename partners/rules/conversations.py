"""Who reads and writes in which conversation, over loaded rows."""

from partners.models import Conversation, PartnerUser


def may_read(user: PartnerUser, conversation: Conversation) -> bool:
    """A person reads what they are in; a lead all of the company's."""
    if conversation.partner_id != user.partner_id:
        return False
    return user.is_lead or conversation.person_id == user.membership_id
