"""Nominations by partners' own people within their quota, and many at once by staff, each answered by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import Cohort, Nomination
from cohorts.queries.proposals import company_domains, nominator_standing, partners_by_domain
from cohorts.services.nominations import nominate
from partners.models import PartnerUser
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, normalize_email
from prm.problems import Refused, refuse_if

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one address."""

    email: str
    name: str
    problem: str = ""

    @property
    def is_nominated(self) -> bool:
        return not self.problem


@transaction.atomic
def nominate_colleague(
    *, actor: Actor, user: PartnerUser, cohort: Cohort, email: str, name: str = "", note: str = "", now: datetime
) -> Nomination:
    """A lead or a graduate nominates somebody of their own company, while its quota lasts.

    Raises `Refused`: not_a_nominator, no_quota, quota, other_company, and what `nominate` says.
    """
    # Whoever takes the last place of a quota holds the cohort, so that it cannot be taken twice.
    Cohort.objects.locked().get(pk=cohort.pk)
    email = normalize_email(email)
    standing = nominator_standing(user, cohort)
    refuse_if(standing.problems)
    known = PartnerUser.objects.filter(membership__person__email=email).values_list("partner_id", flat=True).first()
    is_colleague = None if known is None else known == user.partner_id
    refuse_if(rules.colleague_problems(email=email, domains=company_domains(user), is_colleague=is_colleague))
    return nominate(
        actor=actor,
        nominator=user.membership,
        cohort=cohort,
        email=email,
        name=name,
        partner=user.partner,
        note=note,
        now=now,
    )


def nominate_many(
    *, actor: Actor, nominator: Membership, cohort: Cohort, emails: Iterable[str], note: str = "", now: datetime
) -> list[Outcome]:
    """Nominate each of these addresses; one that is refused leaves the others alone, and says why.

    A newcomer belongs to the partner whose domain the address has.
    """
    wanted = list(dict.fromkeys(normalize_email(email) for email in emails))[:MOST_AT_ONCE]
    partners = partners_by_domain({email.rpartition("@")[2] for email in wanted})
    outcomes = []
    for email in wanted:
        try:
            validate_email(email)
            nomination = nominate(
                actor=actor,
                nominator=nominator,
                cohort=cohort,
                email=email,
                partner=partners.get(email.rpartition("@")[2]),
                note=note,
                now=now,
            )
        except Refused as refusal:
            outcomes.append(Outcome(email, "", str(refusal)))
        except ValidationError:
            outcomes.append(Outcome(email, "", _("This is no e-mail address.")))
        else:
            outcomes.append(Outcome(email, str(nomination)))
    return outcomes
