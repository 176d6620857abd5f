"""Pages of reviewing: who may, what is hidden, wrong input, and drafting on the board."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from cohorts.models import Application, Cohort, Decision, Review, Reviewer, SelectionPlan
from cohorts.parts import Part
from cohorts.queries.reviews import hidden_name
from cohorts.services.reviews import compare_reviews, spread_reviews
from cohorts.services.selection_plans import own_plan
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from tests.cohorts import factories
from tests.factories import NOW, staff

type SignIn = Callable[[Membership], Client]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def analyst(in_acme: object) -> Membership:
    """Sees cohorts and changes nothing, but may be asked for points."""
    return staff(in_acme, "ana@acme.example", "Ana Lutz", "analyst")  # type: ignore[arg-type]


@pytest.fixture
def selecting(winter: Cohort, analyst: Membership, bob: Membership) -> Cohort:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting", parts=[Part.REVIEWS])
    winter.refresh_from_db()
    for reviewer in (analyst, bob):
        Reviewer.objects.create(cohort=winter, membership=reviewer)
    return winter


@pytest.fixture
def application(selecting: Cohort, lena: Membership) -> Application:
    made = factories.application(
        selecting,
        lena,
        answers={
            "why": "Because of Harz.",
            "project": "One customer.",
            "experience": "new",
            "avoids": "Kestrel people",
        },
    )
    spread_reviews(cohort=selecting, now=NOW)
    return made


def settings(selecting: Cohort, *reviewers: Membership, **fields: Any) -> dict[str, Any]:
    return {
        "revision": own_plan(selecting).revision,
        "reviewers": [one.pk for one in reviewers],
        "reviews_wanted": 1,
        "is_blind": "on",
        "label_0": "Has a customer in mind",
        "weight_0": 3,
        "label_1": "Is curious",
        **fields,
    }


def points(**fields: Any) -> dict[str, Any]:
    return {"points_work": 5, "points_fit": 3, "points_gives": 2, **fields}


def page(client: Client, name: str, *args: str) -> str:
    response = client.get(address(name, *args))
    assert response.status_code == 200
    return response.content.decode()


def test_who_reviews_and_by_what_is_written_down(
    selecting: Cohort, frida: Membership, bob: Membership, sign_in: SignIn
) -> None:
    url = address("selection_reviews", selecting.public_id)
    sent = settings(selecting, bob, compare_on="2026-12-01", hides_names="on")
    assert sign_in(frida).post(url, sent).status_code == 303
    plan = SelectionPlan.objects.get(cohort=selecting)
    assert [(row["label"], row["weight"]) for row in plan.rubric] == [("Has a customer in mind", 3), ("Is curious", 1)]
    assert (plan.reviews_wanted, plan.is_blind, plan.hides_names) == (1, True, True)
    # The end of that day where the cohort lives.
    assert plan.compare_at == factories.berlin(2, 0)
    assert list(Reviewer.objects.values_list("membership", flat=True)) == [bob.pk]


def test_saving_again_keeps_lines_and_the_moment(
    selecting: Cohort, frida: Membership, bob: Membership, sign_in: SignIn
) -> None:
    client, url = sign_in(frida), address("selection_reviews", selecting.public_id)
    compare_reviews(actor=Actor.of(frida), cohort=selecting, is_open=True, now=NOW)
    shown = client.get(url).context["form"].initial
    sent = {name: value for name, value in shown.items() if value is not None}
    sent |= {"is_blind": "on", "hides_names": "", "label_2": "Will tell others"}
    assert client.post(url, sent).status_code == 303
    plan = SelectionPlan.objects.get(cohort=selecting)
    assert plan.compare_at == NOW
    assert [row["key"] for row in plan.rubric][:2] == ["work", "fit"]
    assert plan.rubric[2]["label"] == "Will tell others"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reviewers": []},
        {"label_0": "", "label_1": ""},
        {"label_0": "The same", "label_1": "the same"},
        {"reviews_wanted": 9},
        {"compare_on": "9999-12-31"},
        {"reviewers": [999_999]},
        {"label_0": "with \0 in it"},
        {"weight_0": "many"},
    ],
)
def test_wrong_settings_are_answered_and_keep_what_was_typed(
    selecting: Cohort, frida: Membership, bob: Membership, sign_in: SignIn, wrong: dict[str, Any]
) -> None:
    sent = settings(selecting, bob, meaning_1="Kept words") | wrong
    response = sign_in(frida).post(address("selection_reviews", selecting.public_id), sent)
    assert response.status_code == 422
    assert "Kept words" in response.content.decode()
    assert Reviewer.objects.count() == 2


def test_who_saves_second_sees_what_was_saved(
    selecting: Cohort, frida: Membership, bob: Membership, sign_in: SignIn
) -> None:
    client, url = sign_in(frida), address("selection_reviews", selecting.public_id)
    sent = settings(selecting, bob)
    assert client.post(url, sent).status_code == 303
    response = client.post(url, sent | {"label_0": "Mine"})
    assert response.status_code == 422
    assert "Has a customer in mind" in response.content.decode()


def test_long_lists_are_shown_in_part_until_somebody_wants_all(
    selecting: Cohort, application: Application, analyst: Membership, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cohorts.views.studio.reviews.SHOWN", 0)
    client, where = sign_in(analyst), address("review_list", selecting.public_id)
    part = client.get(where).content.decode()
    assert "more: show all" in part
    assert application.public_id not in part
    everything = client.get(f"{where}?show=all").content.decode()
    assert "more: show all" not in everything
    assert application.public_id in everything


def test_a_reviewer_without_other_rights_gives_points(
    selecting: Cohort, application: Application, analyst: Membership, sign_in: SignIn
) -> None:
    client = sign_in(analyst)
    desk = page(client, "review_list", selecting.public_id)
    assert "Lena Brandt" in desk
    url = address("review_write", selecting.public_id, application.public_id)
    text = client.get(url).content.decode()
    assert "Because of Harz." in text
    # Told in confidence to those who put the group together.
    assert "Kestrel people" not in text
    response = client.post(url, points(comment="Take her."))
    assert response.status_code == 303
    assert response["Location"] == address("review_list", selecting.public_id)
    assert Review.objects.written().get().points == {"work": 5, "fit": 3, "gives": 2}
    assert "Nothing waits for you" in page(client, "review_list", selecting.public_id)
    # Deciding is not theirs.
    decide = address("application_decide", selecting.public_id, application.public_id)
    assert client.get(decide).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"points_work": ""}, {"points_work": 6}, {"points_work": "x"}, {"comment": "x" * 2001}, {"comment": "\0"}]
)
def test_wrong_points_are_answered(
    selecting: Cohort, application: Application, analyst: Membership, sign_in: SignIn, wrong: dict[str, Any]
) -> None:
    url = address("review_write", selecting.public_id, application.public_id)
    response = sign_in(analyst).post(url, points(comment="Kept words") | wrong)
    assert response.status_code == 422
    assert not Review.objects.written().exists()


def test_after_one_comes_the_next(
    selecting: Cohort, application: Application, paul: Membership, analyst: Membership, sign_in: SignIn
) -> None:
    other = factories.application(selecting, paul)
    spread_reviews(cohort=selecting, now=NOW)
    client = sign_in(analyst)
    first = client.post(address("review_write", selecting.public_id, application.public_id), points())
    assert first["Location"] == address("review_write", selecting.public_id, other.public_id)
    skipped = client.post(address("review_abstain", selecting.public_id, other.public_id), {"reason": "Cannot tell."})
    assert skipped["Location"] == address("review_list", selecting.public_id)
    assert Review.objects.get(membership=analyst, application=other).comment == "Cannot tell."
    too_long = client.post(address("review_abstain", selecting.public_id, application.public_id), {"reason": "x" * 301})
    assert too_long.status_code == 422


def test_names_are_hidden_from_reviewers_until_all_is_open(
    selecting: Cohort,
    application: Application,
    analyst: Membership,
    bob: Membership,
    alice: Membership,
    sign_in: SignIn,
) -> None:
    SelectionPlan.objects.filter(cohort=selecting).update(hides_names=True)
    hidden = hidden_name(application.public_id)
    ids = (selecting.public_id, application.public_id)
    pages = [("review_list", ids[:1]), ("review_write", ids), ("application_list", ids[:1])]
    reading = [(analyst, pages), (bob, [*pages, ("application_decide", ids)])]
    for reader, listed in reading:
        client = sign_in(reader)
        for name, args in listed:
            text = page(client, name, *args)
            assert hidden in text, name
            for given in ("Lena", "Nordwind", "nordwind", "Kestrel people"):
                assert given not in text, (name, given)
    # Alice does not review: somebody must be able to answer a telephone.
    assert "Lena Brandt" in page(sign_in(alice), "application_list", selecting.public_id)
    compare_reviews(actor=Actor.of(alice), cohort=selecting, is_open=True, now=NOW)
    for reader, listed in reading:
        client = sign_in(reader)
        for name, args in listed:
            assert "Lena Brandt" in page(client, name, *args), name


def test_opening_and_asking_by_button(
    selecting: Cohort, application: Application, frida: Membership, sign_in: SignIn
) -> None:
    client = sign_in(frida)
    url = address("review_compare", selecting.public_id)
    client.post(url, {"open": "1"})
    assert own_plan(selecting).compare_at is not None
    assert "All points are open" in page(client, "review_list", selecting.public_id)
    client.post(url)
    assert own_plan(selecting).compare_at is None
    Review.objects.all().delete()
    assert "fewer people than you want" in page(client, "review_list", selecting.public_id)
    client.post(address("review_spread", selecting.public_id))
    assert Review.objects.asked().count() == 2
    assert "fewer people than you want" not in page(client, "review_list", selecting.public_id)


def test_with_the_part_off_there_is_nothing(
    selecting: Cohort, application: Application, frida: Membership, sign_in: SignIn
) -> None:
    Cohort.objects.filter(pk=selecting.pk).update(parts=[])
    client = sign_in(frida)
    for name in ("selection_reviews", "review_list"):
        assert client.get(address(name, selecting.public_id)).status_code == 404
    assert client.get(address("review_write", selecting.public_id, application.public_id)).status_code == 404
    assert client.post(address("review_spread", selecting.public_id)).status_code == 404
    assert "Reviews" not in page(client, "application_list", selecting.public_id)
    # What it holds is kept.
    assert Review.objects.count() == 2


# ── Drafting on the board ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_decision_is_drafted_on_the_board_and_the_room_follows(
    selecting: Cohort, application: Application, frida: Membership, sign_in: SignIn
) -> None:
    client, url = sign_in(frida), address("decision_draft", selecting.public_id)
    response = client.post(url, {"accept": application.public_id}, headers={"hx-request": "true", "hx-target": "board"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in text
    assert "<strong>1</strong>" in text
    assert "Release 1 decision" in text
    decision = Decision.objects.get()
    assert (decision.kind, decision.decided_by_id) == ("accept", frida.pk)
    assert "Lena" in decision.wording
    plain = client.post(url, {"wait": application.public_id})
    assert plain["Location"] == address("application_list", selecting.public_id)
    assert Decision.objects.get().kind == "wait"


@pytest.mark.parametrize("sent", [{}, {"accept": ""}, {"accept": "x" * 200}, {"maybe": "x"}, {"accept": "\0"}])
def test_nonsense_drafts_nothing(
    selecting: Cohort, application: Application, frida: Membership, sign_in: SignIn, sent: dict[str, str]
) -> None:
    assert sign_in(frida).post(address("decision_draft", selecting.public_id), sent).status_code == 303
    assert not Decision.objects.exists()


def test_an_unknown_application_is_not_found(selecting: Cohort, frida: Membership, sign_in: SignIn) -> None:
    response = sign_in(frida).post(address("decision_draft", selecting.public_id), {"accept": "nowhere"})
    assert response.status_code == 404


def test_the_room_is_counted_with_whom_one_looks_at(
    selecting: Cohort, application: Application, frida: Membership, sign_in: SignIn
) -> None:
    client = sign_in(frida)
    url = address("application_decide", selecting.public_id, application.public_id)

    def total(query: str) -> tuple[int, str]:
        room = client.get(f"{url}{query}").context["room"]
        return room.total, room.newcomer

    assert total("") == (0, "")
    assert total("?kind=accept") == (1, "Lena Brandt")
    client.post(f"{url}?kind=accept", {"kind": "accept", "reason": "", "wording": "You are in."})
    assert total("?kind=accept") == (1, "Lena Brandt")
    assert total("?kind=decline") == (0, "")
    partial = client.get(f"{url}?kind=accept", headers={"hx-request": "true", "hx-target": "decide"})
    assert "<html" not in partial.content.decode()
