"""Erasing a person: nothing that is kept says any more who it was. And one's own data to take along."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import EmailField
from django.test import Client
from django.utils import timezone

from partners.models import Partner, PartnerUser, PreparedPerson
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.audit.services import note
from prm.jobs.worker import work_piece
from prm.outbox.models import Message
from prm.privacy import rules
from prm.privacy.holdings import holdings
from prm.privacy.models import Erasure
from prm.privacy.services import erase_person
from prm.privacy.sweep import KEPT, LEFT_OUT, pattern, swept_models
from prm.problems import Refused
from prm.tenancy.catalog import tenant_tables
from prm.tenancy.models import Organization
from prm.tenancy.policies import ERASED, is_tenant_model
from prm.tenancy.scope import scope
from tests.costs import MOST_QUERIES, queries_of
from tests.factories import MembershipFactory, member, staff
from tests.matrix import World

type SignIn = Callable[[Membership], Client]
# Global tables in which a person is.
ACCOUNTS = ("accounts_person", "account_emailaddress", "outbox_accountmessage", "mfa_authenticator", "django_admin_log")

KIND = {"nordwind.example": "partner", "ledgerline.example": "partner", "stratus.example": "staff"}


def erase(organization: Organization, owner: Membership, email: str) -> Erasure:
    """Begin it as an owner and work until it is done."""
    with scope(organization):
        erasure = erase_person(
            actor=Actor.of(owner), reader=owner, email=email, reason="Asked by mail", now=timezone.now()
        )
    while work_piece(organization, timezone.now()):
        pass
    with scope(organization):
        erasure.refresh_from_db()
    return erasure


def found_in_the_catalog(organization: Organization, *words: str) -> list[str]:
    """table.column of every text, list or JSON in the database in which one of the words stands, in any case."""
    sought = "|".join(re.escape(word) for word in words)
    found = []
    with scope(organization), connection.cursor() as cursor:
        behind = {name for name, is_partition in tenant_tables(cursor).items() if not is_partition}
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'character', 'jsonb', 'json', 'ARRAY', 'inet')"
        )
        columns = [(table, column) for table, column in cursor.fetchall() if table in behind or table in ACCOUNTS]
        assert len(columns) > 150
        for table, column in columns:
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ~* %s', [sought])
            if cursor.fetchall()[0][0]:
                found.append(f"{table}.{column}")
    return sorted(found)


# ── Nothing is left ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("domain", ["nordwind.example", "ledgerline.example", "stratus.example"])
def test_nothing_is_left_of_somebody_of_the_demo(world: World, transactional: None, domain: str) -> None:
    owner = world.visitors["owner"]
    assert owner is not None
    with scope(world.home):
        members = Membership.objects.in_organization(world.home).with_person()
        found = members.filter(person__email__endswith=f"@{domain}", kind=KIND[domain]).order_by("-pk")
        chosen = found.exclude(roles__contains=["owner"])[0]
    name, email = chosen.person.name, chosen.person.email
    is_elsewhere = Membership.objects.for_person(chosen.person).count() > 1
    before = found_in_the_catalog(world.home, name, email)
    assert {"accounts_person.name", "accounts_person.email"} <= set(before)
    erasure = erase(world.home, owner, email)
    assert erasure.finished_at is not None
    assert erasure.sought == {}
    left = found_in_the_catalog(world.home, name, email)
    # Whoever is a member of another organization too keeps the account.
    assert [place for place in left if not is_elsewhere or place.split(".")[0] not in ACCOUNTS] == []
    assert bool(left) == is_elsewhere


@pytest.fixture
def transactional(db: None) -> Iterator[None]:
    """The demo is shared: what a test does to it is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def owner_signed_in(alice: Membership, sign_in: SignIn) -> Client:
    """Without a password there is nothing to ask for again."""
    alice.person.set_unusable_password()
    alice.person.save()
    return sign_in(alice)


@pytest.fixture
def quirina(acme: Organization) -> PartnerUser:
    with scope(acme):
        nordwind = Partner.objects.create(name="Nordwind GmbH", domain="nordwind.example", created_at=timezone.now())
        membership = member(acme, "q.zwetschge@nordwind.example", "Quirina Zwetschge")
        return PartnerUser.objects.create(
            partner=nordwind, membership=membership, role="lead", joined_at=timezone.now(), job_title="Head of sales"
        )


def test_what_others_wrote_about_somebody_is_mended_and_stays(
    acme: Organization, alice: Membership, bob: Membership, quirina: PartnerUser, now: datetime
) -> None:
    with scope(acme):
        partner = quirina.partner
        partner.notes = (
            "Met Quirina  Zwetschge (Q.Zwetschge@nordwind.example).\nZwetschge, Quirina likes tea. 100% sure."
        )
        partner.save()
        note(actor=Actor.of(quirina.membership, "192.0.2.7"), verb="tests.done", obj=partner)
        changes: dict[str, list[Any]] = {"contact": ["Quirina Zwetschge", "Bob Keller"], "size_%": [1, 2]}
        note(
            actor=Actor.of(bob), verb="tests.changed", obj=partner, changes=changes, reason="Quirina Zwetschge said so"
        )
    erasure = erase(acme, alice, "q.zwetschge@nordwind.example")
    with scope(acme):
        partner.refresh_from_db()
        quirina.refresh_from_db()
        assert partner.notes == f"Met {ERASED} ({ERASED}).\n{ERASED} likes tea. 100% sure."
        assert quirina.job_title == ""
        done, changed = AuditEntry.objects.filter(verb__startswith="tests.").order_by("pk")
        assert (done.actor_label, done.address, done.object_label) == (ERASED, None, "Nordwind GmbH")
        assert done.membership_id == quirina.membership_id
        assert changed.changes == {"contact": [ERASED, "Bob Keller"], "size_%": [1, 2]}
        assert changed.reason == f"{ERASED} said so"
        told = AuditEntry.objects.get(verb="privacy.person_erased")
        assert (told.actor_label, told.object_id) == ("Alice Moreau", erasure.pk)
        membership = Membership.objects.by_id(quirina.membership_id)
        assert (membership.state, membership.person.name) == ("removed", "Erased person")
        assert not membership.person.is_active
        assert not membership.person.has_usable_password()
    assert found_in_the_catalog(acme, "zwetschge", "quirina") == []


def test_somebody_without_an_account_is_erased_by_the_address(
    acme: Organization, alice: Membership, quirina: PartnerUser, now: datetime
) -> None:
    with scope(acme):
        for email, name in (("new@nordwind.example", "Xaver Pfnür"), ("other@nordwind.example", "Ida Holm")):
            PreparedPerson.objects.create(partner=quirina.partner, email=email, name=name, created_at=now)
        Message.objects.create(
            address="new@nordwind.example",
            name="Xaver",
            kind="tests.mail",
            subject_id=1,
            not_before=now,
            created_at=now,
        )
    erasure = erase(acme, alice, "NEW@nordwind.example")
    with scope(acme):
        assert [person.name for person in PreparedPerson.objects.all()] == ["Ida Holm"]
        assert not Message.objects.exists()
        assert erasure.counts == {"Messages": 1, "Preparations for an invitation": 1}
    assert found_in_the_catalog(acme, "new@nordwind.example", "pfnür", "xaver") == []


def test_another_organization_keeps_its_member(
    acme: Organization, umbrella: Organization, alice: Membership, quirina: PartnerUser
) -> None:
    elsewhere = MembershipFactory.create(organization=umbrella, person=quirina.membership.person)
    erase(acme, alice, "q.zwetschge@nordwind.example")
    kept = Membership.objects.by_id(elsewhere.pk)
    assert (kept.state, kept.person.email, kept.person.is_active) == ("active", "q.zwetschge@nordwind.example", True)
    gone = Membership.objects.by_id(quirina.membership_id)
    assert gone.person_id != kept.person_id
    assert gone.person.email.endswith("@erased.invalid")


def test_a_namesake_keeps_the_name(acme: Organization, alice: Membership, quirina: PartnerUser) -> None:
    member(acme, "quirina@kestrel.example", "Quirina Zwetschge")
    with scope(acme):
        quirina.partner.notes = "Quirina Zwetschge called"
        quirina.partner.save()
    erase(acme, alice, "q.zwetschge@nordwind.example")
    with scope(acme):
        assert Partner.objects.get().notes == "Quirina Zwetschge called"
    assert found_in_the_catalog(acme, "q.zwetschge@nordwind.example") == []


def test_one_who_is_erased_is_out_at_once(
    acme: Organization, alice: Membership, quirina: PartnerUser, sign_in: SignIn
) -> None:
    browser = sign_in(quirina.membership)
    where = address("portal_home", organization=acme)
    assert browser.get(where).status_code == 200
    with scope(acme):
        erase_person(
            actor=Actor.of(alice),
            reader=alice,
            email="q.zwetschge@nordwind.example",
            reason="Asked",
            now=timezone.now(),
        )
    assert browser.get(where).status_code == 302


# ── What only grows can be erased and not rewritten ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "assignment",
    [
        "actor_label = 'Somebody else'",
        "actor_label = '[erased] and more'",
        "reason = 'The cat said so'",
        "reason = '[erased] said no'",
        "changes = '{}'",
        "at = now()",
        "membership_id = NULL",
    ],
)
def test_the_audit_trail_cannot_be_rewritten(in_acme: Organization, bob: Membership, assignment: str) -> None:
    note(actor=Actor.of(bob), verb="tests.done", obj=bob, reason="The dog said so", changes={"a": ["x", "y"]})
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_auditentry SET {assignment}")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET reason = 'The [erased] said so', actor_label = '[erased]'")
        assert cursor.rowcount == 1


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_cannot_be_erased(acme: Organization, alice: Membership, bob: Membership) -> None:
    def codes(member: Membership | None, **others: Any) -> list[str]:
        asked = {"rows": 1, "actor_id": 0, "other_owners": 0, "is_running": False, **others}
        return [problem.code for problem in rules.erasure_problems(member, **asked)]

    assert codes(alice) == ["last_owner"]
    assert codes(alice, other_owners=1) == []
    assert codes(bob) == []
    assert codes(bob, actor_id=bob.pk) == ["oneself"]
    assert codes(None) == []
    assert codes(None, rows=0) == ["nothing_held"]
    assert codes(bob, is_running=True) == ["running"]


@pytest.mark.parametrize(
    ("names", "shared", "searchable"),
    [
        ({"Lena Brandt"}, set(), ["Lena Brandt"]),
        ({"Lena"}, set(), []),
        ({"Lena Brandt", "Lena"}, {"LENA BRANDT"}, []),
        ({"B C"}, set(), []),
    ],
)
def test_which_names_are_looked_for(names: set[str], shared: set[str], searchable: list[str]) -> None:
    assert rules.searchable_names(names, shared) == searchable


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Write to a.b@c.example.", True),
        ("A.B@C.EXAMPLE", True),
        ("xa.b@c.example", False),
        ("a.b@c.example.org", True),
        ("aXb@c.example", False),
        ("Ann  Lee", True),
        ("Lee, Ann", True),
        ("Joann Lee", False),
        ("Ann Leeds", False),
        ('Ann "Lee', False),
        (r'"Hello,\nAnn Lee and \ta.b@c.example"', True),
    ],
)
def test_what_is_found(db: None, text: str, hits: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, pattern(["a.b@c.example"], ["Ann Lee"])])
        assert cursor.fetchall() == [(hits,)]


def test_a_refusal_leaves_everything(acme: Organization, alice: Membership, now: datetime) -> None:
    with scope(acme):
        with pytest.raises(Refused) as refusal:
            erase_person(actor=Actor.of(alice), reader=alice, email="nobody@x.example", reason="Asked", now=now)
        assert refusal.value.codes == {"nothing_held"}
        assert not Erasure.objects.exists()
        assert not AuditEntry.objects.exists()


# ── Nothing is forgotten ────────────────────────────────────────────────────────────────────────────────────────────

# Tables that name a member and hold nothing of theirs but that.
IDS_ONLY = {
    "cohorts.calendarfeed": "a secret address and when it was made",
    "cohorts.calendarturn": "how often sessions left or came back into somebody's calendar",
    "cohorts.cohortfacilitator": "who leads a cohort",
    "cohorts.programfacilitator": "who leads a program's cohorts",
    "cohorts.reviewer": "who gives points to applications",
    "enablement.nudge": "when somebody was asked",
    "enablement.rhythm": "how often somebody is asked",
    "enablement.round": "when somebody practiced",
    "partners.applicationreviewer": "who reviews an application",
    "partners.audiencemember": "what somebody may see",
    "partners.callreviewer": "who reviews the applications of a call",
    "partners.journey": "its steps are held",
    "privacy.erasure": "an anonymous id",
}


def test_every_table_that_is_about_a_person_is_held() -> None:
    about = {
        model._meta.label_lower
        for model in apps.get_models()
        if is_tenant_model(model)
        and any(
            field.name == "membership" or isinstance(field, EmailField) or field.related_model is PartnerUser
            for field in model._meta.concrete_fields
        )
    }
    held = {apps.get_model(holding.model)._meta.label_lower for holding in holdings.all()}
    assert about - held == set(IDS_ONLY)
    assert not held & set(IDS_ONLY)


def test_what_is_left_out_of_the_sweep_is_there() -> None:
    tenant = {model._meta.label_lower for model in apps.get_models() if is_tenant_model(model)}
    assert set(LEFT_OUT) | set(KEPT) <= tenant
    assert len(swept_models()) > 40


@pytest.mark.parametrize("holding", holdings.all(), ids=lambda holding: holding.name)
def test_holdings_name_columns_that_there_are(in_acme: Organization, alice: Membership, holding: Any) -> None:
    rows = apps.get_model(holding.model)._default_manager.all()
    assert holding.by or holding.addresses
    paths = [*holding.by, *holding.addresses, *holding.names, *holding.told, *holding.files]
    assert list(rows.filter(**holding.where).values(*paths)) == []


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_owner_looks_first_and_then_erases(
    acme: Organization, alice: Membership, quirina: PartnerUser, owner_signed_in: Client
) -> None:
    browser, where = owner_signed_in, address("erasure_list", organization=acme)
    assert browser.get(where).status_code == 200
    page = browser.get(where, {"email": "q.zwetschge@nordwind.example"}).content.decode()
    assert "Quirina Zwetschge" in page
    assert "Erase this person" in page
    page = browser.get(where, {"email": "nobody@nordwind.example"}).content.decode()
    assert "Nothing is kept here under this address." in page
    assert "Erase this person" not in page
    unsure = browser.post(where, {"email": "q.zwetschge@nordwind.example", "reason": "By mail"})
    assert unsure.status_code == 422
    assert "By mail" in unsure.content.decode()
    own = browser.post(where, {"email": alice.person.email, "reason": "By mail", "is_sure": "on"})
    assert own.status_code == 422
    answer = browser.post(where, {"email": "q.zwetschge@nordwind.example", "reason": "By mail", "is_sure": "on"})
    assert answer.status_code == 303
    while work_piece(acme, timezone.now()):
        pass
    page = browser.get(answer["Location"]).content.decode()
    assert "Nothing here says any more who it was." in page
    assert "Zwetschge" not in page


def test_looking_takes_few_queries(
    acme: Organization, quirina: PartnerUser, owner_signed_in: Client, sign_in: SignIn
) -> None:
    where = address("erasure_list", organization=acme)
    assert queries_of(owner_signed_in, f"{where}?email=q.zwetschge@nordwind.example") <= MOST_QUERIES
    assert queries_of(sign_in(quirina.membership), address("my_data", organization=acme)) <= MOST_QUERIES


def test_everybody_takes_their_own_data_along(
    acme: Organization, alice: Membership, quirina: PartnerUser, sign_in: SignIn
) -> None:
    with scope(acme):
        quirina.partner.notes = "INTERNAL"
        quirina.partner.save()
    browser, where = sign_in(quirina.membership), address("my_data", organization=acme)
    assert browser.get(where).status_code == 200
    answer = browser.post(where)
    data = json.loads(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="my-data-acme.json"'
    assert data["account"]["name"] == "Quirina Zwetschge"
    assert data["data"]["Place at the partner"] == [
        {"partner_name": "Nordwind GmbH", "role": "lead", "job_title": "Head of sales"}
    ]
    assert "INTERNAL" not in answer.content.decode()
    with scope(acme):
        assert AuditEntry.objects.get(verb="privacy.own_data_taken").membership_id == quirina.membership_id


def test_only_owners_erase(acme: Organization, bob: Membership, quirina: PartnerUser, sign_in: SignIn) -> None:
    where = address("erasure_list", organization=acme)
    for colleague in (bob, staff(acme, "ann@acme.example", "Ann Low", "analyst")):
        assert sign_in(colleague).get(where).status_code == 403
    assert sign_in(quirina.membership).post(where, {"email": bob.person.email}).status_code == 403
