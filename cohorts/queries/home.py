"""A participant's page of a cohort, from the offered seat to years later: the next step, this week's duty, what was
missed, and the words they say about themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import Attendance, ClosingAnswer, ClosingSurvey, Cohort, Seat, Session
from cohorts.parts import Part
from cohorts.queries.closing import Window
from cohorts.queries.expectations import with_expectations
from cohorts.queries.mine import seated_in
from cohorts.queries.people import own_seats, with_facilitators
from cohorts.queries.portal import Home, PortalHomework, PortalSession
from cohorts.queries.said import Begun, Said, begun_for, own_words, said_by
from cohorts.queries.team_words import TeamInShort, in_short, seats_with_team
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do now; `is_post` where the button itself does it."""

    kicker: str
    title: str
    text: str
    label: str
    url: str
    icon: str
    at: datetime | None = None
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """The minutes that this week asks for."""

    sessions: int
    reading: int
    homework: int

    @property
    def total(self) -> int:
        return self.sessions + self.reading + self.homework


def home_seat(membership: Membership, cohort_id: str) -> Seat | None:
    """The member's seat in this cohort, an offered one too, with all that the cohort's page asks of it; one query."""
    return _home_seats.first(membership.pk, cohort_id)


@prepared
def _home_seats(membership_id: int, cohort_id: str) -> QuerySet[Seat]:
    closed = ClosingAnswer.objects.filter(cohort=OuterRef("cohort"), membership=membership_id)
    closing = ClosingSurvey.objects.asking().filter(~Exists(closed), cohort=OuterRef("cohort"))
    rows: Any = seats_with_team(own_seats(membership_id, states=Seat.HOLDING), membership_id)
    found: QuerySet[Seat] = with_expectations(with_facilitators(rows)).annotate(
        **own_words(membership_id, "cohort"), closing_days=Subquery(closing.values("days_open")[:1])
    )
    return found.filter(cohort__public_id=cohort_id)


def team_of_seat(seat: Any) -> TeamInShort | None:
    """The team that this seat is a part of, where seats are for teams."""
    return in_short(seat.team_people, seat.team_wanted) if rules.rights_of(seat).counts else None


def needs_rule(seat: Seat, said: Said) -> bool:
    """Whether the room has a rule, in a version that the participant has not accepted."""
    cohort = seat.cohort
    return cohort.uses(Part.RECORDINGS) and bool(cohort.room_rule) and said.rule_version != cohort.room_rule_version


def next_step(seat: Seat, home: Home, said: Said, begun: Begun, now: datetime) -> NextStep | None:
    """What a participant does next, in the order in which it matters; None where there is nothing to do."""
    if not rules.rights_of(seat).counts:
        return _join(home, now) or _accept_rule(seat, said) or _prepare(home.next_session)
    steps = (
        _join(home, now),
        _accept_rule(seat, said),
        _answer_survey(seat, begun, home),
        _answer_closing(seat, home, now),
        _hand_in(home.due, now),
        _watch(seat, begun, said),
        _write_goal(seat, said),
        _stay_found(seat, said),
        _prepare(home.next_session),
    )
    return next((step for step in steps if step is not None), None)


def asked_once(membership: Membership, now: datetime) -> list[tuple[Cohort, NextStep]]:
    """What the cohorts that a person is in ask of them, beside sessions and homework; no query beside `seated_in`."""
    seated: dict[int, Any] = seated_in(membership, now)
    found = []
    for cohort in seated.values():
        seat = Seat(cohort=cohort, role=cohort.seat_role)
        said, begun = said_by(cohort), begun_for(cohort, cohort)
        steps = [_accept_rule(seat, said)]
        if rules.rights_of(seat).counts:
            is_before = cohort.first_ends_at is not None and cohort.first_ends_at > now
            steps += [_survey(seat, begun) if is_before else None, _watch(seat, begun, said), _write_goal(seat, said)]
        found += [(cohort, step) for step in steps if step is not None]
    return found


def _join(home: Home, now: datetime) -> NextStep | None:
    row = home.next_session
    if row is None or not row.session.is_on(now) or row.mine == Attendance.State.EXCUSED:
        return None
    session = row.session
    kicker = _("Going on now") if session.has_begun(now) else _("Begins in a moment")
    if session.link:
        text = _("The door is open.")
        return NextStep(kicker, session.title, text, _("Join"), session.link, "video", is_outside=True)
    return NextStep(kicker, session.title, session.where, _("Open the session"), row.url, "map-pin")


def _accept_rule(seat: Seat, said: Said) -> NextStep | None:
    if not needs_rule(seat, said):
        return None
    text = _("It says how we treat what is said among us.")
    url = f"{_home(seat.cohort)}#room"
    return NextStep(_("Your next step"), _("Read the room's rule"), text, _("Read it"), url, "shield-check")


def _answer_survey(seat: Seat, begun: Begun, home: Home) -> NextStep | None:
    first = next((row for row in home.sessions if row.session.state != Session.State.CANCELLED), None)
    return None if first is None or first.is_over else _survey(seat, begun)


def _survey(seat: Seat, begun: Begun) -> NextStep | None:
    if not begun.asks or begun.has_answered:
        return None
    text = _("A few questions before we meet. The group sees the answers summed up, without names.")
    url = address("survey_answer", seat.cohort.public_id)
    return NextStep(_("Your next step"), _("Tell us where you stand"), text, _("Answer"), url, "clipboard-list")


def _answer_closing(seat: Any, home: Home, now: datetime) -> NextStep | None:
    window = closing_window(seat, home)
    if window is None or not window.is_open(now):
        return None
    text = _(
        "What came of it, and what should the next group do differently? Those who led it read all answers together."
    )
    url = address("closing_answer", seat.cohort.public_id)
    kicker = _("Your next step")
    return NextStep(kicker, _("Tell us how it was"), text, _("Answer"), url, "clipboard-list", window.until)


def closing_window(seat: Any, home: Home) -> Window | None:
    """When the participant can answer the closing survey; None where nothing is asked of them (any more)."""
    ends = [row.session.ends_at for row in home.sessions if row.session.state != Session.State.CANCELLED]
    if seat.closing_days is None or not ends:
        return None
    return Window.of(max(ends), seat.closing_days, seat.cohort)


def _hand_in(due: Sequence[PortalHomework], now: datetime) -> NextStep | None:
    row = next((row for row in due if row.homework.due_at <= now + _WEEK), None)
    if row is None:
        return None
    if row.is_overdue:
        text = _("It was due, and is still welcome.")
        return NextStep(_("Still open"), row.homework.title, text, _("Hand it in"), row.url, "notebook-pen")
    text = _("Half-finished is fine.")
    kicker = _("Your next step")
    return NextStep(kicker, row.homework.title, text, _("Hand it in"), row.url, "notebook-pen", row.homework.due_at)


def _watch(seat: Seat, begun: Begun, said: Said) -> NextStep | None:
    if not begun.orientation_link or said.orientation_at or seat.cohort.state in Cohort.ENDED:
        return None
    text = _("%(n)d minutes that tell how we work.") % {"n": begun.orientation_minutes}
    url = f"{_home(seat.cohort)}#orientation"
    return NextStep(_("Your next step"), _("Watch the orientation"), text, _("Watch it"), url, "play")


def _write_goal(seat: Seat, said: Said) -> NextStep | None:
    if said.goal or seat.cohort.state in (*Cohort.ENDED, Cohort.State.GRADUATING):
        return None
    text = _("One sentence: what will be different for you at the end?")
    url = address("goal_edit", seat.cohort.public_id)
    return NextStep(_("Your next step"), _("Write down your goal"), text, _("Write it"), url, "target")


def _prepare(row: PortalSession | None) -> NextStep | None:
    if row is None:
        return None
    session = row.session
    if row.mine == Attendance.State.EXCUSED:
        text = _("You said that you can't make it. The recap reaches you all the same.")
    elif row.contents:
        text = _("Read before: %s") % row.contents[0].title
    else:
        text = session.leaves_with and _("You leave with: %s") % session.leaves_with
    return NextStep(
        _("Next session"), session.title, text, _("Open the session"), row.url, "calendar", session.starts_at
    )


def _stay_found(seat: Seat, said: Said) -> NextStep | None:
    if seat.cohort.state != Cohort.State.FINISHED or said.shows_after:
        return None
    text = _("Only those who agree stay in the list of this cohort.")
    url = f"{_home(seat.cohort)}#people"
    return NextStep(_("Stay in touch"), _("May the others still find you?"), text, _("Decide"), url, "users-round")


def _home(cohort: Cohort) -> str:
    return address("cohort_home", cohort.public_id)


def duty(cohort: Cohort, home: Home, now: datetime) -> Duty | None:
    """What the coming seven days ask for; None once the cohort is over. Homework is what is left of the week's minutes
    that the program names.
    """
    if cohort.state in Cohort.ENDED:
        return None
    until = now + _WEEK
    near = [row for row in home.sessions if _is_ahead(row) and row.session.starts_at <= until]
    sessions = sum(row.session.minutes for row in near if row.mine != Attendance.State.EXCUSED)
    reading = sum(content.minutes for row in near for content in row.contents)
    is_due = any(now - _WEEK < row.homework.due_at <= until for row in home.due)
    left = max(cohort.program.weekly_minutes - sessions - reading, 0)
    return Duty(sessions, reading, left if is_due else 0)


def _is_ahead(row: PortalSession) -> bool:
    return row.session.state == Session.State.PLANNED and not row.is_over


def missed(home: Home) -> list[PortalSession]:
    """The sessions that took place without the participant, newest first."""
    gone = (Attendance.State.ABSENT, Attendance.State.EXCUSED)
    rows = [row for row in home.sessions if row.is_over and row.mine in gone]
    return [row for row in rows[::-1] if row.session.state != Session.State.CANCELLED]
