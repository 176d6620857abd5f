"""Reversing what was told: the former decision keeps its row, the seat follows, the person gets the right mail."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import Application, Cohort, Decision, Seat
from cohorts.queries.people import last_session_at, seat_of
from cohorts.queries.rivals import entry_problems
from cohorts.queries.teams import team_of
from cohorts.services import seats
from cohorts.services.team_decisions import follow_decision
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if


@transaction.atomic
def reverse_decision(
    *,
    actor: Actor,
    decider: Membership,
    application: Application,
    kind: str,
    reason: str = "",
    wording: str,
    now: datetime,
) -> Decision:
    """Put another decision in the place of the one that was told, and tell it at once.

    A no becomes an offer or a place in line; a yes or a place in line that is taken back ends the seat, which passes
    on. Raises `Refused`: no_words, and what `rules.reversal_problems` says, and rivals.
    """
    locked = Cohort.objects.locked().get(pk=application.cohort_id)
    standing = Decision.objects.standing().select_for_update(no_key=True).filter(application=application).first()
    problems = rules.reversal_problems(
        cohort=locked, standing=standing, kind=kind, last_session_at=last_session_at(locked), now=now
    )
    if kind == Decision.Kind.ACCEPT and application.partner is not None:
        problems += entry_problems(locked, {application.partner.pk: application.partner.name}, now)
    refuse_if(problems)
    if not wording.strip():
        raise Refused(Problem("no_words", _("Say something to the applicant."), field="wording"))
    assert standing is not None
    Decision.objects.filter(pk=standing.pk).update(reversed_at=now)
    decision: Decision = Decision.objects.create(
        application=application,
        cohort=locked,
        kind=kind,
        reason=reason if kind == Decision.Kind.DECLINE else "",
        wording=wording,
        decided_by=decider,
        drafted_at=now,
        released_at=now,
    )
    _follow(locked, application, kind, now)
    record(
        kind=facts.DECISION_REVERSED,
        at=now,
        partner_id=application.partner_id,
        person_id=application.membership.person_id,
        object_id=locked.pk,
    )
    label = f"{application.membership.person}, {locked.title}"
    changes = {"decision": [standing.kind, kind]}
    note(actor=actor, verb="cohorts.decision_reversed", obj=application, label=label, changes=changes)
    return decision


def _follow(cohort: Cohort, application: Application, kind: str, now: datetime) -> None:
    """Let the seat follow the decision, or the team's where seats are for teams."""
    if (team := team_of(application)) is not None:
        was_in = follow_decision(cohort=cohort, team=team, kind=kind, now=now)
        if kind == Decision.Kind.DECLINE:
            _tell_reversed(application, was_in=was_in, now=now)
        return
    seat = seat_of(application.membership, cohort)
    match kind, seat:
        case Decision.Kind.ACCEPT, None:
            seats.offer_first_seat(cohort=cohort, application=application, now=now)
        case Decision.Kind.ACCEPT, Seat():
            seats.offer_again(cohort=cohort, seat=seat, now=now)
        case Decision.Kind.WAIT, None:
            seats.put_on_waiting_list(cohort=cohort, application=application, now=now)
        case Decision.Kind.WAIT, Seat():
            seats.put_back_in_line(cohort=cohort, seat=seat, now=now)
        case _:
            was_in = seat is not None and seats.end_seat(cohort=cohort, seat=seat, now=now)
            _tell_reversed(application, was_in=was_in, now=now)


def _tell_reversed(application: Application, *, was_in: bool, now: datetime) -> None:
    post(
        kind="cohorts.decision_reversed",
        subject_id=application.pk,
        slot=f"{now:%Y%m%d%H%M%S%f}",
        recipient=application.membership,
        parameters={"confirmed": "yes"} if was_in else {},
        now=now,
    )
