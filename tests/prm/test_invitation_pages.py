"""Invitations in hand: the studio's pages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.invitations import emails, queries, services
from prm.invitations.models import Invitation
from prm.outbox.models import Message
from prm.outbox.rendering.wording import word
from prm.tenancy.scope import scope
from tests.prm.invited import EMAIL, invite, path, reloaded, text

pytestmark = pytest.mark.django_db


def test_the_list_shows_states_in_words(sign_in: Callable[[Membership], Client], alice: Membership) -> None:
    invite(alice, "sent@x.example", name="")
    lapsed = invite(alice, "lapsed@x.example", now=timezone.now() - timedelta(days=30))
    opened = invite(alice, "opened@x.example")
    bounced = invite(alice, "bounced@x.example")
    with scope(alice.organization):
        services.note_opened(invitation=opened, now=timezone.now())
        Message.objects.filter(subject_id=bounced.pk).update(state="failed", reason="No such user")
        Message.objects.filter(address="sent@x.example").update(state="sent")
        rows = queries.rows_of(list(queries.invitations("all", "", timezone.now())), timezone.now())
        states = {row.email.split("@")[0]: row.state for row in rows}
    assert states == {"sent": "sent", "lapsed": "lapsed", "opened": "opened", "bounced": "bounced"}
    browser = sign_in(alice)
    for shown, expected in {"lapsed": lapsed, "opened": opened, "bounced": bounced}.items():
        page = browser.get("/o/acme/studio/invitations/", {"state": shown})
        assert [row.email for row in page.context["rows"]] == [expected.email]
        chips = re.findall(r'class="cn-chip" href="([^"]*)"[^>]*aria-current="true"', text(page))
        assert chips == [f"?state={shown}"], "the open filter is marked, and no other"
    assert "No such user" in text(browser.get(f"/o/acme/studio/invitations/{bounced.public_id}/"))


def test_the_list_finds_and_says_when_there_is_nothing(
    sign_in: Callable[[Membership], Client], alice: Membership
) -> None:
    browser = sign_in(alice)
    assert "Nobody is invited yet" in text(browser.get("/o/acme/studio/invitations/"))
    invite(alice)
    assert EMAIL in text(browser.get("/o/acme/studio/invitations/", {"q": "nord"}))
    assert "None of these" in text(browser.get("/o/acme/studio/invitations/", {"q": "zzz"}))


def test_the_list_asks_as_often_for_three_as_for_one(
    sign_in: Callable[[Membership], Client], alice: Membership, charlie: Membership, django_assert_num_queries: Any
) -> None:
    invite(charlie)
    browser = sign_in(alice)
    invite(alice, "a@x.example")
    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/o/acme/studio/invitations/")
    invite(alice, "b@x.example")
    invite(alice, "c@x.example")
    with django_assert_num_queries(LIST_QUERIES):
        page = browser.get("/o/acme/studio/invitations/")
    assert len(page.context["rows"]) == 3


LIST_QUERIES = 10


def test_the_form_shows_the_exact_mail_before_it_goes(
    sign_in: Callable[[Membership], Client], alice: Membership
) -> None:
    browser = sign_in(alice)
    typed = {"email": EMAIL, "name": "Nora Lind", "roles": ["editor"], "note": "Because of <the> firewall"}
    preview = browser.post(
        "/o/acme/studio/invitations/preview/?kind=staff", typed, headers={"hx-request": "true", "hx-target": "preview"}
    )
    assert "Hello Nora," in text(preview)
    assert "Because of &lt;the&gt; firewall" in text(preview)
    assert "<html" not in text(preview)
    wrong = browser.post("/o/acme/studio/invitations/preview/?kind=staff", {**typed, "email": "nora@"})
    assert (wrong.status_code, "nora@" in text(wrong), "firewall" in text(wrong)) == (422, True, True)
    assert "invalid-feedback" in text(wrong)
    with scope(alice.organization):
        assert not Invitation.objects.exists()
    assert browser.post("/o/acme/studio/invitations/new/?kind=staff", typed).status_code == 303
    with scope(alice.organization):
        mail = emails.invited(Message.objects.get())
        assert "Hello Nora," in word(mail.template, mail.context).text


def test_a_refused_invitation_keeps_what_was_typed(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership
) -> None:
    typed = {"email": "bob@acme.example", "roles": ["editor"], "note": "my own words"}
    answer = sign_in(alice).post("/o/acme/studio/invitations/new/?kind=staff", typed)
    assert answer.status_code == 422
    assert "already belongs here" in text(answer)
    assert "my own words" in text(answer)


def test_resending_waits_a_minute_and_keeps_the_link(
    sign_in: Callable[[Membership], Client], alice: Membership
) -> None:
    invitation = invite(alice)
    browser = sign_in(alice)
    act = f"/o/acme/studio/invitations/{invitation.public_id}/resend/"
    assert browser.post(act).status_code == 422
    with scope(alice.organization):
        Invitation.objects.update(sent_at=timezone.now() - timedelta(minutes=5))
    assert browser.post(act).status_code == 303
    assert browser.post(act).status_code == 422
    renewed = reloaded(invitation)
    assert (renewed.sendings, renewed.nonce) == (2, invitation.nonce)
    with scope(alice.organization):
        wanted = [emails.is_still_invited(message, timezone.now()) for message in Message.objects.order_by("id")]
    assert wanted == [False, True]


def test_mending_the_address_kills_the_former_link_and_its_mail(
    sign_in: Callable[[Membership], Client], client: Client, alice: Membership
) -> None:
    invitation = invite(alice, "typo@nordwind.example")
    old = path(invitation)
    act = f"/o/acme/studio/invitations/{invitation.public_id}/mend/"
    answer = sign_in(alice).post(act, {"email": EMAIL, "name": "Nora"})
    assert answer.status_code == 303
    assert client.get(old).status_code == 404
    with scope(alice.organization):
        former, present = Message.objects.order_by("id")
        assert not emails.is_still_invited(former, timezone.now())
        assert emails.is_still_invited(present, timezone.now())
        assert AuditEntry.objects.latest("id").changes == {"email": ["typo@nordwind.example", EMAIL]}


@pytest.mark.parametrize(("email", "words"), [("bob@acme.example", "already belongs"), ("nonsense", "valid")])
def test_mending_to_a_wrong_address_is_refused(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership, email: str, words: str
) -> None:
    invitation = invite(alice)
    answer = sign_in(alice).post(f"/o/acme/studio/invitations/{invitation.public_id}/mend/", {"email": email})
    assert answer.status_code == 422
    assert words in text(answer)
    assert reloaded(invitation).email == EMAIL


def test_withdrawing_twice_is_refused_the_second_time(
    sign_in: Callable[[Membership], Client], alice: Membership
) -> None:
    invitation = invite(alice)
    browser = sign_in(alice)
    act = f"/o/acme/studio/invitations/{invitation.public_id}/withdraw/"
    assert browser.post(act).status_code == 303
    assert browser.post(act).status_code == 422
    with scope(alice.organization):
        assert not emails.is_still_invited(Message.objects.get(), timezone.now())


@pytest.mark.parametrize("page", ["", "resend/", "mend/", "withdraw/"])
def test_another_organizations_invitation_is_unknown(
    sign_in: Callable[[Membership], Client], alice: Membership, charlie: Membership, page: str
) -> None:
    foreign = invite(charlie)
    browser = sign_in(alice)
    address = f"/o/acme/studio/invitations/{foreign.public_id}/{page}"
    answer = browser.get(address) if not page else browser.post(address, {"email": "x@y.example"})
    assert answer.status_code == 404
    assert reloaded(foreign).state == "open"


def test_managers_do_not_invite_colleagues(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership
) -> None:
    browser = sign_in(bob)
    assert browser.get("/o/acme/studio/invitations/new/?kind=staff").status_code == 403
    invitation = invite(alice)
    page = text(browser.get(f"/o/acme/studio/invitations/{invitation.public_id}/"))
    assert invitation.copied_token not in page
    assert browser.post(f"/o/acme/studio/invitations/{invitation.public_id}/withdraw/").status_code == 403


@pytest.mark.parametrize("query", ["?kind=nothing", "?kind=partner", "?kind=partner&for=zzz"])
def test_an_unknown_kind_or_target_is_unknown(
    sign_in: Callable[[Membership], Client], alice: Membership, query: str
) -> None:
    assert sign_in(alice).get(f"/o/acme/studio/invitations/new/{query}").status_code == 404
