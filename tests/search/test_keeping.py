"""The index follows what people write, and mends what it missed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO
from threading import Event, Thread
from typing import Any

import pytest
from allauth.account.signals import email_changed
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from partners.models import Partner, PartnerUser
from partners.services.importing import PartnerImport
from partners.services.partners import (
    PartnerDetails,
    archive_partner,
    change_partner,
    create_partner,
    restore_partner,
)
from partners.services.people import add_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.services.memberships import add_member, leave, remove_member
from prm.accounts.services.people import change_person, welcome_person
from prm.imports.models import Import
from prm.imports.schema import RowSet
from prm.imports.services import begin_import, map_columns
from prm.search import services
from prm.search.models import Entry, Posting, Progress, Spelling
from prm.search.services import CHECKED_EVERY, MOST_AT_ONCE, compare, plan_search, rebuild, refresh, refresh_from
from prm.search.sources import SearchSource, search_sources
from prm.tenancy.models import Organization, Wakeup
from prm.tenancy.scope import scope, write_last_words
from tests.factories import NOW, PersonFactory
from tests.partners.factories import PartnerFactory, partner_user
from tests.search.conftest import catch_up, labels

PARTNERS = "partners"


def entries(kind: str = PARTNERS) -> dict[int, str]:
    return dict(Entry.objects.filter(kind=kind).values_list("object_id", "words"))


def everything() -> tuple[list[Any], list[Any], list[Any]]:
    """All that the index holds of the organization, in order."""
    return (
        sorted(Entry.objects.values_list("kind", "object_id", "holder_id", "is_last", "words")),
        sorted(Posting.objects.values_list("kind", "word", "weight", "object_id")),
        sorted(Spelling.objects.values_list("key", "stem")),
    )


def make(actor: Actor, name: str, **details: Any) -> Partner:
    return create_partner(actor=actor, details=PartnerDetails(name=name, **details), now=NOW, is_another=True)


def rename(actor: Actor, partner: Partner, name: str) -> None:
    partner.refresh_from_db()
    details = PartnerDetails(name=name, domain=partner.domain, status=partner.status)
    change_partner(actor=actor, partner=partner, revision=partner.revision, details=details, now=NOW, is_another=True)


# ── In the transaction that changes a name ──────────────────────────────────────────────────────────────────────────


def test_a_new_partner_is_found_at_once(in_acme: Organization, alice: Membership, actor: Actor) -> None:
    partner = make(actor, "Kestrel Cloud Ltd", website="https://kestrel.example/")
    assert entries() == {partner.pk: "kestrel cloud | kestrel.example"}
    assert sorted(Posting.objects.values_list("word", "weight", "object_id")) == [
        ("cloud", 2, partner.pk),
        ("kestrel", 2, partner.pk),
        ("kestrel.example", 6, partner.pk),
    ]
    assert labels(alice, "kestrel")[PARTNERS] == ["Kestrel Cloud Ltd"]


def test_what_is_rolled_back_leaves_nothing(in_acme: Organization, actor: Actor) -> None:
    with transaction.atomic():
        make(actor, "Kestrel")
        transaction.set_rollback(True)
    assert everything()[:2] == ([], [])


def test_a_renamed_partner_is_found_by_its_new_name_only(
    in_acme: Organization, alice: Membership, actor: Actor
) -> None:
    partner = make(actor, "Kestrel Cloud")
    rename(actor, partner, "Falcon Cloud")
    assert entries() == {partner.pk: "falcon cloud"}
    assert labels(alice, "kestrel") == {}
    assert labels(alice, "falcon cloud")[PARTNERS] == ["Falcon Cloud"]


def test_archiving_moves_it_behind_the_others_and_back(in_acme: Organization, actor: Actor) -> None:
    partner = make(actor, "Kestrel")
    before = everything()
    archive_partner(actor=actor, partner=partner, now=NOW)
    assert list(Posting.objects.values_list("word", "weight")) == [("kestrel", 21)]
    restore_partner(actor=actor, partner=partner, now=NOW)
    assert everything() == before


def test_what_does_not_change_a_name_writes_nothing(in_acme: Organization, actor: Actor) -> None:
    partner = make(actor, "Kestrel")
    partner.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        details = PartnerDetails(name="Kestrel", status="dormant")
        change_partner(actor=actor, partner=partner, revision=partner.revision, details=details, now=NOW)
    assert not [query["sql"] for query in asked.captured_queries if "search_" in query["sql"]]


def test_a_rename_costs_three_statements(in_acme: Organization, actor: Actor) -> None:
    """Lock, read, write; the stems go with the last words of the scope."""
    partner = make(actor, "Kestrel")
    Partner.objects.filter(pk=partner.pk).update(name="Falcon")
    with CaptureQueriesContext(connection) as asked:
        refresh(PARTNERS, [partner.pk])
    assert len(asked.captured_queries) == 3
    with CaptureQueriesContext(connection) as asked:
        refresh(PARTNERS, [partner.pk])
    assert len(asked.captured_queries) == 2, "as it is already: nothing is written"


def test_a_deleted_one_is_gone(in_acme: Organization, nordwind: Partner) -> None:
    catch_up()
    key = nordwind.pk
    nordwind.delete()
    refresh(PARTNERS, [key])
    assert everything()[:2] == ([], [])


def test_people_come_change_their_name_and_go(
    acme: Organization, alice: Membership, actor: Actor, nordwind: Partner
) -> None:
    person = PersonFactory.create(email="mia@nordwind.example", name="Mia Sol")
    with scope(acme):
        joined = add_member(actor=actor, organization=acme, person=person, kind="partner", now=NOW)
        user = add_person(actor=actor, partner=nordwind, membership=joined, now=NOW)
        assert entries("people") == {user.pk: "mia sol | mia@nordwind.example nordwind"}
    change_person(person=person, name="Mia Luna", zone="", language="")
    with scope(acme):
        assert entries("people") == {user.pk: "mia luna | mia@nordwind.example nordwind"}
        assert labels(alice, "mia lnua")["people"] == ["Mia Luna"]
        remove_member(actor=actor, member=joined, now=NOW)
        assert entries("people") == {}
        add_member(actor=actor, organization=acme, person=person, kind="partner", now=NOW)
        assert list(entries("people")) == [user.pk], "whoever is let in again is found again"


def test_a_new_name_is_known_in_every_organization_of_the_person(
    acme: Organization, umbrella: Organization, alice: Membership, charlie: Membership, bob: Membership
) -> None:
    theirs = Actor.of(charlie)
    with scope(umbrella):
        add_member(actor=theirs, organization=umbrella, person=bob.person, kind="staff", roles=["analyst"], now=NOW)
    change_person(person=bob.person, name="Robert Keller", zone="", language="")
    for organization, reader in ((acme, alice), (umbrella, charlie)):
        with scope(organization):
            assert labels(reader, "robert") == {"colleagues": ["Robert Keller"]}


def test_the_first_name_that_somebody_gives_is_found(acme: Organization, alice: Membership, actor: Actor) -> None:
    person = PersonFactory.create(email="kim@acme.example", name="")
    with scope(acme):
        add_member(actor=actor, organization=acme, person=person, kind="staff", roles=["editor"], now=NOW)
        assert labels(alice, "kim@acme.example")["colleagues"] == ["kim@acme.example"]
    welcome_person(email="kim@acme.example", name="Kim Park", now=NOW)
    with scope(acme):
        assert labels(alice, "park")["colleagues"] == ["Kim Park"]


def test_a_new_address_is_found(acme: Organization, alice: Membership, bob: Membership) -> None:
    bob.person.email = "robert@acme.example"
    bob.person.save()
    email_changed.send(sender=None, request=None, user=bob.person, from_email_address=None, to_email_address=None)
    with scope(acme):
        assert labels(alice, "robert@acme")["colleagues"] == ["Bob Keller"]


def test_a_colleague_who_leaves_is_gone(acme: Organization, alice: Membership, bob: Membership) -> None:
    with scope(acme):
        catch_up()
        assert labels(alice, "keller") != {}
        leave(actor=Actor.of(bob), member=bob, now=NOW)
        assert labels(alice, "keller") == {}


# ── Many at once ────────────────────────────────────────────────────────────────────────────────────────────────────


def imported(actor: Actor, count: int) -> list[int]:
    row_import = checked(actor, "Company\n" + "".join(f"Imported {number}\n" for number in range(1, count + 1)))
    rows = RowSet(row_import, list(range(2, count + 2)))
    return list(PartnerImport().create(rows, actor=actor, now=NOW))


def checked(actor: Actor, table: str) -> Import:
    upload = SimpleUploadedFile("partners.csv", table.encode(), "text/csv")
    row_import = begin_import(actor=actor, schema="partners.partners", upload=upload, now=NOW)
    map_columns(actor=actor, row_import=row_import, mapping=row_import.mapping, now=NOW)
    return row_import


def test_what_an_import_renames_is_found_by_the_new_name(in_acme: Organization, actor: Actor) -> None:
    partner = Partner.objects.create(name="Kestrel", domain="kestrel.example", created_at=NOW)
    row_import = checked(actor, "Company,Domain\nFalcon,kestrel.example\n")
    PartnerImport().update({partner.pk: {"name": ["Kestrel", "Falcon"]}}, row_import=row_import, actor=actor, now=NOW)
    assert Entry.objects.get(kind="partners", object_id=partner.pk).words.startswith("falcon")


def test_a_small_import_is_found_at_once_and_undone(in_acme: Organization, alice: Membership, actor: Actor) -> None:
    ids = imported(actor, 3)
    assert sorted(entries()) == ids
    PartnerImport().remove(ids, actor=actor, now=NOW)
    assert entries() == {}


def test_a_large_import_is_left_to_the_planner(acme: Organization, alice: Membership, actor: Actor) -> None:
    with scope(acme):
        old = make(actor, "Kestrel")
        plan_search(NOW)
        Entry.objects.filter(object_id=old.pk).update(words="not looked at")
    with scope(acme):
        ids = imported(actor, MOST_AT_ONCE + 1)
        assert not set(ids) & set(entries()), "nobody waits for words"
    assert Wakeup.objects.filter(organization=acme, queue="plan").exists()
    with scope(acme):
        assert Progress.objects.get(kind=PARTNERS).position == ids[0] - 1
        plan_search(NOW)
        assert set(ids) < set(entries())
        assert entries()[old.pk] == "not looked at", "only what is new is compared"
        assert Progress.objects.get(kind=PARTNERS).position is None


# ── Passes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pass_mends_whatever_was_missed(acme: Organization, nordwind: Partner, lena_user: PartnerUser) -> None:
    with scope(acme):
        missing = PartnerFactory.create(name="Missing")
        catch_up()
        whole = everything()
        Posting.objects.filter(kind=PARTNERS, object_id=missing.pk).delete()
        Entry.objects.filter(kind=PARTNERS, object_id=missing.pk).delete()
        Entry.objects.filter(kind=PARTNERS, object_id=nordwind.pk).update(words="kestrel")
        Entry.objects.create(kind=PARTNERS, object_id=10**9, words="ghost")
        Posting.objects.create(kind=PARTNERS, word="kestrel", weight=1, object_id=nordwind.pk)
        Posting.objects.filter(kind=PARTNERS, word="nordwind", object_id=nordwind.pk).delete()
        catch_up()
        assert everything() == whole


def test_planning_twice_changes_nothing(acme: Organization, nordwind: Partner, lena_user: PartnerUser) -> None:
    with scope(acme):
        assert plan_search(NOW) == NOW + CHECKED_EVERY
    with scope(acme):
        whole = everything()
        with CaptureQueriesContext(connection) as asked:
            plan_search(NOW + timedelta(hours=1))
        assert len(asked.captured_queries) == 1, "one look at where things stand"
        plan_search(NOW + CHECKED_EVERY)
        assert everything() == whole


def test_what_was_missed_is_mended_within_a_day(acme: Organization, alice: Membership) -> None:
    with scope(acme):
        plan_search(NOW)
        PartnerFactory.create(name="Silent")
        plan_search(NOW + timedelta(hours=23))
        assert entries() == {}
        plan_search(NOW + CHECKED_EVERY)
        assert labels(alice, "silent")[PARTNERS] == ["Silent"]


def test_passes_go_on_where_they_stopped(
    acme: Organization, alice: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    monkeypatch.setattr(services, "PIECE", 3)
    with scope(acme):
        made = [PartnerFactory.create().pk for _number in range(7)]
    rounds = 0
    next_at: datetime | None = NOW
    while next_at == NOW:
        with scope(acme):
            next_at = plan_search(NOW)
        rounds += 1
    assert rounds > 2
    with scope(acme):
        assert sorted(entries()) == made


def test_a_call_during_a_pass_is_heard(acme: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    source = search_sources.get(PARTNERS)
    with scope(acme):
        plan_search(NOW)
        refresh_from(PARTNERS, 1)

    def called_meanwhile(*given: Any) -> tuple[int, int | None]:
        result = compare(*given)
        refresh_from(PARTNERS, 5)
        write_last_words()
        return result

    monkeypatch.setattr(services, "compare", called_meanwhile)
    with scope(acme):
        plan_search(NOW)
        assert Progress.objects.get(kind=source.name).position == 0, "the pass ends, and the next one begins"


def test_stems_of_nobody_are_forgotten(acme: Organization, tom_user: PartnerUser, nordwind: Partner) -> None:
    with scope(acme):
        catch_up()
        assert Spelling.objects.filter(stem="weiss").exists()
        tom_user.delete()
        plan_search(NOW)
    with scope(acme):
        assert not Spelling.objects.filter(stem="weiss").exists()
        assert Spelling.objects.filter(stem="nordwin").exists(), "Nordwind is still there"


def test_rebuilding_gives_the_same_again(
    acme: Organization, umbrella: Organization, nordwind: Partner, tom_user: PartnerUser, umbrellas_nordwind: Partner
) -> None:
    with scope(umbrella):
        catch_up()
        theirs = everything()
    with scope(acme):
        catch_up()
        whole, count = everything(), Entry.objects.count()
        assert rebuild() == count
        assert rebuild(PARTNERS) == 1
    said = StringIO()
    call_command("search", organization="acme", stdout=said)
    assert said.getvalue() == f"acme: {count} can be found\n"
    with scope(acme):
        assert everything() == whole
    with scope(umbrella):
        assert everything() == theirs, "another organization's index is its own"


def test_the_command_says_what_it_does_not_know(acme: Organization) -> None:
    with pytest.raises(CommandError, match="There are: partners, people, products, colleagues"):
        call_command("search", kind="unicorns")
    with pytest.raises(CommandError, match="No organization has the address"):
        call_command("search", organization="nowhere")


@pytest.mark.django_db(transaction=True)
def test_a_rename_during_a_pass_wins(acme: Organization, nordwind: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pass has read a former name when somebody writes the next one: the entry has the next one in the end."""
    source, refreshed = search_sources.get(PARTNERS), services._refresh
    has_read, is_renamed = Event(), Event()

    def read_slowly(source: SearchSource, ids: Sequence[int]) -> None:
        has_read.set()
        assert is_renamed.wait(5)
        refreshed(source, ids)

    def pass_over() -> None:
        try:
            with scope(acme):
                compare(source, 0)
        finally:
            connection.close()

    with scope(acme):
        catch_up()
        Partner.objects.update(name="Osprey")
    monkeypatch.setattr(services, "_refresh", read_slowly)
    passing = Thread(target=pass_over)
    passing.start()
    assert has_read.wait(5)
    with scope(acme):
        Partner.objects.update(name="Falcon")
        refreshed(source, [nordwind.pk])
    is_renamed.set()
    passing.join(5)
    with scope(acme):
        assert entries() == {nordwind.pk: "falcon | nordwind.example nordwind"}
        words = Posting.objects.filter(kind=PARTNERS).values_list("word", flat=True)
        assert sorted(words) == ["falcon", "nordwind", "nordwind.example"]


@pytest.mark.django_db(transaction=True)
def test_two_who_use_the_same_words_do_not_wait_for_each_other(acme: Organization, alice: Membership) -> None:
    """Stems are written as the last words of a scope: while one transaction is open the other one ends."""
    actor, is_written, is_over = Actor.of(alice), Event(), Event()

    def write_and_wait() -> None:
        try:
            with scope(acme):
                make(actor, "Kestrel North")
                is_written.set()
                assert is_over.wait(5)
        finally:
            connection.close()

    slow = Thread(target=write_and_wait)
    slow.start()
    assert is_written.wait(5)
    with scope(acme):
        make(actor, "Kestrel South")
    is_over.set()
    slow.join(5)
    with scope(acme):
        assert labels(alice, "kestrle")[PARTNERS] == ["Kestrel North", "Kestrel South"]


def test_only_what_partners_hold_has_a_holder(acme: Organization, nordwind: Partner, tom_user: PartnerUser) -> None:
    with scope(acme):
        partner_user(nordwind, "mia@nordwind.example", "Mia")
        catch_up()
        assert set(Entry.objects.values_list("kind", "holder_id")) == {
            ("partners", 0),
            ("people", nordwind.pk),
        }
