"""Invitations: who may send them, where their links lead, and what nobody gets by a wrong one."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.accounts.queries import membership_in
from prm.accounts.services.memberships import remove_member, suspend_member
from prm.audit.models import AuditEntry
from prm.invitations import emails, queries, rules, services
from prm.invitations.models import Invitation
from prm.outbox.models import AccountMessage, Message, Notification
from prm.outbox.rendering.wording import word
from prm.outbox.sealing import unseal
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import member, staff

pytestmark = pytest.mark.django_db
EMAIL = "nora@nordwind.example"


def invite(inviter: Membership, email: str = EMAIL, **fields: Any) -> Invitation:
    values: dict[str, Any] = {"kind": "staff", "roles": ["editor"], "name": "Nora Lind", "now": timezone.now()}
    with scope(inviter.organization):
        return services.invite(actor=Actor.of(inviter), inviter=inviter, email=email, **{**values, **fields})


def path(invitation: Invitation, page: str = "", copied: bool = False) -> str:
    token = invitation.copied_token if copied else invitation.mailed_token
    return f"/o/{invitation.organization.slug}/join/{token}/{page}"


def reloaded(invitation: Invitation) -> Invitation:
    with scope(invitation.organization):
        return Invitation.objects.get(pk=invitation.pk)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def plain(page: Any, path: str) -> str:
    """A page without what differs from request to request."""
    words = text(page).replace(path, "").replace(quote(path), "")
    return re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", words)


# ── Inviting ────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── Joining ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_look_changes_nothing_and_is_noted_once(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    page = client.get(path(invitation))
    assert page.status_code == 200
    assert "Alice Moreau" in text(page)
    assert 'value="Nora Lind"' in text(page)
    opened_at = reloaded(invitation).opened_at
    assert opened_at is not None
    client.get(path(invitation))
    assert reloaded(invitation).opened_at == opened_at
    assert not Person.objects.filter(email=EMAIL).exists()


def test_one_button_makes_account_and_membership_and_signs_in(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    answer = client.post(path(invitation), {"name": "Nora Lind"})
    assert answer.status_code == 303
    assert answer["Location"] == "/o/acme/studio/"
    person = Person.objects.get(email=EMAIL)
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified
    joined = membership_in(alice.organization, person)
    assert joined is not None
    assert joined.roles == ["editor"]
    assert client.get("/o/acme/studio/").status_code == 200
    assert AccountMessage.objects.count() == 0
    used = reloaded(invitation)
    assert (used.state, used.membership_id) == ("accepted", joined.pk)
    with scope(alice.organization):
        assert Notification.objects.get(membership=alice).title == "Nora Lind is in: Editor. Say hello."
        assert Message.objects.filter(kind="invitations.accepted", recipient=alice).count() == 1


def test_pressing_twice_joins_once(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    assert client.post(path(invitation), {"name": "Nora"}).status_code == 303
    again = client.post(path(invitation), {"name": "Nora"})
    assert again["Location"] == "/o/acme/studio/"
    assert Membership.objects.in_organization(alice.organization).count() == 2


def test_a_used_link_opens_nothing_for_anybody_else(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    client.post(path(invitation), {"name": "Nora"})
    stranger = Client()
    for answer in (stranger.get(path(invitation)), stranger.post(path(invitation), {"name": "X"})):
        assert answer.status_code == 410
        assert "accepted already" in text(answer)
        assert EMAIL not in text(answer)
    assert not stranger.session.get("_auth_user_id")


def test_an_existing_account_is_signed_in_by_the_same_click(client: Client, alice: Membership, umbrella: Any) -> None:
    known = staff(umbrella, EMAIL, "Nora of Umbrella", "editor")
    invitation = invite(alice)
    assert client.post(path(invitation), {"name": "Other Name"})["Location"] == "/o/acme/studio/"
    known.person.refresh_from_db()
    assert known.person.name == "Nora of Umbrella"
    assert Membership.objects.for_person(known.person).count() == 2


def test_whoever_is_signed_in_as_the_addressee_only_presses(
    sign_in: Callable[[Membership], Client], alice: Membership, umbrella: Organization
) -> None:
    known = staff(umbrella, EMAIL, "Nora", "editor")
    browser = sign_in(known)
    invitation = invite(alice)
    assert 'type="hidden" name="name"' in text(browser.get(path(invitation, copied=True)))
    assert browser.post(path(invitation, copied=True), {"name": "Nora"})["Location"] == "/o/acme/studio/"


def test_another_account_is_told_and_can_switch(
    sign_in: Callable[[Membership], Client], alice: Membership, bob: Membership
) -> None:
    invitation = invite(alice)
    browser = sign_in(bob)
    page = browser.get(path(invitation))
    assert "You are signed in as bob@acme.example. This invitation is for n…@nordwind.example." in text(page)
    refused = browser.post(path(invitation), {"name": "Bob"})
    assert refused.status_code == 422
    assert reloaded(invitation).state == "open"
    assert browser.post(path(invitation, "switch/"))["Location"] == path(invitation)
    assert browser.post(path(invitation), {"name": "Nora"}).status_code == 303
    assert browser.get("/accounts/profile/").context["request"].user.email == EMAIL


def test_a_person_with_a_second_factor_is_asked_for_it(client: Client, alice: Membership, umbrella: Any) -> None:
    from allauth.mfa.models import Authenticator

    known = staff(umbrella, EMAIL, "Nora", "editor")
    Authenticator.objects.create(user=known.person, type="totp", data={"secret": "x"})
    answer = client.post(path(invite(alice)), {"name": "Nora"})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert not client.session.get("_auth_user_id")


@pytest.mark.parametrize("method", ["get", "post"])
def test_wrong_foreign_and_replaced_links_are_one_page(
    client: Client, alice: Membership, charlie: Membership, method: str
) -> None:
    foreign = invite(charlie)
    mended = invite(alice, "typo@nordwind.example")
    old = path(mended)
    with scope(alice.organization):
        services.mend_address(actor=Actor.of(alice), invitation=mended, email=EMAIL, name="Nora", now=timezone.now())
    paths = [f"/o/acme/join/{foreign.mailed_token}/", "/o/acme/join/abc/", "/o/acme/join/" + "a" * 400 + "/", old]
    pages = [getattr(client, method)(one) for one in paths]
    assert {page.status_code for page in pages} == {404}
    assert len({plain(page, one) for page, one in zip(pages, paths, strict=True)}) == 1
    assert "Umbrella" not in text(pages[0])


def test_a_lapsed_link_says_when_and_sends_a_new_one_in_one_tap(client: Client, alice: Membership) -> None:
    invitation = invite(alice, now=timezone.now() - timedelta(days=30))
    old = path(invitation)
    page = client.get(old)
    assert page.status_code == 410
    assert "This link ended on" in text(page)
    assert "Send a new one to n…@nordwind.example" in text(page)
    assert EMAIL not in text(page)
    assert client.post(path(invitation), {"name": "X"}).status_code == 410
    assert "on its way" in text(client.post(path(invitation, "again/")))
    with scope(alice.organization):
        assert Message.objects.filter(address=EMAIL, kind="invitations.invited").count() == 2
    assert client.get(old).status_code == 404
    renewed = reloaded(invitation)
    renewed.organization = alice.organization
    assert client.get(path(renewed)).status_code == 200


def test_asking_twice_for_a_new_link_sends_one_mail(client: Client, alice: Membership) -> None:
    invitation = invite(alice, now=timezone.now() - timedelta(days=30))
    first = client.post(path(invitation, "again/"))
    assert first.status_code == 200
    client.post(path(invitation, "again/"))
    with scope(alice.organization):
        assert Message.objects.filter(kind="invitations.invited").count() == 2


def test_asking_for_a_new_link_before_the_end_sends_nothing(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    assert client.post(path(invitation, "again/"))["Location"] == path(invitation)
    with scope(alice.organization):
        assert Message.objects.count() == 1


def test_a_withdrawn_link_says_so(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    with scope(alice.organization):
        services.withdraw(actor=Actor.of(alice), invitation=invitation, now=timezone.now())
    for answer in (client.get(path(invitation)), client.post(path(invitation), {"name": "X"})):
        assert answer.status_code == 410
        assert "withdrawn" in text(answer)
    assert not Person.objects.filter(email=EMAIL).exists()


def test_a_suspended_member_does_not_get_in_by_an_older_link(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    joined = member(alice.organization, EMAIL, "Nora", kind="staff", roles=["analyst"])
    with scope(alice.organization):
        suspend_member(actor=Actor.of(alice), member=joined, now=timezone.now())
    answer = client.post(path(invitation), {"name": "Nora"})
    assert answer.status_code == 422
    assert "suspended" in text(answer)
    assert reloaded(invitation).state == "open"


def test_somebody_who_was_removed_comes_back_with_the_new_roles(client: Client, alice: Membership) -> None:
    former = member(alice.organization, EMAIL, "Nora", kind="staff", roles=["manager"])
    with scope(alice.organization):
        remove_member(actor=Actor.of(alice), member=former, now=timezone.now())
    client.post(path(invite(alice)), {"name": "Nora"})
    former.refresh_from_db()
    assert (former.state, former.roles, former.ended_at) == ("active", ["editor"], None)


def test_a_closed_account_is_told(client: Client, alice: Membership, umbrella: Organization) -> None:
    known = staff(umbrella, EMAIL, "Nora", "editor")
    Person.objects.filter(pk=known.person_id).update(is_active=False)
    answer = client.post(path(invite(alice)), {"name": "Nora"})
    assert answer.status_code == 422
    assert "closed" in text(answer)


def test_a_name_is_needed(client: Client, alice: Membership) -> None:
    answer = client.post(path(invite(alice)), {"name": " "})
    assert answer.status_code == 422


# ── The link that is handed over ────────────────────────────────────────────────────────────────────────────────────


def test_a_copied_link_alone_does_not_let_in(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    page = client.get(path(invitation, copied=True))
    assert "Mail me the code" in text(page)
    assert EMAIL not in text(page)
    assert client.post(path(invitation, copied=True), {"name": "Thief"}).status_code == 422
    assert reloaded(invitation).state == "open"


def test_a_copied_link_lets_in_with_the_code_from_the_mail(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    assert client.get(path(invitation, "code/", copied=True))["Location"] == path(invitation, copied=True)
    assert client.post(path(invitation, "code/send/", copied=True)).status_code == 303
    sent = AccountMessage.objects.get()
    assert sent.address == EMAIL
    wrong = client.post(path(invitation, "code/", copied=True), {"code": "WRONG1", "name": "Nora"})
    assert wrong.status_code == 422
    right = client.post(path(invitation, "code/", copied=True), {"code": unseal(sent.sealed)["code"], "name": "Nora"})
    assert right["Location"] == "/o/acme/studio/"
    assert reloaded(invitation).state == "accepted"


def test_codes_to_one_address_are_limited(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    answers = [client.post(path(invitation, "code/send/", copied=True)) for _time in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_guessing_links_is_limited(client: Client, acme: Organization) -> None:
    answers = [client.post(f"/o/acme/join/{number}/") for number in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {404}
    assert answers[30].status_code == 429


# ── Passing on ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_passing_on_ends_the_invitation_and_tells_the_inviter_only(client: Client, alice: Membership) -> None:
    invitation = invite(alice)
    assert client.get(path(invitation, "pass-on/")).status_code == 200
    answer = client.post(path(invitation, "pass-on/"), {"name": "Ida Berg", "email": "ida@nordwind.example"})
    assert "Ida Berg" in text(answer)
    ended = reloaded(invitation)
    assert (ended.state, ended.passed_to_email) == ("declined", "ida@nordwind.example")
    with scope(alice.organization):
        assert Notification.objects.get().membership_id == alice.pk
        assert not Message.objects.filter(address="ida@nordwind.example").exists()
    assert client.get(path(invitation)).status_code == 410
    assert client.post(path(invitation, "pass-on/"), {}).status_code == 410


# ── In hand: the studio's pages ─────────────────────────────────────────────────────────────────────────────────────


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


LIST_QUERIES = 11


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
