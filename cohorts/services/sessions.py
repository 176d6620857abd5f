"""Sessions: planned, moved, canceled, held. Reminders and calendars follow by themselves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Max

from cohorts import rules
from cohorts.models import SESSION_MACHINE, Cohort, Session, SessionContent
from cohorts.services.calendars import tell_people
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.wakeups import wake


@dataclass(frozen=True)
class SessionPlan:
    """What people agree on about a session: wall-clock time in a zone, length, where, what they leave with."""

    title: str
    starts_on: date
    starts_time: time
    zone: str
    minutes: int
    link: str = ""
    place: str = ""
    room: str = ""
    way: str = ""
    bring: str = ""
    leaves_with: str = ""
    talk_line: str = ""
    is_recorded: bool = False

    def columns(self) -> dict[str, Any]:
        """The session's own columns and those that follow from them."""
        return {
            "title": self.title,
            "starts_on": self.starts_on,
            "starts_time": self.starts_time,
            "zone": self.zone,
            "minutes": self.minutes,
            "link": self.link,
            "place": self.place,
            "room": self.room,
            "way": self.way,
            "bring": self.bring,
            "leaves_with": self.leaves_with,
            "talk_line": self.talk_line,
            "is_recorded": self.is_recorded,
            **Session.derived(self.starts_on, self.starts_time, self.zone, self.minutes),
        }


@transaction.atomic
def add_session(
    *, actor: Actor, cohort: Cohort, plan: SessionPlan, content_ids: Iterable[int] = (), now: datetime
) -> Session:
    """One more session with the next number; participants get it for their calendars.

    Raises `Refused`: over, past, taken.
    """
    session = plan_session(actor=actor, cohort=cohort, plan=plan, content_ids=content_ids, now=now)
    tell_people(kind="cohorts.session_added", session=session, now=now)
    wake("plan", now)
    return session


def plan_session(
    *, actor: Actor, cohort: Cohort, plan: SessionPlan, content_ids: Iterable[int] = (), now: datetime
) -> Session:
    """The same without telling anybody; inside a transaction."""
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    columns = plan.columns()
    starts_at = columns["starts_at"]
    is_taken = Session.objects.still_on().filter(cohort=locked, starts_at=starts_at).exists()
    refuse_if(rules.planning_problems(cohort=locked, starts_at=starts_at, is_taken=is_taken, now=now))
    last = Session.objects.filter(cohort=locked).aggregate(last=Max("number"))["last"] or 0
    session = Session.objects.create(cohort=locked, number=last + 1, **columns)
    _set_contents(session, content_ids)
    note(actor=actor, verb="cohorts.session_added", obj=session)
    return session


@transaction.atomic
def edit_session(
    *,
    actor: Actor,
    session: Session,
    revision: int,
    plan: SessionPlan,
    content_ids: Iterable[int],
    now: datetime,
) -> bool:
    """Change a session; returns whether calendars were told.

    A change of title, time or place of a planned session that is ahead raises its sequence and writes to everybody;
    what people leave with, or new contents, do not. Raises `Refused`: not_planned, past, changed_meanwhile.
    """
    columns = plan.columns()
    refuse_if(rules.edit_problems(session=session, starts_at=columns["starts_at"], now=now))
    differs = any(getattr(session, name) != columns[name] for name in rules.CALENDAR_FIELDS)
    told = differs and session.state == Session.State.PLANNED and columns["ends_at"] > now
    if told:
        columns["sequence"] = session.sequence + 1
    changes = update_if_unchanged(session, revision, **columns)
    _set_contents(session, content_ids)
    if changes:
        note(actor=actor, verb="cohorts.session_edited", obj=session, changes=changes)
    if told:
        tell_people(kind="cohorts.session_moved", session=session, now=now)
    wake("plan", now)
    return told


@transaction.atomic
def cancel_session(*, actor: Actor, session: Session, reason: str = "", now: datetime) -> None:
    """Call a planned session off: it leaves everybody's calendar and nobody is reminded. `reason` is told in the mail.

    Raises `Refused`: not_planned.
    """
    refuse_if(rules.cancel_problems(session, now))
    SESSION_MACHINE.move(session, "cancel", sequence=session.sequence + 1, cancel_reason=reason.strip())
    note(actor=actor, verb="cohorts.session_cancelled", obj=session, reason=reason)
    if session.ends_at > now:
        tell_people(kind="cohorts.session_cancelled", session=session, now=now)
    wake("plan", now)


def _set_contents(session: Session, content_ids: Iterable[int]) -> None:
    wanted: Collection[int] = list(dict.fromkeys(content_ids))
    rows = SessionContent.objects.filter(session=session)
    known = set(rows.values_list("content_id", flat=True))
    rows.exclude(content__in=wanted).delete()
    SessionContent.objects.bulk_create(
        [
            SessionContent(session=session, content_id=pk, position=position)
            for position, pk in enumerate(wanted)
            if pk not in known
        ]
    )
