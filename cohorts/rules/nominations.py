from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import Application, Cohort, Nomination
from prm.accounts.models import Membership
from prm.problems import Problem


def takes_nominee(cohort: Cohort, now: datetime, *, is_late: bool) -> bool:
    """Whether somebody who is nominated can apply: to the deadline, or late as long as the cohort selects."""
    return cohort.takes_applications(now) or (is_late and cohort.state == Cohort.State.SELECTING)


def nomination_problems(
    *,
    cohort: Cohort,
    nominee: Membership | None,
    has_partner: bool,
    application: Application | None,
    is_nominated: bool,
    is_late: bool = False,
    now: datetime,
) -> list[Problem]:
    """Why this person cannot be nominated. `nominee` is None for an address without an account here.

    `has_partner` says whether the company of such an address was chosen; `is_late` that somebody who was declined names
    them.
    """
    problems = []
    if not takes_nominee(cohort, now, is_late=is_late):
        problems.append(Problem("not_open", _("People can be nominated while applications are open.")))
    if is_nominated:
        problems.append(Problem("nominated", _("This person is nominated already."), field="email"))
    if nominee is None:
        if not has_partner:
            text = _("Nobody here has this address: choose the partner this person works for.")
            problems.append(Problem("no_partner", text, field="partner"))
        return problems
    if not nominee.is_partner:
        problems.append(Problem("not_a_partner", _("Only active people of partners can be nominated."), field="email"))
    if application is not None and application.state in Application.HANDED_IN:
        problems.append(Problem("applied", _("This person has applied already."), field="email"))
    return problems


def pass_on_problems(*, nomination: Nomination, email: str, domains: frozenset[str]) -> list[Problem]:
    """Why a nominee cannot pass the nomination on to this address.

    Whoever joins this way becomes a person of the same company, so only addresses of its own `domains` are taken.
    """
    if nomination.state != Nomination.State.OPEN:
        return [Problem("answered", _("This nomination has been answered."))]
    if email == nomination.email:
        return [Problem("oneself", _("That is your own address."), field="email")]
    if email.rpartition("@")[2] not in domains:
        allowed = ", ".join(sorted(domains))
        text = _("Pass it on to a colleague with an address at %(domains)s. For anybody else, write to us.")
        return [Problem("other_company", text % {"domains": allowed}, field="email")]
    return []
