"""What mails of partners say, worded when they are sent."""

from partners.emails.groups import (
    greeted,
    greeting,
    group_held,
    group_leaving,
    group_told,
    is_still_held,
    is_still_leaving,
    is_still_member,
)
from partners.emails.journeys import are_our_steps_due, are_steps_due, our_steps_due, steps_due
from partners.emails.telling import (
    DATA_ASKED,
    asking,
    data_asked,
    data_reminder,
    is_data_still_asked,
    proposal_decided,
)

__all__ = [
    "DATA_ASKED",
    "are_our_steps_due",
    "are_steps_due",
    "asking",
    "data_asked",
    "data_reminder",
    "greeted",
    "greeting",
    "group_held",
    "group_leaving",
    "group_told",
    "is_data_still_asked",
    "is_still_held",
    "is_still_leaving",
    "is_still_member",
    "our_steps_due",
    "proposal_decided",
    "steps_due",
]
