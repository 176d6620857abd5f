"""Who was at a session, and who says beforehand that they cannot come."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import SESSION_MACHINE, Attendance, Seat, Session, SessionContent
from cohorts.queries.people import facilitating_members, seat_of
from cohorts.services.recap_drafts import redraft_recap
from enablement.models import Memory
from enablement.services.recall import enrol
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import NewFact, record_many
from prm.addresses import address
from prm.audit.services import note
from prm.outbox.notifications import notify
from prm.problems import refuse_if
from prm.tenancy.wakeups import wake


@transaction.atomic
def record_attendance(*, actor: Actor, session: Session, present_ids: Collection[int], now: datetime) -> None:
    """Say which participants were there; the session counts as held. Saying it again corrects it, facts included.

    Who was there will be asked about the session's contents in the weeks that follow. Who had said that they cannot
    come stays excused unless they came. Ids that are no participants are ignored. Raises `Refused`: cancelled,
    not_begun.
    """
    locked = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    refuse_if(rules.attendance_problems(locked, now))
    seats = {seat.membership_id: seat for seat in _participants(locked)}
    known = {row.membership_id: row for row in Attendance.objects.filter(session=locked)}
    came = [pk for pk in seats if pk in set(present_ids)]
    corrected = [_fact(seats[pk], locked, now) for pk in came if not _was_present(known.get(pk))]
    corrected += [_fact(seats[pk], locked, now, -1) for pk in seats if pk not in came and _was_present(known.get(pk))]
    for pk in seats:
        _write(locked, pk, known.get(pk), pk in came, now)
    if SESSION_MACHINE.can(locked, "hold"):
        SESSION_MACHINE.move(session, "hold")
    record_many(corrected)
    note(actor=actor, verb="cohorts.attendance_recorded", obj=session, changes={"present": ["", len(came)]})
    remember_contents(session=locked, now=now)
    redraft_recap(session=locked, now=now)
    wake("plan", now)


def remember_contents(*, session: Session, now: datetime) -> None:
    """Have those who were there remember the session's contents. Doing it twice is doing it once."""
    contents = list(SessionContent.objects.filter(session=session).values_list("content_id", flat=True))
    members = list(Attendance.objects.present().filter(session=session).values_list("membership_id", flat=True))
    if contents and members:
        enrol(membership_ids=members, content_ids=contents, cause=Memory.Cause.SESSION, now=now)


def _participants(session: Session) -> list[Seat]:
    return list(Seat.objects.confirmed().participants().filter(cohort=session.cohort_id).select_related("membership"))


def _was_present(row: Attendance | None) -> bool:
    return row is not None and row.state == Attendance.State.PRESENT


def _write(session: Session, membership_id: int, known: Attendance | None, came: bool, now: datetime) -> None:
    state = Attendance.State.PRESENT if came else Attendance.State.ABSENT
    if known is None:
        Attendance.objects.create(session=session, membership_id=membership_id, state=state, recorded_at=now)
    elif known.state != state and not (known.state == Attendance.State.EXCUSED and not came):
        known.state, known.recorded_at = state, now
        known.save(update_fields=["state", "recorded_at"])


def _fact(seat: Seat, session: Session, now: datetime, amount: int = 1) -> NewFact:
    return NewFact(
        facts.SESSION_ATTENDED,
        min(session.starts_at, now),
        seat.partner_id,
        seat.membership.person_id,
        session.pk,
        amount=amount,
    )


@transaction.atomic
def excuse(*, session: Session, membership: Membership, reason: str = "", now: datetime) -> None:
    """A participant cannot come: the facilitators are told, reminders of this session stop. Raises `Refused`."""
    refuse_if(rules.excuse_problems(session=session, seat=seat_of(membership, session.cohort), now=now))
    row, is_new = Attendance.objects.get_or_create(
        session=session,
        membership=membership,
        defaults={"state": Attendance.State.EXCUSED, "note": reason.strip(), "recorded_at": now},
    )
    if not is_new:
        row.state, row.note, row.recorded_at = Attendance.State.EXCUSED, reason.strip(), now
        row.save(update_fields=["state", "note", "recorded_at"])
        return
    title = _("%(person)s can't make it to %(session)s") % {"person": membership.person, "session": session.title}
    url = address("session_attendance", session.cohort.public_id, session.public_id)
    for colleague in facilitating_members(session.cohort):
        notify(membership=colleague, kind="cohorts.session_reminder", title=title, url=url, now=now)


@transaction.atomic
def come_after_all(*, session: Session, membership: Membership, now: datetime) -> None:
    """Take "I can't make it" back, before the session begins. Raises `Refused`."""
    refuse_if(rules.excuse_problems(session=session, seat=seat_of(membership, session.cohort), now=now))
    Attendance.objects.filter(session=session, membership=membership, state=Attendance.State.EXCUSED).delete()
    wake("plan", now)
