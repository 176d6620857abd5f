"""What writes: one answer, one fact, and an import beside the plain way to copy the same rows."""

import csv
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from demo.bulk import made_partners
from enablement.models import Memory
from enablement.queries.questions import next_wording, variants_by_item
from enablement.services.answers import Answer, store_answer
from partners.facts import CREATED
from partners.models import Ladder, Partner
from partners.services.tier_evaluation import evaluate_ladder
from prm.accounts.actors import Actor
from prm.activity.services import record
from prm.imports.models import Import
from prm.imports.services import apply_import, begin_import, map_columns, undo_import
from prm.jobs.worker import work_piece
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.bench.measuring import Figure, measure_call

ROWS = 10_000
STATEMENTS, CPU_MS = 3, 15
EVALUATION_S = 20
HEAD = ("Company", "Domain", "Country", "Region")
_COPY = "COPY bench_partner FROM STDIN (FORMAT csv)"
# What a table does not say is taken from a partner that is there.
_SAID = {
    "public_id": "left(replace(gen_random_uuid()::text, '-', ''), 12)",
    "name": "made.name",
    "normalized_name": "lower(made.name) || '+'",
    "searchable": "lower(made.name)",
    "domain": "made.domain",
    "region": "made.region",
}


def measure_writing() -> Iterator[Figure]:
    organization = Organization.objects.get(slug="stratus")
    yield _small("one fact recorded", organization, _record)
    yield _small("one recall answer", organization, _answers(organization))
    yield _evaluation(organization, "a ladder evaluated for the first time")
    yield _evaluation(organization, "a ladder evaluated where nothing changed")
    yield _import(organization)


def _evaluation(organization: Organization, name: str) -> Figure:
    """Everybody measured against every tier, and placed: the first time writes all of it and stays."""
    with scope(organization):
        ladder = Ladder.objects.select_related("audience").order_by("pk")[0]
        partners = Partner.objects.listed().count()
        began = time.perf_counter()
        evaluate_ladder(ladder, None, timezone.now())
        took = time.perf_counter() - began
    target = f"≤ {EVALUATION_S} s for 100,000 partners"
    return Figure(
        name,
        p50_ms=took * 1000,
        rate=partners / took,
        target=target,
        ok=took <= EVALUATION_S * max(partners, 1e4) / 1e5,
    )


def _small(name: str, organization: Organization, call: Callable[[], Any]) -> Figure:
    """Each call in a transaction and scope of its own that is rolled back; statements beside BEGIN, scope, COMMIT."""

    def once() -> tuple[int, bytes]:
        with scope(organization):
            call()
            transaction.set_rollback(True)
        return 200, b""

    figure = measure_call(name, once)
    # Entering and leaving the scope set the organization for the connection.
    figure.queries -= measure_call(name, lambda: _nothing(organization), rounds=1).queries
    figure.target = f"≤ {STATEMENTS} statements, ≤ {CPU_MS} ms CPU"
    figure.ok = figure.queries <= STATEMENTS and figure.cpu_ms <= CPU_MS
    return figure


def _nothing(organization: Organization) -> tuple[int, bytes]:
    with scope(organization):
        return 200, b""


def _record() -> None:
    record(kind=CREATED, at=timezone.now())


def _answers(organization: Organization) -> Callable[[], Any]:
    with scope(organization):
        memory = Memory.objects.active().select_related("item", "membership__person").order_by("pk")[0]
        wording = next_wording(variants_by_item([memory.item_id])[memory.item_id], memory.answers)
    answer = Answer(wording, choice=0, number=memory.answers + 1, channel="practice")
    return lambda: store_answer(
        membership=memory.membership, item=memory.item, before=memory, answer=answer, now=timezone.now()
    )


def _import(organization: Organization) -> Figure:
    """Reading, checking, comparing with what is there and creating, against COPY and one INSERT of the same rows."""
    with scope(organization):
        rows = [
            (f"Bench {partner.name}", f"bench-{number}.example", "Germany", partner.region)
            for number, partner in enumerate(made_partners(ROWS, 7, timezone.now()))
        ]
        table = io.StringIO()
        csv.writer(table).writerows([HEAD, *rows])
        plain = _copied(organization, table.getvalue())
        actor = Actor.system("bench")
    started = time.perf_counter()
    _imported(organization, actor, table.getvalue())
    seconds = time.perf_counter() - started
    _taken_back(organization, actor)
    return Figure(
        f"import of {ROWS:,} rows",
        p50_ms=round(seconds * 1000, 1),
        rate=round(ROWS / seconds),
        ratio=round(plain / seconds, 2),
        target="≥ 0.4 × COPY and INSERT",
        ok=plain / seconds >= 0.4,
    )


def _copied(organization: Organization, table: str) -> float:
    """Seconds of the plain way, rolled back."""
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_partner (name text, domain text, country text, region text)")
        with cursor.copy(_COPY) as copy:
            copy.write(table.partition("\n")[2])
        cursor.execute(_plain_insert(), [organization.pk])
        transaction.set_rollback(True)
    return time.perf_counter() - started


def _plain_insert() -> str:
    columns = [str(field.column) for field in Partner._meta.concrete_fields if not field.primary_key]
    values = [_SAID.get(column, f"known.{column}") for column in columns]
    return (
        f"INSERT INTO partners_partner ({', '.join(columns)}) SELECT {', '.join(values)} FROM bench_partner AS made,"
        " (SELECT * FROM partners_partner WHERE organization_id = %s LIMIT 1) AS known"
    )


def _imported(organization: Organization, actor: Actor, table: str) -> None:
    upload = SimpleUploadedFile("partners.csv", table.encode(), "text/csv")
    with scope(organization):
        row_import = begin_import(actor=actor, schema="partners.partners", upload=upload, now=timezone.now())
        map_columns(actor=actor, row_import=row_import, mapping=row_import.mapping, now=timezone.now())
    _work(organization)
    with scope(organization):
        apply_import(actor=actor, row_import=Import.objects.get(pk=row_import.pk), now=timezone.now())
    _work(organization)
    with scope(organization):
        made = Import.objects.get(pk=row_import.pk).counts.get("created")
    if made != ROWS:
        raise SystemExit(f"{made} of {ROWS} rows were imported")


def _taken_back(organization: Organization, actor: Actor) -> None:
    """So that the next run on the same data finds new rows again."""
    with scope(organization):
        undo_import(actor=actor, row_import=Import.objects.latest_first()[0], now=timezone.now())
    _work(organization)


def _work(organization: Organization) -> None:
    while work_piece(organization, timezone.now()):
        pass
