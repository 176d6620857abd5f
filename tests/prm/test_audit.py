from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.audit.queries import Filter, trail_csv, verbs_in_use
from prm.audit.services import note
from prm.spreadsheets import csv_lines, safe_cell
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope

SignIn = Callable[[Membership], Client]
LIST, EXPORT = reverse("audit_list", args=["acme"]), reverse("audit_export", args=["acme"])


def test_an_entry_says_who_did_what_to_what_and_from_where(in_acme: Organization, bob: Membership) -> None:
    changes: dict[str, list[Any]] = {
        "tier": ["Silver", "Gold"],
        "since": [None, date(2026, 11, 23)],
        "limit": [Decimal("1.5"), 2],
    }
    note(
        actor=Actor.of(bob, address="203.0.113.7"),
        verb="partners.partner_changed",
        obj=bob,
        changes=changes,
        reason="She asked for it.",
    )
    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.actor_label, entry.membership_id) == ("member", "Bob Keller", bob.pk)
    assert entry.person_id == bob.person_id
    assert (entry.verb, entry.object_type, entry.object_id) == (
        "partners.partner_changed",
        "accounts.membership",
        bob.pk,
    )
    assert entry.object_label == "Bob Keller"
    assert entry.changes == {"tier": ["Silver", "Gold"], "since": [None, "2026-11-23"], "limit": ["1.5", 2]}
    assert (entry.reason, entry.address) == ("She asked for it.", "203.0.113.7")


def test_odd_values_are_written_down_as_words(in_acme: Organization, bob: Membership) -> None:
    changes: dict[str, list[Any]] = {
        "who": [None, bob],
        "what": ["x" * 5000, {1, 2}],
        "roles": [["owner"], ["owner", "editor"]],
    }
    note(actor=Actor.system("planner"), verb="people.roles_changed", changes=changes)
    entry = AuditEntry.objects.get()
    assert entry.changes["who"] == [None, "Bob Keller"]
    assert len(entry.changes["what"][0]) == 2001
    assert entry.changes["what"][1] == "{1, 2}"
    assert entry.changes["roles"][1] == ["owner", "editor"]
    assert (entry.object_type, entry.object_id, entry.address) == ("", None, None)


@pytest.mark.parametrize("statement", ["UPDATE audit_auditentry SET verb = ''", "DELETE FROM audit_auditentry"])
def test_nobody_rewrites_the_trail(in_acme: Organization, bob: Membership, statement: str) -> None:
    note(actor=Actor.of(bob), verb="tests.done")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_has_the_fate_of_what_it_tells_of(in_acme: Organization, bob: Membership) -> None:
    with transaction.atomic():
        note(actor=Actor.of(bob), verb="tests.done")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def entry(at: datetime, verb: str = "tests.done", **fields: Any) -> AuditEntry:
    return AuditEntry.objects.create(at=at, verb=verb, actor_kind="system", actor_label="Planner", **fields)


def test_whole_days_in_the_readers_zone(in_acme: Organization) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for hour in (22, 23):
        entry(datetime(2026, 11, 22, hour, 30, tzinfo=UTC))
    found = Filter(since=date(2026, 11, 23), until=date(2026, 11, 23)).entries(berlin)
    assert [row.at.hour for row in found] == [23]


def test_verbs_in_use_are_those_of_this_organization(acme: Organization, umbrella: Organization, now: datetime) -> None:
    with scope(umbrella):
        entry(now, "umbrella.only")
    with scope(acme):
        for verb in ("b.done", "a.done", "b.done", "c.done"):
            entry(now, verb)
        assert verbs_in_use() == ["a.done", "b.done", "c.done"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠"])
def test_what_looks_like_a_formula_is_text(start: str) -> None:
    assert safe_cell(f"{start}HYPERLINK()") == f"'{start}HYPERLINK()"


def test_numbers_stay_numbers() -> None:
    assert [safe_cell(value) for value in (-3, 2.5, None, True, "a=b")] == ["-3", "2.5", "", "True", "a=b"]
    assert list(csv_lines(["a"], [["b,c"]])) == ["\ufeffa\r\n", '"b,c"\r\n']


def test_the_file_has_everything_and_runs_nothing(in_acme: Organization, now: datetime) -> None:
    entry(now, "partners.group_renamed", object_label="=cmd()", changes={"name": ["a", "b"]}, reason="+1")
    lines = list(trail_csv(Filter().entries(UTC)))
    assert lines[1] == "2026-11-23 10:00:00,Planner,Group renamed,'=cmd(),,name: a → b,'+1,\r\n"


# ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_audit_list_shows_what_happened(
    acme: Organization, alice: Membership, bob: Membership, sign_in: SignIn
) -> None:
    with scope(acme):
        note(actor=Actor.of(bob, "203.0.113.7"), verb="partners.group_renamed", obj=bob, changes={"name": ["A", "B"]})
    page = sign_in(alice).get(LIST).content.decode()
    for words in ("Bob Keller", "Group renamed", "203.0.113.7", "A → B"):
        assert words in page


def test_audit_list_filters(acme: Organization, alice: Membership, bob: Membership, sign_in: SignIn) -> None:
    with scope(acme):
        note(actor=Actor.of(bob), verb="partners.group_renamed", reason="Bob's own words")
        note(actor=Actor.of(alice), verb="partners.group_made", reason="Alice's own words")
    client = sign_in(alice)

    def reasons(**query: Any) -> list[str]:
        page = client.get(LIST, query).content.decode()
        return [name for name in ("Alice", "Bob") if f"{name}&#x27;s own words" in page]

    assert reasons() == ["Alice", "Bob"]
    assert reasons(person=bob.pk) == ["Bob"]
    assert reasons(verb="partners.group_made") == ["Alice"]
    assert reasons(until="2020-01-01") == []
    assert reasons(since="2020-01-01") == ["Alice", "Bob"]
    assert reasons(person="999999", since="nonsense") == ["Alice", "Bob"]


def test_audit_list_has_pages_of_fifty(acme: Organization, alice: Membership, now: datetime, sign_in: SignIn) -> None:
    client = sign_in(alice)
    with scope(acme):
        for minute in range(60):
            entry(now + timedelta(minutes=minute))
    assert client.get(LIST).content.decode().count("<tr>") == 51
    assert client.get(LIST, {"page": 2}).content.decode().count("<tr>") == 11


def _queries(client: Client) -> int:
    """Statements of the page, without those that open and close transaction and scope."""
    with CaptureQueriesContext(connection) as captured:
        client.get(LIST)
    around = ("SAVEPOINT", "RELEASE", "SELECT set_config", 'QUERY = "SELECT former')
    return sum(not query["sql"].startswith(around) for query in captured.captured_queries)


def test_audit_list_costs_the_same_with_one_and_three_rows(
    acme: Organization, alice: Membership, now: datetime, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    client.get(LIST)
    with scope(acme):
        entry(now)
    one = _queries(client)
    with scope(acme):
        entry(now)
        entry(now)
    assert _queries(client) == one <= 10


def test_audit_list_is_for_those_who_may(
    acme: Organization, bob: Membership, lena: Membership, charlie: Membership, client: Client, sign_in: SignIn
) -> None:
    assert sign_in(bob).get(LIST).status_code == 403
    assert sign_in(lena).get(LIST).status_code == 403
    assert sign_in(charlie).get(LIST).status_code == 404
    assert client.get(LIST).status_code == 302
    assert sign_in(bob).post(EXPORT).status_code == 403


def test_audit_export_is_itself_recorded(acme: Organization, alice: Membership, now: datetime, sign_in: SignIn) -> None:
    with scope(acme):
        entry(now, "partners.group_renamed")
        entry(now, "partners.group_made")
    response = sign_in(alice).post(EXPORT, {"verb": "partners.group_made"})
    assert response["Content-Disposition"].startswith('attachment; filename="audit-')
    content = response.content.decode()
    assert "Group made" in content
    assert "Group renamed" not in content
    with scope(acme):
        assert AuditEntry.objects.filter(verb="audit.trail_exported", membership_id=alice.pk).count() == 1


def test_audit_list_says_what_belongs_there(acme: Organization, alice: Membership, sign_in: SignIn) -> None:
    client = sign_in(alice)
    assert "Nothing recorded yet" in client.get(LIST).content.decode()
    assert "Nothing like this was recorded" in client.get(LIST, {"since": "2026-01-01"}).content.decode()
