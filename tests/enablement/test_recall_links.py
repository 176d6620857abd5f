"""Links in mails: looking records nothing, answering does it once, misuse is answered kindly."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from enablement.models import Memory, Nudge, Review, Rhythm, Round
from enablement.queries.questions import seed_of_nudge
from enablement.rules import shown_order
from partners.models import Partner
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.outbox.models import Message, Preference
from prm.outbox.services import post
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.enablement.factories import item, memory, nudge

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@pytest.fixture
def asked(nordwind: Partner, alice: Membership, lena: Membership, now: datetime) -> Nudge:
    known = memory(lena, item(alice), now - timedelta(days=9))
    return nudge(lena, known.item)


@pytest.fixture
def link(asked: Nudge, lena: Membership, now: datetime) -> str:
    post(kind="enablement.nudge", subject_id=asked.pk, recipient=lena, now=now)
    return f"/o/acme/r/{Message.objects.get().token('recall')}/"


def right(asked: Nudge) -> str:
    """The number under which the right option is shown."""
    return str(shown_order(asked.variant, seed_of_nudge(asked)).index(asked.variant.correct) + 1)


def test_looking_records_nothing_and_preselects(link: str, asked: Nudge) -> None:
    client = Client()
    for method in (client.get, client.head):
        for choice in ("", "?choice=0", "?choice=3", "?choice=99", "?choice=x"):
            assert method(link + choice).status_code == 200
    page = client.get(f"{link}?choice=3").content.decode()
    assert re.search(r'value="3" required checked', page)
    assert page.count("checked>") == 1
    assert not Review.objects.exists()
    assert not Fact.objects.exists()
    assert Nudge.objects.get().answered_at is None
    assert Memory.objects.get().answers == 0


def test_the_answer_counts_once_without_signing_in(link: str, asked: Nudge, now: datetime) -> None:
    client = Client()
    response = client.post(link, {"choice": right(asked)})
    assert (response.status_code, response["Location"]) == (303, link)
    review = Review.objects.get()
    assert (review.rating, review.channel, review.predicted, review.choice) == (3, "mail", 0.8, asked.variant.correct)
    answered = Nudge.objects.get()
    assert (answered.answered_at, answered.review_id) == (now, review.pk)
    page = client.get(link).content.decode()
    assert "Right" in page
    assert asked.item.explanation in page
    assert "Too early to say." in page
    assert client.post(link, {"choice": "1"}).status_code == 303
    assert Review.objects.count() == 1
    assert Memory.objects.get().answers == 1


def test_the_form_s_post_is_protected_against_other_sites(link: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(link, {"choice": "1"}).status_code == 403
    assert not Review.objects.exists()


@pytest.mark.parametrize("choice", ["", "7", "x", "-1", "11"])
def test_no_choice_is_refused_and_the_link_stays_good(link: str, choice: str) -> None:
    client = Client()
    response = client.post(link, {"choice": choice})
    assert response.status_code == 422
    assert "Choose an answer, or say that you are not sure." in response.content.decode()
    assert client.post(link, {"choice": "0"}).status_code == 303


def _expired(asked: Nudge) -> None:
    Nudge.objects.update(expires_at=asked.asked_at)


def _long_answered(asked: Nudge) -> None:
    Nudge.objects.update(answered_at=asked.asked_at - timedelta(hours=2))


def _retired(asked: Nudge) -> None:
    asked.item.state = "retired"
    asked.item.save()


def _no_longer_valid(asked: Nudge) -> None:
    asked.item.valid_until = asked.asked_at
    asked.item.save()


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (_expired, 410, "This question has had its time"),
        (_long_answered, 200, "You have answered this one"),
        (_retired, 410, "This question was taken back"),
        (_no_longer_valid, 410, "This question was taken back"),
    ],
)
def test_a_link_that_has_had_its_time_says_so_kindly(
    link: str, asked: Nudge, change: Callable[[Nudge], None], status: int, words: str
) -> None:
    change(asked)
    client = Client()
    response = client.get(link)
    assert response.status_code == status
    assert words in response.content.decode()
    assert client.post(link, {"choice": "1"}).status_code == 303
    assert not Review.objects.exists()


def test_a_cut_or_invented_link_is_unknown(link: str) -> None:
    client = Client()
    token = link.split("/")[-2]
    changed = token[:-1] + ("y" if token.endswith("z") else "z")
    for wrong in (token[:-1], token[:12], "z" * len(token), token.upper(), token + "a", changed):
        for path in ("", "more/", "pause/"):
            response = client.get(f"/o/acme/r/{wrong}/{path}")
            assert response.status_code == 404
            assert "This link does not lead anywhere" in response.content.decode()
        assert client.post(f"/o/acme/r/{wrong}/", {"choice": "1"}).status_code == 404
    assert not Review.objects.exists()


def test_a_link_of_one_organization_is_nothing_in_another(
    acme: Organization, umbrella: Organization, alice: Membership, lena: Membership, now: datetime
) -> None:
    with scope(acme):
        asked = nudge(lena, memory(lena, item(alice), now - timedelta(days=9)).item)
        post(kind="enablement.nudge", subject_id=asked.pk, recipient=lena, now=now)
        token = Message.objects.get().token("recall")
    client = Client()
    for path in ("", "more/", "pause/"):
        assert client.get(f"/o/umbrella/r/{token}/{path}").status_code == 404
    assert client.post(f"/o/umbrella/r/{token}/", {"choice": "1"}).status_code == 404
    assert client.get(f"/o/acme/r/{token}/").status_code == 200
    assert client.get(f"/o/nowhere/r/{token}/").status_code == 404


def test_who_left_has_no_question(link: str, lena: Membership) -> None:
    lena.state = Membership.State.REMOVED
    lena.save()
    assert Client().get(link).status_code == 404


def test_somebody_else_s_account_answers_nothing(
    link: str, kestrel: Partner, paul: Membership, lena: Membership, sign_in: SignIn
) -> None:
    client = sign_in(paul)
    assert client.get(link).status_code == 403
    assert "This question is for Lena" in client.get(link).content.decode()
    assert client.post(link, {"choice": "1"}).status_code == 403
    assert not Review.objects.exists()
    assert sign_in(lena).get(link).status_code == 200


def test_two_more_within_the_hour_behind_the_same_link(
    link: str, asked: Nudge, alice: Membership, lena: Membership, now: datetime, clock: time_machine.Traveller
) -> None:
    for _ in range(3):
        memory(lena, item(alice), now - timedelta(days=9))
    client, more = Client(), f"{link}more/"
    assert client.get(more)["Location"] == link
    assert client.post(more)["Location"] == link
    client.post(link, {"choice": "0"})
    assert "Two more, 60 seconds" in client.get(link).content.decode()
    for _ in range(2):
        assert client.post(more)["Location"] == more
    assert Round.objects.get().questions.count() == 2
    for position in range(2):
        assert "Confirm" in client.get(more).content.decode()
        response = client.post(more, {"position": str(position), "choice": "0"})
        assert response["Location"] == f"{more}?after={position}"
        assert "Here it is" in client.get(response["Location"]).content.decode()
    assert "That was it. Thank you!" in client.get(more).content.decode()
    assert [review.channel for review in Review.objects.all()] == ["mail"] * 3
    assert "Two more" not in client.get(link).content.decode()
    clock.shift(timedelta(minutes=61))
    assert client.get(more)["Location"] == link
    assert client.post(more, {"position": "0", "choice": "1"})["Location"] == link


@pytest.mark.parametrize(
    "data", [{"position": "0", "choice": "9"}, {"position": "5", "choice": "1"}, {"position": "x", "choice": "1"}]
)
def test_wrong_answers_to_two_more_are_refused(
    link: str, alice: Membership, lena: Membership, now: datetime, data: dict[str, str]
) -> None:
    memory(lena, item(alice), now - timedelta(days=9))
    client, more = Client(), f"{link}more/"
    client.post(link, {"choice": "0"})
    client.post(more)
    assert client.post(more, data).status_code == 422
    assert Review.objects.count() == 1


def test_nothing_more_is_due(link: str) -> None:
    client = Client()
    client.post(link, {"choice": "0"})
    assert "more," not in client.get(link).content.decode()
    assert client.post(f"{link}more/")["Location"] == link


def test_pausing_works_without_signing_in_and_after_the_question_has_had_its_time(
    link: str, asked: Nudge, lena: Membership, now: datetime
) -> None:
    _expired(asked)
    client, pause = Client(), f"{link}pause/"
    assert "Pause for two weeks" in client.get(pause).content.decode()
    assert not Rhythm.objects.exists()
    for wanted, until in (("14", now + timedelta(days=14)), ("28", now + timedelta(days=28)), ("0", None)):
        assert client.post(pause, {"pause": wanted})["Location"] == pause
        assert Rhythm.objects.get().paused_until == until
    client.post(pause, {"pause": "stop"})
    assert Preference.objects.get().choice == "off"
    assert "turned off" in client.get(pause).content.decode()
    client.post(pause, {"pause": "resume"})
    assert not Preference.objects.exists()
    assert not Rhythm.objects.get().is_paused(now)
    client.post(pause, {"pause": "nonsense"})
    assert not Rhythm.objects.get().is_paused(now)
