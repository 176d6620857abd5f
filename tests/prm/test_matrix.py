"""ISO-5: every address of the site against every kind of visitor.

`tests.matrix.ROWS` lists each URL name with who may open it, by hand. An address that is not in it fails here, and
so does a row whose address is gone. For each page of an organization the other organization's object of the same
kind answers 404.
"""

from copy import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from enablement.memory import ENOUGH_ANSWERS
from enablement.models import Review
from prm.tenancy.scope import scope
from tests.matrix import GLOBAL, ROWS, World
from tests.matrix_rows import VISITORS, Row

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("world")]


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


def _client(world: World, visitor: str) -> Client:
    client = Client()
    membership = world.visitors[visitor]
    if membership is not None:
        client.force_login(membership.person, backend="prm.accounts.backends.AuthenticationBackend")
    return client


def _answer(world: World, client: Client, path: str, method: str) -> Any:
    """What this client is answered; what comes of it is undone, the end of the session too."""
    cookies = copy(client.cookies)
    with world.undone():
        answer = client.get(path) if method == "GET" else client.post(path, {})
    client.cookies = cookies
    return answer


def _refusal_of(answer: Any) -> int:
    """302 when sent to sign in, 403 or 404 when refused, 0 when let in."""
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
        return 302
    return answer.status_code if answer.status_code in (403, 404) else 0


def _wrong_cell(world: World, client: Client, name: str, row: Row, visitor: str, method: str) -> str:
    answer = _answer(world, client, world.path(name, row), method)
    cell = f"{method} {name} as {visitor}: {answer.status_code}"
    refused = _refusal_of(answer)
    if answer.status_code >= 500:
        return cell
    if row.lets_in(visitor):
        expected = 404 if row.is_early else 0
        return f"{cell}, should be let in" if refused != expected else ""
    return "" if refused == row.refusal(visitor) else f"{cell}, should be {row.refusal(visitor)}"


@pytest.mark.parametrize("visitor", VISITORS)
def test_who_may_open_what(world: World, visitor: str) -> None:
    client = _client(world, visitor)
    cells = [(name, row, method) for name, row in ROWS.items() for method in row.methods]
    wrong = [_wrong_cell(world, client, name, row, visitor, method) for name, row, method in cells]
    assert not any(wrong), "\n" + "\n".join(filter(None, wrong))


def test_another_method_is_refused(world: World) -> None:
    wrong, client = [], _client(world, "owner")
    for name, row in ROWS.items():
        if row.methods == ("POST",):
            answer = client.get(world.path(name, row))
            if answer.status_code not in (403, 404, 405):
                wrong.append(f"GET {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("visitor", ["owner", "partner lead"])
def test_another_organizations_things_are_unknown(world: World, visitor: str) -> None:
    wrong, client = [], _client(world, visitor)
    for name, row in ROWS.items():
        for method in row.methods if row.names_objects else ():
            answer = _answer(world, client, world.foreign_path(name, row), method)
            leaked = world.marker in answer.content.decode(errors="replace") or world.marker in str(answer.headers)
            if _refusal_of(answer) not in (403, 404) or leaked:
                wrong.append(f"{method} {name}: {answer.status_code}, leaked={leaked}")
    assert not wrong, "\n".join(wrong)


def test_the_demos_graduate_has_answered_enough_for_a_figure(world: World) -> None:
    with scope(world.home):
        answered = Review.objects.filter(membership__person__email="lena@nordwind.example").count()
    assert answered >= ENOUGH_ANSWERS, answered
