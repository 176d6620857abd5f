"""The yardstick of `make bench`: it must cost the same wherever it is called, and nothing to the page beside it."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver

from tests.bench.measuring import measure_beside, yardstick_call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """A server would look after each request whether its connection is to end: the test's stays."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _at_depth(depth: int, call: Callable[[], Any]) -> Any:
    return call() if depth == 0 else _at_depth(depth - 1, call)


def test_the_yardstick_answers_at_any_depth_and_leaves_the_addresses_as_they_are() -> None:
    opened = yardstick_call()
    resolver = get_resolver()
    answers = {_at_depth(depth, opened) for depth in (0, 40)}
    assert {status for status, _body in answers} == {200}
    assert len(answers) == 1
    assert get_resolver() is resolver


def test_the_yardstick_is_called_with_room_for_its_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of a frame larger than a chunk of 16 KB, in slots of 8 bytes, as every page is (see prm.web.stack)."""
    frames = []

    def answer(request: HttpRequest) -> HttpResponse:
        frame = sys._getframe(0)
        while frame.f_back:
            frame = frame.f_back
            frames.append(frame.f_code.co_nlocals * 8)
        return HttpResponse("")

    monkeypatch.setattr("tests.bench.measuring._YardstickHandler.get_response", lambda self, request: answer(request))
    yardstick_call()()
    assert max(frames) > 16 * 1024


def test_a_ratio_is_the_larger_of_both_and_taken_in_the_same_rounds() -> None:
    """Page and yardstick take turns: what slows one round slows both."""
    order: list[str] = []

    def _call(name: str, work: int) -> Callable[[], tuple[int, bytes]]:
        def call() -> tuple[int, bytes]:
            order.append(name)
            sum(range(work))
            return 200, b"body"

        return call

    figure = measure_beside("page", _call("page", 600_000), _call("yard", 200_000), rounds=15)
    assert order[-30:] == ["page", "yard"] * 15
    assert 2 < figure.ratio < 4.5
    assert figure.bytes == 4


def test_a_page_that_does_not_answer_stops_the_run() -> None:
    with pytest.raises(SystemExit, match="page answers 404"):
        measure_beside("page", lambda: (404, b""), lambda: (200, b""))
