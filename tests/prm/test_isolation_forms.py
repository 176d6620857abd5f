"""ISO-6: forms are tried with the other organization's objects: refused, and nothing of theirs has changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.forms import BaseForm
from django.test import Client

from tests.foreign_ids import FormReader, Ids, checksum, strangers
from tests.matrix import ROWS, World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("world")]


def pages(world: World, client: Client, visitor: str) -> Iterator[tuple[str, Any]]:
    """Every page with a form that the visitor may open."""
    for name, row in ROWS.items():
        if "GET" in row.methods and row.lets_in(visitor):
            path = world.path(name, row)
            answer = client.get(path)
            if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
                yield path, answer


def forms_of(answer: Any) -> list[BaseForm]:
    found = []
    for layer in answer.context or []:
        # Components are rendered with plain dictionaries, pages with layers of them.
        for part in [layer] if isinstance(layer, dict) else layer:
            found += [value for value in part.values() if isinstance(value, BaseForm)]
    return found


@pytest.mark.parametrize("visitor", ["owner", "facilitator", "partner lead", "partner member"])
def test_the_other_organizations_ids_are_refused(world: World, visitor: str) -> None:
    client = Client()
    membership = world.visitors[visitor]
    assert membership is not None
    client.force_login(membership.person, backend="prm.accounts.backends.AuthenticationBackend")
    ids, before, wrong, tried = Ids.of(world.home, world.foreign), checksum(world.foreign), [], 0
    for path, answer in pages(world, client, visitor):
        for attempt in strangers(answer.content.decode(), forms_of(answer), ids):
            tried += 1
            with world.undone():
                status = client.post(attempt.action or path, attempt.data).status_code
                if not 400 <= status < 500 or checksum(world.foreign) != before:
                    wrong.append(f"{attempt.action or path} {attempt.what}: {status}")
    assert tried
    assert not wrong, "\n".join(wrong)


def test_forms_are_read_as_a_browser_reads_them() -> None:
    page = """<form method="get"><input name="q"></form>
    <form method="post" action="/x/"><input type="hidden" name="token" value="t"><input name="word" value="w">
    <select name="group"><option value="a">A</option><option value="b" selected>B</option></select>
    <input type="checkbox" name="id" value="1"><input type="radio" name="r" value="2" checked>
    <input type="hidden" name="none" value="">
    <textarea name="note">Hello</textarea><button name="verb" value="save">Save</button></form>"""
    (form,) = FormReader(page).forms
    assert form.action == "/x/"
    assert form.data() == {
        "token": ["t"],
        "word": ["w"],
        "group": ["b"],
        "r": ["2"],
        "none": [""],
        "note": ["Hello"],
        "id": ["1"],
        "verb": ["save"],
    }
    assert [control.name for control in form.controls if control.is_choice] == [
        "token",
        "group",
        "group",
        "id",
        "r",
        "none",
        "verb",
    ]
