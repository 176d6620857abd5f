"""The kinds of messages that partners send, as the outbox knows them."""

from django.utils.translation import gettext_lazy as _

from partners import emails
from partners.emails import conversations, handovers, tiers
from partners.queries.week import CATEGORY
from partners.services import applying, deciding
from partners.services.announcing import ANNOUNCEMENT_MAIL
from partners.services.announcing import REMINDER_MAIL as ANNOUNCEMENT_REMINDER
from partners.services.asking import REMINDER_MAIL
from partners.services.conversations import ANSWERED_MAIL, HANDED_MAIL, WRITTEN_MAIL
from partners.services.group_health import TOLD_MAIL
from partners.services.group_moves import HELD_MAIL, LEAVING_MAIL
from partners.services.handing_over import CONTACT_MAIL
from partners.services.handing_over import HANDED_MAIL as HANDOVER_MAIL
from partners.services.letters import LETTER_MAIL
from partners.services.milestones import CONGRATULATED_MAIL
from partners.services.screening import ASKED_MAIL
from partners.services.telling import DECIDED_MAIL
from partners.services.week import WEEK_MAIL
from prm.outbox.kinds import AT_LEAST_ONCE, AT_MOST_ONCE, MessageKind

KINDS = (
    MessageKind(
        HANDOVER_MAIL,
        _("A colleague hands over"),
        "requests",
        AT_LEAST_ONCE,
        word=handovers.handed_over,
        mandatory=True,
    ),
    MessageKind(
        CONTACT_MAIL,
        _("A new contact"),
        "requests",
        AT_LEAST_ONCE,
        word=handovers.new_contact,
        still_wanted=handovers.is_contact_still,
    ),
    MessageKind(
        ANNOUNCEMENT_MAIL,
        _("Announcement"),
        "announcements",
        AT_MOST_ONCE,
        word=emails.announcement,
        still_wanted=emails.is_announcement_wanted,
    ),
    MessageKind(
        ANNOUNCEMENT_REMINDER,
        _("Reminder to confirm an announcement"),
        "announcements",
        AT_MOST_ONCE,
        word=emails.announcement_reminder,
        still_wanted=emails.is_confirmation_missing,
    ),
    MessageKind(
        WEEK_MAIL,
        _("The to-do list of the week"),
        CATEGORY,
        AT_MOST_ONCE,
        word=emails.week,
        still_wanted=emails.is_week_full,
    ),
    MessageKind(
        LETTER_MAIL,
        _("The letter of the month"),
        "announcements",
        AT_MOST_ONCE,
        word=emails.monthly_letter,
        still_wanted=emails.is_letter_full,
    ),
    MessageKind(
        CONGRATULATED_MAIL,
        _("Congratulation"),
        "announcements",
        AT_MOST_ONCE,
        word=emails.congratulated,
        still_wanted=emails.is_milestone_standing,
    ),
    MessageKind(
        HELD_MAIL,
        _("Moves of a group wait"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.group_held,
        still_wanted=emails.is_still_held,
    ),
    MessageKind(
        TOLD_MAIL,
        _("A group is told"),
        "groups",
        AT_MOST_ONCE,
        word=emails.group_told,
        still_wanted=emails.is_still_member,
    ),
    MessageKind(
        LEAVING_MAIL,
        _("A group is left"),
        "groups",
        AT_LEAST_ONCE,
        word=emails.group_leaving,
        still_wanted=emails.is_still_leaving,
    ),
    MessageKind(
        emails.DATA_ASKED,
        _("Data asked for"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.data_asked,
        still_wanted=emails.is_data_still_asked,
    ),
    MessageKind(
        REMINDER_MAIL,
        _("Reminder of data asked for"),
        "requests",
        AT_MOST_ONCE,
        word=emails.data_reminder,
        still_wanted=emails.is_data_still_asked,
    ),
    MessageKind(
        emails.CONFIRMATION_ASKED,
        _("Yearly question whether data still holds"),
        "requests",
        AT_MOST_ONCE,
        word=emails.confirmation_asked,
        still_wanted=emails.is_confirmation_due,
    ),
    MessageKind(DECIDED_MAIL, _("Decision about data told"), "requests", AT_LEAST_ONCE, word=emails.proposal_decided),
)

CONVERSATION_KINDS = (
    MessageKind(
        ANSWERED_MAIL,
        _("A colleague wrote to a partner"),
        "requests",
        AT_LEAST_ONCE,
        word=conversations.conversation_answered,
        still_wanted=conversations.is_answer_wanted,
    ),
    MessageKind(
        WRITTEN_MAIL,
        _("A partner wrote"),
        "requests",
        AT_LEAST_ONCE,
        word=conversations.conversation_written,
        still_wanted=conversations.is_writing_wanted,
    ),
    MessageKind(
        HANDED_MAIL,
        _("A conversation was handed over"),
        "requests",
        AT_LEAST_ONCE,
        word=conversations.conversation_written,
        still_wanted=conversations.is_writing_wanted,
        template="partners/emails/conversation_written",
        is_fixed=True,
    ),
)

TIER_KINDS = (
    MessageKind(
        "partners.tier_raised",
        _("Tier reached"),
        "groups",
        AT_LEAST_ONCE,
        word=tiers.tier_raised,
        still_wanted=tiers.is_present_standing,
    ),
    MessageKind(
        "partners.tier_declined", _("Tier not given this time"), "groups", AT_LEAST_ONCE, word=tiers.tier_declined
    ),
    MessageKind(
        "partners.tier_list",
        _("Partners that will hear about their tier"),
        "todo",
        AT_LEAST_ONCE,
        word=tiers.tier_list,
        still_wanted=tiers.is_list_open,
    ),
    MessageKind(
        "partners.tier_notice",
        _("Tier at risk"),
        "groups",
        AT_LEAST_ONCE,
        word=tiers.tier_notice,
        still_wanted=tiers.is_notice_open,
        mandatory=True,
    ),
    MessageKind(
        "partners.tier_notice_sent",
        _("Partner was told that its tier is at risk"),
        "groups",
        AT_MOST_ONCE,
        word=tiers.tier_notice_sent,
        still_wanted=tiers.is_notice_open,
    ),
    MessageKind("partners.tier_kept", _("Tier stays"), "groups", AT_LEAST_ONCE, word=tiers.tier_kept, mandatory=True),
    MessageKind(
        "partners.tier_lowered",
        _("Tier lowered"),
        "groups",
        AT_LEAST_ONCE,
        word=tiers.tier_lowered,
        still_wanted=tiers.is_present_standing,
        mandatory=True,
    ),
    MessageKind(
        "partners.tier_appeal_sent",
        _("Appeal waits for an answer"),
        "todo",
        AT_LEAST_ONCE,
        word=tiers.tier_appeal_sent,
        still_wanted=tiers.is_appeal_open,
    ),
    MessageKind(
        "partners.tier_appeal_answered",
        _("Appeal answered"),
        "groups",
        AT_LEAST_ONCE,
        word=tiers.tier_appeal_answered,
        mandatory=True,
    ),
)

RECRUITMENT_KINDS = (
    MessageKind(
        applying.LINK_MAIL,
        _("Link to an application"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.application_link,
        still_wanted=emails.is_link_wanted,
        mandatory=True,
    ),
    MessageKind(
        applying.RECEIVED_MAIL,
        _("An application is received"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.application_received,
        still_wanted=emails.is_running,
        mandatory=True,
    ),
    MessageKind(
        ASKED_MAIL,
        _("An applicant is asked for more"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.application_asked,
        still_wanted=emails.is_still_asked,
        mandatory=True,
    ),
    MessageKind(
        deciding.ACCEPTED_MAIL,
        _("An application is accepted"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.application_accepted,
        still_wanted=emails.is_accepted,
        mandatory=True,
    ),
    MessageKind(
        deciding.DECLINED_MAIL,
        _("An application is declined"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.application_declined,
        still_wanted=emails.is_declined,
        mandatory=True,
    ),
)
