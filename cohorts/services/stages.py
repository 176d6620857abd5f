"""A cohort from stage to stage, forth and back, and its cancelation."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import (
    COHORT_MACHINE,
    SEAT_MACHINE,
    SESSION_MACHINE,
    TEAM_MACHINE,
    Application,
    Cohort,
    Decision,
    Seat,
    Session,
    Team,
    TeamMember,
)
from cohorts.queries.stages import stage_facts
from cohorts.services.audiences import audience_of
from partners.services.audiences import close_audience
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.kinds import FactKind
from prm.activity.services import NewFact, record, record_many
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Problem, Refused, blockers
from prm.tenancy.wakeups import wake


@transaction.atomic
def move_cohort(*, actor: Actor, cohort: Cohort, verb: str, now: datetime) -> None:
    """Take a cohort to another stage, forth or back (see `rules.VERB_LABELS`); for canceling see `cancel_cohort`.

    Raises `Refused` with the preconditions that are not met, or wrong_state.
    """
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    problems = rules.stage_problems(cohort=locked, verb=verb, facts=stage_facts(locked), now=now)
    if blockers(problems) and COHORT_MACHINE.can(locked, verb):
        raise Refused(blockers(problems))
    before = cohort.state
    COHORT_MACHINE.move(cohort, verb)
    if verb == "open":
        audience_of(cohort)
    _write_down(actor, cohort, before, now)


@transaction.atomic
def cancel_cohort(*, actor: Actor, cohort: Cohort, reason: str, now: datetime) -> int:
    """Call a cohort off: its sessions are canceled, seats end, and everybody who applied or has a seat gets one mail.

    `reason` is told in it. Returns how many people were told. Raises `Refused`: required, wrong_state.
    """
    if not reason.strip():
        raise Refused(Problem("required", _("Say why: everybody concerned reads it."), field="reason"))
    Cohort.objects.locked().get(pk=cohort.pk)
    before = cohort.state
    COHORT_MACHINE.move(cohort, "cancel", cancel_reason=reason.strip(), seats_taken=0)
    concerned = _concerned(cohort)
    for member in concerned:
        post(kind="cohorts.cohort_cancelled", subject_id=cohort.pk, recipient=member, now=now)
    Decision.objects.drafted().filter(cohort=cohort).delete()
    for session in Session.objects.planned().filter(cohort=cohort):
        SESSION_MACHINE.move(session, "cancel", sequence=session.sequence + 1, cancel_reason=reason.strip())
    _end_seats(cohort, now)
    if cohort.audience_id:
        close_audience(cohort.audience, now)
    _write_down(actor, cohort, before, now, reason)
    return len(concerned)


def _concerned(cohort: Cohort) -> list[Membership]:
    """Everybody who waits for something in this cohort or leads it."""
    waiting = Application.objects.filter(
        cohort=cohort, state__in=[Application.State.SUBMITTED, Application.State.DRAFT]
    )
    seated = Seat.objects.filter(cohort=cohort, state__in=[*Seat.HOLDING, Seat.State.WAITING])
    found: dict[int, Membership] = {}
    teammates = TeamMember.objects.asked().filter(cohort=cohort, membership__isnull=False)
    for rows in (waiting, seated, teammates, cohort.facilitators):
        for row in rows.select_related("membership__person"):
            found[row.membership.pk] = row.membership
    return list(found.values())


def _end_seats(cohort: Cohort, now: datetime) -> None:
    seats = list(
        Seat.objects.filter(cohort=cohort).exclude(state__in=["declined", "released"]).select_related("membership")
    )
    confirmed = [seat for seat in seats if seat.state == Seat.State.CONFIRMED and seat.counts]
    for seat in seats:
        SEAT_MACHINE.move(seat, "release", position=None, confirm_by=None, ended_at=now)
    for team in Team.objects.filter(cohort=cohort).exclude(state=Team.State.ENDED):
        TEAM_MACHINE.move(team, "end", position=None, confirm_by=None, ended_at=now)
    record_many(_given_up(facts.SEAT_GIVEN_UP, seat, now) for seat in confirmed)


def _given_up(kind: FactKind, seat: Seat, now: datetime) -> NewFact:
    return NewFact(kind, now, seat.partner_id, seat.membership.person_id, seat.cohort_id)


def _write_down(actor: Actor, cohort: Cohort, before: str, now: datetime, reason: str = "") -> None:
    record(kind=facts.STAGE_CHANGED, at=now, object_id=cohort.pk, data={"to": cohort.state})
    changes = {"state": [before, cohort.state]}
    note(actor=actor, verb="cohorts.stage_changed", obj=cohort, changes=changes, reason=reason)
    wake("plan", now)
