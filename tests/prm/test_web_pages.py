"""Long lists: the right rows in the right order, in two queries whatever the length."""

import pytest
from django.test import RequestFactory

from enablement.models import Topic
from prm.tenancy.models import Organization
from prm.web.pages import Page, page_of


@pytest.fixture
def topics(in_acme: Organization) -> None:
    for number in range(1, 8):
        Topic.objects.create(name=f"Topic {number}")


def page(query: str, per_page: int = 3) -> Page[Topic]:
    return page_of(Topic.objects.order_by("-name"), RequestFactory().get(f"/{query}"), per_page)


def names(found: Page[Topic]) -> str:
    return " ".join(row.name[-1] for row in found)


@pytest.mark.usefixtures("topics")
@pytest.mark.parametrize(
    ("query", "expected"),
    [("", "7 6 5"), ("?page=1", "7 6 5"), ("?page=2", "4 3 2"), ("?page=3", "1"), ("?page=4", "")],
)
def test_page_holds_its_rows_in_order(query: str, expected: str) -> None:
    assert names(page(query)) == expected


@pytest.mark.usefixtures("topics")
@pytest.mark.parametrize(
    "query", ["?page=0", "?page=-1", "?page=x", "?page=", "?page=1e9", "?page=²", "?page=" + "9" * 30]
)
def test_number_that_makes_no_sense_is_the_first_page(query: str) -> None:
    assert page(query).number == 1


@pytest.mark.usefixtures("topics")
def test_neighbors_keep_filter_and_order() -> None:
    found = page("?state=open&page=2&sort=-name")
    assert (found.has_previous, found.has_next) == (True, True)
    assert found.previous_query == "?state=open&sort=-name"
    assert found.next_query == "?state=open&page=3&sort=-name"
    assert (found.first, found.last) == (4, 6)


@pytest.mark.usefixtures("topics")
def test_last_page_has_no_next() -> None:
    last = page("?page=3")
    assert (last.has_next, last.next_query, last.first, last.last) == (False, "", 7, 7)


@pytest.mark.usefixtures("topics")
def test_a_page_takes_two_queries(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert page("").has_next


def test_empty_list_takes_one_query(in_acme: Organization, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = page("")
    assert (len(found), found.first, found.last, found.has_next) == (0, 0, 0, False)


@pytest.mark.usefixtures("topics")
def test_rows_can_take_another_shape() -> None:
    assert page("").map(lambda topic: topic.name.upper()).rows == ["TOPIC 7", "TOPIC 6", "TOPIC 5"]
