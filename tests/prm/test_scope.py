"""The first wall: outside an organization's scope nothing of a tenant's is read or written, inside it nothing else."""

from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Upper

from prm.files.models import StoredFile
from prm.imports.models import Import, ImportRow
from prm.jobs.models import Job
from prm.tenancy.models import Organization, TenantRow
from prm.tenancy.scope import ScopeConflict, ScopeRequired, current_organization, current_organization_id, scope

UNSCOPED = "organization's scope"


def make_job(now: datetime, kind: str = "tests.made", **fields: Any) -> Job:
    return Job.objects.create(kind=kind, created_at=now, not_before=now, **fields)


def make_import(now: datetime) -> Import:
    stored = StoredFile.objects.create(key="1/2026/x", name="x.csv", size=1, content_type="text/csv", created_at=now)
    made = Import.objects.create(schema="tests", file=stored, created_at=now, job=make_job(now))
    ImportRow.objects.create(row_import=made, number=2, outcome="new")
    return made


@pytest.fixture
def both(acme: Organization, umbrella: Organization, now: datetime) -> tuple[Import, Import]:
    """The same things in two organizations."""
    with scope(acme):
        ours = make_import(now)
    with scope(umbrella):
        theirs = make_import(now)
    return ours, theirs


# ── Outside ─────────────────────────────────────────────────────────────────────────────────────────────────────────

jobs = Job.objects
READS: dict[str, Callable[[], Any]] = {
    "all": lambda: list(jobs.all()),
    "get": lambda: jobs.get(pk=1),
    "first": lambda: jobs.first(),
    "last": lambda: jobs.last(),
    "latest": lambda: jobs.latest("created_at"),
    "count": lambda: jobs.count(),
    "exists": lambda: jobs.exists(),
    "contains": lambda: jobs.contains(Job(pk=1)),
    "len": lambda: len(jobs.all()),
    "bool": lambda: bool(jobs.all()),
    "slice": lambda: jobs.all()[0],
    "iterator": lambda: list(jobs.iterator()),
    "in_bulk": lambda: jobs.in_bulk([1]),
    "values": lambda: list(jobs.values("kind")),
    "values_list": lambda: list(jobs.values_list("kind", flat=True)),
    "dates": lambda: list(jobs.datetimes("created_at", "day")),
    "aggregate": lambda: jobs.aggregate(n=Count("*")),
    "annotate": lambda: list(jobs.annotate(x=Upper(F("kind")))),
    "filter, exclude, order": lambda: list(jobs.filter(kind="x").exclude(state="done").order_by("-id")),
    "Q": lambda: list(jobs.filter(Q(kind="x") | Q(kind="y"))),
    "distinct": lambda: list(jobs.distinct()),
    "only, defer": lambda: list(jobs.only("id").defer("kind")),
    "union": lambda: list(jobs.all().union(jobs.all())),
    "for update": lambda: list(jobs.select_for_update()),
    "explain": lambda: jobs.all().explain(),
    "select_related": lambda: list(Import.objects.select_related("file")),
    "prefetch": lambda: list(Import.objects.prefetch_related("rows")),
    "own vocabulary": lambda: list(jobs.unfinished()),
    "by_public_id": lambda: jobs.all().by_public_id("x" * 12),
    "base manager": lambda: list(Job._base_manager.all()),
    "default manager": lambda: list(Job._default_manager.all()),
    "subquery": lambda: list(Organization.objects.filter(pk__in=jobs.values("organization"))),
    "negated subquery": lambda: list(Organization.objects.exclude(pk__in=jobs.values("organization"))),
    "Exists": lambda: list(Organization.objects.filter(Exists(jobs.filter(organization=OuterRef("pk"))))),
    "Subquery": lambda: list(Organization.objects.annotate(n=Subquery(jobs.values("kind")[:1]))),
    "combined": lambda: list(jobs.filter(kind="x") | jobs.filter(kind="y")),
    "refresh": lambda: Job(pk=1).refresh_from_db(),
    "foreign key": lambda: Import(file_id=1).file,
    "reverse": lambda: list(Import(pk=1).rows.all()),
}
WRITES: dict[str, Callable[[], Any]] = {
    "create": lambda: jobs.create(kind="x"),
    "save": lambda: Job(kind="x").save(),
    "save another's": lambda: Job(pk=1, organization_id=1).save(force_update=True),
    "update": lambda: jobs.update(kind="y"),
    "filtered update": lambda: jobs.filter(pk=1).update(kind="y"),
    "delete": lambda: jobs.all().delete(),
    "delete one": lambda: Job(pk=1, organization_id=1).delete(),
    "bulk_create": lambda: jobs.bulk_create([Job(kind="x")]),
    "bulk_create with ignored conflicts": lambda: jobs.bulk_create([Job(kind="x")], ignore_conflicts=True),
    "bulk_update": lambda: jobs.bulk_update([Job(pk=1, organization_id=1)], ["kind"]),
    "get_or_create": lambda: jobs.get_or_create(kind="x"),
    "update_or_create": lambda: jobs.update_or_create(kind="x"),
    "base manager": lambda: Job._base_manager.filter(pk=1).update(kind="y"),
    "reverse add": lambda: Import(pk=1).rows.add(ImportRow(pk=1), bulk=False),
    "reverse create": lambda: Import(pk=1).rows.create(number=1),
}


@pytest.mark.parametrize("act", READS.values(), ids=list(READS))
def test_reading_without_a_scope_raises(db: None, act: Callable[[], Any]) -> None:
    with pytest.raises(ScopeRequired, match=UNSCOPED):
        act()


@pytest.mark.parametrize("act", WRITES.values(), ids=list(WRITES))
def test_writing_without_a_scope_raises(db: None, act: Callable[[], Any]) -> None:
    with pytest.raises(ScopeRequired, match=UNSCOPED):
        act()


def test_querysets_can_be_built_without_a_scope(db: None) -> None:
    """Forms and the admin build theirs when they are imported; only running one raises."""
    rows = Job.objects.filter(kind="x").order_by("id").select_related("created_by")
    assert list(Job.objects.none()) == []
    assert not rows.none().exists()


RAW = (
    "SELECT * FROM jobs_job",
    "SELECT count(*) FROM jobs_job",
    "UPDATE jobs_job SET kind = 'x'",
    "DELETE FROM jobs_job",
    "INSERT INTO jobs_job SELECT * FROM jobs_job",
    "SELECT * FROM activity_fact_default",
)


@pytest.mark.parametrize("statement", RAW)
def test_raw_statements_without_a_scope_raise(both: Any, statement: str) -> None:
    """Where Python cannot see, the database refuses: it does not show an empty table, it raises."""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "act",
    [lambda: list(jobs.raw("SELECT * FROM jobs_job")), lambda: jobs.all()._raw_delete("default")],
    ids=["raw queryset", "raw delete"],
)
def test_what_goes_round_the_managers_raises_too(both: Any, act: Callable[[], Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_nothing_leads_from_outside_into_a_tenants_tables() -> None:
    """No global model can be joined with a tenant's rows by Django's own vocabulary."""
    leading = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if not issubclass(model, TenantRow)
        for field in model._meta.get_fields()
        if field.is_relation and isinstance(field.related_model, type) and issubclass(field.related_model, TenantRow)
    ]
    assert leading == []


def test_a_queryset_that_outlives_its_scope_shows_nothing(
    both: Any, acme: Organization, umbrella: Organization
) -> None:
    with scope(acme):
        late = Job.objects.all()
    with scope(umbrella):
        assert list(late) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        list(late.all())


def test_current_organization_raises_outside(db: None) -> None:
    assert current_organization_id() is None
    with pytest.raises(ScopeRequired):
        current_organization()


# ── Inside ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_inside_only_ones_own_is_there(both: tuple[Import, Import], acme: Organization) -> None:
    ours, theirs = both
    with scope(acme):
        assert list(Import.objects.all()) == [ours]
        assert list(Import._base_manager.all()) == [ours]
        assert not Import.objects.filter(pk=theirs.pk).exists()
        assert [row.row_import_id for row in ImportRow.objects.all()] == [ours.pk]
        loaded = Import.objects.prefetch_related(Prefetch("rows"), "file").get()
        assert [row.number for row in loaded.rows.all()] == [2]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM imports_import")
            assert cursor.fetchone() == (1,)


def test_anothers_row_is_neither_changed_nor_deleted(both: tuple[Import, Import], acme: Organization) -> None:
    _ours, theirs = both
    with scope(acme):
        for act in (
            theirs.save,
            theirs.delete,
            lambda: Import.objects.bulk_create([Import(organization=theirs.organization)]),
        ):
            with pytest.raises(ScopeConflict):
                act()
        assert Import.objects.filter(pk=theirs.pk).update(schema="x") == 0
        assert Import.objects.filter(pk=theirs.pk).delete()[0] == 0
        with connection.cursor() as cursor:
            cursor.execute("UPDATE imports_import SET schema = 'x' WHERE id = %s", [theirs.pk])
            assert cursor.rowcount == 0
            cursor.execute("DELETE FROM imports_import WHERE id = %s", [theirs.pk])
            assert cursor.rowcount == 0


def test_a_row_cannot_be_given_to_another(
    both: tuple[Import, Import], acme: Organization, umbrella: Organization
) -> None:
    with scope(acme), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Job.objects.update(organization=umbrella)


def test_a_row_cannot_refer_to_anothers(both: tuple[Import, Import], acme: Organization) -> None:
    """The composite foreign key refuses at once, although the id exists."""
    _ours, theirs = both
    with scope(acme), pytest.raises(DatabaseError, match="foreign key"), transaction.atomic():
        Import.objects.update(job_id=theirs.job_id)


def test_new_rows_belong_to_the_scope(in_acme: Organization, now: datetime) -> None:
    assert make_job(now).organization_id == in_acme.pk
    (made,) = Job.objects.bulk_create([Job(kind="x", created_at=now, not_before=now)])
    assert made.organization_id == in_acme.pk


# ── Nesting, leaving, failing ───────────────────────────────────────────────────────────────────────────────────────


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.organization_id', true), '')")
        return str(cursor.fetchone()[0])


def agrees() -> bool:
    """Whether context variable and database setting say the same."""
    present = current_organization_id()
    return setting() == ("" if present is None else str(present))


def test_the_same_again_changes_nothing(acme: Organization, django_assert_num_queries: Any) -> None:
    with scope(acme):
        with django_assert_num_queries(0), scope(acme):
            assert current_organization() == acme
        assert current_organization() == acme
        assert agrees()


def test_another_one_inside_is_an_error(acme: Organization, umbrella: Organization) -> None:
    with scope(acme):
        with pytest.raises(ScopeConflict), scope(umbrella):
            pytest.fail("never got here")
        assert current_organization() == acme
        assert agrees()


def test_leaving_puts_back_what_was(acme: Organization, umbrella: Organization) -> None:
    """In an outer transaction a released savepoint would keep the setting: A, then B, then nothing."""
    with transaction.atomic():
        for organization in (acme, umbrella, acme):
            with scope(organization):
                assert setting() == str(organization.pk)
            assert setting() == ""
            assert agrees()


def test_failing_puts_back_what_was(acme: Organization, now: datetime) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), scope(acme):
            make_job(now, total=1 // 0)
        assert agrees()
        with pytest.raises(DatabaseError), scope(acme), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert agrees()


def test_rolling_back_a_savepoint_inside_keeps_the_scope(acme: Organization, now: datetime) -> None:
    with scope(acme):
        with transaction.atomic():
            make_job(now)
            transaction.set_rollback(True)
        assert agrees()
        assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_each_scope_is_a_transaction(acme: Organization, now: datetime) -> None:
    with scope(acme):
        make_job(now)
        transaction.set_rollback(True)
    with scope(acme):
        assert not Job.objects.exists()
        inside = connection.in_atomic_block
    assert (inside, connection.in_atomic_block, setting()) == (True, False, "")


@pytest.mark.django_db(transaction=True)
def test_a_connection_forgets_between_scopes(acme: Organization, umbrella: Organization, now: datetime) -> None:
    """The same session serves one organization after the other, as a pool of connections would."""
    for organization in (acme, umbrella) * 5:
        with scope(organization):
            make_job(now)
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM jobs_job")
    for organization in (acme, umbrella):
        with scope(organization):
            assert Job.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_scope_belongs_to_its_thread(acme: Organization, umbrella: Organization, now: datetime) -> None:
    seen: dict[str, Any] = {}

    def elsewhere() -> None:
        try:
            seen["before"] = current_organization_id()
            with scope(umbrella):
                make_job(now, kind="tests.theirs")
                seen["kinds"] = list(Job.objects.values_list("kind", flat=True))
        finally:
            connection.close()

    with scope(acme):
        make_job(now, kind="tests.ours")
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert list(Job.objects.values_list("kind", flat=True)) == ["tests.ours"]
    assert seen == {"before": None, "kinds": ["tests.theirs"]}


# ── Who the tests are (ISO-7) ───────────────────────────────────────────────────────────────────────────────────────


def test_the_suite_runs_as_the_application(db: None) -> None:
    """As a superuser, or as the owner of the tables, every test of isolation would prove nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("canopy_app", False, False, False)


def test_the_role_that_migrates_is_named_or_nothing_happens(db: None) -> None:
    from prm.tenancy.connections import connected_as

    with pytest.raises(ImproperlyConfigured, match="DATABASE_MIGRATE_URL"), connected_as(""):
        pytest.fail("never got here")
