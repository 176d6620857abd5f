"""Editing without overwriting, states with one gate, wakeups, and public ids."""

import time
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.utils import timezone

from prm.jobs.models import Job
from prm.problems import Problem, Refused, blockers, refuse_if
from prm.registry import Registry
from prm.tenancy import wakeups
from prm.tenancy.constraints import CompositeForeignKey
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.fields import OrganizationField, PublicIdField, TenantForeignKey
from prm.tenancy.models import Organization, Wakeup
from prm.tenancy.public_ids import ALPHABET, new_public_id
from prm.tenancy.scope import ScopeRequired, scope
from prm.tenancy.states import Machine
from tests.wakeups import woken_at

LAMP = Machine("lamp", "state", {"light": (("queued",), "running"), "put_out": (("queued", "running"), "done")})


@pytest.fixture
def job(in_acme: Organization, now: datetime) -> Job:
    return Job.objects.create(kind="tests.lamp", created_at=now, not_before=now)


# ── States ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_move_changes_the_state_and_what_goes_with_it(job: Job) -> None:
    LAMP.move(job, "light", total=7)
    assert (job.state, job.total) == ("running", 7)
    job.refresh_from_db()
    assert (job.state, job.total) == ("running", 7)


def test_a_move_from_the_wrong_state_is_refused_and_shows_what_is_now(job: Job) -> None:
    stale = Job.objects.get(pk=job.pk)
    LAMP.move(job, "put_out")
    with pytest.raises(Refused, match="meanwhile it is “Done”") as refusal:
        LAMP.move(stale, "light", total=7)
    assert refusal.value.codes == {"wrong_state"}
    assert (stale.state, stale.total) == ("done", 0)


def test_what_is_possible_is_data(job: Job) -> None:
    assert LAMP.can(job, "light")
    assert LAMP.possible(job) == ["light", "put_out"]
    LAMP.move(job, "light")
    assert LAMP.possible(job) == ["put_out"]
    assert list(LAMP.arrows()) == [
        ("queued", "light", "running"),
        ("queued", "put_out", "done"),
        ("running", "put_out", "done"),
    ]
    with pytest.raises(KeyError):
        LAMP.move(job, "explode")


def at_once(act: Any, times: int) -> None:
    barrier = Barrier(times)

    def run() -> None:
        barrier.wait()
        act()
        connection.close()

    threads = [Thread(target=run) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_move_at_once_one_wins(acme: Organization, now: datetime) -> None:
    with scope(acme):
        Job.objects.create(kind="tests.lamp", created_at=now, not_before=now)
    outcomes: list[str] = []

    def light() -> None:
        with scope(acme):
            try:
                LAMP.move(Job.objects.get(), "light")
                outcomes.append("won")
            except Refused:
                outcomes.append("lost")

    at_once(light, 8)
    assert sorted(outcomes) == ["lost"] * 7 + ["won"]


# ── Editing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_tells_what_really_changed(acme: Organization) -> None:
    changes = update_if_unchanged(acme, acme.revision, portal_title="Partners first", language="en")
    assert changes == {"portal_title": ["Acme Partners", "Partners first"]}
    acme.refresh_from_db()
    assert (acme.portal_title, acme.revision) == ("Partners first", 2)


def test_the_second_editor_is_told_and_overwrites_nothing(acme: Organization) -> None:
    second = Organization.objects.get(pk=acme.pk)
    update_if_unchanged(acme, 1, portal_title="First")
    with pytest.raises(Refused) as refusal:
        update_if_unchanged(second, 1, portal_title="Second")
    assert refusal.value.codes == {"changed_meanwhile"}
    assert (second.portal_title, second.revision) == ("First", 2)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_edit_at_once_one_wins(acme: Organization) -> None:
    outcomes: list[str] = []

    def edit() -> None:
        try:
            update_if_unchanged(Organization.objects.get(pk=acme.pk), 1, portal_title="Mine")
            outcomes.append("won")
        except Refused:
            outcomes.append("lost")

    at_once(edit, 6)
    assert sorted(outcomes) == ["lost"] * 5 + ["won"]


# ── Wakeups ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    heard: list[tuple[str, int]] = []
    monkeypatch.setattr(wakeups, "ring", lambda queue, pk: heard.append((queue, pk)))
    return heard


def test_the_earliest_moment_counts(in_acme: Organization, now: datetime, rung: Any) -> None:
    for minutes in (10, 5, 20):
        wakeups.wake("plan", now + timedelta(minutes=minutes))
    assert woken_at("plan") == now + timedelta(minutes=5)
    assert wakeups.due("plan", now) == []
    assert wakeups.due("plan", now + timedelta(minutes=5)) == [in_acme]
    assert wakeups.due("outbox", now + timedelta(minutes=5)) == []


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_that_woke_makes_nobody_wait(acme: Organization, rung: Any) -> None:
    """Six that each wake both queues, one after the other in either order, and then work for a second."""
    present = timezone.now()
    with scope(acme):
        wakeups.wake("plan", present + timedelta(hours=1))
    waited: list[float] = []

    def work() -> None:
        queues = ("plan", "outbox") if len(waited) % 2 else ("outbox", "plan")
        began = time.monotonic()
        with scope(acme):
            for queue in queues:
                wakeups.wake(queue, present)
            waited.append(time.monotonic() - began)
            time.sleep(1)

    began = time.monotonic()
    at_once(work, 6)
    assert len(waited) == 6
    assert max(waited) < 0.9
    assert time.monotonic() - began < 4
    assert wakeups.due("plan", present) == wakeups.due("outbox", present) == [acme]


def test_what_was_woken_for_in_vain_is_not_written(acme: Organization, now: datetime) -> None:
    def fail() -> None:
        with scope(acme):
            wakeups.wake("plan", now)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert not Wakeup.objects.exists()


def test_waking_needs_a_scope(db: None, now: datetime) -> None:
    with pytest.raises(ScopeRequired):
        wakeups.wake("plan", now)


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_once_and_only_when_it_is_true(acme: Organization, rung: list[tuple[str, int]]) -> None:
    present = timezone.now()
    with scope(acme):
        wakeups.wake("outbox", present)
        transaction.set_rollback(True)
    assert (rung, Wakeup.objects.count()) == ([], 0)
    with scope(acme):
        wakeups.wake("outbox", present)
        wakeups.wake("outbox", present)
        wakeups.wake("plan", present + timedelta(hours=1))
        assert rung == []
    assert rung == [("outbox", acme.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_silent_bell_loses_nothing(acme: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the broker away the transaction is committed all the same, and the wakeup waits for the next tick."""

    def broken(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr("prm.tenancy.doorbells.current_app.send_task", broken)
    with scope(acme):
        wakeups.wake("jobs", timezone.now())
    assert wakeups.due("jobs", timezone.now()) == [acme]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_gets_it(acme: Organization, rung: Any) -> None:
    present = timezone.now()
    with scope(acme):
        wakeups.wake("jobs", present)
    taken: list[bool] = []
    at_once(lambda: taken.append(wakeups.take("jobs", acme, present)), 5)
    assert sorted(taken) == [False] * 4 + [True]
    assert wakeups.due("jobs", present + timedelta(seconds=60)) == []


@pytest.mark.django_db(transaction=True)
def test_a_lease_ends(acme: Organization, rung: Any) -> None:
    present = timezone.now()
    with scope(acme):
        wakeups.wake("jobs", present)
    assert wakeups.take("jobs", acme, present)
    later = present + wakeups.LEASE
    assert wakeups.due("jobs", later) == [acme]
    assert wakeups.take("jobs", acme, later)


@pytest.mark.django_db(transaction=True)
def test_what_is_woken_for_meanwhile_stays_due(acme: Organization, rung: Any) -> None:
    present = timezone.now()
    with scope(acme):
        wakeups.wake("jobs", present)
    wakeups.take("jobs", acme, present)
    with scope(acme):
        wakeups.wake("jobs", present)
    wakeups.settle("jobs", acme, None)
    assert wakeups.due("jobs", present) == [acme]
    wakeups.take("jobs", acme, present)
    wakeups.settle("jobs", acme, present + timedelta(hours=1))
    assert wakeups.due("jobs", present) == []
    assert wakeups.due("jobs", present + timedelta(hours=1)) == [acme]
    wakeups.take("jobs", acme, present + timedelta(hours=1))
    wakeups.settle("jobs", acme, None)
    assert wakeups.due("jobs", datetime(9000, 1, 1, tzinfo=UTC)) == []


def test_who_waits_longest_comes_first(acme: Organization, umbrella: Organization, now: datetime, rung: Any) -> None:
    for organization, minutes in ((acme, 2), (umbrella, 1)):
        with scope(organization):
            wakeups.wake("plan", now + timedelta(minutes=minutes))
    assert wakeups.due("plan", now + timedelta(minutes=5)) == [umbrella, acme]
    assert wakeups.due("plan", now + timedelta(minutes=5), limit=1) == [umbrella]


# ── Fields and leaves ───────────────────────────────────────────────────────────────────────────────────────────────


def test_public_ids_are_twelve_random_characters(in_acme: Organization, job: Job) -> None:
    ids = {new_public_id() for _number in range(1000)}
    assert len(ids) == 1000
    assert all(len(one) == 12 and set(one) <= set(ALPHABET) for one in ids)
    assert len(set(ALPHABET)) == 32
    assert Job.objects.all().by_public_id(job.public_id) == job


def test_a_tenants_uniqueness_starts_with_the_organization() -> None:
    with pytest.raises(TypeError, match="UniqueConstraint"):
        TenantForeignKey("jobs.Job", on_delete=models.PROTECT, unique=True)


@pytest.mark.parametrize(
    "field",
    [
        OrganizationField(),
        OrganizationField(referable=False),
        PublicIdField(),
        TenantForeignKey("jobs.Job", on_delete=models.PROTECT),
        TenantForeignKey("jobs.Job", on_delete=models.CASCADE, index=False, null=True),
    ],
)
def test_fields_come_out_of_migrations_as_they_went_in(field: Any) -> None:
    _name, _path, args, kwargs = field.deconstruct()
    assert type(field)(*args, **kwargs).deconstruct()[1:] == field.deconstruct()[1:]


def test_composite_keys_come_out_of_migrations_as_they_went_in() -> None:
    constraint = CompositeForeignKey(name="x", field="job", to="jobs.Job")
    _path, args, kwargs = constraint.deconstruct()
    assert CompositeForeignKey(*args, **kwargs) == constraint
    assert CompositeForeignKey(name="x", field="job", to="jobs.Other") != constraint


def test_refusals() -> None:
    warning, blocker = Problem("soft", "Have a look.", level="warning"), Problem("hard", "No.", field="name")
    refuse_if([warning])
    refuse_if([])
    with pytest.raises(Refused, match=r"Have a look\.; No\.") as refusal:
        refuse_if([warning, blocker])
    assert refusal.value.codes == {"soft", "hard"}
    assert blockers(refusal.value.problems) == [blocker]


def test_registries() -> None:
    things: Registry[Machine] = Registry("things")
    other = Machine("lamp", "state", {})
    things.register(LAMP, LAMP)
    things.register(Machine("bulb", "state", {}))
    assert [thing.name for thing in things.all()] == ["bulb", "lamp"]
    assert "lamp" in things
    with pytest.raises(ValueError, match="two things are called 'lamp'"):
        things.register(other)
    with pytest.raises(KeyError, match="no things is called 'candle'"):
        things.get("candle")
