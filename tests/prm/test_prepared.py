"""Prepared queries: compiled once, each call with its own values, its own organization and its own connection."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.db.models import F, Q, QuerySet

from prm.jobs.models import Job
from prm.tenancy.models import Organization
from prm.tenancy.prepared import NotPreparable, ValueLost, prepared
from prm.tenancy.scope import ScopeConflict, ScopeRequired, current_organization_id, scope

pytestmark = pytest.mark.django_db


@prepared
def _jobs(kind: str, since: datetime | None = None, *, order: str = "pk") -> QuerySet[Job]:
    rows = Job.objects.filter(kind=kind)
    return (rows if since is None else rows.filter(created_at__gte=since)).order_by(order)


@prepared
def _named(pks: list[int]) -> QuerySet[Job, str]:
    return Job.objects.filter(pk__in=pks).order_by("pk").values_list("kind", flat=True)


def make(kind: str, at: datetime) -> Job:
    return Job.objects.create(kind=kind, created_at=at, not_before=at)


def test_each_call_has_its_own_values(acme: Organization, now: datetime) -> None:
    with scope(acme):
        first, second = make("one", now), make("one", now + timedelta(days=1))
        make("two", now)
        assert _jobs("one") == [first, second]
        assert [job.kind for job in _jobs("two")] == ["two"]
        assert _jobs("none") == []
        assert _jobs("one", now + timedelta(hours=1)) == [second]
        assert _jobs("one", order="-pk") == [second, first]
        assert _jobs.first("one") == first
        assert _jobs.first("none") is None


def test_lists_of_any_length(acme: Organization, now: datetime) -> None:
    with scope(acme):
        jobs = [make(f"kind-{number}", now) for number in range(3)]
        assert _named([]) == []
        assert _named([jobs[1].pk]) == ["kind-1"]
        assert _named([jobs[2].pk, jobs[0].pk]) == ["kind-0", "kind-2"]


def test_the_organization_is_that_of_the_call(acme: Organization, umbrella: Organization, now: datetime) -> None:
    """The statement was built in Acme's scope, or in nobody's: it never keeps whose."""
    with scope(acme):
        ours = make("shared", now)
        assert _jobs("shared") == [ours]
    with scope(umbrella):
        assert _jobs("shared") == []
        theirs = make("shared", now)
        assert _jobs("shared") == [theirs]
    with scope(acme):
        assert _jobs("shared") == [ours]


def test_without_a_scope_a_tenants_rows_stay_closed(acme: Organization, now: datetime) -> None:
    with scope(acme):
        make("closed", now)
        _jobs("closed")
    with pytest.raises(ScopeRequired):
        _jobs("closed")


def test_a_known_statement_costs_no_building(acme: Organization, now: datetime) -> None:
    built = 0

    @prepared
    def counted(kind: str) -> QuerySet[Job]:
        nonlocal built
        built += 1
        return Job.objects.filter(kind=kind)

    counted.checked = False
    with scope(acme):
        for kind in ("a", "b", "c"):
            counted(kind)
    assert built == 1


def test_whoever_writes_a_builder_hears_when_it_cannot_be_prepared(acme: Organization, now: datetime) -> None:
    @prepared
    def hidden(words: str) -> QuerySet[Job]:
        return Job.objects.filter(kind__contains=words)

    @prepared
    def reading(kind: str) -> QuerySet[Job]:
        return Job.objects.filter(kind=kind) if Job.objects.exists() else Job.objects.none()

    @prepared
    def prefetching(kind: str) -> QuerySet[Job]:
        return Job.objects.filter(kind=kind).prefetch_related("created_by")

    with scope(acme):
        with pytest.raises(NotPreparable, match="no parameters of their own"):
            hidden("a")
        with pytest.raises(ScopeConflict, match="while a statement was built"):
            reading("a")
        with pytest.raises(NotPreparable, match="prefetch"):
            prefetching("a")
        with pytest.raises(NotPreparable, match="no value"):
            _jobs(1.5)
        assert current_organization_id() == acme.pk
        # Nothing of the refused remains in the way.
        assert not Job.objects.exists()


def test_tests_notice_a_builder_that_reads_something_else(acme: Organization, now: datetime) -> None:
    limit = 1

    @prepared
    def sly(kind: str) -> QuerySet[Job]:
        return Job.objects.filter(kind=kind, attempts__lt=limit)

    with scope(acme):
        sly("a")
        limit = 2
        with pytest.raises(NotPreparable, match="was prepared as"):
            sly("a")


def test_annotations_and_joined_rows_come_along(acme: Organization, now: datetime) -> None:
    @prepared
    def told(kind: str) -> QuerySet[Job]:
        return Job.objects.filter(kind=kind).select_related("organization").annotate(again=F("kind"))

    with scope(acme):
        make("joined", now)
        for _time in range(2):
            (job,) = told("joined")
            with connection.execute_wrapper(lambda *_: pytest.fail("a query more")):
                assert (job.organization.slug, job.again) == (acme.slug, "joined")  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_threads_share_a_statement_and_nothing_else(acme: Organization, umbrella: Organization, now: datetime) -> None:
    for organization in (acme, umbrella):
        with scope(organization):
            make(organization.slug, now)
    found: list[tuple[str, list[str]]] = []
    together = Barrier(8)

    def ask(organization: Organization) -> None:
        together.wait()
        try:
            for _time in range(30):
                with scope(organization):
                    kinds = [job.kind for slug in (acme.slug, umbrella.slug) for job in _jobs(slug)]
                found.append((organization.slug, kinds))
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(organization,)) for organization in (acme, umbrella) for _time in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 240
    assert all(kinds == [slug] for slug, kinds in found)


def kept_plans() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ["%jobs_job%"])
        return [row[0] for row in cursor.fetchall()]


def test_a_connection_plans_a_statement_once(acme: Organization, now: datetime) -> None:
    with scope(acme):
        jobs = [make(f"kind-{number}", now) for number in range(4)]
        assert _jobs("kind-1") == [jobs[1]]
        assert _jobs("kind-2") == [jobs[2]]
        assert _named([job.pk for job in jobs[:3]]) == ["kind-0", "kind-1", "kind-2"]
        assert _named([job.pk for job in jobs]) == ["kind-0", "kind-1", "kind-2", "kind-3"]
        plans = kept_plans()
    assert len(plans) == 2, plans
    assert all("$1" in plan and "%s" not in plan for plan in plans)


def test_nothing_is_kept_where_connections_end_with_their_request(
    acme: Organization, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    with scope(acme):
        first = make("one", now)
        assert _jobs("one") == [first]
        assert kept_plans() == []


def test_percent_signs_are_no_placeholders(acme: Organization, now: datetime) -> None:
    @prepared
    def odd(kind: str) -> QuerySet[Job]:
        return Job.objects.filter(kind=kind).extra(where=["kind NOT LIKE 'x%%'"])

    with scope(acme):
        first = make("50% s", now)
        make("x", now)
        assert odd("50% s") == [first]
        assert odd("x") == []


def test_a_lost_value_is_asked_for_all_the_same(acme: Organization, now: datetime) -> None:
    @prepared
    def either(kind: str, other: str) -> QuerySet[Job]:
        # Django leaves the second part out, since nothing can fulfil it.
        return Job.objects.filter(Q(kind=kind) | Q(kind=other, pk__in=[]))

    with scope(acme):
        job = make("one", now)
        with pytest.raises(ValueLost):
            either("one", "two")
        assert either.anyhow("one", "two") == [job]
        assert _jobs.anyhow("one") == [job]
