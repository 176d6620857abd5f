"""Exports: written piece by piece, kept for a day, for the one who asked; and the archive of a whole organization."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.exports import organization
from prm.exports.kinds import TableKind, export_kinds
from prm.exports.models import Export
from prm.exports.services import KEPT_FOR, begin_export, expire_exports
from prm.files import storage
from prm.files.models import StoredFile
from prm.files.services import store_bytes
from prm.jobs.models import Job
from prm.jobs.worker import work_piece
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.policies import is_tenant_model
from prm.tenancy.scope import scope
from tests.factories import staff

type SignIn = Callable[[Membership], Client]
CELLS: list[list[Any]] = [[1, "=cmd()", "x"], [2, "＝full", "a,b\nc"], [3, -4, "+49"]]


def rows(parameters: Any, keys: Any, after: int, limit: int) -> list[list[Any]]:
    places = [("a", "b").index(key) + 1 for key in keys]
    return [[row[0], *(row[place] for place in places)] for row in CELLS if row[0] > after][:limit]


LISTS = TableKind(
    "tests.lists", "Lists", "partners.export", lambda: [("a", "First"), ("b", "Second")], lambda _p: len(CELLS), rows
)


@pytest.fixture(autouse=True)
def lists(tmp_path: Path, settings: Any) -> None:
    settings.FILES_ROOT = tmp_path
    export_kinds.register(LISTS)


@pytest.fixture
def actor(bob: Membership) -> Actor:
    return Actor.of(bob)


def written(actor: Actor, now: datetime, kind: str = "tests.lists", file_format: str = "csv", **more: Any) -> Export:
    export = begin_export(actor=actor, kind=kind, file_format=file_format, parameters=more, told="gold", now=now)
    while work_piece(export.organization, now):
        pass
    export.refresh_from_db()
    assert export.job is not None
    assert export.job.state == Job.State.DONE, export.job.errors
    return export


def content(export: Export) -> bytes:
    assert export.file is not None
    return storage.path_of(export.file.key).read_bytes()


@pytest.mark.parametrize("batch", [1, 3, 10])
def test_a_list_is_written_piece_by_piece_and_safe_to_open(
    in_acme: Organization, actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr("prm.exports.kinds.BATCH", batch)
    export = written(actor, now)
    lines = list(csv.reader(io.StringIO(content(export).decode("utf-8-sig"))))
    assert lines == [["First", "Second"], ["'=cmd()", "x"], ["'＝full", "a,b\nc"], ["-4", "'+49"]]
    entry = AuditEntry.objects.get(verb="exports.begun")
    assert entry.changes == {"rows": [0, 3], "filter": ["", "gold"]}


def test_a_workbook_has_the_columns_that_were_chosen(in_acme: Organization, actor: Actor, now: datetime) -> None:
    import openpyxl

    export = written(actor, now, file_format="xlsx", columns=["b"])
    sheet = openpyxl.load_workbook(io.BytesIO(content(export))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["Second"], ["x"], ["a,b\nc"], ["'+49"]]
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row)


def test_nothing_is_no_export(in_acme: Organization, actor: Actor, now: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr("tests.prm.test_exports.CELLS", [])
    with pytest.raises(Refused):
        begin_export(actor=actor, kind="tests.lists", file_format="csv", parameters={}, now=now)
    assert not Export.objects.exists()


def test_after_a_day_nothing_is_left(in_acme: Organization, actor: Actor, now: datetime) -> None:
    export = written(actor, now)
    assert export.file is not None
    path = storage.path_of(export.file.key)
    assert expire_exports(now) == export.expires_at
    assert expire_exports(now + KEPT_FOR) is None
    assert not Export.objects.exists()
    assert not StoredFile.objects.exists()
    assert path.exists(), "the bytes go when the deletion is committed"


def test_only_the_one_who_asked_downloads_it(
    acme: Organization, alice: Membership, bob: Membership, actor: Actor, sign_in: SignIn, charlie: Membership
) -> None:
    with scope(acme):
        export = written(actor, timezone.now())
    page = address("export_detail", export.public_id, organization=acme)
    file = address("export_download", export.public_id, organization=acme)
    assert "Download" in sign_in(bob).get(page).content.decode()
    answer = sign_in(bob).get(file)
    assert b"First" in b"".join(answer)  # type: ignore[arg-type]
    assert answer["Content-Disposition"].startswith("attachment")
    for other in (alice, charlie):
        assert sign_in(other).get(page).status_code == 404
        assert sign_in(other).get(file).status_code == 404
    with scope(acme):
        assert AuditEntry.objects.filter(verb="exports.downloaded").count() == 1
        Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sign_in(bob).get(file).status_code == 404


def test_who_loses_the_role_loses_the_file(acme: Organization, bob: Membership, actor: Actor, sign_in: SignIn) -> None:
    with scope(acme):
        export = written(actor, timezone.now())
    Membership.everywhere.filter(pk=bob.pk).update(roles=["analyst"])
    assert sign_in(bob).get(address("export_download", export.public_id, organization=acme)).status_code == 404


# ── Everything ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_archive_holds_tables_files_and_words(
    in_acme: Organization, alice: Membership, umbrella: Organization, now: datetime
) -> None:
    stored = store_bytes(actor=Actor.of(alice), name="../price.csv", content_type="text/csv", content=b"a,b", now=now)
    export = written(Actor.of(alice), now, kind=organization.WHOLE, file_format="zip")
    with zipfile.ZipFile(io.BytesIO(content(export))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        assert archive.read(f"files/{stored.pk}-{stored.name}") == b"a,b"
        assert "Acme Cloud" in archive.read("README.txt").decode()
        people = list(csv.DictReader(io.StringIO(archive.read("tables/people.csv").decode())))
        assert [(row["id"], row["person_email"]) for row in people] == [(str(alice.pk), "alice@acme.example")]
        assert {f"tables/{model._meta.label_lower}.csv" for model in organization.exported_models()} <= set(names)
        assert "Umbrella" not in "".join(archive.read(name).decode() for name in names if name.startswith("tables/"))


def test_a_second_archive_does_not_hold_the_first(in_acme: Organization, alice: Membership, now: datetime) -> None:
    written(Actor.of(alice), now, kind=organization.WHOLE, file_format="zip")
    second = written(Actor.of(alice), now, kind=organization.WHOLE, file_format="zip")
    with zipfile.ZipFile(io.BytesIO(content(second))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("files/")]


def test_every_table_of_an_organization_is_exported_or_left_out_with_a_reason() -> None:
    tenant = {model._meta.label_lower for model in apps.get_models() if is_tenant_model(model)}
    assert set(organization.LEFT_OUT) <= tenant, "a reason for a table that there is no longer"
    assert all(organization.LEFT_OUT.values())
    exported = {model._meta.label_lower for model in organization.exported_models()}
    assert exported | set(organization.LEFT_OUT) == tenant


# Columns whose names sound like secrets and are none.
HARMLESS = {
    "cohorts.applicationfile.key",
    "cohorts.libraryitem.key",
    "files.storedfile.key",
    "files.storedfile.sha256",
    # Of Message-IDs and public ids.
    "inbound.inboundmail.key",
    "inbound.inboundmail.member_key",
    "inbound.inboundmail.subject_key",
    "partners.entry.message_key",
    "partners.journeystep.key",
    "partners.partnerkey.key",
    "partners.templatestep.key",
}


def test_no_secret_is_exported() -> None:
    sounds = re.compile(r"nonce|token|secret|hash|password|digest|sha256|(^|_)key$")
    found = {
        f"{model._meta.label_lower}.{column}"
        for model in organization.exported_models()
        for column in organization.exported_columns(model)
        if sounds.search(column)
    }
    assert found == HARMLESS


def test_only_owners_take_everything_along(
    acme: Organization, alice: Membership, bob: Membership, sign_in: SignIn
) -> None:
    where = address("organization_export", organization=acme)
    assert sign_in(bob).get(where).status_code == 403
    assert sign_in(staff(acme, "ann@acme.example", "Ann", "analyst")).post(where).status_code == 403
    assert sign_in(alice).get(where).status_code == 200
    answer = sign_in(alice).post(where)
    with scope(acme):
        export = Export.objects.get()
        assert (export.kind, export.created_by) == (organization.WHOLE, alice)
    assert answer["Location"] == address("export_detail", export.public_id, organization=acme)
