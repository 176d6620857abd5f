"""Inviting: who may be invited, the mail, and what the inviter hears of it."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.invitations import emails, queries, rules, services
from prm.invitations.models import Invitation
from prm.outbox.models import Message
from prm.outbox.rendering.wording import word
from prm.problems import Refused
from prm.tenancy.scope import scope
from tests.factories import member
from tests.prm.invited import EMAIL, invite, path, reloaded

pytestmark = pytest.mark.django_db


def test_inviting_leaves_one_row_one_mail_and_one_line_in_the_trail(alice: Membership) -> None:
    invitation = invite(alice, "  NORA@Nordwind.example ")
    with scope(alice.organization):
        assert invitation.email == EMAIL
        assert list(Message.objects.values_list("address", "kind", "subject_id", "slot")) == [
            (EMAIL, "invitations.invited", invitation.pk, "1")
        ]
        assert AuditEntry.objects.get().verb == "invitations.invited"
    assert invitation.mailed_token not in str(vars(reloaded(invitation)))
    assert invitation.copied_token not in str(vars(reloaded(invitation)))


def test_a_link_works_to_the_end_of_its_last_day_where_the_organization_is(alice: Membership) -> None:
    now = datetime.fromisoformat("2026-11-21T23:30:00+00:00")  # already the 22nd in Berlin
    invitation = invite(alice, now=now)
    assert invitation.expires_at == datetime.fromisoformat("2026-12-07T00:00:00+01:00")
    assert emails.last_day(invitation, alice.organization) == "Sunday 6 December"


@pytest.mark.parametrize(("state", "code"), [("active", "already_member"), ("suspended", "suspended")])
def test_members_are_not_invited_again(alice: Membership, state: str, code: str) -> None:
    member(alice.organization, EMAIL, "Nora", state=state)
    with pytest.raises(Refused) as refusal:
        invite(alice)
    assert refusal.value.codes == {code}
    with scope(alice.organization):
        assert not Invitation.objects.exists()
        assert not Message.objects.exists()


def test_somebody_who_left_can_be_invited_again(alice: Membership) -> None:
    member(alice.organization, EMAIL, "Nora", state="removed")
    assert invite(alice).state == "open"


def test_one_running_invitation_for_an_address(alice: Membership) -> None:
    invite(alice)
    with pytest.raises(Refused) as refusal:
        invite(alice, EMAIL.upper())
    assert refusal.value.codes == {"already_invited"}


def test_a_lapsed_invitation_is_replaced(alice: Membership) -> None:
    old = invite(alice, now=timezone.now() - timedelta(days=30))
    new = invite(alice)
    assert reloaded(old).state == "withdrawn"
    assert reloaded(new).state == "open"


def test_a_colleague_needs_a_role(alice: Membership) -> None:
    with pytest.raises(Refused) as refusal:
        invite(alice, roles=[])
    assert refusal.value.codes == {"no_role"}


@pytest.mark.django_db(transaction=True)
def test_two_who_invite_the_same_address_at_once(alice: Membership) -> None:
    outcomes: list[str] = []

    def one() -> None:
        try:
            invite(alice)
            outcomes.append("invited")
        except Refused as refusal:
            outcomes.extend(refusal.codes)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _time in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_invited"] * 3 + ["invited"]


def test_the_mail_is_short_and_from_a_person(alice: Membership) -> None:
    invitation = invite(alice, note="You asked about the new firewall line.")
    with scope(alice.organization):
        mail = emails.invited(Message.objects.get())
        worded = word(mail.template, mail.context)
    assert mail.from_name == "Alice Moreau"
    assert worded.subject == "Alice Moreau invites you to Acme Partners"
    assert "You asked about the new firewall line." in worded.text
    assert "as Editor" in worded.text
    assert len(worded.text.split()) < 80
    assert mail.button is not None
    assert mail.button[1].endswith(path(invitation))
    assert path(invitation, "pass-on/") in worded.text


@pytest.mark.parametrize(
    "note", ["[x](http://evil.example)", "<script>1</script>", "# Big\n\nSubject: y", "{{ token }}"]
)
def test_a_personal_line_is_text_and_nothing_else(alice: Membership, note: str) -> None:
    invite(alice, note=note)
    with scope(alice.organization):
        mail = emails.invited(Message.objects.get())
        worded = word(mail.template, mail.context)
    assert "<script" not in worded.html
    assert 'evil.example"' not in worded.html
    assert "<h1>" not in worded.html


def test_an_address_is_masked_so_that_its_owner_knows_it() -> None:
    assert rules.masked_email("lena@nordwind.de") == "l…@nordwind.de"


def test_the_mail_that_arrives_leads_in(
    client: Client, alice: Membership, render_outbox: Callable[[datetime], list[Any]]
) -> None:
    invitation = invite(alice, note="You asked about the new firewall line.")
    (mail,) = [sent for sent in render_outbox(timezone.now()) if sent.to == [f"Nora Lind <{EMAIL}>"]]
    assert mail.from_email.startswith('"Alice Moreau (Acme Cloud)"')
    assert "You asked about the new firewall line." in mail.body
    links = re.findall(r"http\S+/join/[a-z2-7]{32}/", mail.body)
    assert {link.removeprefix("http://localhost") for link in links} == {path(invitation)}
    with scope(alice.organization):
        kept = str(Message.objects.filter(kind="invitations.invited").values_list("copy", "parameters"))
        assert invitation.mailed_token not in kept
        assert queries.rows_of([invitation], timezone.now())[0].state == "sent"
    assert client.post(path(invitation), {"name": "Nora"}).status_code == 303


def test_a_withdrawn_invitation_is_not_mailed(
    alice: Membership, render_outbox: Callable[[datetime], list[Any]]
) -> None:
    invitation = invite(alice)
    with scope(alice.organization):
        services.withdraw(actor=Actor.of(alice), invitation=invitation, now=timezone.now())
    assert [sent for sent in render_outbox(timezone.now()) if EMAIL in str(sent.to)] == []


def test_the_inviter_hears_of_who_came_and_who_passed_on(
    client: Client, alice: Membership, render_outbox: Callable[[datetime], list[Any]]
) -> None:
    client.post(path(invite(alice)), {"name": "Nora Lind"})
    other = invite(alice, "ida@nordwind.example", name="Ida Berg")
    client.logout()
    client.post(path(other, "pass-on/"), {"name": "Jo", "email": "jo@nordwind.example"})
    subjects = {sent.subject for sent in render_outbox(timezone.now()) if "alice@acme.example" in str(sent.to)}
    assert subjects == {"Nora Lind is in", "Ida Berg passed your invitation on"}
