"""What conversations hand to the platform: where they stand in the shell, what takes in replies by mail."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.services import conversation_replies
from prm.accounts.models import Membership
from prm.addresses import address
from prm.inbound.kinds import ReplyReceiver
from prm.web.places import ColleagueAction, FrameLink, NavItem, SearchPlace


def _write_to_us(member: Membership) -> str:
    """For partners' people. Who that is says the page, since a name would cost every page a query."""
    return gettext("Write to us") if member.kind == Membership.Kind.PARTNER else ""


def _page(subject_id: str) -> str:
    return address("conversation_detail", subject_id)


RECEIVER = ReplyReceiver(
    conversation_replies.RECEIVER,
    accept=conversation_replies.take_in_reply,
    labels=conversation_replies.reply_labels,
    url=_page,
)
HAND_OVER = ColleagueAction("partners.hand_over", _("Hand over"), "arrow-right-left", "colleague_hand_over")
WRITE = FrameLink("partners.write", "message-circle", "my_conversation_create", _write_to_us)
QUEUE = NavItem(
    "conversations",
    _("Conversations"),
    "message-circle",
    "conversation_list",
    "studio",
    permission="partners.view",
    order=20,
    covers=("inbound_list", "absence_edit"),
)
PLACES = (
    SearchPlace(
        "conversation_create",
        _("Write to a partner"),
        "pencil-line",
        "conversation_create",
        "studio",
        "conversations.answer",
        16,
        _("message mail conversation"),
    ),
    SearchPlace(
        "absence_edit",
        _("When I am away"),
        "plane",
        "absence_edit",
        "studio",
        "studio.enter",
        60,
        _("absence vacation holiday deputy"),
    ),
    SearchPlace(
        "my_conversations",
        _("Conversations"),
        "message-circle",
        "my_conversation_list",
        "portal",
        order=15,
        synonyms=_("question ask request feedback appeal write"),
    ),
)
