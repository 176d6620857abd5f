"""What rings when: ticks, wakeups, planners, and that no organization makes another one wait."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Value
from django.utils import timezone

from prm.accounts.models import Membership
from prm.outbox import planning, pulses, services, tasks
from prm.outbox.models import AccountMessage, Message
from prm.outbox.moments import parse_moment, run_moment
from prm.outbox.planning import Planner, plan_organization, planners, ring_for_what_is_due
from prm.outbox.sender import answer_wakeup
from prm.tenancy import wakeups
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization_id, scope
from prm.tenancy.wakeups import NEVER, Wakeup, take
from prm.web.health import findings
from tests.prm.mails import DECISION, NUDGE

pytestmark = pytest.mark.usefixtures("kinds")


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    heard: list[tuple[str, int]] = []
    for module in (planning, wakeups):
        monkeypatch.setattr(module, "ring", lambda queue, organization_id: heard.append((queue, organization_id)))
    monkeypatch.setattr("prm.outbox.sender.deliveries.ring", lambda *bell: heard.append(bell))
    monkeypatch.setattr(planning, "ring_for_account_mails", lambda: heard.append(("accounts", 0)))
    return heard


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> dict[str, Planner]:
    monkeypatch.setattr(planners, "_items", {})
    return planners._items


def wake(organization: Organization, queue: str, at: datetime) -> None:
    with scope(organization):
        wakeups.wake(queue, at)


class TestTicks:
    def test_what_is_due_rings_and_what_is_not_does_not(
        self, acme: Organization, umbrella: Organization, now: datetime, rung: list[Any]
    ) -> None:
        for organization in (acme, umbrella):
            wake(organization, "plan", now + timedelta(days=1))
        wake(acme, "outbox", now - timedelta(minutes=1))
        wake(umbrella, "outbox", now + timedelta(minutes=1))
        assert ring_for_what_is_due(now) == 1
        assert rung == [("outbox", acme.pk)]

    def test_queues_take_turns_and_the_longest_waiting_comes_first(
        self, acme: Organization, umbrella: Organization, now: datetime, rung: list[Any]
    ) -> None:
        for minutes, (organization, queue) in enumerate(
            [(umbrella, "plan"), (acme, "plan"), (umbrella, "outbox"), (acme, "jobs"), (acme, "outbox")]
        ):
            wake(organization, queue, now - timedelta(minutes=10 - minutes))
        rung.clear()
        ring_for_what_is_due(now)
        assert rung == [
            ("plan", umbrella.pk),
            ("outbox", umbrella.pk),
            ("jobs", acme.pk),
            ("plan", acme.pk),
            ("outbox", acme.pk),
        ]

    def test_an_organization_that_nothing_woke_is_planned_for(
        self, acme: Organization, umbrella: Organization, now: datetime, rung: list[Any]
    ) -> None:
        ring_for_what_is_due(now)
        assert sorted(rung) == sorted([("plan", acme.pk), ("plan", umbrella.pk)])

    def test_account_mails_ring_too(self, db: None, now: datetime, rung: list[Any]) -> None:
        services.post_account_mail(template="account/login_code", address="a@b.example", values={}, now=now)
        ring_for_what_is_due(now)
        assert rung == [("accounts", 0)]

    @pytest.mark.django_db(transaction=True)
    def test_of_two_schedulers_one_rings(self, acme: Organization, now: datetime, rung: list[Any]) -> None:
        import psycopg

        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", [planning._TICK_LOCK])
            assert ring_for_what_is_due(now) == 0
        assert ring_for_what_is_due(now) == 1

    def test_tasks_of_a_suspended_or_unknown_organization_do_nothing(
        self, acme: Organization, lena: Membership, now: datetime, mailoutbox: list[Any]
    ) -> None:
        with scope(acme):
            services.post(kind=DECISION.name, subject_id=1, recipient=lena, now=now - timedelta(days=1))
        Organization.objects.update(state="suspended")
        for organization_id in (acme.pk, 999_999):
            tasks.deliver(organization_id)
            tasks.plan(organization_id, something_from_a_newer_release=True)
        assert mailoutbox == []


class TestWakeups:
    def test_a_batch_is_sent_and_the_wakeup_moves_on(
        self, acme: Organization, lena: Membership, mailoutbox: list[Any], rung: list[Any]
    ) -> None:
        clock = timezone.now()
        with scope(acme):
            services.post(kind=DECISION.name, subject_id=1, recipient=lena, now=clock)
            later = clock + timedelta(days=2)
            services.post(kind=DECISION.name, subject_id=2, recipient=lena, now=clock, not_before=later)
        answer_wakeup(acme)
        assert len(mailoutbox) == 1
        wakeup = Wakeup.objects.get(queue="outbox")
        assert wakeup.leased_until is None
        assert wakeup.due_at <= later

    def test_one_that_was_answered_is_not_answered_again(
        self, acme: Organization, lena: Membership, django_assert_num_queries: Any, rung: list[Any]
    ) -> None:
        with scope(acme):
            services.post(kind=DECISION.name, subject_id=1, recipient=lena, now=timezone.now())
        answer_wakeup(acme)
        Wakeup.objects.update(due_at=NEVER)
        with django_assert_num_queries(8):
            answer_wakeup(acme)

    def test_more_than_a_batch_rings_for_the_next_at_once_and_behind_the_others(
        self,
        acme: Organization,
        umbrella: Organization,
        lena: Membership,
        mailoutbox: list[Any],
        rung: list[Any],
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        clock = timezone.now()
        with scope(acme):
            for subject_id in range(101):
                services.post(kind=DECISION.name, subject_id=subject_id, recipient=lena, now=clock)
        connection.run_on_commit.clear()  # the posting was committed, as far as this test goes
        with django_capture_on_commit_callbacks(execute=True):
            answer_wakeup(acme)
        assert len(mailoutbox) == 100
        assert rung == [("outbox", acme.pk)]
        answer_wakeup(acme)
        assert len(mailoutbox) == 101

    def test_what_a_dead_worker_took_is_due_again_when_its_lease_ends(
        self, acme: Organization, lena: Membership, now: datetime, settings: Any
    ) -> None:
        with scope(acme):
            services.post(kind=DECISION.name, subject_id=1, recipient=lena, now=timezone.now())
        with scope(acme):
            clock = timezone.now()
            assert take("outbox", acme, clock)
            from prm.outbox.sender.claims import claim

            held = claim(timezone.now())
        wakeup = Wakeup.objects.get(queue="outbox")
        assert wakeup.due_at == held.lease_until
        assert not take("outbox", acme, clock)
        assert take("outbox", acme, held.lease_until)

    @pytest.mark.django_db(transaction=True)
    def test_a_posting_that_is_not_committed_is_waited_for_by_nobody(
        self, acme: Organization, lena: Membership
    ) -> None:
        import psycopg

        wake(acme, "outbox", timezone.now())
        with psycopg.connect(**connection.get_connection_params()) as posting:
            posting.execute("SELECT 1 FROM tenancy_wakeup FOR UPDATE")
            assert not take("outbox", acme, timezone.now())
        assert take("outbox", acme, timezone.now())


class TestFairness:
    def test_a_flood_delays_another_organization_by_one_batch(
        self, acme: Organization, umbrella: Organization, lena: Membership, mailoutbox: list[Any]
    ) -> None:
        """Rung bells are answered in turn: a worker that has a batch of the flood done takes the other one next."""
        clock = timezone.now()
        with scope(acme):
            due = Membership.objects.in_organization(acme).annotate(slot=Value("s"), at=Value(clock))
            for subject_id in range(450):
                rows = due.annotate(subject=Value(subject_id)).values_list("pk", "subject", "slot", "at")
                services.post_due(kind=NUDGE.name, due=rows, now=clock)
        with scope(umbrella):
            services.post(kind=DECISION.name, subject_id=1, address="x@umbrella.example", now=clock)
        queue = [acme, umbrella]
        while queue:
            organization = queue.pop(0)
            answer_wakeup(organization)
            with scope(organization):
                if Message.objects.due(clock).exists():
                    queue.append(organization)
        order = [mail.to[0] for mail in mailoutbox]
        assert order.index("x@umbrella.example") == 100
        assert len(order) == 451


class TestPlanners:
    def test_each_runs_in_the_scope_and_the_earliest_wish_counts(
        self, acme: Organization, now: datetime, plans: dict[str, Planner]
    ) -> None:
        seen: list[tuple[int | None, datetime]] = []

        def plan(at: datetime) -> datetime:
            seen.append((current_organization_id(), at))
            return at + timedelta(hours=3)

        planners.register(
            Planner("a", plan), Planner("b", lambda at: at + timedelta(hours=1)), Planner("c", lambda at: None)
        )
        assert plan_organization(acme, now) == now + timedelta(hours=1)
        assert seen == [(acme.pk, now)]

    def test_one_that_fails_stops_no_other_and_is_asked_again_soon(
        self, acme: Organization, lena: Membership, now: datetime, plans: dict[str, Planner]
    ) -> None:
        def broken(at: datetime) -> datetime | None:
            services.post(kind=NUDGE.name, subject_id=1, recipient=lena, now=at)
            raise RuntimeError("planner")

        def sound(at: datetime) -> datetime | None:
            services.post(kind=NUDGE.name, subject_id=2, recipient=lena, now=at)
            return None

        planners.register(Planner("a", broken), Planner("b", sound))
        assert plan_organization(acme, now) == now + planning.AFTER_FAILURE
        with scope(acme):
            assert [message.subject_id for message in Message.objects.all()] == [2]

    def test_without_a_wish_it_is_asked_once_a_day(
        self, acme: Organization, now: datetime, plans: dict[str, Planner]
    ) -> None:
        assert plan_organization(acme, now) == now + timedelta(days=1)

    def test_the_task_settles_the_wakeup_with_the_next_moment(
        self, acme: Organization, plans: dict[str, Planner]
    ) -> None:
        soon = timezone.now() + timedelta(minutes=7)
        planners.register(Planner("a", lambda at: soon))
        wake(acme, "plan", timezone.now())
        tasks.plan(acme.pk)
        assert Wakeup.objects.get(queue="plan").due_at == soon

    def test_what_wakes_while_it_plans_is_not_lost(self, acme: Organization, plans: dict[str, Planner]) -> None:
        clock = timezone.now()

        def plan(at: datetime) -> None:
            wakeups.wake("plan", clock)

        planners.register(Planner("a", plan))
        wake(acme, "plan", clock)
        tasks.plan(acme.pk)
        assert Wakeup.objects.get(queue="plan").due_at == clock


class TestMoments:
    @pytest.fixture(autouse=True)
    def reminder(self, plans: dict[str, Planner], lena: Membership, now: datetime) -> None:
        """A reminder a day before something that is two days away."""
        due_at = now + timedelta(days=1)

        def plan(at: datetime) -> datetime | None:
            if current_organization_id() != lena.organization_id:
                return None
            if at < due_at:
                return due_at
            people = Membership.objects.in_organization(lena.organization).filter(pk=lena.pk)
            rows = people.annotate(subject=Value(1), slot=Value("-1d"), at=Value(due_at))
            services.post_due(kind=NUDGE.name, due=rows.values_list("pk", "subject", "slot", "at"), now=at)
            return None

        planners.register(Planner("tests.reminder", plan))

    def test_a_moment_plans_and_sends_what_is_due_then(
        self, acme: Organization, umbrella: Organization, now: datetime, mailoutbox: list[Any]
    ) -> None:
        assert not any(happening.anything for happening in run_moment(now))
        first, other = run_moment(now + timedelta(days=1))
        assert (first.organization, first.planned, first.counts) == (acme, 1, {"sent": 1})
        assert not other.anything
        assert not any(happening.anything for happening in run_moment(now + timedelta(days=1, minutes=5)))
        assert len(mailoutbox) == 1

    def test_the_command_says_what_happened(self, acme: Organization, mailoutbox: list[Any]) -> None:
        out = StringIO()
        call_command("tick", "--at", "2026-11-24T11:00", stdout=out)
        assert out.getvalue().splitlines() == ["2026-11-24 11:00 UTC", "  Acme Cloud: 1 planned, 1 sent"]
        out = StringIO()
        call_command("tick", "--at", "2026-11-24T12:00+01:00", stdout=out)
        assert "nothing due" in out.getvalue()

    def test_the_command_refuses_nonsense_and_real_installations(self, db: None, settings: Any) -> None:
        with pytest.raises(CommandError, match="not a moment"):
            call_command("tick", "--at", "tomorrow")
        settings.DEV_PAGES = False
        with pytest.raises(CommandError, match="only the embedded set-up"):
            call_command("tick")

    def test_moments_have_a_zone(self) -> None:
        assert parse_moment("2026-11-24T11:00").utcoffset() == timedelta(0)
        assert parse_moment("2026-11-24T11:00+05:45").utcoffset() == timedelta(hours=5, minutes=45)

    def test_the_page_runs_a_moment(self, acme: Organization, client: Any, mailoutbox: list[Any]) -> None:
        assert client.get("/dev/clock/").status_code == 200
        page = client.post("/dev/clock/", {"at": "2026-11-24T11:00"})
        assert page.status_code == 200
        assert "Acme Cloud" in page.content.decode()
        assert "1 planned · 1 sent" in page.content.decode()
        assert client.post("/dev/clock/", {"at": "soon"}).status_code == 422
        assert len(mailoutbox) == 1


class TestPulses:
    def test_readiness_hears_both_or_says_who_is_silent(self, db: None) -> None:
        clock = timezone.now()
        assert findings(clock)["worker"].detail == "not asked, since the scheduler is silent"
        assert findings(clock)["scheduler"].detail == "never seen"
        tasks.heartbeat()
        tasks._scheduler_beats()
        found = findings(timezone.now())
        assert found["worker"].ok
        assert found["scheduler"].ok
        later = findings(clock + timedelta(seconds=90))
        assert not later["scheduler"].ok
        assert not later["worker"].ok
        pulses.beat(pulses.SCHEDULER)
        assert findings(timezone.now() + timedelta(seconds=30))["worker"].ok

    def test_publishing_a_tick_is_the_scheduler_s_beat(self, db: None) -> None:
        from celery.signals import before_task_publish

        before_task_publish.send(sender="planning.tick")
        assert pulses.is_alive(pulses.SCHEDULER, timezone.now())
        assert not pulses.is_alive(pulses.WORKER, timezone.now())


def test_old_account_mails_are_forgotten(db: None, now: datetime) -> None:
    for days in (1, 29, 31, 90):
        services.post_account_mail(template="account/login_code", address=f"{days}@x.example", values={}, now=now)
    clock = timezone.now()
    for row in AccountMessage.objects.all():
        settled = clock - timedelta(days=int(row.address.split("@")[0]))
        AccountMessage.objects.filter(pk=row.pk).update(state="sent", settled_at=settled)
    tasks.tidy()
    assert sorted(AccountMessage.objects.values_list("address", flat=True)) == ["1@x.example", "29@x.example"]
