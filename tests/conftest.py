"""Alice owns Acme, Bob manages its partners, Frida facilitates; Lena and Paul are partners' people there. Charlie is a
stranger: he owns Umbrella, where things of the same names exist that could leak."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from prm.accounts.models import Membership
from prm.outbox.sender import deliver
from prm.tenancy.models import Organization
from prm.tenancy.prepared import Prepared
from prm.tenancy.scope import current_organization_id, scope
from tests import database
from tests.factories import NOW, OrganizationFactory, member, staff
from tests.matrix import World
from tests.world import build_world

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Every prepared query of every test is compared with what its builder makes at that moment.
Prepared.checked = True
# How long a machine takes that does other things besides is no property of the code.
settings.register_profile("canopy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("canopy")


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_canopy_{worker}_{os.environ.get('CANOPY_TEST_NAME', os.getpid())}"
    with django_db_blocker.unblock():
        database.create(name)
        yield
        database.drop(name)


@pytest.fixture(autouse=True, scope="session")
def truncating_teardown() -> None:
    """Transactional tests are followed by one TRUNCATE as the owner of the tables (see tests.database)."""
    TransactionTestCase._fixture_teardown = lambda self: database.empty()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def clean_cache() -> None:
    cache.clear()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def acme(db: None) -> Organization:
    return OrganizationFactory.create(slug="acme", name="Acme Cloud", portal_title="Acme Partners")


@pytest.fixture
def umbrella(db: None) -> Organization:
    return OrganizationFactory.create(slug="umbrella", name="Umbrella Industries")


@pytest.fixture
def in_acme(acme: Organization) -> Iterator[Organization]:
    with scope(acme):
        yield acme


@pytest.fixture
def alice(acme: Organization) -> Membership:
    return staff(acme, "alice@acme.example", "Alice Moreau", "owner")


@pytest.fixture
def bob(acme: Organization) -> Membership:
    return staff(acme, "bob@acme.example", "Bob Keller", "manager")


@pytest.fixture
def frida(acme: Organization) -> Membership:
    return staff(acme, "frida@acme.example", "Frida Sand", "facilitator")


@pytest.fixture
def charlie(umbrella: Organization) -> Membership:
    return staff(umbrella, "charlie@umbrella.example", "Charlie Voss", "owner")


@pytest.fixture
def lena(acme: Organization) -> Membership:
    return member(acme, "lena@nordwind.example", "Lena Brandt")


@pytest.fixture
def paul(acme: Organization) -> Membership:
    return member(acme, "paul@kestrel.example", "Paul Ortega")


@pytest.fixture
def sign_in() -> Callable[[Membership], Client]:
    """A browser in which this member has signed in."""

    def signed_in(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.person, backend="prm.accounts.backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def time_machine_at() -> Callable[[str], Any]:
    """`with time_machine_at("+16min"): …`: the clock of requests stands later, by minutes, hours or days."""
    units = {"min": "minutes", "h": "hours", "d": "days"}

    def later(by: str) -> Any:
        unit = next(name for name in units if by.endswith(name))
        amount = int(by.removeprefix("+").removesuffix(unit))
        return time_machine.travel(datetime.now(UTC) + timedelta(**{units[unit]: amount}))

    return later


@pytest.fixture
def render_outbox(db: None, mailoutbox: list[Any]) -> Callable[[datetime], list[Any]]:
    """Deliver what is due at a moment, of the open scope's organization or else of all; returns the mails of that."""

    def delivered(now: datetime) -> list[Any]:
        before = len(mailoutbox)
        present = current_organization_id()
        organizations = Organization.objects.all() if present is None else Organization.objects.filter(pk=present)
        for organization in organizations:
            while deliver(organization, clock=lambda: now).more:
                pass
        return mailoutbox[before:]

    return delivered


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The whole demo, committed; what a test changes is its own transaction's."""
    with django_db_blocker.unblock():
        try:
            yield build_world()
        finally:
            # Also where building failed: what it left would meet every later test.
            database.empty()
