"""Whom partners' leads and graduates may propose themselves, and how many."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.problems import Problem


def proposing_problems(*, is_lead: bool, has_graduated: bool, used: int, quota: int) -> list[Problem]:
    """Why somebody of a partner cannot nominate for a cohort (any more)."""
    if not (is_lead or has_graduated):
        text = _("Leads of your company and people who have graduated can nominate.")
        return [Problem("not_a_nominator", text)]
    if quota == 0:
        return [Problem("no_quota", _("For this one we nominate ourselves. Write to us whom you think of."))]
    if used >= quota:
        text = ngettext(
            "Your company has nominated %d person, as many as it may.",
            "Your company has nominated %d people, as many as it may.",
            used,
        )
        return [Problem("quota", text % used)]
    return []


def colleague_problems(*, email: str, domains: frozenset[str], is_colleague: bool | None) -> list[Problem]:
    """Why this address is no colleague's. `is_colleague` is None where nobody here has it.

    An address elsewhere gets one answer, whether somebody has it or not.
    """
    at_home = email.rpartition("@")[2] in domains
    if is_colleague or (is_colleague is None and at_home):
        return []
    text = _("Nominate a colleague with an address at %(domains)s. For anybody else, write to us.")
    return [Problem("other_company", text % {"domains": ", ".join(sorted(domains))}, field="email")]
