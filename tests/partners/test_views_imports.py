"""The pages of an import, from the file to the groups and back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.models import Group, Partner
from prm.accounts import permissions
from prm.accounts.models import Membership
from prm.addresses import address
from prm.imports.models import Import
from prm.jobs.worker import work_piece
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope

type SignIn = Callable[[Membership], Client]
TABLE = b"""Name,Domain,Type
Kestrel,kestrel.example,MSP
Orbit,,MSP
Sun,,Reseller
Moon,,Reseller
Nordwind,,
,x.example,
"""


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def public_id(acme: Organization, nordwind: Partner, client: Client, url: Any) -> str:
    """The public id of an import that was uploaded and checked."""
    answer = client.post(url("partner_import_create"), {"file": SimpleUploadedFile("partners.csv", TABLE, "text/csv")})
    assert answer.status_code == 303
    with scope(acme):
        return str(Import.objects.get().public_id)


def work(acme: Organization) -> None:
    while work_piece(acme, timezone.now()):
        pass


def test_from_a_file_to_partners_groups_and_back(
    acme: Organization, client: Client, url: Any, public_id: str, mailoutbox: list[Any]
) -> None:
    where = url("partner_import_detail", public_id)
    page = client.get(where).content.decode()
    for words in ("4 new, 1 looks like Nordwind GmbH", "1 has no name", "Nobody gets a mail", "Add 4 partners"):
        assert words in page
    assert client.post(url("partner_import_apply", public_id))["Location"] == where
    waiting = client.get(where).content.decode()
    assert "every 2s" in waiting
    polled = client.get(where, headers={"HX-Request": "true", "HX-Target": "job"})
    assert b"<html" not in polled.content
    work(acme)
    polling = {"HX-Request": "true", "HX-Target": "job", "HX-Current-URL": f"http://testserver{where}"}
    done = client.get(where, headers=polling)
    assert (done.status_code, done["HX-Location"]) == (204, where)
    page = client.get(where).content.decode()
    assert "4 partners added" in page
    assert "Column Type has 2 values: make groups of them?" in page
    names = {"column": "2", "name_0": "MSPs", "name_1": ""}
    made = client.post(url("partner_import_groups", public_id), names)
    assert made["Location"] == url("group_list")
    assert "MSPs (2)" in client.get(url("group_list")).content.decode()
    assert client.post(url("partner_import_groups", public_id), names).status_code == 404
    client.post(url("partner_import_undo", public_id))
    work(acme)
    assert "4 partners taken back" in client.get(where).content.decode()
    with scope(acme):
        assert list(Partner.objects.values_list("name", flat=True)) == ["Nordwind GmbH"]
        assert Group.objects.get().name == "MSPs"
    assert mailoutbox == []


def test_rows_are_decided_and_mended_one_by_one(acme: Organization, client: Client, url: Any, public_id: str) -> None:
    where = url("partner_import_detail", public_id)
    assert client.post(url("partner_import_row", public_id, 6))["Location"] == where
    assert "Add 5 partners" in client.get(where).content.decode()
    client.post(url("partner_import_row", public_id, 2))
    assert "Add 4 partners" in client.get(where).content.decode()
    client.post(url("partner_import_row", public_id, 2))
    client.post(url("partner_import_row", public_id, 6))
    mend = url("partner_import_mend", public_id, 7)
    assert "still cannot be read" in client.post(mend, {"cell_0": " "}, follow=True).content.decode()
    assert "is mended" in client.post(mend, {"cell_0": "Comet", "cell_99": "x"}, follow=True).content.decode()
    assert "Add 5 partners" in client.get(where).content.decode()
    for number in ("99", "x", "-1"):
        assert client.post(url("partner_import_row", public_id, number)).status_code == 404
        assert client.post(url("partner_import_mend", public_id, number), {"cell_0": "x"}).status_code == 404


def test_columns_can_be_named_anew(client: Client, url: Any, public_id: str) -> None:
    where = url("partner_import_columns", public_id)
    assert client.get(where).status_code == 200
    assert client.post(where, {"column_1": "domain"}).status_code == 422
    assert client.post(where, {"column_0": "name", "column_1": "name"}).status_code == 422
    assert client.post(where, {"column_0": "nothing"}).status_code == 422
    assert client.post(where, {"column_1": "name"})["Location"] == url("partner_import_detail", public_id)
    assert "2 new, 4 have no name" in client.get(url("partner_import_detail", public_id)).content.decode()


def test_a_table_that_explains_nothing_asks_first(client: Client, url: Any) -> None:
    file = SimpleUploadedFile("p.csv", b"A,B\nKestrel,1\n", "text/csv")
    answer = client.post(url("partner_import_create"), {"file": file})
    assert "Which column is what?" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("p.csv", b"", "empty"),
        ("p.csv", b"Name\n", "no row"),
        ("p.xlsx", b"PK\x03\x04nonsense", ""),
        ("p.exe", b"MZ", ""),
        ("p.pdf", b"%PDF-1.4", ""),
    ],
)
def test_files_that_are_no_tables_are_refused(
    acme: Organization, client: Client, url: Any, name: str, content: bytes, words: str
) -> None:
    answer = client.post(url("partner_import_create"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with scope(acme):
        assert not Import.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_in_other_encodings(acme: Organization, client: Client, url: Any, encoding: str) -> None:
    text = "Name;Land\nMüller & Söhne;Österreich\nCafé Zürich;Schweiz\n".encode(encoding)
    answer = client.post(url("partner_import_create"), {"file": SimpleUploadedFile("p.csv", text, "text/csv")})
    page = client.get(answer["Location"]).content.decode()
    assert "2 new" in page
    assert "Müller &amp; Söhne" in page


def test_formulas_stay_text(acme: Organization, client: Client, url: Any) -> None:
    file = SimpleUploadedFile("p.csv", b'Name\n"=HYPERLINK(""http://x"")"\n', "text/csv")
    answer = client.post(url("partner_import_create"), {"file": file})
    client.post(f"{answer['Location']}apply/")
    work(acme)
    with scope(acme):
        assert Partner.objects.get().name == '=HYPERLINK("http://x")'


def test_twice_is_once(acme: Organization, client: Client, url: Any, public_id: str) -> None:
    for _twice in range(2):
        assert client.post(url("partner_import_apply", public_id)).status_code == 303
    work(acme)
    assert client.post(url("partner_import_apply", public_id)).status_code == 303
    work(acme)
    with scope(acme):
        assert Partner.objects.count() == 5
    assert client.post(url("partner_import_row", public_id, 2)).status_code == 404
    assert client.post(url("partner_import_mend", public_id, 7), {"cell_0": "Late"}).status_code == 303


def test_nothing_to_add_adds_nothing(acme: Organization, client: Client, url: Any, nordwind: Partner) -> None:
    file = SimpleUploadedFile("p.csv", b"Name\nNordwind\n", "text/csv")
    where = client.post(url("partner_import_create"), {"file": file})["Location"]
    answer = client.post(f"{where}apply/", follow=True)
    assert "There is no row to take." in answer.content.decode()


def test_downloads_are_safe_to_open(client: Client, url: Any, public_id: str) -> None:
    sample = client.get(url("partner_import_sample"))
    assert sample["Content-Type"] == "text/csv; charset=utf-8"
    assert b"Company" in sample.getvalue()
    problems = client.get(url("partner_import_problems", public_id))
    assert "attachment" in problems["Content-Disposition"]
    assert b"x.example" in problems.getvalue()


def test_another_organizations_import_is_unknown(
    umbrella: Organization, charlie: Membership, public_id: str, sign_in: SignIn
) -> None:
    client = sign_in(charlie)
    for name, method in (
        ("partner_import_detail", "get"),
        ("partner_import_columns", "post"),
        ("partner_import_apply", "post"),
        ("partner_import_undo", "post"),
        ("partner_import_groups", "post"),
        ("partner_import_problems", "get"),
    ):
        where = address(name, public_id, organization=umbrella)
        assert getattr(client, method)(where).status_code == 404, name


def test_account_managers_do_not_import(acme: Organization, sign_in: SignIn, url: Any) -> None:
    from tests.factories import staff

    client = sign_in(staff(acme, "amy@acme.example", "Amy", "account_manager"))
    assert client.get(url("partner_import_create")).status_code == 403
    page = client.get(url("partner_list")).content.decode()
    assert url("partner_import_create") not in page
    assert url("partner_create") in page


def test_the_result_leads_only_where_one_may_go(
    acme: Organization, client: Client, url: Any, public_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = url("partner_import_detail", public_id)
    client.post(url("partner_import_apply", public_id))
    work(acme)
    client.post(url("partner_import_groups", public_id), {"column": "2", "name_0": "MSPs"})
    assert url("partner_invite") in client.get(where).content.decode()
    monkeypatch.setitem(permissions.TABLE, "people.invite", frozenset())
    page = client.get(where).content.decode()
    assert "That is done" in page
    assert url("partner_invite") not in page
