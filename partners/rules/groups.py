"""What is refused about groups and who is in them."""

from datetime import datetime

from django.utils.translation import gettext as _

from partners.models import Group, GroupMember
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
