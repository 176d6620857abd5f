"""Partners' people from a spreadsheet: contacts, whom nobody invites until a colleague says so."""

from datetime import datetime
from typing import Any

import pytest

from partners.models import Partner, PartnerUser, PreparedPerson
from partners.queries import imports as queries
from partners.services.inviting import accept_invitation
from partners.services.prepared import invite_prepared
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.imports import services
from prm.imports.models import Import, ImportRow
from prm.invitations.models import Invitation
from prm.outbox.models import Message
from tests.factories import member
from tests.partners.factories import PartnerFactory, partner_user
from tests.partners.test_importing import apply, finish, upload

pytestmark = pytest.mark.usefixtures("in_acme")
TABLE = (
    "E-mail,Name,Company,Job title,Role\n"
    "lena@nordwind.example,Lena Brandt,Nordwind,Head of sales,Lead\n"
    "max@nordwind.example,Max,,,\n"
    "eva@gmail.com,Eva,Unheard Of,,\n"
    "not an address,Ida,Nordwind,,\n"
    "ben@nordwind.example,Ben,Nordwind,,captain\n"
    "LENA@nordwind.example,Lena again,Nordwind,,\n"
)


def begin(actor: Actor, now: datetime, text: str = TABLE) -> Import:
    row_import = services.begin_import(actor=actor, schema=queries.PEOPLE, upload=upload(text), now=now)
    services.map_columns(actor=actor, row_import=row_import, mapping=row_import.mapping, now=now)
    return row_import


def told(row_import: Import) -> dict[int, Any]:
    return {row.number: (row.outcome, row.like or row.problems) for row in ImportRow.objects.of(row_import)}


def test_rows_are_told_apart(actor: Actor, nordwind: Partner, now: datetime) -> None:
    found = told(begin(actor, now))
    assert [found[number][0] for number in range(2, 8)] == ["new", "new", "problem", "problem", "problem", "like"]
    assert "No partner is called so" in found[4][1][0]["message"]
    assert "is no e-mail address" in found[5][1][0]["message"]
    assert "is no role" in found[6][1][0]["message"]
    assert found[7][1]["row"] == 2


def test_they_become_contacts_and_nobody_is_written_to(actor: Actor, nordwind: Partner, now: datetime) -> None:
    apply(actor, begin(actor, now), now)
    lena, maxim = PreparedPerson.objects.order_by("pk")
    assert (lena.partner, lena.email, lena.name, lena.job_title, lena.role, lena.source) == (
        nordwind,
        "lena@nordwind.example",
        "Lena Brandt",
        "Head of sales",
        "lead",
        "import",
    )
    assert (maxim.partner, maxim.role) == (nordwind, "member")
    assert Fact.objects.filter(kind="partners.person_prepared", partner_id=nordwind.pk).count() == 2
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_who_is_known_is_not_added_again(actor: Actor, alice: Membership, nordwind: Partner, now: datetime) -> None:
    partner_user(nordwind, "lena@nordwind.example", "Lena")
    addresses = ("lena@nordwind.example", "alice@acme.example", "new@x.example")
    text = "E-mail,Company,Name\n" + "".join(f"{email},Nordwind,N\n" for email in addresses)
    apply(actor, begin(actor, now, text), now)
    found = told(begin(actor, now, text))
    assert found[2] == ("like", {**found[2][1], "label": "Lena (Nordwind GmbH)", "why": "They are in already."})
    assert found[3][1]["why"] == "They are a colleague of yours."
    assert found[4][1]["label"] == "N (Nordwind GmbH)"


def test_a_colleague_and_somebody_prepared_are_two_whatever_their_ids(
    actor: Actor, alice: Membership, nordwind: Partner, now: datetime
) -> None:
    apply(actor, begin(actor, now, "E-mail,Company,Name\nnew@x.example,Nordwind,N\n"), now)
    PreparedPerson.objects.update(id=alice.pk)
    found = told(begin(actor, now, "E-mail,Company,Name\nalice@acme.example,Nordwind,A\nnew@x.example,Nordwind,N\n"))
    assert found[2][1]["why"] == "They are a colleague of yours."
    assert found[3][1]["label"] == "N (Nordwind GmbH)"


def test_a_company_of_many_names_asks_for_its_domain(actor: Actor, nordwind: Partner, now: datetime) -> None:
    PartnerFactory.create(name="Nordwind Ltd", domain="nordwind-uk.example")
    text = "E-mail,Company,Domain\na@x.example,Nordwind,\nb@x.example,Nordwind,nordwind-uk.example\n"
    found = told(begin(actor, now, text))
    assert "Several partners are called so" in found[2][1][0]["message"]
    assert found[3][0] == "new"


def test_contacts_are_updated_and_go_back(actor: Actor, nordwind: Partner, now: datetime) -> None:
    apply(actor, begin(actor, now), now)
    text = "E-mail,Company,Job title,Role\nlena@nordwind.example,Nordwind,Director,member\n"
    row_import = begin(actor, now, text)
    services.choose_mode(row_import=row_import, mode="update")
    apply(actor, row_import, now)
    lena = PreparedPerson.objects.get(email="lena@nordwind.example")
    assert (lena.job_title, lena.role, lena.revision) == ("Director", "member", 2)
    assert AuditEntry.objects.get(verb="partners.prepared_changed").changes["job_title"] == [
        "Head of sales",
        "Director",
    ]
    services.undo_import(actor=actor, row_import=row_import, now=now)
    finish(row_import, now)
    lena.refresh_from_db()
    assert (lena.job_title, lena.role) == ("Head of sales", "lead")


def test_they_are_invited_when_a_colleague_says_so(
    actor: Actor, bob: Membership, nordwind: Partner, now: datetime
) -> None:
    row_import = apply(actor, begin(actor, now), now)
    assert queries.uninvited(row_import) == 2
    done = invite_prepared(actor=actor, inviter=bob, people=list(queries.prepared_of(row_import)), now=now)
    assert (done.sent, done.refused, queries.uninvited(row_import)) == (2, [], 0)
    assert set(Invitation.objects.values_list("email", "target_id")) == {
        ("lena@nordwind.example", nordwind.pk),
        ("max@nordwind.example", nordwind.pk),
    }
    services.undo_import(actor=actor, row_import=row_import, now=now)
    finish(row_import, now)
    assert [why for _name, why in queries.kept_rows(row_import)] == ["They were invited since."] * 2


def test_who_joins_has_the_job_and_role_that_were_known(
    actor: Actor, bob: Membership, nordwind: Partner, now: datetime
) -> None:
    partner_user(nordwind, "first@nordwind.example", "First", role="lead")
    row_import = apply(actor, begin(actor, now), now)
    invite_prepared(actor=actor, inviter=bob, people=list(queries.prepared_of(row_import)), now=now)
    invitation = Invitation.objects.get(email="lena@nordwind.example")
    joined = member(nordwind.organization, "lena@nordwind.example", "Lena Brandt")
    accept_invitation(invitation, joined, actor, now)
    user = PartnerUser.objects.get(membership=joined)
    assert (user.job_title, user.role) == ("Head of sales", "lead")
    assert not PreparedPerson.objects.filter(email="lena@nordwind.example").exists()
