"""What is refused about groups and who is in them."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from partners.models import Group, GroupMember, GroupReview
from prm.problems import Problem


def period_problems(ends_at: datetime | None, now: datetime) -> list[Problem]:
    if ends_at is None or ends_at > now:
        return []
    return [Problem("ends_in_past", _("This day is over. Choose one that is still to come."), "until")]


def group_problems(group: Group) -> list[Problem]:
    """Why nobody can be put into this group."""
    if group.archived_at is None:
        return []
    return [Problem("group_archived", _("This group is archived. Bring it back first."), "group")]


def planned_end_problems(member: GroupMember) -> list[Problem]:
    """Why nobody can plan when this membership ends."""
    if member.source != GroupMember.Source.RULE:
        return []
    return [Problem("by_rule", _("It is in by the group’s rule. Keep it out of the group instead."), "until")]


def review_problems(decision: str, next_on: date | None, now: datetime) -> list[Problem]:
    """Why a review cannot be recorded so: whatever goes on is looked at again one day."""
    if decision == GroupReview.Decision.CLOSE:
        return []
    if next_on is None:
        return [Problem("no_next_review", _("Say when to look at it again."), "next_on")]
    if next_on <= now.date():
        return [Problem("review_in_past", _("The next review lies ahead. Choose a later day."), "next_on")]
    return []
