"""Learn: what a member sees, and the one page for everything else."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from enablement.models import Content, Memory, Progress, Review
from partners.models import Audience, Partner
from partners.services.audiences import remove_member
from prm.accounts.models import Membership
from prm.activity.models import Fact
from tests.enablement.factories import audience_for, content, item, memory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


@pytest.fixture
def article(readers: Audience, alice: Membership) -> Content:
    return content(alice, readers, title="Pricing", questions=2)


def test_learn_lists_what_the_gate_lets_through(
    article: Content, kestrel: Partner, alice: Membership, lena: Membership, paul: Membership, sign_in: SignIn
) -> None:
    content(alice, title="For nobody")
    content(alice, audience_for(paul, number=2), title="For Kestrel")
    page = sign_in(lena).get("/o/acme/learn/").content.decode()
    assert "Pricing" in page
    assert "For nobody" not in page
    assert "For Kestrel" not in page


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_what_is_not_published_is_nowhere(
    readers: Audience, alice: Membership, lena: Membership, sign_in: SignIn, state: str
) -> None:
    hidden = content(alice, readers, title="Secret plan", state=state)
    client = sign_in(lena)
    assert "Secret plan" not in client.get("/o/acme/learn/").content.decode()
    assert client.get(f"/o/acme/learn/{hidden.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Fresh", "Begun", "Done", "Old"]),
        ("?show=new", ["Fresh"]),
        ("?show=open", ["Begun"]),
        ("?show=done", ["Done"]),
        ("?q=FRÉSH", ["Fresh"]),
        ("?q=nothing+like+it", []),
        ("?show=nonsense", ["Fresh", "Begun", "Done", "Old"]),
        ("?page=99999999999999", ["Fresh", "Begun", "Done", "Old"]),
        ("?q=%00%27%3B--", []),
    ],
)
def test_learn_is_narrowed(
    readers: Audience,
    alice: Membership,
    lena: Membership,
    sign_in: SignIn,
    now: datetime,
    query: str,
    titles: list[str],
) -> None:
    made = {title: content(alice, readers, title=title, summary="") for title in ("Fresh", "Begun", "Done")}
    content(alice, readers, title="Old", summary="", published_at=now - timedelta(days=400))
    for title, completed_at in (("Begun", None), ("Done", now)):
        Progress.objects.create(
            membership=lena, content=made[title], opened_at=now, last_at=now, completed_at=completed_at
        )
    page = sign_in(lena).get(f"/o/acme/learn/{query}").content.decode()
    shown = re.findall(r'en-item-title"><a [^>]*>([^<]*)<', page)
    assert sorted(shown) == sorted(titles)


def test_learn_costs_the_same_for_one_and_three(
    readers: Audience, alice: Membership, lena: Membership, queries_of: Callable[[Membership, str], int]
) -> None:
    content(alice, readers)
    one = queries_of(lena, "/o/acme/learn/")
    content(alice, readers)
    content(alice, readers)
    assert queries_of(lena, "/o/acme/learn/") == one <= 12


def test_a_content_costs_the_same_for_one_question_and_three(
    readers: Audience, alice: Membership, lena: Membership, queries_of: Callable[[Membership, str], int]
) -> None:
    costs = [
        queries_of(lena, f"/o/acme/learn/{content(alice, readers, questions=questions).public_id}/")
        for questions in (1, 3)
    ]
    assert costs[0] == costs[1] <= 12


def test_the_content_s_page_shows_text_and_questions(article: Content, lena: Membership, sign_in: SignIn) -> None:
    page = sign_in(lena).get(f"/o/acme/learn/{article.public_id}/").content.decode()
    assert "A seat costs <strong>€ 40</strong> a month." in page
    assert page.count('name="choice" value="0"') == 2
    assert not Progress.objects.exists()


def test_forbidden_and_unknown_are_the_same_page(
    article: Content, kestrel: Partner, alice: Membership, paul: Membership, sign_in: SignIn
) -> None:
    client = sign_in(paul)
    for path in ("", "file/"):
        forbidden = client.get(f"/o/acme/learn/{article.public_id}/{path}")
        unknown = client.get(f"/o/acme/learn/zzzzzzzzzzzz/{path}")
        assert forbidden.status_code == unknown.status_code == 404
        assert _plain(forbidden.content.decode()) == _plain(unknown.content.decode())
        assert "Pricing" not in forbidden.content.decode()
        assert article.public_id not in _plain(forbidden.content.decode())
        assert "Ask Alice for access" in forbidden.content.decode()


def _plain(page: str) -> str:
    """The page without what differs from request to request: its own address, nonces, tokens."""
    page = re.sub(r'name="next" value="[^"]*"', "", page)
    page = re.sub(r'nonce="[^"]*"', "", page)
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


@pytest.mark.parametrize("path", ["done/", "beat/", "check/zzzzzzzzzzzz/"])
def test_nothing_can_be_done_to_what_is_not_for_the_member(
    article: Content, kestrel: Partner, paul: Membership, sign_in: SignIn, path: str
) -> None:
    client = sign_in(paul)
    path = path.replace("zzzzzzzzzzzz", article.recall_items.all()[0].public_id)
    assert client.post(f"/o/acme/learn/{article.public_id}/{path}", {"seconds": 5, "choice": 1}).status_code == 404
    assert not Progress.objects.exists()
    assert not Memory.objects.exists()
    assert not Fact.objects.exists()


def test_leaving_the_audience_ends_the_next_request(
    article: Content, readers: Audience, lena: Membership, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(lena)
    assert client.get(f"/o/acme/learn/{article.public_id}/").status_code == 200
    remove_member(readers, lena, now)
    assert client.get(f"/o/acme/learn/{article.public_id}/").status_code == 404


def test_done_completes_once_and_enrols(article: Content, nordwind: Partner, lena: Membership, sign_in: SignIn) -> None:
    client = sign_in(lena)
    for _ in range(2):
        response = client.post(f"/o/acme/learn/{article.public_id}/done/")
        assert (response.status_code, response["Location"]) == (303, f"/o/acme/learn/{article.public_id}/")
    progress = Progress.objects.get()
    assert progress.completed_at is not None
    assert progress.reached == 100
    assert [memory.cause for memory in Memory.objects.all()] == ["content", "content"]
    assert Fact.objects.filter(kind="enablement.content_completed").count() == 1
    assert Fact.objects.filter(kind="enablement.content_opened").count() == 1
    page = client.get(f"/o/acme/learn/{article.public_id}/").content.decode()
    assert "I am through with it" not in page


def test_a_beat_is_opened_once_and_counts_time_that_can_have_passed(
    article: Content, nordwind: Partner, lena: Membership, sign_in: SignIn
) -> None:
    client, path = sign_in(lena), f"/o/acme/learn/{article.public_id}/beat/"
    for seconds, reached in (("1", "20"), ("50", "80"), ("9999999", "60"), ("-5", "x"), ("", "")):
        assert client.post(path, {"seconds": seconds, "reached": reached}).status_code == 204
    progress = Progress.objects.get()
    assert progress.seconds <= 12
    assert progress.reached == 80
    assert Fact.objects.get().kind == "enablement.content_opened"


def test_answering_checks_the_content_off_and_enrols(
    article: Content, nordwind: Partner, lena: Membership, sign_in: SignIn
) -> None:
    client = sign_in(lena)
    for asked in article.recall_items.order_by("position"):
        page = client.get(f"/o/acme/learn/{article.public_id}/").content.decode()
        form = _form_of(page, asked.public_id)
        path = f"/o/acme/learn/{article.public_id}/check/{asked.public_id}/"
        response = client.post(path, {**form, "choice": _number_of(page, asked.public_id, "Above 10 %")})
        assert response.status_code == 303
        assert response["Location"].endswith(f"#check-{asked.public_id}")
    assert [review.rating for review in Review.objects.all()] == [3, 3]
    assert [memory.cause for memory in Memory.objects.all()] == ["quiz", "quiz"]
    assert Progress.objects.get().completed_at is not None
    page = client.get(f"/o/acme/learn/{article.public_id}/").content.decode()
    assert page.count("shortly before you would forget it.") == 2


def test_not_sure_shows_the_answer_and_htmx_gets_the_card_alone(
    article: Content, nordwind: Partner, lena: Membership, sign_in: SignIn
) -> None:
    client = sign_in(lena)
    asked = article.recall_items.all()[0]
    form = _form_of(client.get(f"/o/acme/learn/{article.public_id}/").content.decode(), asked.public_id)
    path = f"/o/acme/learn/{article.public_id}/check/{asked.public_id}/"
    response = client.post(
        path, {**form, "choice": "0"}, headers={"HX-Request": "true", "HX-Target": f"check-{asked.public_id}"}
    )
    card = response.content.decode()
    assert card.strip().startswith("<section")
    assert "Here it is" in card
    assert asked.explanation in card
    assert (Review.objects.get().choice, Review.objects.get().rating) == (None, 1)


@pytest.mark.parametrize("choice", ["", "9", "7", "-1", "x", "1; drop"])
def test_what_is_no_choice_is_refused_and_kept_on_the_page(
    article: Content, nordwind: Partner, lena: Membership, sign_in: SignIn, choice: str
) -> None:
    client = sign_in(lena)
    asked = article.recall_items.all()[0]
    form = _form_of(client.get(f"/o/acme/learn/{article.public_id}/").content.decode(), asked.public_id)
    path = f"/o/acme/learn/{article.public_id}/check/{asked.public_id}/"
    response = client.post(path, {**form, "choice": choice})
    assert response.status_code == 422
    assert "Choose an answer, or say that you are not sure." in response.content.decode()
    assert not Review.objects.exists()


def test_the_same_answer_sent_twice_counts_once(
    article: Content, nordwind: Partner, lena: Membership, sign_in: SignIn
) -> None:
    client = sign_in(lena)
    asked = article.recall_items.all()[0]
    form = _form_of(client.get(f"/o/acme/learn/{article.public_id}/").content.decode(), asked.public_id)
    path = f"/o/acme/learn/{article.public_id}/check/{asked.public_id}/"
    assert [client.post(path, {**form, "choice": "1"}).status_code for _ in range(2)] == [303, 303]
    assert Review.objects.count() == 1


def test_another_content_s_question_or_wording_is_not_answered_here(
    article: Content, readers: Audience, alice: Membership, lena: Membership, sign_in: SignIn
) -> None:
    other = content(alice, readers, questions=1)
    foreign, own = other.recall_items.get(), article.recall_items.all()[0]
    client, path = sign_in(lena), f"/o/acme/learn/{article.public_id}/check"
    assert client.post(f"{path}/{foreign.public_id}/", {"choice": "1"}).status_code == 404
    wording = foreign.variants.get().public_id
    assert client.post(f"{path}/{own.public_id}/", {"choice": "1", "turn": "0", "variant": wording}).status_code == 303
    assert not Review.objects.exists()


def test_staff_and_strangers_stay_outside(
    article: Content, alice: Membership, charlie: Membership, sign_in: SignIn
) -> None:
    path = f"/o/acme/learn/{article.public_id}/"
    assert sign_in(alice).get(path).status_code == 403
    assert sign_in(charlie).get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_a_known_memory_is_told_beside_its_question(
    article: Content, nordwind: Partner, lena: Membership, sign_in: SignIn, now: datetime
) -> None:
    memory(lena, article.recall_items.all()[0], now - timedelta(days=20), cause="content")
    page = sign_in(lena).get(f"/o/acme/learn/{article.public_id}/").content.decode()
    assert page.count('name="choice" value="0"') == 2


def test_an_item_outside_its_time_is_not_asked(
    article: Content, alice: Membership, lena: Membership, sign_in: SignIn, now: datetime
) -> None:
    item(alice, article, valid_from=now + timedelta(days=4000))
    item(alice, article, valid_until=now - timedelta(days=4000))
    page = sign_in(lena).get(f"/o/acme/learn/{article.public_id}/").content.decode()
    assert page.count('name="choice" value="0"') == 2


def _form_of(page: str, item_id: str) -> dict[str, str]:
    """The hidden fields of the question's form, but the token that tests need not send."""
    card = page[page.index(f'id="check-{item_id}"') :]
    return {name: re.search(rf'name="{name}" value="([^"]*)"', card)[1] for name in ("variant", "turn")}  # type: ignore[index]


def _number_of(page: str, item_id: str, text: str) -> str:
    """The number under which the option is shown."""
    card = page[page.index(f'id="check-{item_id}"') :]
    found = re.search(rf'value="(\d)" required><span class="en-option-text">{re.escape(text)}<', card)
    assert found
    return found[1]
