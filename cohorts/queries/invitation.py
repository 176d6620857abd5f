"""The invitation page of a cohort: what anybody with its link may read, and what it is to this reader."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from cohorts import rules
from cohorts.models import Application, Cohort, Decision, Nomination, Seat, Session
from cohorts.queries.entrance import Entrance, entrance_of
from cohorts.queries.mine import nominations_at, nominations_of, remember_any
from cohorts.queries.people import seat_of
from cohorts.queries.prerequisites import standings
from partners.models import Partner
from prm.accounts.models import Membership
from prm.problems import Problem, blockers
from prm.tenancy.prepared import prepared


@dataclass(frozen=True)
class Invitation:
    """`problems` say why this reader cannot apply; what they have to do with the cohort already comes first."""

    sessions: list[Session]
    facilitators: list[str]
    entrance: Entrance
    told: rules.Told
    needed: list[str]
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
    """Five queries for a partner's person at most, two for an anonymous reader."""
    is_partner = member is not None and member.is_partner
    application = own_application(cohort, member) if member is not None and is_partner else None
    entrance = entrance_of(cohort)
    asked = entrance.asked
    # A nomination is open until somebody has applied; a seat may come without an application, by invitation.
    has_applied = application is not None and application.state in Application.HANDED_IN
    nomination = (
        _nominations.first(cohort.pk, member.pk, member.person.email)
        if member is not None and is_partner and not has_applied
        else None
    )
    problems = rules.application_problems(
        cohort=cohort,
        membership=member,
        application=application,
        now=now,
        is_late=nomination is not None and nomination.is_late,
    )
    if asked and member is not None and is_partner and not blockers(problems):
        problems += rules.prerequisite_problems(asked, standings([member.pk]).get(member.pk, rules.Standing()))
    return Invitation(
        sessions=_sessions(cohort.pk),
        facilitators=entrance.facilitators,
        entrance=entrance,
        told=rules.expectations_at(cohort.program, rules.Moment.APPLYING),
        needed=rules.prerequisite_words(asked),
        problems=problems,
        nomination=nomination,
        application=application,
        seat=seat_of(member, cohort) if member is not None else None,
    )


@prepared
def _sessions(cohort_id: int) -> QuerySet[Session]:
    rows: QuerySet[Session] = Session.objects.still_on().filter(cohort=cohort_id).soonest_first()
    return rows


def own_application(cohort: Cohort, member: Membership) -> Application | None:
    found = _applications.first(cohort.pk, member.pk)
    if found is not None:
        remember_any(member)
    return found


@prepared
def _applications(cohort_id: int, membership_id: int) -> QuerySet[Application]:
    rows: QuerySet[Application] = Application.objects.filter(cohort=cohort_id, membership=membership_id)
    return rows


@prepared
def _nominations(cohort_id: int, membership_id: int, email: str) -> QuerySet[Nomination]:
    rows: QuerySet[Nomination] = nominations_at(membership_id, email).filter(cohort=cohort_id)
    return rows.select_related("nominated_by__person").order_by("pk")[:1]


def standing_decision(application: Application) -> Decision | None:
    """What was told and holds."""
    return _decisions.first(application.pk)


@prepared
def _decisions(application_id: int) -> QuerySet[Decision]:
    rows: QuerySet[Decision] = Decision.objects.standing().filter(application=application_id)
    return rows.order_by("pk")[:1]


def open_nomination(cohort: Cohort, member: Membership) -> Nomination | None:
    return _open.first(cohort.pk, member.pk)


@prepared
def _open(cohort_id: int, membership_id: int) -> QuerySet[Nomination]:
    rows: QuerySet[Nomination] = Nomination.objects.open().filter(cohort=cohort_id, membership=membership_id)
    return rows.order_by("pk")[:1]


def cohort_at(public_id: str) -> Cohort | None:
    """The cohort at this address, whatever its state, with its program."""
    return _cohorts.first(public_id)


@prepared
def _cohorts(public_id: str) -> QuerySet[Cohort]:
    rows: QuerySet[Cohort] = Cohort.objects.select_related("program").filter(public_id=public_id)
    return rows


def is_named_late(cohort: Cohort, member: Membership) -> bool:
    """Whether somebody who was declined has named the member, who may then apply while the cohort selects."""
    return nominations_of(member).filter(cohort=cohort, is_late=True).exists()


def nomination_by_token(hashed: str) -> Nomination | None:
    rows = Nomination.objects.filter(token_digest=hashed)
    return rows.select_related("cohort__program", "nominated_by__person", "partner", "membership__person").first()


def colleague_domains(nomination: Nomination) -> frozenset[str]:
    """The domains at which a nominee's colleagues have their addresses."""
    return domains_of(nomination.email, nomination.partner)


def domains_of(email: str, partner: Partner | None) -> frozenset[str]:
    """The domains at which people of the same company have their addresses."""
    domains = {email.rpartition("@")[2]}
    if partner is not None and partner.domain:
        domains.add(partner.domain)
    return frozenset(domains)
