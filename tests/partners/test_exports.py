"""Partners and their people as a file: what was asked for, and back again by an import."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Attribute, Group, Partner, PreparedPerson
from partners.queries import exports
from partners.services.attributes import AttributeDetails, create_attribute
from partners.services.groups import add_to_group
from partners.services.values import set_values
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.exports.models import Export
from prm.exports.services import begin_export
from prm.files import storage
from prm.imports.models import ImportRow
from prm.jobs.worker import work_piece
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.factories import PartnerFactory, partner_user
from tests.partners.test_importing import begin

type SignIn = Callable[[Membership], Client]


def lines_of(export: Export, now: datetime) -> list[list[str]]:
    while work_piece(export.organization, now):
        pass
    export.refresh_from_db()
    assert export.file is not None
    return list(csv.reader(io.StringIO(storage.path_of(export.file.key).read_text("utf-8-sig"))))


def table(actor: Actor, now: datetime, kind: str = exports.PARTNERS, **parameters: Any) -> list[list[str]]:
    export = begin_export(actor=actor, kind=kind, file_format="csv", parameters=parameters, now=now)
    return lines_of(export, now)


@pytest.fixture
def level(in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime) -> Attribute:
    details = AttributeDetails(name="Level", kind="choice", choices=[{"label": "Gold"}])
    attribute = create_attribute(actor=actor, details=details, now=now)
    set_values(actor=actor, partner=nordwind, values={attribute: "gold"}, now=now)
    return attribute


def test_what_is_exported_is_read_again_without_a_change(
    actor: Actor, nordwind: Partner, level: Attribute, now: datetime
) -> None:
    PartnerFactory.create(name="=Kestrel", domain="kestrel.example", notes="two\nlines")
    text = io.StringIO()
    csv.writer(text).writerows(table(actor, now))
    row_import = begin(actor, now, text.getvalue())
    assert {f"attribute:{level.pk}", "key", "name", "status"} <= row_import.mapping.keys()
    found = [(row.outcome, row.changes) for row in ImportRow.objects.of(row_import)]
    assert found == [("like", {}), ("like", {})]


@pytest.mark.usefixtures("in_acme")
def test_the_list_is_narrowed_as_it_was(actor: Actor, nordwind: Partner, msps: Group, now: datetime) -> None:
    kestrel = PartnerFactory.create(name="Kestrel", status="prospect")
    add_to_group(actor=actor, group=msps, partner_ids=[kestrel.pk], now=now)
    columns: dict[str, Any] = {"columns": ["name", "groups"]}
    assert table(actor, now, query="status=prospect", **columns)[1:] == [["Kestrel", msps.name]]
    assert table(actor, now, query=f"group={msps.public_id}", **columns)[1:] == [["Kestrel", msps.name]]
    assert table(actor, now, query="q=nord", **columns)[1:] == [["Nordwind GmbH", ""]]
    assert table(actor, now, ids=[nordwind.pk], **columns) == [["Company", "Groups"], ["Nordwind GmbH", ""]]


@pytest.mark.parametrize("batch", [1, 2, 10])
def test_people_and_contacts_are_one_list(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime, monkeypatch: Any, batch: int
) -> None:
    monkeypatch.setattr("prm.exports.kinds.BATCH", batch)
    partner_user(nordwind, "lena@nordwind.example", "Lena")
    partner_user(nordwind, "paul@nordwind.example", "Paul")
    for name in ("max", "eva"):
        PreparedPerson.objects.create(partner=nordwind, email=f"{name}@nordwind.example", created_at=now)
    found = table(actor, now, kind=exports.PEOPLE, columns=["email", "state"])
    assert found[1:] == [
        ["lena@nordwind.example", "Active"],
        ["paul@nordwind.example", "Active"],
        ["max@nordwind.example", "Not invited yet"],
        ["eva@nordwind.example", "Not invited yet"],
    ]


def test_the_page_takes_the_lists_query_or_what_was_ticked(
    acme: Organization, bob: Membership, nordwind: Partner, sign_in: SignIn
) -> None:
    client, where = sign_in(bob), address("partner_export", organization=acme)
    page = client.get(f"{where}?q=nord&status=active").content.decode()
    assert "Export 1 partner" in page
    assert "nord, active" in page
    assert client.get(f"{where}?partner=nobody").status_code == 404
    bulk = client.post(address("partner_bulk", organization=acme), {"partner": nordwind.public_id, "action": "export"})
    assert bulk["Location"] == f"{where}?partner={nordwind.public_id}"
    assert client.post(bulk["Location"], {"file_format": "pdf"}).status_code == 422
    answer = client.post(bulk["Location"], {"file_format": "csv", "columns": ["name"]})
    with scope(acme):
        export = Export.objects.get()
        assert answer["Location"] == address("export_detail", export.public_id)
        assert lines_of(export, timezone.now()) == [["Company"], ["Nordwind GmbH"]]
        assert AuditEntry.objects.get(verb="exports.begun").changes["filter"] == ["", "1 that were ticked"]
    empty = client.post(f"{where}?q=nothinglikethis", {"file_format": "csv"}, follow=True)
    assert "There is nothing to export." in empty.content.decode()
