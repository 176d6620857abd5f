from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.jobs.kinds import JobKind, job_kinds
from prm.jobs.models import Job
from prm.jobs.services import actor_of, retry_job, start_job
from prm.jobs.worker import MOST_ATTEMPTS, run_jobs, work_piece
from prm.problems import Problem, Refused
from prm.tenancy import wakeups
from prm.tenancy.models import Organization, Wakeup
from prm.tenancy.scope import scope

SignIn = Callable[[Membership], Client]
pieces: list[int] = []
trouble: dict[int, Exception] = {}


def count_up(job: Job) -> None:
    """Three at a time; in trouble where a test wants it."""
    pieces.append(job.done)
    if error := trouble.pop(job.done, None):
        raise error
    job.progress(min(job.done + 3, job.parameters["upto"]), job.parameters["upto"])
    job.result = {"counted": job.done}


def stand_still(job: Job) -> None:
    job.progress(0, 5)


def page(job: Job) -> str:
    return address("studio_home")


COUNT = JobKind("tests.count", count_up, "Counting", page)
STAND = JobKind("tests.stand_still", stand_still)


@pytest.fixture(autouse=True)
def clean() -> None:
    job_kinds.register(COUNT, STAND)
    pieces.clear()
    trouble.clear()


@pytest.fixture
def started(acme: Organization, bob: Membership) -> Job:
    with scope(acme):
        return start_job(actor=Actor.of(bob), kind=COUNT, parameters={"upto": 7}, now=timezone.now())


def again(acme: Organization, job: Job) -> Job:
    with scope(acme):
        return Job.objects.get(pk=job.pk)


@pytest.mark.django_db(transaction=True)
def test_a_job_is_done_in_pieces(acme: Organization, started: Job) -> None:
    assert run_jobs(acme) == 3
    job = again(acme, started)
    assert (job.state, job.done, job.total, job.result) == ("done", 7, 7, {"counted": 7})
    assert job.finished_at is not None
    assert pieces == [0, 3, 6]
    assert run_jobs(acme) == 0


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_work_goes_on(acme: Organization, started: Job) -> None:
    assert work_piece(acme, timezone.now())
    job = again(acme, started)
    assert (job.state, job.done, job.percent, job.attempts) == ("running", 3, 42, 0)


@pytest.mark.django_db(transaction=True)
def test_starting_wakes_the_worker_when_it_is_committed(
    acme: Organization, bob: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(wakeups, "ring", lambda queue, pk: rung.append((queue, pk)))
    with scope(acme):
        start_job(actor=Actor.of(bob), kind=COUNT, parameters={"upto": 1}, now=now)
        transaction.set_rollback(True)
    assert (rung, Wakeup.objects.count()) == ([], 0)
    with scope(acme):
        start_job(actor=Actor.of(bob), kind=COUNT, parameters={"upto": 1}, now=now)
        assert rung == []
    assert rung == [("jobs", acme.pk)]
    assert wakeups.due("jobs", timezone.now()) == [acme]


@pytest.mark.django_db(transaction=True)
def test_a_failed_piece_is_undone_and_tried_again_later(acme: Organization, started: Job) -> None:
    trouble[3] = RuntimeError("the moon is in the way")
    start = timezone.now()
    run_jobs(acme)
    job = again(acme, started)
    assert (job.state, job.done, job.attempts) == ("running", 3, 1)
    assert job.not_before > start
    assert wakeups.due("jobs", start) == []
    work_piece(acme, job.not_before)
    assert again(acme, started).done == 6


@pytest.mark.django_db(transaction=True)
def test_work_that_never_succeeds_is_given_up(acme: Organization, bob: Membership) -> None:
    with scope(acme):
        job = start_job(actor=Actor.of(bob), kind=STAND, parameters={}, now=timezone.now())
    moment = timezone.now()
    for _attempt in range(MOST_ATTEMPTS):
        moment += timedelta(hours=1)
        assert work_piece(acme, moment)
    job = again(acme, job)
    assert job.state == "failed"
    assert [error["message"] for error in job.errors] == ["It did not work after 5 tries."]
    assert not work_piece(acme, moment + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_work_that_kills_its_worker_is_given_up(acme: Organization, started: Job) -> None:
    """Each attempt is counted before it is made: a process that is killed in it never gets to say so."""
    with scope(acme):
        Job.objects.update(attempts=MOST_ATTEMPTS, state="running")
    assert work_piece(acme, timezone.now())
    assert again(acme, started).state == "failed"
    assert pieces == []


@pytest.mark.django_db(transaction=True)
def test_an_expected_no_ends_the_job_with_its_words(acme: Organization, started: Job) -> None:
    trouble[3] = Refused(Problem("file_damaged", "This file is damaged."))
    run_jobs(acme)
    job = again(acme, started)
    assert (job.state, job.done, job.errors) == ("failed", 3, [{"message": "This file is damaged."}])


@pytest.mark.django_db(transaction=True)
def test_a_failed_job_goes_on_where_it_stopped(acme: Organization, started: Job) -> None:
    trouble[3] = Refused(Problem("x", "no"))
    run_jobs(acme)
    with scope(acme):
        retry_job(job=Job.objects.get(), now=timezone.now())
    run_jobs(acme)
    assert again(acme, started).state == "done"
    assert pieces == [0, 3, 3, 6]
    with scope(acme), pytest.raises(Refused) as refusal:
        retry_job(job=Job.objects.get(), now=timezone.now())
    assert refusal.value.codes == {"wrong_state"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_no_piece_twice(acme: Organization, started: Job) -> None:
    barrier = Barrier(4)

    def work() -> None:
        barrier.wait()
        while work_piece(acme, timezone.now()):
            pass
        connection.close()

    threads = [Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert again(acme, started).state == "done"
    assert sorted(pieces) == [0, 3, 6]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_leaves_the_job_to_the_next(acme: Organization, started: Job) -> None:
    assert wakeups.take("jobs", acme, timezone.now())
    assert run_jobs(acme) == 0
    later = timezone.now() + wakeups.LEASE
    assert wakeups.due("jobs", later) == [acme]


@pytest.mark.django_db(transaction=True)
def test_turns_end_and_the_rest_is_due_at_once(acme: Organization, started: Job) -> None:
    run_jobs(acme, turn=0)
    assert wakeups.due("jobs", timezone.now()) == [acme]
    assert again(acme, started).state == "queued"


def test_a_job_acts_as_who_started_it(in_acme: Organization, bob: Membership, now: datetime) -> None:
    job = start_job(actor=Actor.of(bob), kind=COUNT, parameters={}, now=now)
    assert actor_of(job) == Actor.of(bob)
    nobodys = start_job(actor=Actor.system("planner"), kind=COUNT, parameters={}, now=now)
    assert actor_of(nobodys).kind == "system"


def test_an_unknown_kind_is_refused(in_acme: Organization, bob: Membership, now: datetime) -> None:
    with pytest.raises(KeyError):
        start_job(actor=Actor.of(bob), kind="tests.unheard_of", parameters={}, now=now)


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def link(acme: Organization, name: str, job: Job) -> str:
    return address(name, job.public_id, organization=acme)


def test_job_detail_shows_how_far_it_is(acme: Organization, started: Job, bob: Membership, sign_in: SignIn) -> None:
    with scope(acme):
        Job.objects.update(done=3, total=7, state="running")
    client, url = sign_in(bob), link(acme, "job_detail", started)
    whole = client.get(url).content.decode()
    assert "3 of 7" in whole
    assert f'hx-get="{url}"' in whole
    part = client.get(url, headers={"HX-Request": "true", "HX-Target": "job"}).content.decode()
    assert "3 of 7" in part
    assert "<html" not in part


def test_job_detail_stops_asking_when_it_is_done(
    acme: Organization, started: Job, bob: Membership, sign_in: SignIn
) -> None:
    with scope(acme):
        Job.objects.update(done=7, total=7, state="done")
    page = sign_in(bob).get(link(acme, "job_detail", started)).content.decode()
    assert "every 2s" not in page
    assert "See what came of it" in page


def test_job_retry_begins_a_failed_job_anew(acme: Organization, started: Job, bob: Membership, sign_in: SignIn) -> None:
    with scope(acme):
        Job.objects.update(state="failed", errors=[{"message": "The moon was in the way."}])
    client = sign_in(bob)
    assert "The moon was in the way." in client.get(link(acme, "job_detail", started)).content.decode()
    response = client.post(link(acme, "job_retry", started))
    assert (response.status_code, response["Location"]) == (303, link(acme, "job_detail", started))
    assert again(acme, started).state == "queued"
    assert client.post(link(acme, "job_retry", started)).status_code == 303


def test_job_detail_is_not_for_others(
    acme: Organization, started: Job, lena: Membership, charlie: Membership, client: Client, sign_in: SignIn
) -> None:
    url = link(acme, "job_detail", started)
    assert sign_in(lena).get(url).status_code == 404
    assert sign_in(charlie).get(url).status_code == 404
    assert client.get(url).status_code == 302
    assert sign_in(lena).get(url.replace(started.public_id, "0" * 12)).status_code == 404


def test_a_partner_sees_the_job_they_started(
    acme: Organization, lena: Membership, now: datetime, sign_in: SignIn
) -> None:
    with scope(acme):
        job = start_job(actor=Actor.of(lena), kind=COUNT, parameters={"upto": 1}, now=now)
    assert sign_in(lena).get(link(acme, "job_detail", job)).status_code == 200


def test_finished_jobs_are_not_locked_by_onlookers(in_acme: Organization, bob: Membership, now: datetime) -> None:
    """Reading a job's page never waits for the worker: no page locks the row."""
    start_job(actor=Actor.of(bob), kind=COUNT, parameters={"upto": 1}, now=now)
    with transaction.atomic():
        assert Job.objects.unfinished().count() == 1


def test_errors_are_kept_up_to_a_thousand(in_acme: Organization, bob: Membership, now: datetime) -> None:
    job: Any = start_job(actor=Actor.of(bob), kind=COUNT, parameters={}, now=now)
    for number in range(1005):
        job.add_error(message=str(number))
    assert len(job.errors) == 1000
