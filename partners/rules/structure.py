"""What is refused about links between companies."""

from datetime import date

from django.utils.translation import gettext as _

from partners.models import Partner, PartnerLink
from prm.problems import Problem


def link_problems(
    parent: Partner,
    child: Partner,
    kind: str,
    period: tuple[date, date | None],
    *,
    is_circle: bool,
    levels: int,
    most: int,
) -> list[Problem]:
    """Why the child cannot be linked to the parent. `levels` is how deep the tree would be, `most` how deep it may."""
    names = {"parent": parent.name, "child": child.name}
    problems = []
    starts_on, ends_on = period
    if parent.pk == child.pk:
        problems.append(Problem("same_partner", _("Choose another company."), "other"))
    if parent.is_archived or child.is_archived:
        problems.append(Problem("partner_archived", _("One of the two is archived. Restore it first."), "other"))
    if ends_on is not None and ends_on <= starts_on:
        problems.append(Problem("ends_before_start", _("The last day is before the first."), "until"))
    if is_circle:
        words = _("%(parent)s already stands below %(child)s: this would make a circle.")
        problems.append(Problem("circle", words % names, "other"))
    elif levels > most and kind in PartnerLink.LADDERS:
        words = _("The tree would have more than %d levels. Link it higher up.")
        problems.append(Problem("too_deep", words % most, "other"))
    return problems


def belonging_problems(child: Partner, kind: str, present: PartnerLink | None) -> list[Problem]:
    """A company belongs to one other at a time: a question, not a no, since it may have moved."""
    if present is None or kind not in PartnerLink.PARTS:
        return []
    words = _("%(child)s belongs to %(parent)s at that time.")
    return [Problem("belongs_to", words % {"child": child.name, "parent": present.parent.name}, "other", "approval")]


def end_problems(link: PartnerLink, ends_on: date) -> list[Problem]:
    if ends_on < link.starts_on:
        return [Problem("ends_before_start", _("The last day is before the first."), "until")]
    return []
