"""Acme's partners as tests/partners makes them, and a way to bring the index up to what was made without services."""

from collections.abc import Callable

import pytest

from prm.accounts.models import Membership
from prm.search.queries import find
from prm.search.services import compare
from prm.search.sources import search_sources
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope, write_last_words
from tests.partners.conftest import (
    actor,
    kestrel,
    lena_user,
    msps,
    nordwind,
    paul_user,
    tom_user,
    umbrellas_nordwind,
)

__all__ = ["actor", "kestrel", "lena_user", "msps", "nordwind", "paul_user", "tom_user", "umbrellas_nordwind"]

type Labels = dict[str, list[str]]


def catch_up() -> None:
    """One whole pass over everything, in the scope that is open."""
    for source in search_sources.all():
        compare(source, 0)
    write_last_words()


def labels(member: Membership, query: str, most: int = 20) -> Labels:
    """What the member finds, by kind."""
    return {group.source.name: [hit.label for hit in group.hits] for group in find(member, query, most).groups}


@pytest.fixture
def finds(acme: Organization) -> Callable[[Membership, str], Labels]:
    """`finds(alice, "nord")` in Acme, after a pass over everything."""

    def found(member: Membership, query: str) -> Labels:
        with scope(acme):
            catch_up()
            return labels(member, query)

    return found
