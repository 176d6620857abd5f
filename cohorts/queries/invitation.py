"""The invitation page of a cohort: what anybody with its link may read, and what it is to this reader."""

from dataclasses import dataclass
from datetime import datetime

from cohorts import rules
from cohorts.models import Application, Cohort, Nomination, Seat, Session
from cohorts.queries.mine import nominations_of
from cohorts.queries.people import facilitating_members, seat_of
from prm.accounts.models import Membership
from prm.problems import Problem, blockers


@dataclass(frozen=True)
class Invitation:
    """`problems` say why this reader cannot apply; what they have to do with the cohort already comes first."""

    sessions: list[Session]
    facilitators: list[str]
    problems: list[Problem]
    nomination: Nomination | None
    application: Application | None
    seat: Seat | None

    @property
    def may_apply(self) -> bool:
        return not blockers(self.problems)

    @property
    def has_applied(self) -> bool:
        return self.application is not None and self.application.state != Application.State.WITHDRAWN


def invitation_page(cohort: Cohort, member: Membership | None, now: datetime) -> Invitation:
    """Five queries for a partner's person, two for an anonymous reader."""
    is_partner = member is not None and member.is_partner
    application = _application(cohort, member) if is_partner else None
    return Invitation(
        sessions=list(Session.objects.still_on().filter(cohort=cohort).soonest_first()),
        facilitators=[str(colleague.person) for colleague in facilitating_members(cohort)],
        problems=rules.application_problems(cohort=cohort, membership=member, application=application, now=now),
        nomination=_nomination(cohort, member) if member is not None and is_partner else None,
        application=application,
        seat=seat_of(member, cohort) if is_partner else None,
    )


def _application(cohort: Cohort, member: Membership | None) -> Application | None:
    return Application.objects.filter(cohort=cohort, membership=member).first()


def _nomination(cohort: Cohort, member: Membership) -> Nomination | None:
    return nominations_of(member).filter(cohort=cohort).select_related("nominated_by__person").first()


def former_application(cohort: Cohort, member: Membership) -> Application | None:
    """What the member wrote last for another cohort, to begin the next application with."""
    rows = Application.objects.of_member(member).exclude(cohort=cohort).exclude(why="", project="")
    return rows.order_by("-saved_at", "-pk").first()


def nomination_by_token(hashed: str) -> Nomination | None:
    rows = Nomination.objects.filter(token_digest=hashed)
    return rows.select_related("cohort__program", "nominated_by__person", "partner", "membership__person").first()


def colleague_domains(nomination: Nomination) -> frozenset[str]:
    """The domains at which a nominee's colleagues have their addresses."""
    domains = {nomination.email.rpartition("@")[2]}
    if nomination.partner is not None and nomination.partner.domain:
        domains.add(nomination.partner.domain)
    return frozenset(domains)
