"""Mails that a provider posts: who may, how large, and that nothing is asked for twice."""

import logging
import runpy
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from prm.settings import BASE_DIR
from prm.web.limits import Limit
from prm.web.views import inbound
from tests.prm.raw_mails import raw

SECRET = "s3cret-" * 6
URL = f"/inbound/{SECRET}/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def open_for_mail(settings: Any) -> None:
    settings.INBOUND_DOMAIN, settings.INBOUND_WEBHOOK_SECRET = "in.canopy.example", SECRET


def post(url: str = URL, content: bytes = b"", **more: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(url, content or raw(), content_type="message/rfc822", **more)


def test_what_names_nobody_need_not_come_again() -> None:
    answer = post()
    assert (answer.status_code, answer.content) == (200, b"unknown\n")


def test_without_the_secret_there_is_no_such_page(settings: Any) -> None:
    assert post("/inbound/wrong/").status_code == 404
    settings.INBOUND_WEBHOOK_SECRET = ""
    assert post(URL).status_code == 404
    assert post("/inbound//").status_code == 404


def test_only_posts_are_taken() -> None:
    assert Client().get(URL).status_code == 405


def test_the_secret_is_in_no_log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where Django itself writes the addresses of what it refuses."""

    def fail(*_any: Any, **_more: Any) -> str:
        raise ValueError("broken")

    with caplog.at_level(logging.INFO), caplog.at_level(logging.INFO, logger="django.request"):
        assert post().status_code == 200
        monkeypatch.setattr(inbound, "take_in", fail)
        answer = post()
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        monkeypatch.setattr(inbound, "POSTS", Limit("inbound-none", 0, per=60))
        assert post().status_code == 429
    assert "could not be taken in" in caplog.text
    assert SECRET not in caplog.text


def test_a_mail_beyond_every_form_is_read_and_one_beyond_that_cut(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    taken: list[tuple[int, bool]] = []

    def take_in(content: bytes, _now: Any, *, is_cut: bool) -> str:
        taken.append((len(content), is_cut))
        return "placed"

    monkeypatch.setattr(inbound, "take_in", take_in)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    monkeypatch.setattr(inbound, "MOST_BYTES", 3 * 2**20)
    for size in (2 * 2**20, 3 * 2**20, 5 * 2**20):
        assert post(content=b"x" * size).status_code == 200
    assert taken == [(2 * 2**20, False), (3 * 2**20, False), (3 * 2**20, True)]


def test_whoever_posts_too_often_is_told_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "POSTS", Limit("inbound-test", 2, per=60))
    assert [post("/inbound/guess/").status_code for _ in range(3)] == [404, 404, 429]
    answer = post()
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    "environment",
    [
        {"INBOUND_DOMAIN": "in.example"},
        {"INBOUND_WEBHOOK_SECRET": "x" * 40},
        {"INBOUND_DOMAIN": "in.example", "INBOUND_WEBHOOK_SECRET": "short"},
        {"INBOUND_DOMAIN": "in.example", "INBOUND_IMAP_URL": "pop3://in.example"},
    ],
)
def test_half_a_way_in_stops_the_process(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match="INBOUND_"):
        runpy.run_path(str(BASE_DIR / "prm" / "settings.py"))
