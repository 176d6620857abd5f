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
from partners.emails.recruitment import (
    application_accepted,
    application_asked,
    application_declined,
    application_link,
    application_received,
    asked_mail,
    declined_mail,
    is_accepted,
    is_declined,
    is_link_wanted,
    is_running,
    is_still_asked,
)

__all__ = [
    "application_accepted",
    "application_asked",
    "application_declined",
    "application_link",
    "application_received",
    "are_our_steps_due",
    "are_steps_due",
    "asked_mail",
    "declined_mail",
    "greeting",
    "group_held",
    "group_leaving",
    "group_told",
    "is_accepted",
    "is_declined",
    "is_link_wanted",
    "is_running",
    "is_still_asked",
    "is_still_held",
    "is_still_leaving",
    "is_still_member",
    "our_steps_due",
    "steps_due",
]
