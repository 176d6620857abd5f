"""Rate limits: who is counted apart, when it opens again, and what happens while the counters cannot be reached."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as NoValkey

from prm.accounts.access import public
from prm.web.limits import Limit, TooManyRequests, limited


def test_so_many_for_each_key_and_then_no_more() -> None:
    limit = Limit("test", 2, per=60)
    limit.take("one")
    limit.take("one")
    limit.take("other")
    with pytest.raises(TooManyRequests) as refusal:
        limit.take("one")
    assert 0 < refusal.value.retry_after <= 61


def test_limits_of_different_names_do_not_share() -> None:
    Limit("a", 1, per=60).take("one")
    Limit("b", 1, per=60).take("one")


def test_it_opens_again_with_the_next_window(time_machine_at: Callable[[str], Any]) -> None:
    limit = Limit("test", 1, per=60)
    limit.take("one")
    with time_machine_at("+2min"):
        limit.take("one")


def test_keys_are_not_kept_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def count(key: str) -> int:
        seen.append(key)
        return 1

    monkeypatch.setattr(cache, "incr", count)
    Limit("test", 1, per=60).take("lena@nordwind.example")
    assert "lena" not in seen[0]


@pytest.mark.parametrize("opens", [True, False])
def test_without_counters_it_refuses_unless_it_only_guards_looking(
    monkeypatch: pytest.MonkeyPatch, opens: bool
) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", down)
    limit = Limit("test", 1, per=60, opens=opens)
    if opens:
        limit.take("one")
    else:
        with pytest.raises(TooManyRequests):
            limit.take("one")


def test_the_answer_says_when_to_come_back(rf: RequestFactory) -> None:
    limit = Limit("test", 1, per=60)

    @public
    @limited
    def view(request: Any) -> HttpResponse:
        limit.take("one")
        return HttpResponse("in")

    assert cast("HttpResponse", view(rf.get("/"))).content == b"in"
    answer = view(rf.get("/"))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("where", ["/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/", "/start/"])
def test_without_counters_nobody_signs_in_and_the_page_says_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch, db: None, where: str
) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise NoValkey

    for name in ("add", "get", "set", "incr"):
        monkeypatch.setattr(cache, name, down)
    browser = Client(raise_request_exception=False)
    sent = {
        "email": "alice@acme.example",
        "login": "alice@acme.example",
        "password": "x" * 12,
        "name": "A",
        "company": "B",
    }
    answer = browser.post(where, sent)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert browser.get(where).status_code == 200
