"""Who a request is: the person and the membership are found together, and a body that was long under way asks again."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from prm.accounts.models import Membership

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def reads(captured: CaptureQueriesContext, table: str) -> int:
    return sum(f'FROM "{table}"' in query["sql"] for query in captured)


def test_a_page_finds_the_person_with_the_membership(sign_in: SignIn, alice: Membership) -> None:
    browser = sign_in(alice)
    with CaptureQueriesContext(connection) as captured:
        page = browser.get("/o/acme/notifications/")
    assert page.status_code == 200
    assert page.context["request"].membership == alice
    assert page.context["request"].membership.person == page.context["request"].user
    assert (reads(captured, "accounts_person"), reads(captured, "accounts_membership")) == (0, 1)


@pytest.mark.parametrize("path", ["/o/umbrella/notifications/", "/o/nowhere/me/notifications/"])
def test_a_stranger_is_still_somebody(sign_in: SignIn, alice: Membership, charlie: Membership, path: str) -> None:
    page = sign_in(alice).get(path)
    assert page.status_code == 404


def test_a_changed_password_ends_the_session(sign_in: SignIn, alice: Membership) -> None:
    browser = sign_in(alice)
    alice.person.set_password("another one entirely")
    alice.person.save(update_fields=["password"])
    page = browser.get("/o/acme/notifications/")
    assert page.status_code == 302
    assert "/accounts/login/" in page["Location"]


class SlowBody(io.BytesIO):
    """A body at whose end something has happened meanwhile."""

    def __init__(self, body: bytes, meanwhile: Callable[[], Any]) -> None:
        super().__init__(body)
        self._meanwhile = meanwhile

    def read(self, size: int | None = -1) -> bytes:
        self._meanwhile()
        return super().read(size)


@pytest.mark.parametrize(("state", "status"), [("active", 403), ("removed", 404)])
def test_who_is_removed_while_a_body_is_under_way_is_a_stranger(
    sign_in: SignIn, lena: Membership, state: str, status: int
) -> None:
    meanwhile = SlowBody(b"a=b", lambda: Membership.everywhere.filter(pk=lena.pk).update(state=state))
    answer = sign_in(lena).post(
        "/o/acme/studio/partners/new/",
        b"a=b",
        content_type="application/x-www-form-urlencoded",
        **{"wsgi.input": meanwhile},  # type: ignore[arg-type]
    )
    assert answer.status_code == status
