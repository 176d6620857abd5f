"""ISO-5: every address of the site against every kind of visitor.

`tests.matrix.ROWS` lists each URL name with who may open it, by hand. An address that is not in it fails here, and
so does a row whose address is gone. For each page of an organization the other organization's object of the same
kind answers 404.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.matrix import DENIED, GLOBAL, ROWS, VISITORS, Row, World, build_world

pytestmark = pytest.mark.django_db


def _names(resolver: URLResolver, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not path.startswith(("admin/", "accounts/")):
                found.update(_names(pattern, path))
        elif isinstance(pattern, URLPattern):
            found[pattern.name or path] = path
    return found


def test_every_address_is_in_the_matrix() -> None:
    names = _names(get_resolver())
    listed = set(ROWS) | set(GLOBAL)
    assert set(names) - listed == set(), "addresses without a row in tests/matrix.py"
    assert listed - set(names) == set(), "rows whose address is gone"


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def _client(world: World, visitor: str) -> Client:
    client = Client()
    membership = world.visitors[visitor]
    if membership is not None:
        client.force_login(membership.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _answer(client: Client, path: str, method: str) -> Any:
    return client.get(path) if method == "GET" else client.post(path, {})


def _is_denied(answer: Any) -> bool:
    sent_to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return sent_to_sign_in or answer.status_code in (403, 404)


def _check(world: World, name: str, row: Row, visitor: str, method: str, client: Client) -> list[str]:
    answer = _answer(client, world.path(name, row), method)
    cell = f"{method} {name} as {visitor}: {answer.status_code}"
    if answer.status_code >= 500:
        return [cell]
    if row.lets_in(visitor, world.visitors[visitor]):
        return [f"{cell}, should be let in"] if _is_denied(answer) and not row.may_be_unknown(visitor) else []
    expected = DENIED[visitor] if row.access != "public" else 404
    if answer.status_code not in (expected, 404) or not _is_denied(answer):
        return [f"{cell}, should be refused with {expected}"]
    return []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_may_open_what(world: World, method: str) -> None:
    wrong: list[str] = []
    cells = 0
    for visitor in VISITORS:
        for name, row in ROWS.items():
            # A client each time: an action may sign its visitor out or change what the session remembers.
            if method in row.methods:
                with world.undone():
                    wrong += _check(world, name, row, visitor, method, _client(world, visitor))
                cells += 1
    assert not wrong, "\n".join(wrong)
    assert cells >= len(VISITORS)


def test_another_organizations_things_are_unknown(world: World) -> None:
    wrong = []
    for name, row in ROWS.items():
        if not row.things:
            continue
        for method in row.methods:
            for visitor in ("owner", "partner lead"):
                with world.undone():
                    answer = _answer(_client(world, visitor), world.foreign_path(name, row), method)
                leaked = world.marker in answer.content.decode(errors="replace") or world.marker in str(answer.headers)
                if answer.status_code not in (302, 403, 404) or leaked:
                    wrong.append(f"{method} {name} as {visitor}: {answer.status_code}, leaked={leaked}")
                if answer.status_code == 302 and not answer["Location"].startswith("/accounts/login/"):
                    wrong.append(f"{method} {name} as {visitor}: goes on to {answer['Location']}")
    assert not wrong, "\n".join(wrong)
