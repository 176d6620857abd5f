"""A whole series of sessions at once: added, or moved together. Everybody gets one mail with all the dates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import formats

from cohorts import rules
from cohorts.models import Cohort, Session
from cohorts.services.calendars import tell_series
from cohorts.services.sessions import SessionPlan, plan_session
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.wakeups import wake


@transaction.atomic
def add_series(
    *, actor: Actor, cohort: Cohort, title: str, plans: Sequence[SessionPlan], now: datetime
) -> list[Session]:
    """Further sessions, each with the next number and "<title> 2" and so on; all of them or none.

    Raises `Refused`: over, past, taken, which names the day.
    """
    made = []
    for number, plan in enumerate(plans, start=1):
        named = replace(plan, title=f"{title.strip()} {number}" if len(plans) > 1 else title.strip())
        try:
            made.append(plan_session(actor=actor, cohort=cohort, plan=named, now=now))
        except Refused as refusal:
            day = formats.date_format(plan.starts_on, "j F Y")
            raise Refused([Problem(said.code, f"{day}: {said.message}") for said in refusal.problems]) from None
    tell_series(kind="cohorts.sessions_added", alone="cohorts.session_added", sessions=made, now=now)
    wake("plan", now)
    return made


@transaction.atomic
def move_series(
    *,
    actor: Actor,
    cohort: Cohort,
    first: str,
    seen: Mapping[str, int],
    days: int,
    starts_time: time | None = None,
    now: datetime,
) -> list[Session]:
    """Move the planned sessions that are ahead, from the one with the public id `first` on, by so many days, and to
    another time of day where one is given; all of them or none. Homework keeps its dates.

    `seen` are the revisions at which they were read. Raises `Refused`: nothing, same, over, changed_meanwhile, and past
    or taken, which name the day.
    """
    Cohort.objects.locked().get(pk=cohort.pk)
    sessions = _ahead(cohort, first, now)
    refuse_if(rules.series_problems(cohort=cohort, sessions=sessions, seen=seen, days=days, starts_time=starts_time))
    columns = {session.pk: _moved(session, days, starts_time) for session in sessions}
    others = Session.objects.still_on().filter(cohort=cohort).exclude(pk__in=columns)
    moments = [(session, columns[session.pk]["starts_at"]) for session in sessions]
    taken = set(others.values_list("starts_at", flat=True))
    refuse_if(rules.series_move_problems(moments=moments, taken=taken, now=now))
    for session in sessions:
        _write(actor, session, columns[session.pk])
    tell_series(kind="cohorts.sessions_moved", alone="cohorts.session_moved", sessions=sessions, now=now)
    wake("plan", now)
    return sessions


def _ahead(cohort: Cohort, first: str, now: datetime) -> list[Session]:
    """The planned sessions that have not begun, from this one on, locked."""
    rows = Session.objects.planned().filter(cohort=cohort, starts_at__gt=now).select_for_update(of=("self",))
    sessions = list(rows.select_related("cohort").soonest_first())
    places = [place for place, session in enumerate(sessions) if session.public_id == first]
    return sessions[places[0] :] if places else []


def _moved(session: Session, days: int, starts_time: time | None) -> dict[str, Any]:
    on, at = session.starts_on + timedelta(days=days), starts_time or session.starts_time
    derived = Session.derived(on, at, session.zone, session.minutes)
    return {"starts_on": on, "starts_time": at, **derived}


def _write(actor: Actor, session: Session, columns: dict[str, Any]) -> None:
    before = {name: str(getattr(session, name)) for name in ("starts_on", "starts_time")}
    Session.objects.filter(pk=session.pk).update(**columns, sequence=F("sequence") + 1, revision=F("revision") + 1)
    session.refresh_from_db()
    changes = {name: [value, str(getattr(session, name))] for name, value in before.items()}
    note(
        actor=actor,
        verb="cohorts.session_edited",
        obj=session,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
    )
