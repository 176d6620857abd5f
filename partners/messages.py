"""The kinds of messages that partners send, as the outbox knows them."""

from django.utils.translation import gettext_lazy as _

from partners.emails import tiers as emails
from prm.outbox.kinds import AT_LEAST_ONCE, AT_MOST_ONCE, MessageKind

TIER_KINDS = (
    MessageKind(
        "partners.tier_raised",
        _("Tier reached"),
        "groups",
        AT_LEAST_ONCE,
        word=emails.tier_raised,
        still_wanted=emails.is_present_standing,
    ),
    MessageKind(
        "partners.tier_declined", _("Tier not given this time"), "groups", AT_LEAST_ONCE, word=emails.tier_declined
    ),
    MessageKind(
        "partners.tier_list",
        _("Partners that will hear about their tier"),
        "todo",
        AT_LEAST_ONCE,
        word=emails.tier_list,
        still_wanted=emails.is_list_open,
    ),
    MessageKind(
        "partners.tier_notice",
        _("Tier at risk"),
        "groups",
        AT_LEAST_ONCE,
        word=emails.tier_notice,
        still_wanted=emails.is_notice_open,
        mandatory=True,
    ),
    MessageKind(
        "partners.tier_notice_sent",
        _("Partner was told that its tier is at risk"),
        "groups",
        AT_MOST_ONCE,
        word=emails.tier_notice_sent,
        still_wanted=emails.is_notice_open,
    ),
    MessageKind("partners.tier_kept", _("Tier stays"), "groups", AT_LEAST_ONCE, word=emails.tier_kept, mandatory=True),
    MessageKind(
        "partners.tier_lowered",
        _("Tier lowered"),
        "groups",
        AT_LEAST_ONCE,
        word=emails.tier_lowered,
        still_wanted=emails.is_present_standing,
        mandatory=True,
    ),
    MessageKind(
        "partners.tier_appeal_sent",
        _("Appeal waits for an answer"),
        "todo",
        AT_LEAST_ONCE,
        word=emails.tier_appeal_sent,
        still_wanted=emails.is_appeal_open,
    ),
    MessageKind(
        "partners.tier_appeal_answered",
        _("Appeal answered"),
        "groups",
        AT_LEAST_ONCE,
        word=emails.tier_appeal_answered,
        mandatory=True,
    ),
)
