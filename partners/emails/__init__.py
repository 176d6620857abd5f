"""What mails of partners say, worded when they are sent."""

from partners.emails.groups import (
    greeting,
    group_held,
    group_leaving,
    group_told,
    is_still_held,
    is_still_leaving,
    is_still_member,
)
from partners.emails.journeys import are_our_steps_due, are_steps_due, our_steps_due, steps_due

__all__ = [
    "are_our_steps_due",
    "are_steps_due",
    "greeting",
    "group_held",
    "group_leaving",
    "group_told",
    "is_still_held",
    "is_still_leaving",
    "is_still_member",
    "our_steps_due",
    "steps_due",
]
