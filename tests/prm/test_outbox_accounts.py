"""Codes, resets and notices: stored with the request that asked for them, sent by the worker, forgotten afterwards."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from prm.accounts.models import Membership, Person
from prm.outbox import sealing, services
from prm.outbox.adapter import NOTICES, SIGNUP_ALLOWED, WORDED, AccountAdapter
from prm.outbox.models import AccountMessage
from prm.outbox.sender import accounts, deliver_account_mails
from prm.outbox.sender.transport import Answer, PostOffice, Unreachable, Verdict
from prm.settings import BASE_DIR


def post(**values: str) -> AccountMessage:
    services.post_account_mail(
        template="account/login_code", address=" Lena@Nordwind.example", values=values, now=timezone.now()
    )
    return AccountMessage.objects.latest("pk")


class TestSending:
    def test_it_is_sealed_until_it_is_sent_and_then_erased(self, db: None, mailoutbox: list[Any]) -> None:
        row = post(code="7K2-Q9X", name="Lena")
        assert row.address == "lena@nordwind.example"
        assert "7K2" not in row.sealed
        assert sealing.unseal(row.sealed) == {"code": "7K2-Q9X", "name": "Lena"}
        assert deliver_account_mails() is False
        (sent,) = mailoutbox
        assert sent.subject == "Your sign-in code: 7K2-Q9X"
        assert sent.to == ["lena@nordwind.example"]
        assert sent.from_email == "Canopy <canopy@localhost>"
        assert sent.body.startswith("Hello Lena,")
        assert sent.extra_headers["Message-ID"] == f"<account.{row.nonce}@localhost>"
        row.refresh_from_db()
        assert (row.state, row.sealed) == ("sent", "")

    def test_it_is_sent_once(self, db: None, mailoutbox: list[Any]) -> None:
        post(code="1")
        for _again in range(3):
            deliver_account_mails()
        assert len(mailoutbox) == 1

    def test_a_worker_that_died_is_followed_under_the_same_message_id(
        self, db: None, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
    ) -> None:
        class Killed(BaseException):
            pass

        row = post(code="1")
        with monkeypatch.context() as patch:
            patch.setattr(accounts, "_settle", lambda *_args: (_ for _ in ()).throw(Killed()))
            with pytest.raises(Killed):
                deliver_account_mails()
        assert deliver_account_mails() is False
        AccountMessage.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        deliver_account_mails()
        assert [sent.extra_headers["Message-ID"] for sent in mailoutbox] == [f"<account.{row.nonce}@localhost>"] * 2

    def test_a_server_that_is_away_costs_no_attempt(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(_office: PostOffice) -> None:
            raise Unreachable("refused")

        monkeypatch.setattr(PostOffice, "open", away)
        row = post(code="1")
        deliver_account_mails()
        row.refresh_from_db()
        assert (row.state, row.attempts, row.reason) == ("queued", 0, "unreachable")
        assert row.sealed

    def test_refusals_are_tried_again_and_in_the_end_erased(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(PostOffice, "send", lambda *_args: Answer(Verdict.LATER, "451 later"))
        row = post(code="1")
        for _attempt in range(5):
            AccountMessage.objects.update(not_before=timezone.now())
            deliver_account_mails()
        row.refresh_from_db()
        assert (row.state, row.attempts, row.reason, row.sealed) == ("failed", 5, "451 later", "")

    def test_a_code_that_comes_too_late_does_not_come(self, db: None, mailoutbox: list[Any]) -> None:
        row = post(code="1")
        AccountMessage.objects.update(created_at=timezone.now() - timedelta(hours=2))
        deliver_account_mails()
        row.refresh_from_db()
        assert mailoutbox == []
        assert (row.state, row.reason, row.sealed) == ("failed", "not_needed", "")

    def test_what_was_sealed_with_another_key_fails_visibly(self, db: None, settings: Any) -> None:
        row = post(code="1")
        settings.SECRET_KEY = "another"
        deliver_account_mails()
        row.refresh_from_db()
        assert (row.state, row.reason) == ("failed", "wording_failed")

    def test_a_former_key_still_opens(self, settings: Any) -> None:
        sealed = sealing.seal({"code": "1"})
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"
        assert sealing.unseal(sealed) == {"code": "1"}


class TestAdapter:
    def test_every_mail_of_allauth_has_words(self, db: None, mailoutbox: list[Any]) -> None:
        adapter = AccountAdapter()
        person = Person(name="Lena Brandt", email="lena@x.example")
        for name in [*WORDED, *NOTICES, "something_new"]:
            context = {"user": person, "code": "ABC", "password_reset_url": "https://x.example/reset/", "at": 1}
            adapter.send_mail(f"account/email/{name}", "lena@x.example", {**context, "timestamp": timezone.now()})
        deliver_account_mails()
        assert len(mailoutbox) == len(WORDED) + len(NOTICES) + 1
        assert all(sent.subject and "Hello" in sent.body for sent in mailoutbox)
        assert not AccountMessage.objects.exclude(state="sent").exists()

    def test_every_template_is_used(self) -> None:
        folder = BASE_DIR / "templates" / "outbox" / "emails" / "account"
        assert {path.stem for path in folder.glob("*.md")} - WORDED == {"notice", "start_code", "join_code"}

    def test_nobody_signs_up_without_a_reason(self, client: Client, db: None) -> None:
        assert 'name="email"' not in client.get("/accounts/signup/").content.decode()
        client.post("/accounts/signup/", {"email": "new@x.example"})
        assert not Person.objects.exists()

    def test_with_a_reason_one_does(self, rf: Any) -> None:
        request = rf.get("/")
        request.session = {SIGNUP_ALLOWED: True}
        assert AccountAdapter(request).is_open_for_signup(request)
        request.session = {}
        assert not AccountAdapter(request).is_open_for_signup(request)


class TestSigningIn:
    def test_a_code_arrives_and_lets_in(self, client: Client, lena: Membership, mailoutbox: list[Any]) -> None:
        EmailAddress.objects.create(user=lena.person, email=lena.person.email, verified=True, primary=True)
        client.post("/accounts/login/code/", {"email": "lena@nordwind.example"})
        assert mailoutbox == []
        deliver_account_mails()
        (sent,) = mailoutbox
        code = re.search(r"code: (\S+)", sent.subject)
        assert code is not None
        client.post("/accounts/login/code/confirm/", {"code": code[1]})
        assert client.session["_auth_user_id"] == str(lena.person_id)

    @pytest.mark.parametrize("page", ["/accounts/login/code/", "/accounts/password/reset/"])
    def test_a_known_and_an_unknown_address_cannot_be_told_apart(
        self, lena: Membership, mailoutbox: list[Any], page: str
    ) -> None:
        answers: list[Any] = []
        for address in ("lena@nordwind.example", "nobody@nordwind.example"):
            browser = Client()
            answer = browser.post(page, {"email": address}, REMOTE_ADDR=f"10.0.0.{len(answers)}")
            answers.append((answer.status_code, answer["Location"], AccountMessage.objects.count()))
        assert answers[0][:2] == answers[1][:2]
        assert [count for _status, _place, count in answers] == [1, 2]
        deliver_account_mails()
        assert [sent.to for sent in mailoutbox] == [["lena@nordwind.example"], ["nobody@nordwind.example"]]
        assert "no account" in mailoutbox[1].body or "no account" in mailoutbox[1].subject
