"""What mails of partners say, worded when they are sent."""

from partners.emails.groups import greeting, group_held, group_leaving, is_still_held, is_still_leaving

__all__ = ["greeting", "group_held", "group_leaving", "is_still_held", "is_still_leaving"]
