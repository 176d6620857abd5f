"""Asking to be erased oneself: who hears of it, how it waits, how it ends. And names that are a single word."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from partners.models import Partner, PartnerUser, PreparedPerson
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.audit.services import note
from prm.outbox.models import Message, Notification
from prm.privacy import rules
from prm.privacy.models import ErasureWish
from prm.privacy.queries import open_wishes, prospect_of, recent_erasures, whom_of
from prm.privacy.reading import MOST, places_to_read
from prm.privacy.services import erase_person
from prm.privacy.wishing import answer_wish, ask_for_erasure, withdraw_wish
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.policies import ERASED
from prm.tenancy.scope import scope
from tests.costs import queries_of
from tests.factories import MembershipFactory, member, staff
from tests.partners.factories import PartnerFactory, partner_user
from tests.prm.test_privacy import erase

type SignIn = Callable[[Membership], Client]
type Deliver = Callable[[datetime], list[Any]]
DAY = timedelta(days=1)


@pytest.fixture
def owner(acme: Organization, alice: Membership, sign_in: SignIn) -> Client:
    """Without a password there is nothing to ask for again."""
    alice.person.set_unusable_password()
    alice.person.save()
    return sign_in(alice)


@pytest.fixture
def lenas(lena_at_nordwind: PartnerUser, lena: Membership, sign_in: SignIn) -> Client:
    return sign_in(lena)


@pytest.fixture
def lena_at_nordwind(acme: Organization, lena: Membership) -> PartnerUser:
    with scope(acme):
        return partner_user(PartnerFactory.create(name="Nordwind GmbH"), membership=lena, role="lead")


def wish_of(membership: Membership, now: datetime, text: str = "") -> ErasureWish:
    ask_for_erasure(actor=Actor.of(membership), membership=membership, text=text, now=now)
    found: ErasureWish = ErasureWish.objects.open().get(membership=membership)
    return found


# ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_owner_hears_of_it_once_by_mail_and_behind_the_bell(
    in_acme: Organization, alice: Membership, bob: Membership, lena: Membership, now: datetime, render_outbox: Deliver
) -> None:
    second = staff(in_acme, "olga@acme.example", "Olga Owner", "owner")
    for _again in range(2):
        ask_for_erasure(actor=Actor.of(lena), membership=lena, text="I left the company.", now=now)
    wish = ErasureWish.objects.get()
    assert (wish.state, wish.text, wish.asked_at) == ("open", "I left the company.", now)
    mails = render_outbox(now)
    assert sorted(mail.to[0] for mail in mails) == [
        f"{alice.person} <{alice.person.email}>",
        "Olga Owner <olga@acme.example>",
    ]
    assert mails[0].subject == "Lena Brandt asks to have their data erased"
    assert "I left the company." in mails[0].body
    assert address("erasure_wish", wish.public_id, absolute=True) in mails[0].body
    assert set(Notification.objects.values_list("membership", flat=True)) == {alice.pk, second.pk}
    assert Notification.objects.all()[0].url == address("erasure_wish", wish.public_id)
    assert [entry.actor_label for entry in AuditEntry.objects.filter(verb="privacy.erasure_asked")] == ["Lena Brandt"]


def test_an_owner_who_is_the_only_one_cannot_ask_nobody(
    in_acme: Organization, alice: Membership, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        ask_for_erasure(actor=Actor.of(alice), membership=alice, now=now)
    assert refused.value.codes == {"last_owner"}
    assert not ErasureWish.objects.exists()
    second = staff(in_acme, "olga@acme.example", "Olga Owner", "owner")
    ask_for_erasure(actor=Actor.of(alice), membership=alice, now=now)
    assert [row.recipient_id for row in Message.objects.all()] == [second.pk]


def test_of_one_person_one_wish_is_open(in_acme: Organization, lena: Membership, now: datetime) -> None:
    wish_of(lena, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasureWish.objects.create(membership=lena, asked_at=now)
    assert withdraw_wish(actor=Actor.of(lena), membership=lena, now=now + DAY)
    assert not withdraw_wish(actor=Actor.of(lena), membership=lena, now=now + DAY)
    assert wish_of(lena, now + 2 * DAY).asked_at == now + 2 * DAY


def test_what_was_withdrawn_before_the_mail_went_is_not_told(
    in_acme: Organization, alice: Membership, lena: Membership, now: datetime, render_outbox: Deliver
) -> None:
    wish_of(lena, now, "Please")
    withdraw_wish(actor=Actor.of(lena), membership=lena, now=now)
    assert render_outbox(now) == []
    assert ErasureWish.objects.get().text == ""


def test_from_the_account_one_asks_everywhere_or_where_one_chooses(
    acme: Organization, umbrella: Organization, alice: Membership, charlie: Membership, lena: Membership, lenas: Client
) -> None:
    elsewhere = MembershipFactory.create(organization=umbrella, person=lena.person, kind="partner")
    page = lenas.get("/accounts/erasure/").content.decode()
    for words in ("What happens", "What is kept", acme.name, umbrella.name, "Take your data along"):
        assert words in page
    assert lenas.post("/accounts/erasure/", {"text": "x"}).status_code == 422
    assert lenas.post("/accounts/erasure/", {"organizations": ["nobodys"]}).status_code == 422
    sent = lenas.post("/accounts/erasure/", {"organizations": [umbrella.slug], "text": "Please"})
    assert sent.status_code == 303
    with scope(acme):
        assert not ErasureWish.objects.exists()
    with scope(umbrella):
        assert [(wish.membership_id, wish.text) for wish in ErasureWish.objects.all()] == [(elsewhere.pk, "Please")]
        assert [row.recipient_id for row in Message.objects.all()] == [charlie.pk]
    lenas.post("/accounts/erasure/", {"organizations": [acme.slug, umbrella.slug]})
    with scope(acme):
        assert ErasureWish.objects.get().membership_id == lena.pk
    with scope(umbrella):
        assert ErasureWish.objects.count() == 1


def test_where_one_owns_alone_is_said_and_the_rest_is_asked(
    acme: Organization, umbrella: Organization, charlie: Membership, alice: Membership, owner: Client
) -> None:
    MembershipFactory.create(organization=umbrella, person=alice.person, kind="partner")
    answer = owner.post("/accounts/erasure/", {"organizations": [acme.slug, umbrella.slug]})
    assert answer.status_code == 422
    assert "is the only owner. Make somebody else an owner first." in answer.content.decode()
    with scope(umbrella):
        assert ErasureWish.objects.count() == 1


def test_the_way_leads_from_the_account_page(lenas: Client) -> None:
    assert 'href="/accounts/erasure/"' in lenas.get("/accounts/profile/").content.decode()
    assert Client().get("/accounts/erasure/").status_code == 302


def test_ones_own_page_tells_how_it_stands(
    acme: Organization, alice: Membership, lena: Membership, lenas: Client
) -> None:
    mine, ask = (address(name, organization=acme) for name in ("my_data", "my_erasure"))
    assert "Ask to have my data erased" in lenas.get(mine).content.decode()
    assert lenas.post(ask, {"text": "x" * 1001}).status_code == 422
    assert lenas.post(ask, {"text": "I left"}).status_code == 303
    page = lenas.get(mine).content.decode()
    assert "You asked to have it erased" in page
    assert "Ask to have my data erased" not in page
    assert lenas.post(ask, {"withdraw": "on"}).status_code == 303
    with scope(acme):
        assert not ErasureWish.objects.open().exists()
        wish = wish_of(lena, timezone.now())
        answer_wish(actor=Actor.of(alice), wish=wish, text="The contract runs until May.", now=timezone.now())
    page = lenas.get(mine).content.decode()
    assert "The contract runs until May." in page
    assert "Ask to have my data erased" in page


# ── Answering ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_open_wishes_tell_how_long_they_wait(
    in_acme: Organization, lena: Membership, paul: Membership, now: datetime
) -> None:
    wish_of(paul, now - 3 * DAY)
    wish_of(lena, now - 31 * DAY)
    assert [(row.name, row.days, row.is_late) for row in open_wishes(now)] == [
        ("Lena Brandt", 31, True),
        ("Paul Ortega", 3, False),
    ]


def test_an_answer_with_a_reason_reaches_who_asked(
    acme: Organization, alice: Membership, lena: Membership, owner: Client, now: datetime, render_outbox: Deliver
) -> None:
    with scope(acme):
        wish = wish_of(lena, now - 3 * DAY)
    listed = address("erasure_list", organization=acme)
    page = address("erasure_wish", wish.public_id, organization=acme)
    assert page in owner.get(listed).content.decode()
    looked = owner.get(listed, {"email": "lena@nordwind.example"}).content.decode()
    assert 'value="Asked here on 20 November 2026"' in looked
    shown = owner.get(page).content.decode()
    assert f"{listed}?email=lena%40nordwind.example" in shown
    assert owner.post(page, {"answer": " "}).status_code == 422
    assert owner.post(page, {"answer": "The contract runs until May."}).status_code == 303
    with scope(acme):
        wish.refresh_from_db()
        assert (wish.state, wish.answer, wish.answered_by_id) == ("declined", "The contract runs until May.", alice.pk)
        (mail,) = [mail for mail in render_outbox(timezone.now()) if mail.to == ["Lena Brandt <lena@nordwind.example>"]]
        assert "The contract runs until May." in mail.body
        assert Notification.objects.filter(membership=lena).exists()
    assert "They ask for it" not in owner.get(listed).content.decode()
    again = owner.post(page, {"answer": "And again"})
    assert again.status_code == 303
    assert "This does not wait any more" in owner.get(page).content.decode()


def test_an_answer_that_comes_too_late_is_refused(
    in_acme: Organization, alice: Membership, lena: Membership, now: datetime
) -> None:
    wish = wish_of(lena, now)
    withdraw_wish(actor=Actor.of(lena), membership=lena, now=now)
    with pytest.raises(Refused) as refused:
        answer_wish(actor=Actor.of(alice), wish=wish, text="No", now=now)
    assert refused.value.codes == {"answered"}
    assert not Notification.objects.filter(membership=lena).exists()


def test_erasing_ends_the_wish_and_empties_it(
    acme: Organization, alice: Membership, lena: Membership, lena_at_nordwind: PartnerUser, now: datetime
) -> None:
    with scope(acme):
        wish_of(lena, now, "I, Lena Brandt, left.")
    erase(acme, alice, "lena@nordwind.example")
    with scope(acme):
        wish = ErasureWish.objects.get()
        assert (wish.state, wish.text, wish.answered_by_id) == ("done", "", alice.pk)
        assert not Notification.objects.filter(title__contains="Lena").exists()


def test_only_owners_see_wishes(
    acme: Organization,
    bob: Membership,
    lena: Membership,
    charlie: Membership,
    sign_in: SignIn,
    lenas: Client,
    now: datetime,
) -> None:
    with scope(acme):
        wish = wish_of(lena, now)
    page = address("erasure_wish", wish.public_id, organization=acme)
    assert sign_in(bob).get(page).status_code == 403
    assert lenas.get(page).status_code == 403
    assert sign_in(charlie).get(page).status_code == 404


# ── Names of one word ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("names", "searchable", "shared", "exact"),
    [
        ({"Xaver"}, [], set(), ["Xaver"]),
        ({"Xaver", "Xaver Pfnür"}, ["Xaver Pfnür"], set(), ["Xaver"]),
        ({"Xaver"}, [], {"XAVER"}, []),
        ({"B C"}, [], set(), ["B C"]),
    ],
)
def test_which_names_go_where_they_stand_alone(
    names: set[str], searchable: list[str], shared: set[str], exact: list[str]
) -> None:
    assert rules.exact_names(names, searchable, shared) == exact


@pytest.fixture
def xaver(acme: Organization, now: datetime) -> PreparedPerson:
    """Somebody whom we know by one word, which is also a place."""
    with scope(acme):
        partner = PartnerFactory.create(name="Xaver", region="Xaver", notes="Met Xaver at the fair.\nXaverl is a dog.")
        return PreparedPerson.objects.create(partner=partner, email="x@nordwind.example", name="Xaver", created_at=now)


def test_a_single_word_goes_where_it_names_somebody_and_nowhere_else(
    acme: Organization, alice: Membership, bob: Membership, xaver: PreparedPerson, now: datetime
) -> None:
    with scope(acme):
        for text in ("Xaver", "Xaver in it"):
            Message.objects.create(
                name=text,
                address="",
                recipient=bob,
                kind="tests.mail",
                subject_id=len(text),
                not_before=now,
                created_at=now,
            )
        note(actor=Actor.of(bob), verb="tests.prepared", obj=xaver)
        note(actor=Actor.of(bob), verb="tests.changed", obj=xaver.partner)
    erase(acme, alice, "x@nordwind.example")
    with scope(acme):
        partner = Partner.objects.get()
        assert (partner.name, partner.region) == ("Xaver", "Xaver")
        assert partner.notes == "Met Xaver at the fair.\nXaverl is a dog."
        kept = dict(AuditEntry.objects.filter(verb__startswith="tests.").values_list("verb", "object_label"))
        assert kept == {"tests.prepared": ERASED, "tests.changed": "Xaver"}
        names = set(Message.objects.filter(kind="tests.mail").values_list("name", flat=True))
        assert names == {ERASED, "Xaver in it"}


def test_somebody_elses_single_word_stays(
    acme: Organization, alice: Membership, xaver: PreparedPerson, now: datetime
) -> None:
    with scope(acme):
        other = PreparedPerson.objects.create(
            partner=xaver.partner, email="other@nordwind.example", name="xaver", created_at=now
        )
    erase(acme, alice, "x@nordwind.example")
    with scope(acme):
        assert [(row.pk, row.name) for row in PreparedPerson.objects.all()] == [(other.pk, "xaver")]


def test_the_look_shows_what_a_person_has_to_read(
    acme: Organization, umbrella: Organization, charlie: Membership, owner: Client, xaver: PreparedPerson
) -> None:
    with scope(umbrella):
        PartnerFactory.create(name="Theirs", notes="Their own Xaver")
    page = owner.get(address("erasure_list", organization=acme), {"email": "x@nordwind.example"}).content.decode()
    assert "Please read" in page
    assert "Xaver: <span" in page
    assert "Met Xaver at the fair. Xaverl is a dog.…”" in page
    assert "where it stands alone as somebody’s name" in page
    assert "Their own" not in page
    with scope(acme):
        Partner.objects.update(notes="Xaverl", region="")
    page = owner.get(address("erasure_list", organization=acme), {"email": "x@nordwind.example"}).content.decode()
    assert "It stands nowhere else." in page


def test_what_goes_anyway_is_not_to_be_read(
    in_acme: Organization, alice: Membership, xaver: PreparedPerson, now: datetime
) -> None:
    Message.objects.create(
        address="x@nordwind.example",
        name="Xaver",
        subject="Hello Xaver",
        kind="tests.mail",
        subject_id=1,
        not_before=now,
        created_at=now,
    )
    for number in range(MOST + 5):
        PartnerFactory.create(name=f"Partner {number}", notes="Ask Xaver")
    whom = whom_of("x@nordwind.example")
    prospect = prospect_of(whom, alice, recent_erasures())
    assert (prospect.names, prospect.words, prospect.left_names) == ([], ["Xaver"], ["Xaver"])
    (place,) = places_to_read(prospect.left_names, whom) or []
    assert (place.label, place.number, place.is_more, len(place.passages)) == ("partners", MOST, True, 3)


@pytest.mark.parametrize("count", [1, 3])
def test_looking_costs_at_most_twelve_queries(
    acme: Organization, owner: Client, lenas: Client, xaver: PreparedPerson, lena: Membership, now: datetime, count: int
) -> None:
    with scope(acme):
        for number in range(count):
            somebody = member(acme, f"p{number}@nordwind.example", f"Person {number}")
            wish = wish_of(somebody, now)
            PartnerFactory.create(name=f"Partner {number}", notes="Ask Xaver")
            erase_person(actor=Actor.of(lena), reader=lena, email=wish.membership.person.email, reason="Asked", now=now)
            wish_of(member(acme, f"q{number}@nordwind.example", f"Waits {number}"), now)
    listed = address("erasure_list", organization=acme)
    costs = {
        "the list": queries_of(owner, listed),
        "with a single word": queries_of(owner, f"{listed}?email=x@nordwind.example"),
        "with a full name": queries_of(owner, f"{listed}?email=lena@nordwind.example"),
        "a wish": queries_of(owner, address("erasure_wish", wish_id(acme), organization=acme)),
        "one's own": queries_of(lenas, address("my_data", organization=acme)),
        "one's account": queries_of(lenas, "/accounts/erasure/"),
    }
    assert max(costs.values()) <= 12, costs
    assert (costs["with a single word"], costs["with a full name"]) == (11, 10)


def wish_id(organization: Organization) -> str:
    with scope(organization):
        return str(ErasureWish.objects.open().order_by("pk")[0].public_id)
