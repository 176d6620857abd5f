"""What is refused or asked about a partner's record."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from partners.models import Partner
from prm.accounts.models import Membership
from prm.problems import Problem


def duplicate_problems(alike: Iterable[Partner]) -> list[Problem]:
    """For each partner that may be the same company a question, not a no: only a person can tell."""
    return [
        Problem("looks_like", _("This looks like %(name)s.") % {"name": described(partner)}, "name", "approval")
        for partner in alike
    ]


def described(partner: Partner) -> str:
    """A partner's name with what tells it apart: domain, and whether it is archived."""
    told = [partner.domain] if partner.domain else []
    if partner.is_archived:
        told.append(_("archived"))
    return f"{partner.name} ({', '.join(told)})" if told else partner.name


def account_manager_problems(colleague: Membership | None) -> list[Problem]:
    if colleague is None or colleague.is_staff:
        return []
    return [Problem("no_colleague", _("An account manager is one of your active colleagues."), "account_manager")]


def invitation_problems(partner: Partner) -> list[Problem]:
    """Why nobody can be invited to this partner."""
    if not partner.is_archived:
        return []
    return [Problem("partner_archived", _("%s is archived. Restore it before you invite its people.") % partner.name)]


def merge_problems(survivor: Partner, merged: Partner, gone: Mapping[int, str]) -> list[Problem]:
    """Why one record cannot be merged into another. `gone` are those merged already, and into whom."""
    if survivor.pk == merged.pk:
        return [Problem("same_partner", _("Choose two different partners."))]
    problems = [
        Problem("merged", _("%(name)s is already merged into %(into)s.") % {"name": one.name, "into": gone[one.pk]})
        for one in (survivor, merged)
        if one.pk in gone
    ]
    if not problems and survivor.is_archived:
        words = _("%s is archived. Keep the other record, or restore this one first.")
        problems.append(Problem("survivor_archived", words % survivor.name))
    if survivor.is_test != merged.is_test:
        problems.append(Problem("test_and_real", _("One of the two is a test partner, which is never counted.")))
    return problems
