"""The preview of a spreadsheet that speaks of who is there: modes, single rows, new words, people."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.models import Partner, PreparedPerson
from partners.services.attributes import AttributeDetails, create_attribute
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.imports.models import Import, ImportRow
from prm.invitations.models import Invitation
from prm.jobs.worker import work_piece
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


def bring(client: Client, url: Any, text: str, query: str = "", name: str = "p.csv") -> str:
    file = SimpleUploadedFile(name, text.encode(), "text/csv")
    answer = client.post(f"{url('partner_import_create')}{query}", {"file": file})
    assert answer.status_code == 303
    return str(answer["Location"])


def public_id(acme: Organization) -> str:
    with scope(acme):
        return str(Import.objects.latest("pk").public_id)


def work(acme: Organization) -> None:
    while work_piece(acme, timezone.now()):
        pass


def test_from_old_and_new_to_an_update(acme: Organization, client: Client, url: Any, nordwind: Partner) -> None:
    where = bring(client, url, "Name,Domain,Region\nNordwind,nordwind.example,North\nKestrel,,\n")
    imported = public_id(acme)
    page = client.get(where).content.decode()
    for words in ("Already there", "Add what is new, update the others", "1 would change", "Add 1 partner"):
        assert words in page
    assert "will be updated" not in page
    assert client.post(url("partner_import_mode", imported), {"mode": "update"})["Location"] == where
    page = client.get(where).content.decode()
    assert "will be updated" in page
    assert "Add 1 partner, update 1" in " ".join(page.split())
    client.post(url("partner_import_row", imported, 2), {"decision": "skip"})
    assert "will be updated" not in client.get(where).content.decode()
    answer = client.post(url("partner_import_row", imported, 2), {"decision": "skip", "show": "alike"})
    assert answer["Location"] == f"{where}?show=alike"
    assert "will be updated" in client.get(answer["Location"]).content.decode()
    client.post(url("partner_import_apply", imported))
    work(acme)
    assert "1 partner added, 1 updated" in client.get(where).content.decode()
    with scope(acme):
        nordwind.refresh_from_db()
    assert nordwind.region == "North"
    again = bring(client, url, "Name,Domain,Region\nNordwind,nordwind.example,North\nKestrel,,\n")
    assert "This very file was imported before" in client.get(again).content.decode()


def test_nonsense_is_refused_with_words(acme: Organization, client: Client, url: Any, nordwind: Partner) -> None:
    bring(client, url, "Name,Region\nNordwind,North\n")
    imported = public_id(acme)
    answer = client.post(url("partner_import_mode", imported), {"mode": "all"}, follow=True)
    assert "Choose what becomes of partners" in answer.content.decode()
    answer = client.post(url("partner_import_row", imported, 2), {"decision": "all"}, follow=True)
    assert "cannot be decided so" in answer.content.decode()


def test_new_words_are_asked_about(acme: Organization, alice: Membership, client: Client, url: Any) -> None:
    with scope(acme):
        details = AttributeDetails(name="Level", kind="choice", choices=[{"label": "Gold"}])
        create_attribute(actor=Actor.of(alice), details=details, now=timezone.now())
    where = bring(client, url, "Name,Level\nA,Gold\nB,Platinum\n")
    page = client.get(where).content.decode()
    assert "Level: “Platinum”" in page
    assert "The same as “Gold”" in page
    client.post(url("partner_import_choices", public_id(acme)), {"choice_0": "+"})
    assert "Add 2 partners" in client.get(where).content.decode()


def test_columns_become_attributes(acme: Organization, client: Client, url: Any) -> None:
    where = bring(client, url, "Name,Staff\nA,12\nB,7\n")
    columns = url("partner_import_columns", public_id(acme))
    page = client.get(columns).content.decode()
    assert "12, 7 (looks like: Number)" in page
    assert client.post(columns, {"column_0": "name", "column_1": "new:number"})["Location"] == where
    client.post(url("partner_import_apply", public_id(acme)))
    work(acme)
    with scope(acme):
        assert {str(value) for value in Partner.objects.values_list("values__number", flat=True)} == {
            "12.0000",
            "7.0000",
        }


def test_people_are_brought_and_invited_later(
    acme: Organization, client: Client, url: Any, nordwind: Partner, mailoutbox: list[Any]
) -> None:
    table = "E-mail,Name,Company\nlena@nordwind.example,Lena,Nordwind\nmax@x.example,Max,Nobody\n"
    where = bring(client, url, table, "?kind=people")
    assert "Add 1 person" in client.get(where).content.decode()
    imported = public_id(acme)
    client.post(url("partner_import_apply", imported))
    work(acme)
    page = client.get(where).content.decode()
    for words in ("1 person added", "Invite this person", "1 row stayed out"):
        assert words in page
    assert mailoutbox == []
    assert "Not invited yet" in client.get(url("partner_detail", nordwind.public_id)).content.decode()
    form = client.get(f"{url('partner_invite')}?partner={nordwind.public_id}").content.decode()
    assert "Lena &lt;lena@nordwind.example&gt;" in form
    answer = client.post(url("partner_import_invite", imported), follow=True)
    assert "1 invitation is on its way." in answer.content.decode()
    assert "Invite this person" not in client.get(where).content.decode()
    with scope(acme):
        assert Invitation.objects.get().email == "lena@nordwind.example"
        assert PreparedPerson.objects.get().invited_at is not None


def test_failed_work_says_why_and_can_be_begun_anew(
    acme: Organization, client: Client, url: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prm.imports.services.SMALL_FILE", 10)
    monkeypatch.setattr("prm.imports.tables.MOST_ROWS", 1)
    where = bring(client, url, "Name\nA long name\nB\n")
    work(acme)
    page = client.get(where).content.decode()
    assert "more than 1 rows" in page
    assert "Bring another file" in page


def test_the_preview_costs_the_same_for_one_row_and_for_many(
    acme: Organization, client: Client, url: Any, django_assert_max_num_queries: Any
) -> None:
    with scope(acme):
        for number in range(30):
            Partner(name=f"P{number}", created_at=timezone.now()).save()
    where = bring(client, url, "Name,Region\n" + "".join(f"P{n},North\n" for n in range(30)) + "New,South\n")
    with django_assert_max_num_queries(12):
        page = client.get(where).content.decode()
    assert page.count("looks like") == 20
    assert "All 30" in page
    with scope(acme):
        assert ImportRow.objects.filter(outcome="like").count() == 30
