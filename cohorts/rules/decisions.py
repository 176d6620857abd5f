from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import Application, Cohort, Decision
from prm.problems import Problem


def reversal_problems(
    *, cohort: Cohort, standing: Decision | None, kind: str, last_session_at: datetime | None, now: datetime
) -> list[Problem]:
    """Why what was told cannot be reversed into `kind`. Whether there is a seat is asked by the offer's own rules."""
    if standing is None:
        return [Problem("not_decided", _("Nothing was told that could be reversed."))]
    if standing.kind == kind:
        return [Problem("same", _("That is what holds already."), field="kind")]
    if cohort.state in Cohort.ENDED:
        return [Problem("over", _("This cohort is over."))]
    if kind != Decision.Kind.DECLINE and (last_session_at is None or last_session_at <= now):
        return [Problem("over", _("There is no session ahead."))]
    if kind == Decision.Kind.ACCEPT and cohort.seats_left <= 0:
        return [Problem("full", _("All seats are taken."))]
    return []


def hold_problems(application: Application) -> list[Problem]:
    """Why somebody cannot be told to keep the dates free."""
    if application.state != Application.State.SUBMITTED:
        return [Problem("not_submitted", _("Only who waits for a decision can be asked to hold."))]
    if application.held_at is not None:
        return [Problem("held", _("They have been told already."))]
    return []


def better_suited_problems(
    *, cohort: Cohort, decision: Decision | None, own_email: str, email: str, domains: frozenset[str]
) -> list[Problem]:
    """Why somebody who was declined cannot name this colleague instead: an address of the same company is wanted,
    since whoever joins this way becomes a person of it.
    """
    if decision is None or decision.kind != Decision.Kind.DECLINE or cohort.state != Cohort.State.SELECTING:
        return [Problem("too_late", _("Colleagues can be named while we select. Write to us instead."))]
    if email == own_email:
        return [Problem("oneself", _("That is your own address."), field="email")]
    if email.rpartition("@")[2] not in domains:
        text = _("Name a colleague with an address at %(domains)s. For anybody else, write to us.")
        return [Problem("other_company", text % {"domains": ", ".join(sorted(domains))}, field="email")]
    return []
