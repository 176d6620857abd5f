"""Practice: rounds of five, interrupted and continued; what is still remembered."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from enablement.models import Memory, Review, Rhythm, Round
from partners.models import Audience, Partner
from partners.services.audiences import remove_member
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.outbox.models import Preference
from tests.enablement.factories import content, item, memory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
PRACTICE = "/o/acme/practice/"


@pytest.fixture
def due(nordwind: Partner, alice: Membership, lena: Membership, now: datetime) -> list[Memory]:
    """Seven memories of Lena's that are due, the first the weakest."""
    return [memory(lena, item(alice), now - timedelta(days=30 - number), stability=2.0) for number in range(7)]


def start(client: Client) -> str:
    response = client.post(f"{PRACTICE}start/")
    assert response.status_code == 303
    return str(response["Location"])


def answer(client: Client, path: str, position: int, choice: str = "0", **more: str) -> str:
    response = client.post(path, {"position": str(position), "choice": choice, **more})
    assert response.status_code == 303
    assert response["Location"] == f"{path}?after={position}"
    return client.get(response["Location"]).content.decode()


def test_a_round_asks_five_one_at_a_time_and_ends(due: list[Memory], lena: Membership, sign_in: SignIn) -> None:
    client = sign_in(lena)
    assert "5 questions for today" in client.get(PRACTICE).content.decode()
    path = start(client)
    for position in range(5):
        page = client.get(path).content.decode()
        assert f"Question {position + 1} of 5" in page
        assert page.count("en-question-text") == 1
        assert "Here it is" in answer(client, path, position)
    summary = client.get(path).content.decode()
    assert "0 of 5 right" in summary
    assert "2 more" in summary
    assert Round.objects.get().finished_at is not None
    assert list(Review.objects.order_by("id").values_list("item_id", flat=True)) == [row.item_id for row in due[:5]]
    assert {(review.channel, review.rating, review.number) for review in Review.objects.all()} == {("practice", 1, 1)}
    assert all(0 < (review.predicted or 0) < 0.85 for review in Review.objects.all())
    assert Fact.objects.filter(kind="enablement.recall_answered").count() == 5


def test_an_interrupted_round_goes_on_where_it_stopped(due: list[Memory], lena: Membership, sign_in: SignIn) -> None:
    client = sign_in(lena)
    path = start(client)
    answer(client, path, 0)
    assert "4 questions left in your round" in client.get(PRACTICE).content.decode()
    assert start(client) == path
    assert "Question 2 of 5" in client.get(path).content.decode()
    assert Round.objects.count() == 1


def test_a_round_of_yesterday_is_put_aside(
    due: list[Memory], lena: Membership, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    path = start(sign_in(lena))
    clock.shift(timedelta(hours=25))
    assert start(sign_in(lena)) != path
    assert Round.objects.unfinished().count() == 1


def test_an_answer_sent_twice_or_from_two_tabs_counts_once(
    due: list[Memory], lena: Membership, sign_in: SignIn
) -> None:
    client = sign_in(lena)
    path = start(client)
    answer(client, path, 0, "1")
    answer(client, path, 0, "2")
    assert Review.objects.count() == 1
    assert Memory.objects.get(pk=due[0].pk).answers == 1


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"position": "0"}, 422),
        ({"position": "0", "choice": "8"}, 422),
        ({"position": "0", "choice": "²"}, 422),
        ({"position": "7", "choice": "1"}, 422),
        ({"position": "x", "choice": "1"}, 404),
        ({}, 404),
    ],
)
def test_wrong_answers_to_a_round_are_refused(
    due: list[Memory], lena: Membership, sign_in: SignIn, data: dict[str, str], status: int
) -> None:
    client = sign_in(lena)
    assert client.post(start(client), data).status_code == status
    assert not Review.objects.exists()


def test_right_and_guessed_are_told_apart(due: list[Memory], lena: Membership, sign_in: SignIn) -> None:
    client = sign_in(lena)
    path = start(client)
    right = re.search(
        r'value="(\d)" required><span class="en-option-text">Above 10 %', client.get(path).content.decode()
    )
    assert right
    assert "Right, with some luck" in answer(client, path, 0, right[1], guessed="1")
    assert Review.objects.get().rating == 2


def test_somebody_else_s_round_is_unknown(
    due: list[Memory], kestrel: Partner, lena: Membership, paul: Membership, sign_in: SignIn
) -> None:
    path = start(sign_in(lena))
    client = sign_in(paul)
    assert client.get(path).status_code == 404
    assert client.post(path, {"position": "0", "choice": "1"}).status_code == 404
    assert not Review.objects.exists()


def test_nothing_due_starts_nothing(
    nordwind: Partner, alice: Membership, lena: Membership, sign_in: SignIn, now: datetime
) -> None:
    memory(lena, item(alice), now - timedelta(days=1))
    client = sign_in(lena)
    page = client.get(PRACTICE).content.decode()
    assert "Nothing is due" in page
    assert "26 November 2026" in page
    assert start(client) == PRACTICE
    assert not Round.objects.exists()


def test_without_memories_the_page_says_where_they_come_from(
    nordwind: Partner, lena: Membership, sign_in: SignIn
) -> None:
    assert "Nothing to keep in mind yet" in sign_in(lena).get(PRACTICE).content.decode()


def test_what_is_no_longer_open_to_the_member_is_not_asked(
    readers: Audience, alice: Membership, lena: Membership, sign_in: SignIn, now: datetime
) -> None:
    met_at = now - timedelta(days=9)
    read = content(alice, readers, questions=1)
    memory(lena, read.recall_items.get(), met_at, cause="content")
    memory(lena, item(alice, state="retired"), met_at)
    memory(lena, item(alice, content(alice, readers, state="archived")), met_at)
    memory(lena, item(alice, valid_until=now), met_at)
    memory(lena, item(alice), met_at, state="retired")
    client = sign_in(lena)
    assert "One question for today" in client.get(PRACTICE).content.decode()
    remove_member(readers, lena, now)
    assert "Nothing to keep in mind yet" in client.get(PRACTICE).content.decode()


@pytest.mark.parametrize(("answers", "words"), [(29, "Too early to say."), (30, "Between ")])
def test_a_figure_is_told_plainly_only_when_there_are_enough_answers(
    nordwind: Partner, alice: Membership, lena: Membership, sign_in: SignIn, now: datetime, answers: int, words: str
) -> None:
    memory(lena, item(alice), now - timedelta(days=2), answers=answers)
    page = sign_in(lena).get(PRACTICE).content.decode()
    assert words in page
    assert ("is-faint" in page) == (answers < 30)


def test_practice_costs_the_same_for_one_and_three(
    nordwind: Partner,
    alice: Membership,
    lena: Membership,
    now: datetime,
    queries_of: Callable[[Membership, str], int],
) -> None:
    memory(lena, item(alice), now - timedelta(days=9))
    one = queries_of(lena, PRACTICE)
    memory(lena, item(alice), now - timedelta(days=9))
    memory(lena, item(alice), now - timedelta(days=9))
    assert queries_of(lena, PRACTICE) == one <= 12


def test_an_answer_takes_few_statements(
    due: list[Memory], lena: Membership, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(lena)
    path = start(client)
    with django_assert_num_queries(7):
        client.post(path, {"position": "0", "choice": "1"})


def test_mails_are_paused_and_resumed(due: list[Memory], lena: Membership, sign_in: SignIn, now: datetime) -> None:
    client = sign_in(lena)
    client.post(f"{PRACTICE}mails/", {"pause": "14"})
    rhythm = Rhythm.objects.get()
    assert (rhythm.cause, rhythm.paused_until) == ("asked", now + timedelta(days=14))
    assert "Paused until" in client.get(PRACTICE).content.decode()
    client.post(f"{PRACTICE}mails/", {"pause": "0"})
    assert Rhythm.objects.get().paused_until is None
    Preference.objects.create(membership=lena, category="recall", choice="off", changed_at=now)
    client.post(f"{PRACTICE}mails/", {"pause": "resume"})
    assert not Rhythm.objects.get().is_paused(now)
    assert not Preference.objects.exists()
    client.post(f"{PRACTICE}mails/", {"pause": "forever and ever"})
    assert not Rhythm.objects.get().is_paused(now)
    kinds = Fact.objects.order_by("id").values_list("kind", "amount")
    assert [(kind, int(amount)) for kind, amount in kinds] == [
        ("enablement.recall_paused", 1),
        ("enablement.recall_paused", 1),
        ("enablement.recall_resumed", -1),
    ]
