"""Whoever claims another host gets no page, and no mail with a link to it."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from prm.accounts.models import Membership
from prm.outbox.models import AccountMessage
from prm.outbox.sender import deliver_account_mails

pytestmark = pytest.mark.django_db
EVIL = [
    "evil.example",
    "localhost.evil.example",
    "localhost:80@evil.example",
    "evil.example#localhost",
    "[::ffff:7f00]x",
]
FORMS = {
    "/accounts/password/reset/": {"email": "alice@acme.example"},
    "/accounts/login/code/": {"email": "alice@acme.example"},
    "/start/": {"name": "A", "email": "a@new.example", "company": "Nordlicht", "zone": "UTC"},
}


@pytest.mark.parametrize("host", EVIL)
def test_an_evil_host_gets_400_and_no_mail(alice: Membership, host: str, mailoutbox: list[Any]) -> None:
    for page, form in FORMS.items():
        for browser in (Client(headers={"host": host}), Client(SERVER_NAME=host)):
            assert browser.get(page).status_code == 400
            assert browser.post(page, form).status_code == 400
    deliver_account_mails()
    assert (AccountMessage.objects.count(), mailoutbox) == (0, [])


def test_links_come_from_the_settings_whatever_proxies_say(alice: Membership, mailoutbox: list[Any]) -> None:
    for page, form in FORMS.items():
        answer = Client(headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}).post(page, form)
        assert answer.status_code in {302, 303}
    deliver_account_mails()
    assert len(mailoutbox) == len(FORMS)
    for mail in mailoutbox:
        assert "evil.example" not in str(mail.message())
    assert settings.PUBLIC_BASE_URL in mailoutbox[0].body


def test_production_answers_to_its_own_host_only(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["canopy.example.com"]
    assert Client(headers={"host": "canopy.example.com"}).get("/healthz").status_code == 200
    for host in ("example.com", "a.canopy.example.com", "canopy.example.com.evil.example", "127.0.0.1"):
        assert Client(headers={"host": host}).get("/healthz").status_code == 400
