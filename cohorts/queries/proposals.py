"""What partners' own people see when they nominate: whom they may still name, and whom they have named."""

from collections.abc import Collection
from dataclasses import dataclass

from cohorts import rules
from cohorts.models import Application, Cohort, Graduation, Nomination
from partners.models import Partner, PartnerUser
from prm.accounts.models import Membership
from prm.problems import Problem

# What counts against a partner's quota: a nomination that was passed on is counted where it went.
_COUNTED = (Nomination.State.OPEN, Nomination.State.APPLIED)


@dataclass(frozen=True)
class Standing:
    """How many of its nominations a partner has used for a cohort, and why somebody cannot nominate."""

    used: int
    quota: int
    problems: list[Problem]

    @property
    def left(self) -> int:
        return max(self.quota - self.used, 0)


@dataclass(frozen=True, slots=True)
class Colleague:
    public_id: str
    name: str


def nominator_standing(user: PartnerUser, cohort: Cohort) -> Standing:
    """Leads, and whoever graduated from a cohort, may nominate; nominations by staff do not count against them."""
    used = Nomination.objects.filter(
        cohort=cohort, partner=user.partner_id, state__in=_COUNTED, nominated_by__kind=Membership.Kind.PARTNER
    ).count()
    is_lead = user.role == PartnerUser.Role.LEAD
    graduated = is_lead or Graduation.objects.valid().filter(membership=user.membership_id).exists()
    quota = cohort.program.nominations_each
    problems = rules.proposing_problems(is_lead=is_lead, has_graduated=graduated, used=used, quota=quota)
    return Standing(used, quota, problems)


def colleagues_to_name(user: PartnerUser, cohort: Cohort, besides: Collection[int] = ()) -> list[Colleague]:
    """The people of one's own company who have neither applied nor been nominated, by name; not oneself."""
    applied = Application.objects.handed_in().filter(cohort=cohort).values("membership")
    nominated = Nomination.objects.open().filter(cohort=cohort, membership__isnull=False).values("membership")
    rows = PartnerUser.objects.active().filter(partner=user.partner_id).exclude(membership=user.membership_id)
    rows = rows.exclude(membership__in=applied).exclude(membership__in=nominated)
    found = rows.select_related("membership__person").order_by("membership__person__name", "pk")[:50]
    return [Colleague(row.membership.public_id, str(row.membership.person)) for row in found]


def colleague_email(user: PartnerUser, public_id: str) -> str:
    """The address of somebody of the same company, "" where there is no such colleague."""
    rows = PartnerUser.objects.active().filter(partner=user.partner_id, membership__public_id=public_id)
    return rows.values_list("membership__person__email", flat=True).first() or ""


def named_by(user: PartnerUser, cohort: Cohort) -> list[Nomination]:
    """Whom people of this company have nominated for the cohort."""
    rows = Nomination.objects.filter(cohort=cohort, partner=user.partner_id, nominated_by__kind=Membership.Kind.PARTNER)
    return list(rows.select_related("nominated_by__person").newest_first()[:20])


def company_domains(user: PartnerUser) -> frozenset[str]:
    own = user.membership.person.email.rpartition("@")[2]
    return frozenset(filter(None, (own, user.partner.domain)))


def partners_by_domain(domains: Collection[str]) -> dict[str, Partner]:
    rows = Partner.objects.listed().filter(domain__in=[domain for domain in domains if domain])
    return {partner.domain: partner for partner in rows}
