"""Every page of the demo on a desk and on a phone, in light and dark: no violation that axe-core knows, no report of
the content security policy, no error in the console, nothing that scrolls sideways.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from prm.accounts.models import Membership
from tests.browser import DESK, PHONE
from tests.journeys.conftest import Visitor
from tests.matrix import ROWS, World
from tests.matrix_rows import Row
from tests.world import build_world

type Arrive = Callable[..., Visitor]

# Answers to htmx and downloads: no pages.
PARTS = {"due", "notification_bell", "content_reach"}
# What axe-core may find on a narrow page that it did not find on the wide one.
NARROW = {
    "light": {
        "resultTypes": ["violations"],
        "runOnly": ["color-contrast", "scrollable-region-focusable", "target-size"],
    }
}
GUIDES = {"studio": "owner", "portal": "partner lead"}
# The studio has twice the pages of the portal: two workers share them.
WAYS = {
    "portal": ("portal", slice(None)),
    "studio": ("studio", slice(0, None, 2)),
    "rest of studio": ("studio", slice(1, None, 2)),
}
OUTSIDE = ("home", "organization_start", "profile_edit", "session_list", "account_login", "account_reset_password")


@pytest.fixture
def committed_world(live_server: Any) -> World:
    return build_world()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("way", [pytest.param(way, marks=pytest.mark.xdist_group(f"tour-{way}")) for way in WAYS])
def test_every_page(visitor: Arrive, committed_world: World, way: str) -> None:
    face, share = WAYS[way]
    guide = committed_world.visitors[GUIDES[face]]
    assert guide
    paths = list(_paths(committed_world, face, guide))[share]
    assert len(paths) > 20
    who = visitor(guide)
    complaints = [told for path in paths if (told := _complaint(who, path))]
    assert not complaints, "\n\n".join(complaints)


def _paths(world: World, face: str, guide: Membership) -> Iterator[str]:
    """The pages that this guide can open, found out without a browser; redirects, parts and files are left out."""
    client = Client()
    client.force_login(guide.person, backend="prm.accounts.backends.AuthenticationBackend")
    for name, row in ROWS.items():
        if "GET" in row.methods and name not in PARTS and _is_shown(row, face):
            path = world.path(name, row)
            answer = client.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield path
    if face == "portal":
        yield from (reverse(name) for name in OUTSIDE)


def _is_shown(row: Row, face: str) -> bool:
    return row.lets_in(GUIDES[face]) and (face == "portal" or not row.anybody)


def _complaint(who: Visitor, path: str) -> str:
    """What is wrong with a page, if anything. It is narrowed where it stands: loading it twice would tell no more."""
    try:
        who.page.set_viewport_size(DESK)
        who.open(path)
        who.page.set_viewport_size(PHONE)
        who.look(NARROW)
    except AssertionError as error:
        who.complaints.clear()
        return f"{path}: {error}"
    return ""
