from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.imports import queries, services, tables
from prm.imports.models import Import, ImportRow
from prm.imports.schema import Changes, ImportField, ImportSchema, Likeness, RowSet, import_schemas
from prm.imports.work import applying, checking
from prm.jobs.models import Job
from prm.jobs.worker import run_jobs, work_piece
from prm.problems import Problem, Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.prm.uploads import upload

Read = Callable[[], Import]
MAPPING = {"name": 0, "email": 1}


def as_email(text: str) -> str:
    if "@" not in text:
        raise ValueError(f"“{text}” is no e-mail address.")
    return text.lower()


class Guests(ImportSchema):
    """Objects are numbers in a dictionary: what an app would keep in tables."""

    name = "tests.guests"
    label = "Guests"
    fields = (
        ImportField("name", "Name", is_required=True, longest=20),
        ImportField("email", "E-mail", synonyms=("mail",), clean=as_email),
    )
    there: dict[int, str]
    sizes: list[int]
    fussy: bool
    used: set[int]
    names: dict[int, str]

    def begin(self) -> None:
        self.there, self.sizes, self.fussy, self.used = {1: "old@x.example"}, [], False, set()
        self.names = {1: "Ole Old"}

    def problems(self, values: Mapping[str, Any]) -> list[Problem]:
        return [Problem("same", "Name and mail are the same.")] if values["name"] == values["email"] else []

    def identities(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return (values["email"],) if values["email"] else ()

    def match(self, rows: RowSet) -> Mapping[int, Likeness]:
        known = {mail: pk for pk, mail in self.there.items() if mail}
        found = {}
        for row in rows:
            if row.values["email"] in known:
                pk = known[row.values["email"]]
                before, after = self.names.get(pk, ""), row.values["name"]
                changes = {"name": [before, after]} if before != after else {}
                found[row.number] = Likeness(pk, row.values["email"], changes=changes)
        return found

    def create(self, rows: RowSet, *, actor: Actor, now: datetime) -> Sequence[int]:
        self.sizes.append(len(rows))
        if self.fussy and any(row.values["name"] == "Trouble" for row in rows):
            raise Refused(Problem("no", "Not this one."))
        ids = [max(self.there) + number for number in range(1, len(rows) + 1)]
        self.there |= {pk: row.values["email"] for pk, row in zip(ids, rows, strict=True)}
        return ids

    def update(
        self, wanted: Mapping[int, Changes], *, row_import: Import, actor: Actor, now: datetime
    ) -> Mapping[int, Changes]:
        written = {pk: changes for pk, changes in wanted.items() if self.names.get(pk, "") == changes["name"][0]}
        self.names |= {pk: changes["name"][1] for pk, changes in written.items()}
        return written

    def remove(self, ids: Sequence[int], *, actor: Actor, now: datetime) -> Mapping[int, str]:
        for pk in set(ids) - self.used:
            del self.there[pk]
        return dict.fromkeys(set(ids) & self.used, "Somebody has used it.")


GUESTS = Guests()


@pytest.fixture(autouse=True)
def guests(tmp_path: Path, settings: Any) -> Guests:
    settings.FILES_ROOT = tmp_path
    import_schemas.register(GUESTS)
    GUESTS.begin()
    return GUESTS


@pytest.fixture
def actor(bob: Membership) -> Actor:
    return Actor.of(bob)


def begin(actor: Actor, text: str, now: datetime) -> Import:
    file = upload("guests.csv", text.encode(), "text/csv")
    return services.begin_import(actor=actor, schema="tests.guests", upload=file, now=now)


TEXT = "Name;Mail\nAnna;anna@x.example\nOle;OLD@x.example\n;nobody@x.example\nBen;ben\nEva;anna@x.example\nIda;\n"


def test_beginning_guesses_the_columns(in_acme: Organization, actor: Actor, now: datetime) -> None:
    row_import = begin(actor, TEXT, now)
    assert (row_import.state, row_import.columns, row_import.mapping) == ("uploaded", ["Name", "Mail"], MAPPING)
    assert row_import.file.name == "guests.csv"
    assert not ImportRow.objects.exists()
    assert AuditEntry.objects.get().verb == "imports.uploaded"


def test_a_table_of_another_kind_is_refused(in_acme: Organization, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused):
        services.begin_import(actor=actor, schema="tests.guests", upload=upload("x.pdf", b"%PDF-"), now=now)
    assert not Import.objects.exists()


def test_checking_finds_what_is_new_like_and_wrong(in_acme: Organization, actor: Actor, now: datetime) -> None:
    row_import = begin(actor, TEXT, now)
    assert services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=now) is None
    found = [(row.number, row.outcome, row.problems, row.like.get("label")) for row in ImportRow.objects.of(row_import)]
    assert found == [
        (2, "new", [], None),
        (3, "like", [], "old@x.example"),
        (4, "problem", [{"field": "name", "message": "Name is missing."}], None),
        (5, "problem", [{"field": "email", "message": "“ben” is no e-mail address."}], None),
        (6, "like", [], "row 2 of this file"),
        (7, "new", [], None),
    ]
    counts = {"new": 2, "like": 2, "problem": 2, "skipped": 0, "to_create": 2, "to_update": 0, "unknown": []}
    assert row_import.counts == counts | {"to_update_add": 0, "to_update_update": 1, "to_update_fill": 0}
    assert (row_import.state, row_import.row_count) == ("analyzed", 6)
    assert GUESTS.there == {1: "old@x.example"}


def test_checking_again_begins_anew(in_acme: Organization, actor: Actor, now: datetime) -> None:
    row_import = begin(actor, TEXT, now)
    services.map_columns(actor=actor, row_import=row_import, mapping={"name": 0}, now=now)
    assert row_import.counts["new"] == 5
    services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=now)
    assert ImportRow.objects.count() == 6


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"email": 1}, "mapping_missing"),
        ({"name": 7}, "mapping_unknown"),
        ({"name": 0, "salary": 1}, "mapping_unknown"),
        ({"name": 0, "email": 0}, "mapping_double"),
    ],
)
def test_impossible_mappings_are_refused(
    in_acme: Organization, actor: Actor, now: datetime, mapping: dict[str, int], code: str
) -> None:
    row_import = begin(actor, TEXT, now)
    with pytest.raises(Refused) as refusal:
        services.map_columns(actor=actor, row_import=row_import, mapping=mapping, now=now)
    assert code in refusal.value.codes
    assert Import.objects.get().state == "uploaded"


def test_people_decide_about_rows(in_acme: Organization, actor: Actor, now: datetime) -> None:
    row_import = begin(actor, TEXT, now)
    services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=now)
    services.decide_row(row_import=row_import, number=3, decision="add")
    services.decide_row(row_import=row_import, number=2, decision="skip")
    assert [row.number for row in ImportRow.objects.of(row_import).to_create()] == [3, 7]
    assert row_import.counts["skipped"] == 1
    for number, decision in ((4, "add"), (7, "update"), (3, "nonsense")):
        with pytest.raises(Refused):
            services.decide_row(row_import=row_import, number=number, decision=decision)
    services.decide_row(row_import=row_import, number=3, decision="")
    services.decide_row(row_import=row_import, number=2, decision="")
    assert [row.number for row in ImportRow.objects.of(row_import).to_create()] == [2, 7]


def test_a_mode_says_what_becomes_of_those_who_are_there(in_acme: Organization, actor: Actor, now: datetime) -> None:
    row_import = begin(actor, TEXT, now)
    services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=now)
    assert ImportRow.objects.get(number=3).changes == {"name": ["Ole Old", "Ole"]}
    services.choose_mode(row_import=row_import, mode="update")
    assert row_import.counts["to_update"] == 1
    services.choose_mode(row_import=row_import, mode="fill")
    assert row_import.counts["to_update"] == 0
    services.decide_row(row_import=row_import, number=3, decision="update")
    assert row_import.counts["to_update"] == 1
    with pytest.raises(Refused):
        services.choose_mode(row_import=row_import, mode="everything")


def test_the_next_file_is_read_as_the_last_one_of_its_columns(
    in_acme: Organization, actor: Actor, now: datetime
) -> None:
    first = begin(actor, "Who;Where\nAnna;anna@x.example\n", now)
    assert (first.mapping, first.is_remembered) == ({}, False)
    services.map_columns(actor=actor, row_import=first, mapping=MAPPING, now=now)
    second = begin(actor, "More;where;WHO\nx;ben@x.example;Ben\n", now)
    assert (second.mapping, second.is_remembered) == ({"name": 2, "email": 1}, True)
    assert not begin(actor, "Who;Elsewhere\nx;y\n", now).is_remembered


def test_the_rows_that_failed_can_be_brought_again(in_acme: Organization, actor: Actor, now: datetime) -> None:
    row_import = begin(actor, "Name;Mail\n=cmd();nonsense\n", now)
    services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=now)
    lines = list(queries.failed_rows_csv(row_import))
    assert lines == ["\ufeffName,Mail,Row,Problem\r\n", "'=cmd(),nonsense,2,“nonsense” is no e-mail address.\r\n"]
    again = begin(actor, "".join(lines).replace("nonsense,2", "a@x.example,2"), now)
    services.map_columns(actor=actor, row_import=again, mapping=again.mapping, now=now)
    assert again.mapping == MAPPING
    assert ImportRow.objects.get(row_import=again).values == {"name": "=cmd()", "email": "a@x.example"}


@pytest.fixture
def checked(acme: Organization, actor: Actor) -> Callable[[str], Import]:
    """A checked import, each step committed as in requests of its own."""

    def check(text: str) -> Import:
        with scope(acme):
            row_import = begin(actor, text, timezone.now())
            services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=timezone.now())
        return row_import

    return check


def apply(acme: Organization, actor: Actor, row_import: Import) -> Job:
    with scope(acme):
        job = services.apply_import(actor=actor, row_import=row_import, now=timezone.now())
    run_jobs(acme)
    with scope(acme):
        row_import.refresh_from_db()
        return Job.objects.get(pk=job.pk)


def undo(acme: Organization, actor: Actor, row_import: Import) -> Job:
    with scope(acme):
        job = services.undo_import(actor=actor, row_import=row_import, now=timezone.now())
    run_jobs(acme)
    with scope(acme):
        row_import.refresh_from_db()
        return Job.objects.get(pk=job.pk)


@pytest.mark.django_db(transaction=True)
def test_applying_makes_what_is_new(acme: Organization, actor: Actor, checked: Any) -> None:
    row_import = checked(TEXT)
    job = apply(acme, actor, row_import)
    assert (job.state, job.result) == ("done", {"created": 2, "updated": 0})
    assert (row_import.state, row_import.counts["created"]) == ("applied", 2)
    assert GUESTS.there == {1: "old@x.example", 2: "anna@x.example", 3: ""}
    with scope(acme):
        made = ImportRow.objects.of(row_import).filter(object_id__isnull=False)
        assert {row.number: row.object_id for row in made} == {2: 2, 7: 3}
        verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs == {"imports.uploaded", "imports.applied"}


@pytest.mark.django_db(transaction=True)
def test_applying_goes_in_batches(
    acme: Organization, actor: Actor, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "BATCH", 500)
    row_import = checked("Name;Mail\n" + "".join(f"N{n};n{n}@x.example\n" for n in range(1200)))
    job = apply(acme, actor, row_import)
    assert GUESTS.sizes == [500, 500, 200]
    assert (job.state, job.result["created"]) == ("done", 1200)


@pytest.mark.django_db(transaction=True)
def test_exactly_one_batch_is_done_too(
    acme: Organization, actor: Actor, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "BATCH", 500)
    monkeypatch.setattr(checking, "BATCH", 500)
    row_import = checked("Name;Mail\n" + "".join(f"N{n};n{n}@x.example\n" for n in range(500)))
    job = apply(acme, actor, row_import)
    assert (job.state, job.result["created"], row_import.state) == ("done", 500, "applied")


@pytest.mark.django_db(transaction=True)
def test_updates_are_written_and_go_back(acme: Organization, actor: Actor, checked: Any) -> None:
    row_import = checked(TEXT)
    with scope(acme):
        services.choose_mode(row_import=row_import, mode="update")
    job = apply(acme, actor, row_import)
    assert (job.result, GUESTS.names[1]) == ({"created": 2, "updated": 1}, "Ole")
    job = undo(acme, actor, row_import)
    assert (job.result, GUESTS.names[1]) == ({"removed": 2, "restored": 1, "kept": 0}, "Ole Old")


@pytest.mark.django_db(transaction=True)
def test_what_somebody_changed_meanwhile_stays(acme: Organization, actor: Actor, checked: Any) -> None:
    row_import = checked(TEXT)
    with scope(acme):
        services.choose_mode(row_import=row_import, mode="update")
    GUESTS.names[1] = "Somebody's"
    assert apply(acme, actor, row_import).result["updated"] == 0
    with scope(acme):
        row = ImportRow.objects.get(number=3)
    assert (row.changes, row.result, row.problems[0]["field"]) == ({}, "", "name")
    assert GUESTS.names[1] == "Somebody's"


@pytest.mark.django_db(transaction=True)
def test_an_undo_leaves_what_was_changed_since(acme: Organization, actor: Actor, checked: Any) -> None:
    row_import = checked(TEXT)
    with scope(acme):
        services.choose_mode(row_import=row_import, mode="update")
    apply(acme, actor, row_import)
    GUESTS.names[1] = "Somebody's"
    assert undo(acme, actor, row_import).result == {"removed": 2, "restored": 0, "kept": 1}
    with scope(acme):
        assert ImportRow.objects.get(number=3).problems == [{"field": "name", "message": "Somebody changed it since."}]


@pytest.mark.django_db(transaction=True)
def test_an_import_without_anything_new_is_done_at_once(acme: Organization, actor: Actor, checked: Any) -> None:
    row_import = checked("Name;Mail\nOle;old@x.example\n")
    job = apply(acme, actor, row_import)
    assert (job.state, row_import.state, GUESTS.sizes) == ("done", "applied", [])
    assert undo(acme, actor, row_import).state == "done"


@pytest.mark.django_db(transaction=True)
def test_what_came_meanwhile_is_not_made_twice(acme: Organization, actor: Actor, checked: Any) -> None:
    row_import = checked(TEXT)
    GUESTS.there[9] = "anna@x.example"
    job = apply(acme, actor, row_import)
    assert job.result == {"created": 1, "updated": 0}
    with scope(acme):
        assert ImportRow.objects.get(number=2).outcome == "like"


@pytest.mark.django_db(transaction=True)
def test_one_refused_row_does_not_hold_up_the_others(acme: Organization, actor: Actor, checked: Any) -> None:
    GUESTS.fussy = True
    row_import = checked("Name;Mail\nAnna;a@x.example\nTrouble;t@x.example\nIda;i@x.example\n")
    job = apply(acme, actor, row_import)
    assert (job.state, job.result["created"]) == ("done", 2)
    assert row_import.counts["problem"] == 1
    with scope(acme):
        assert ImportRow.objects.get(number=3).problems == [{"field": "", "message": "Not this one."}]


@pytest.mark.django_db(transaction=True)
def test_undoing_takes_everything_back_but_what_is_used(acme: Organization, actor: Actor, checked: Any) -> None:
    row_import = checked("Name;Mail\nAnna;a@x.example\nBen;b@x.example\nIda;i@x.example\n")
    apply(acme, actor, row_import)
    GUESTS.used = {3}
    job = undo(acme, actor, row_import)
    assert job.result == {"removed": 2, "restored": 0, "kept": 1}
    assert GUESTS.there == {1: "old@x.example", 3: "b@x.example"}
    assert (row_import.state, row_import.counts["kept"]) == ("undone", 1)
    with scope(acme):
        kept = ImportRow.objects.of(row_import).get(object_id__isnull=False)
        assert (kept.number, kept.problems[0]["message"]) == (3, "Somebody has used it.")
        assert AuditEntry.objects.filter(verb="imports.undone").exists()


@pytest.mark.django_db(transaction=True)
def test_steps_cannot_be_taken_twice(acme: Organization, actor: Actor, checked: Any) -> None:
    row_import = checked(TEXT)
    with scope(acme), pytest.raises(Refused):
        services.undo_import(actor=actor, row_import=row_import, now=timezone.now())
    apply(acme, actor, row_import)
    with scope(acme), pytest.raises(Refused):
        services.apply_import(actor=actor, row_import=row_import, now=timezone.now())
    with scope(acme), pytest.raises(Refused):
        services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_large_file_is_checked_in_the_background(
    acme: Organization, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SMALL_FILE", 10)
    with scope(acme):
        row_import = begin(actor, TEXT, timezone.now())
        job = services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=timezone.now())
    assert job is not None
    run_jobs(acme)
    with scope(acme):
        row_import.refresh_from_db()
    assert row_import.counts["new"] == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_same_process", [True, False])
def test_a_large_file_is_checked_piece_by_piece(
    acme: Organization, actor: Actor, monkeypatch: pytest.MonkeyPatch, is_same_process: bool
) -> None:
    monkeypatch.setattr(services, "SMALL_FILE", 10)
    monkeypatch.setattr(checking, "BATCH", 3)
    rows = "".join(f"N{n};n{n % 8}@x.example\n" for n in range(10))
    with scope(acme):
        row_import = begin(actor, f"Name;Mail\n{rows}", timezone.now())
        job = services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=timezone.now())
    seen = []
    while work_piece(acme, timezone.now()):
        if not is_same_process:
            checking._open.clear()
        with scope(acme):
            job = Job.objects.get(pk=job.pk)  # type: ignore[union-attr]
            seen.append(job.done)
    assert seen == [3, 6, 9, 10]
    with scope(acme):
        row_import.refresh_from_db()
        doubles = {row.number: row.like["row"] for row in ImportRow.objects.filter(outcome="like")}
    assert (row_import.state, row_import.row_count, row_import.counts["new"]) == ("analyzed", 10, 8)
    assert doubles == {10: 2, 11: 3}
    assert checking._open == {}


@pytest.mark.django_db(transaction=True)
def test_a_file_that_breaks_off_says_so(acme: Organization, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SMALL_FILE", 10)
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    with scope(acme):
        row_import = begin(actor, TEXT, timezone.now())
        job = services.map_columns(actor=actor, row_import=row_import, mapping=MAPPING, now=timezone.now())
    run_jobs(acme)
    with scope(acme):
        job = Job.objects.get(pk=job.pk)  # type: ignore[union-attr]
        row_import.refresh_from_db()
    assert (job.state, row_import.state) == ("failed", "checking")
    assert "more than 2 rows" in job.errors[0]["message"]


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_rows_cost_few_statements(
    acme: Organization, actor: Actor, checked: Any, django_assert_max_num_queries: Any
) -> None:
    text = "Name;Mail\n" + "".join(f"N{n};n{n}@x.example\n" for n in range(10_000))
    with django_assert_max_num_queries(30):
        row_import = checked(text)
    assert row_import.counts["new"] == 10_000
    with connection.cursor() as cursor, scope(acme):
        cursor.execute("SELECT count(*) FROM imports_importrow")
        assert cursor.fetchone() == (10_000,)


def test_imports_record_no_facts_of_their_own(in_acme: Organization, actor: Actor, now: datetime) -> None:
    begin(actor, TEXT, now)
    assert not Fact.objects.exists()
