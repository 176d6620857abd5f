"""How long a sign-in lasts, and what ends it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from prm.accounts.models import Membership, Person
from prm.outbox.models import AccountMessage
from prm.outbox.sealing import unseal
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
type At = Callable[[str], Any]

PASSWORD = "correct horse battery"
STUDIO, PORTAL, BELL, PROFILE = "/o/acme/studio/", "/o/acme/", "/o/acme/notifications/bell/", "/accounts/profile/"


def prepared(member: Membership) -> Person:
    person = member.person
    if not person.check_password(PASSWORD):
        person.set_password(PASSWORD)
        person.save()
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def signed_in(member: Membership, **more: str) -> Client:
    browser = Client()
    sent = {"login": prepared(member).email, "password": PASSWORD, **more}
    assert browser.post("/accounts/login/", sent).status_code == 302
    assert is_in(browser)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get(PROFILE).status_code == 200


class TestTime:
    def test_three_hours_without_use_end_it(self, alice: Membership, time_machine_at: At) -> None:
        browser = signed_in(alice)
        with time_machine_at("+2h"):
            assert is_in(browser)
        with time_machine_at("+4h"):
            assert is_in(browser)
        with time_machine_at("+8h"):
            assert browser.get(STUDIO)["Location"] == f"/accounts/login/?next={STUDIO}"

    def test_a_day_ends_it_however_much_it_is_used(self, alice: Membership, time_machine_at: At) -> None:
        browser = signed_in(alice)
        for hours in range(2, 24, 2):
            with time_machine_at(f"+{hours}h"):
                assert is_in(browser)
        with time_machine_at("+25h"):
            assert not is_in(browser)

    def test_an_open_window_is_no_use(self, alice: Membership, time_machine_at: At) -> None:
        browser = signed_in(alice)
        with time_machine_at("+2h"):
            assert browser.get(BELL).status_code == 200
        with time_machine_at("+4h"):
            assert not is_in(browser)

    def test_partners_may_choose_two_weeks(self, lena: Membership, time_machine_at: At) -> None:
        browser = signed_in(lena, stay="on")
        for days in range(13, 60, 13):
            with time_machine_at(f"+{days}d"):
                assert is_in(browser)
        with time_machine_at("+61d"):
            assert not is_in(browser)

    def test_without_choosing_partners_have_three_hours_too(self, lena: Membership, time_machine_at: At) -> None:
        browser = signed_in(lena)
        with time_machine_at("+4h"):
            assert not is_in(browser)

    def test_two_weeks_without_use_end_what_was_chosen(self, lena: Membership, time_machine_at: At) -> None:
        browser = signed_in(lena, stay="on")
        with time_machine_at("+15d"):
            assert not is_in(browser)

    def test_staff_may_not_choose(self, alice: Membership, time_machine_at: At) -> None:
        browser = signed_in(alice, stay="on")
        with time_machine_at("+4h"):
            assert not is_in(browser)

    def test_who_becomes_staff_no_longer_stays(self, lena: Membership, umbrella: Any, time_machine_at: At) -> None:
        browser = signed_in(lena, stay="on")
        MembershipFactory.create(organization=umbrella, person=lena.person, roles=["editor"])
        with time_machine_at("+1h"):
            assert is_in(browser)
        with time_machine_at("+5h"):
            assert not is_in(browser)

    def test_staying_is_offered_with_the_code_as_well(self, lena: Membership, time_machine_at: At) -> None:
        prepared(lena)
        browser = Client()
        browser.post("/accounts/login/code/", {"email": lena.person.email})
        assert 'name="stay"' in browser.get("/accounts/login/code/confirm/").content.decode()
        code = unseal(AccountMessage.objects.latest("pk").sealed)["code"]
        browser.post("/accounts/login/code/confirm/", {"code": code, "stay": "on"})
        with time_machine_at("+13d"):
            assert is_in(browser)

    def test_use_is_written_down_every_few_minutes_only(self, alice: Membership, time_machine_at: At) -> None:
        browser = signed_in(alice)
        before = Session.objects.get().expire_date
        is_in(browser)
        assert Session.objects.get().expire_date == before
        with time_machine_at("+10min"):
            is_in(browser)
        assert Session.objects.get().expire_date > before

    def test_what_ended_by_itself_is_not_listed(self, alice: Membership, time_machine_at: At) -> None:
        signed_in(alice)
        with time_machine_at("+4h"):
            page = signed_in(alice).get("/accounts/sessions/")
        assert [row["is_present"] for row in page.context["rows"]] == [True]


class TestWayBack:
    def test_a_part_of_a_page_leads_back_to_the_page(self, acme: Any) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{STUDIO}partners/?q=x"}
        answer = Client(headers=headers).get(BELL)
        assert answer.headers["HX-Redirect"] == f"/accounts/login/?next={STUDIO}partners/%3Fq%3Dx"

    @pytest.mark.parametrize(
        ("referer", "back"),
        [
            (f"http://testserver{STUDIO}settings/mail/", f"{STUDIO}settings/mail/"),
            (f"http://evil.example{STUDIO}", f"{STUDIO}settings/mail/test/"),
            ("", f"{STUDIO}settings/mail/test/"),
        ],
    )
    def test_a_form_leads_back_to_its_page(self, acme: Any, referer: str, back: str) -> None:
        answer = Client(headers={"Referer": referer}).post(f"{STUDIO}settings/mail/test/")
        assert answer["Location"] == f"/accounts/login/?next={back}"


class TestEnds:
    def test_the_key_changes_with_signing_in(self, alice: Membership) -> None:
        browser = Client()
        browser.post("/start/", {"name": "A", "email": "a@new.example", "company": "Nordlicht", "zone": "UTC"})
        before = browser.session.session_key
        assert before
        browser.post("/accounts/login/", {"login": prepared(alice).email, "password": PASSWORD})
        assert browser.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_a_changed_password_ends_the_others(self, alice: Membership) -> None:
        here, elsewhere = signed_in(alice), signed_in(alice)
        new = "another horse battery"
        sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert here.post("/accounts/password/change/", sent).status_code == 302
        assert is_in(here)
        assert not is_in(elsewhere)
        assert UserSession.objects.filter(user=alice.person).count() == 1
        assert Session.objects.count() == 1

    def test_a_reset_password_ends_all(self, alice: Membership, mailoutbox: list[Any], render_outbox: Any) -> None:
        elsewhere = signed_in(alice)
        browser = Client()
        browser.post("/accounts/password/reset/", {"email": alice.person.email})
        link = unseal(AccountMessage.objects.latest("pk").sealed)["button_url"]
        path = browser.get(re.sub(r"^https?://[^/]+", "", link))["Location"]
        new = "another horse battery"
        assert browser.post(path, {"password1": new, "password2": new}).status_code == 302
        assert not is_in(elsewhere)
        assert not UserSession.objects.filter(user=alice.person, session_key=elsewhere.session.session_key).exists()


def test_known_and_unknown_addresses_cannot_be_told_apart_by_a_password(alice: Membership, bob: Membership) -> None:
    """A wrong password for an account, for one that has none, and for nobody's address."""
    prepared(alice)
    pages = set()
    for number, email in enumerate((alice.person.email, bob.person.email, "nobody@acme.example")):
        browser = Client()
        sent = {"login": email, "password": "wrong horse battery"}
        answer = browser.post("/accounts/login/", sent, REMOTE_ADDR=f"10.0.0.{number}")
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"', "", answer.content.decode())
        pages.add((answer.status_code, text.replace(email, "")))
    assert len(pages) == 1
    assert not AccountMessage.objects.exists()
