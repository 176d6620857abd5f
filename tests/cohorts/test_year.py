"""A simulated year: whatever people do, no reminder is sent for what no longer holds, none twice, none in quiet hours,
and none is missing.

After every tick an oracle of its own, in plain Python, says what must have been said by now and what may have been.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cohorts import walltime
from cohorts.models import Attendance, Homework, ReminderPlan, Seat, Session, Submission
from cohorts.services.attendance import come_after_all, excuse
from cohorts.services.homework import submit_homework
from cohorts.services.reminders import plan_reminders
from cohorts.services.seats import confirm_seat, give_seat_back, offer_seat
from cohorts.services.sessions import SessionPlan, cancel_session, edit_session
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.clocks import is_quiet
from prm.outbox.models import Message, Preference, QuietHours
from prm.outbox.sender import deliver
from prm.outbox.sender.claims import MERGED_WITHIN, next_due
from prm.outbox.services import set_preferences, set_quiet_hours
from prm.problems import Refused
from tests.cohorts import factories
from tests.factories import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CATCHES_UP = timedelta(hours=12)
SESSION_OFFSETS, HOMEWORK_OFFSETS = (10080, 1440, 60), (3, 1, -1)
ZONES = ("", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Australia/Lord_Howe")
KINDS = ("cohorts.session_reminder", "cohorts.session_starts_soon", "cohorts.homework_reminder")
CHOICES = ("mail", "off", "in_app")
WHO = st.sampled_from(["lena", "paul"])
NUMBER = st.integers(1, 12)

type Said = tuple[int, str, int, str]


class Year(RuleBasedStateMachine):
    """Twelve monthly sessions with homework after each second one, two participants and a facilitator."""

    people: dict[str, Membership]

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = NOW
        self.zones = {name: {factories.ZONE} for name in self.people}
        for member in self.people.values():
            member.person.zone = ""
            member.person.save()
        self.actor = Actor.of(self.people["frida"])
        self.cohort = factories.cohort("running", sessions=0, facilitator=self.people["frida"])
        ReminderPlan.objects.create(
            cohort=self.cohort, sessions=list(SESSION_OFFSETS), homework=list(HOMEWORK_OFFSETS), seats=[]
        )
        for number in range(1, 13):
            day = date(2026, 12, 8) + timedelta(days=28 * (number - 1))
            session = factories.session(self.cohort, number, day, time(2 * number - 1, 30))
            if number % 2 == 0:
                factories.homework(self.cohort, day + timedelta(days=5), session=session, title=f"Task {number}")
        for name in ("lena", "paul"):
            factories.seat(self.cohort, self.people[name])
        self.tick()

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # ── What time does ──────────────────────────────────────────────────────────────────────────────────────────────
    def tick(self) -> None:
        self.next_at = plan_reminders(self.now)
        organization = self.people["frida"].organization
        while deliver(organization, clock=lambda: self.now).more:
            pass
        self.is_fresh = True

    @rule(days=st.integers(1, 45))
    def time_passes(self, days: int) -> None:
        until = self.now + days * DAY
        while True:
            coming = [moment for moment in (self.next_at, next_due()) if moment is not None and moment > self.now]
            following = min(coming, default=until)
            if following > until:
                break
            self.now = following
            self.tick()
            self.nothing_is_wrong()
            if following == until:
                break
        self.now = until
        self.tick()

    @rule(hours=st.integers(1, 8))
    def the_worker_is_down(self, hours: int) -> None:
        """To a moment shortly after something became due, without a tick until then."""
        coming = [moment for moment in (self.next_at, next_due()) if moment is not None]
        self.now = max([self.now, *coming[:1]]) + hours * HOUR
        self.tick()

    # ── What people do ──────────────────────────────────────────────────────────────────────────────────────────────
    def session(self, number: int) -> Session:
        return Session.objects.select_related("cohort").get(cohort=self.cohort, number=number)

    @rule(number=NUMBER, days=st.integers(-3, 10), hour=st.integers(0, 23))
    def a_session_moves(self, number: int, days: int, hour: int) -> None:
        session = self.session(number)
        plan = SessionPlan(
            session.title, session.starts_on + timedelta(days=days), time(hour, 30), session.zone, session.minutes
        )
        self.tried(
            lambda: edit_session(
                actor=self.actor,
                session=session,
                revision=session.revision,
                plan=plan,
                content_ids=(),
                now=self.now,
            )
        )

    @rule(number=NUMBER)
    def a_session_is_canceled(self, number: int) -> None:
        session = self.session(number)
        self.tried(lambda: cancel_session(actor=self.actor, session=session, now=self.now))

    @rule(who=WHO, zone=st.sampled_from(ZONES))
    def somebody_travels(self, who: str, zone: str) -> None:
        person = self.people[who].person
        person.zone = zone
        person.save()
        self.zones[who].add(zone or factories.ZONE)
        self.tick()

    @rule(who=WHO)
    def somebody_leaves_or_returns(self, who: str) -> None:
        member = self.people[who]
        seat = Seat.objects.get(cohort=self.cohort, membership=member)
        if seat.state == Seat.State.CONFIRMED:
            self.tried(
                lambda: give_seat_back(actor=Actor.of(member), cohort=self.cohort, membership=member, now=self.now)
            )
        else:
            self.tried(lambda: offer_seat(actor=self.actor, seat=seat, now=self.now))
            self.tried(
                lambda: confirm_seat(actor=Actor.of(member), cohort=self.cohort, membership=member, now=self.now)
            )

    @rule(who=WHO, number=NUMBER)
    def somebody_cannot_come_or_can_after_all(self, who: str, number: int) -> None:
        session, member = self.session(number), self.people[who]
        is_excused = Attendance.objects.filter(session=session, membership=member).exists()
        verb = come_after_all if is_excused else excuse
        self.tried(lambda: verb(session=session, membership=member, now=self.now))

    @rule(
        who=WHO, category=st.sampled_from(["sessions", "homework"]), choice=st.sampled_from(["mail", "off", "in_app"])
    )
    def somebody_chooses(self, who: str, category: str, choice: str) -> None:
        self.tried(lambda: set_preferences(membership=self.people[who], choices={category: choice}, now=self.now))

    @rule(who=WHO, starts=st.sampled_from([None, time(20), time(0)]), ends=st.sampled_from([time(8), time(12)]))
    def somebody_wants_quiet(self, who: str, starts: time | None, ends: time) -> None:
        set_quiet_hours(membership=self.people[who], starts=starts, ends=ends)
        self.tick()

    @rule(who=WHO, number=st.integers(1, 6))
    def somebody_hands_in(self, who: str, number: int) -> None:
        task = Homework.objects.select_related("cohort").get(cohort=self.cohort, title=f"Task {2 * number}")
        member = self.people[who]
        self.tried(
            lambda: submit_homework(
                actor=Actor.of(member), homework=task, membership=member, text="Done.", now=self.now
            )
        )

    def tried(self, verb: Any) -> None:
        try:
            with transaction.atomic():
                verb()
        except Refused:
            pass
        self.tick()

    # ── The oracle ──────────────────────────────────────────────────────────────────────────────────────────────────
    @invariant()
    def nothing_is_wrong(self) -> None:
        if not getattr(self, "is_fresh", False):
            return
        self.is_fresh = False
        rows = list(
            Message.objects.filter(kind__in=KINDS).values_list(
                "recipient", "kind", "subject_id", "slot", "state", "reason", "settled_at"
            )
        )
        sent = [row for row in rows if row[4] == "sent"]
        assert max(Counter(row[:4] for row in sent).values(), default=1) == 1
        told: set[Said] = {row[:4] for row in rows if row[4] == "sent" or row[5] == "bell_only"}
        on_its_way = {row[:4] for row in rows if row[4] == "queued"}
        assert not Message.objects.due(self.now).exists()
        may, must = self.due()
        just_now = {row[:4] for row in sent if row[6] == self.now}
        assert just_now <= may, f"sent and not due at {self.now}: {just_now - may}"
        missing = {said for said in must if self.is_awake(said)} - told - on_its_way
        assert not missing, f"missing at {self.now}: {missing}"
        asleep = {said for said in just_now if not self.is_awake(said)}
        assert not asleep, f"in quiet hours at {self.now}: {asleep}"

    def is_awake(self, said: Said) -> bool:
        member = next(one for one in self.people.values() if one.pk == said[0])
        hours = QuietHours.objects.filter(membership=member).first()
        if said[1] == "cohorts.session_starts_soon" or hours is None:
            return True
        return not is_quiet(self.now, (hours.starts, hours.ends), self.zone(member))

    def zone(self, member: Membership) -> ZoneInfo:
        return ZoneInfo(member.person.zone or factories.ZONE)

    def due(self) -> tuple[set[Said], set[Said]]:
        """What may be said now, and what must have been said by now."""
        may: set[Said] = set()
        must: set[Said] = set()
        choices = {(row.membership_id, row.category): row.choice for row in Preference.objects.all()}
        here = set(Seat.objects.confirmed().filter(cohort=self.cohort).values_list("membership", flat=True))
        excused = set(Attendance.objects.filter(state="excused").values_list("session", "membership"))
        handed_in = set(Submission.objects.values_list("homework", "membership"))
        for name, member in self.people.items():
            by_mail = [category for category in ("sessions", "homework") if self.wants(choices, member, category)]
            if "sessions" in by_mail and (member.pk in here or name == "frida"):
                for session in Session.objects.filter(cohort=self.cohort, state="planned", starts_at__gt=self.now):
                    if (session.pk, member.pk) not in excused:
                        self.add_session(may, must, member, session)
            if "homework" in by_mail and member.pk in here:
                for task in Homework.objects.filter(cohort=self.cohort):
                    if (task.pk, member.pk) not in handed_in:
                        self.add_homework(may, must, name, task)
        return may, must

    def wants(self, choices: dict[tuple[int | None, str], str], member: Membership, category: str) -> bool:
        return choices.get((member.pk, category), "mail") == "mail"

    def add_session(self, may: set[Said], must: set[Said], member: Membership, session: Session) -> None:
        """The last of the offsets whose moment has come."""
        moments = {}
        for minutes in SESSION_OFFSETS:
            days, rest = divmod(minutes, 1440)
            moments[minutes] = (
                session.starts_at - timedelta(minutes=minutes)
                if rest
                else walltime.days_before(session.starts_on, session.starts_time, session.zone, days)
            )
        last = min((minutes for minutes in SESSION_OFFSETS if moments[minutes] <= self.now), default=None)
        if last is None:
            return
        kind = KINDS[1] if last < 1440 else KINDS[0]
        said = (member.pk, kind, session.pk, f"{last} {walltime.occasion(session.starts_at)}")
        may.add(said)
        at = self.by_day(moments[last], self.zone(member))
        if last < 1440 or (at <= self.now < moments[last] + CATCHES_UP):
            must.add(said)

    def add_homework(self, may: set[Said], must: set[Said], name: str, task: Homework) -> None:
        """In the mornings of the reader, wherever they were lately; one goes along with other mails a little early."""
        member = self.people[name]
        for zone in self.zones[name]:
            day = task.due_at.astimezone(ZoneInfo(zone)).date()
            mornings = {
                days: walltime.instant(day - timedelta(days=days), time(9), ZoneInfo(zone)) for days in HOMEWORK_OFFSETS
            }
            told = [days for days, at in mornings.items() if at <= self.now + MERGED_WITHIN]
            last = min((days for days, at in mornings.items() if at <= self.now), default=None)
            for days in told:
                if (days >= 0) == (task.due_at > self.now):
                    said = (member.pk, KINDS[2], task.pk, f"{days} {walltime.occasion(task.due_at)}")
                    may.add(said)
                    is_here = zone == (member.person.zone or factories.ZONE)
                    if is_here and days == last and self.now < mornings[days] + CATCHES_UP:
                        must.add(said)

    def by_day(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Out of the reader's night, which ends at seven."""
        local = moment.astimezone(zone)
        if local.time() < time(7):
            return walltime.instant(local.date(), time(7), zone)
        if local.time() >= time(21):
            return walltime.instant(local.date() + timedelta(days=1), time(7), zone)
        return moment


@pytest.mark.timeout(300)
def test_a_year_of_reminders(
    in_acme: object, nordwind: object, kestrel: object, lena: Membership, paul: Membership, frida: Membership
) -> None:
    class Here(Year):
        people = {"lena": lena, "paul": paul, "frida": frida}

    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    bounds = settings(
        max_examples=2, stateful_step_count=12, deadline=None, database=None, suppress_health_check=checks
    )
    run_state_machine_as_test(Here, settings=bounds)
