"""Somebody who was declined names a colleague whom it suits better: that becomes a nomination."""

from datetime import datetime

from cohorts import rules
from cohorts.models import Application, Decision, Nomination
from cohorts.services.nominations import nominate
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, normalize_email
from prm.problems import refuse_if


def name_colleague(
    *,
    actor: Actor,
    member: Membership,
    application: Application,
    email: str,
    name: str = "",
    note: str = "",
    domains: frozenset[str],
    now: datetime,
) -> Nomination:
    """Nominate a colleague, who may apply as long as the cohort selects.

    Raises `Refused`: too_late, oneself, other_company, and what `nominate` says about the colleague.
    """
    email = normalize_email(email)
    refuse_if(
        rules.better_suited_problems(
            cohort=application.cohort,
            decision=Decision.objects.standing().filter(application=application).first(),
            own_email=member.person.email,
            email=email,
            domains=domains,
        )
    )
    return nominate(
        actor=actor,
        nominator=member,
        cohort=application.cohort,
        email=email,
        name=name,
        partner=application.partner,
        note=note,
        is_late=True,
        now=now,
    )
