"""Agendas: read out of text, weighed, built by two at once; the library with one's own words over what is shipped."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection
from django.http import Http404

from cohorts import agenda_text, rules
from cohorts.agenda_text import TextItem
from cohorts.models import AgendaItem, Cohort, LibraryItem, Session
from cohorts.queries.agenda import agenda_of, agendas_in_words, worded_agenda
from cohorts.queries.library import entry_of, library, offered
from cohorts.rules import agenda_checks, meters, moved
from cohorts.services import agenda as services
from cohorts.services.agenda import ItemPlan, plan_items, plan_text
from cohorts.services.library import (
    add_library_item,
    edit_library_item,
    plan_of,
    restore_library_item,
    show_library_item,
)
from cohorts.shapes import SMALL, item_plan
from cohorts.shipped_items import BY_KEY, SHIPPED
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW

PROPOSED = "- **5 min** What we want to leave with\n- **10 min** In pairs: what for?\n- **35 min** Each shows\n"


@pytest.fixture
def first(winter: Cohort) -> Session:
    """Four parts: pairs soon, a demo, work, what comes next."""
    session = Session.objects.select_related("cohort__program").get(number=1)
    for title, minutes, kind, speaker in (
        ("Hello", 5, "ritual", "facilitator"),
        ("In pairs", 15, "pairs", "participants"),
        ("Somebody shows", 25, "demo", "participants"),
        ("Until next time", 10, "homework", "facilitator"),
    ):
        factories.item(session, title, minutes, kind=kind, speaker=speaker, is_flexible=kind == "demo")
    return session


def titles(session: Session) -> list[str]:
    return [item.title for item in AgendaItem.objects.filter(session=session).in_order()]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", []),
        (
            PROPOSED,
            [
                TextItem("What we want to leave with", 5),
                TextItem("In pairs: what for?", 10),
                TextItem("Each shows", 35),
            ],
        ),
        ("- Hello (10 min)\n* Work, 20 minutes", [TextItem("Hello", 10), TextItem("Work", 20)]),
        ("1. 5 min: Hello\n\n- By hand", [TextItem("Hello", 5), TextItem("By hand", 0)]),
        ("Talk in pairs", [TextItem("Talk in pairs", 0)]),
        ("# Plan\n\nWe talk.\nThen we stop.", [TextItem("Plan", 0, "# Plan\n\nWe talk.\nThen we stop.")]),
        ("- **900 min** Too long", [TextItem("**900 min** Too long", 0, "- **900 min** Too long")]),
        ("- 5 min " + "x" * 200, [TextItem("x" * 159 + "…", 5, "x" * 200)]),
    ],
)
def test_text_becomes_items_and_nothing_is_lost(text: str, items: list[TextItem]) -> None:
    assert agenda_text.items_of(text) == items


@pytest.mark.parametrize("text", [PROPOSED, "a\nb\nc", "- 5 min Hello\nand then\n> quoted\n\n\n1) last 3 min"])
def test_every_word_of_a_text_is_in_its_items(text: str) -> None:
    kept = " ".join(f"{item.minutes} min {item.title} {item.notes}" for item in agenda_text.items_of(text))
    for word in text.replace("*", " ").split():
        assert word.strip("-1)") in kept


def test_meters_and_checks(first: Session) -> None:
    agenda = agenda_of(first)
    found = agenda.meters
    assert (found.planned, found.length, found.talk, found.fixed, found.left, found.over) == (55, 60, 73, 55, 5, 0)
    assert (found.talks_enough, found.is_balanced, found.fits) == (True, True, True)
    assert [(check.code, check.is_met) for check in agenda.checks] == [
        ("pairs", True),
        ("product", False),
        ("next_step", True),
    ]
    assert [row.at for row in agenda.rows] == ["10:00", "10:05", "10:20", "10:45"]
    assert agenda.ends == "10:55"


@pytest.mark.parametrize(
    ("kinds", "met"),
    [
        ([("other", 9), ("pairs", 5)], True),
        ([("other", 10), ("pairs", 5)], False),
        ([("pairs", 5)], True),
        ([], False),
    ],
)
def test_pairs_begin_in_the_first_ten_minutes(kinds: list[tuple[str, int]], met: bool) -> None:
    items = [AgendaItem(kind=kind, minutes=minutes) for kind, minutes in kinds]
    assert agenda_checks(items, "A list")[0].is_met is met


def test_a_homework_briefing_at_the_beginning_is_no_next_step() -> None:
    items = [AgendaItem(kind="homework", minutes=5), AgendaItem(kind="work", minutes=30)]
    assert not agenda_checks(items, "")[2].is_met
    assert agenda_checks(items[::-1], "")[2].is_met


def test_an_empty_agenda_has_no_shares() -> None:
    found = meters([], 60)
    assert (found.talk, found.fixed, found.flexible, found.left) == (0, 0, 0, 60)
    assert rules.meters([AgendaItem(minutes=70, speaker="guest")], 60).over == 10


@pytest.mark.parametrize(
    ("pk", "step", "order"),
    [(2, -1, [2, 1, 3]), (2, 1, [1, 3, 2]), (1, -1, [1, 2, 3]), (3, 1, [1, 2, 3]), (9, 1, [1, 2, 3])],
)
def test_moving_stops_at_the_ends(pk: int, step: int, order: list[int]) -> None:
    assert moved([1, 2, 3], pk, step) == order


def test_what_is_proposed_passes_its_own_checks(in_acme: Organization) -> None:
    for idea in SMALL.sessions:
        items = [AgendaItem(**item_plan(item.data())) for item in idea.items]
        assert all(check.is_met for check in agenda_checks(items, str(idea.leaves_with))), idea.title
        found = meters(items, 60)
        assert (found.planned, found.talks_enough, found.is_balanced or found.fixed > 60) == (60, True, True)


def test_shipped_items_are_whole_and_ask_without_grading(in_acme: Organization) -> None:
    assert len(BY_KEY) == len(SHIPPED) >= 15
    for item in SHIPPED:
        words = f"{item.say} {item.ask}"
        assert all((item.title, item.aim, item.say, item.minutes)), item.key
        assert "?" in str(item.ask), item.key
        assert not any(grade in words.casefold() for grade in ("well done", "correct", "wrong answer", "score")), (
            item.key
        )


def test_plain_data_becomes_an_agenda(first: Session) -> None:
    second = Session.objects.get(number=2)
    plan_items(
        second,
        [
            {"minutes": 10, "title": "In pairs", "speaker": "participants", "is_flexible": False, "kind": "pairs"},
            {"minutes": 20, "title": "Guest", "speaker": "guest", "is_flexible": True, "kind": "guest"},
        ],
    )
    assert [(item.position, item.title, item.speaker) for item in AgendaItem.objects.filter(session=second)] == [
        (0, "In pairs", "participants"),
        (1, "Guest", "guest"),
    ]
    third = Session.objects.get(number=3)
    plan_text(third, PROPOSED)
    assert worded_agenda(AgendaItem.objects.filter(session=third).in_order()) == PROPOSED.strip()
    words = agendas_in_words([first, second])
    assert words[second.pk] == "- 10 min: In pairs\n- 20 min: Guest"


def test_items_are_added_at_their_place_and_taken_out(first: Session, actor: Actor, now: datetime) -> None:
    services.add_item(actor=actor, session=first, plan=ItemPlan("Last"), now=now)
    services.add_item(actor=actor, session=first, plan=ItemPlan("Second"), place=1, now=now)
    assert titles(first) == ["Hello", "Second", "In pairs", "Somebody shows", "Until next time", "Last"]
    services.remove_item(actor=actor, item=AgendaItem.objects.get(title="Second"), now=now)
    assert titles(first) == ["Hello", "In pairs", "Somebody shows", "Until next time", "Last"]
    first.refresh_from_db()
    assert first.agenda_revision == 4
    assert (first.revision, first.sequence) == (1, 0), "calendars and the session's own form do not follow"
    assert AuditEntry.objects.filter(verb="cohorts.agenda_edited").count() == 3


def test_an_agenda_has_an_end(first: Session, actor: Actor, now: datetime) -> None:
    plan_items(first, [{"title": str(number), "minutes": 1} for number in range(services.MOST_ITEMS - 4)])
    with pytest.raises(Refused) as refusal:
        services.add_item(actor=actor, session=first, plan=ItemPlan("One more"), now=now)
    assert refusal.value.codes == {"full"}


def test_moving_and_ordering_go_by_what_was_seen(first: Session, actor: Actor, now: datetime) -> None:
    item = AgendaItem.objects.get(title="In pairs")
    item.session = first
    services.move_item(actor=actor, item=item, step=-1, revision=1, now=now)
    assert titles(first)[:2] == ["In pairs", "Hello"]
    order = list(AgendaItem.objects.filter(session=first).in_order().values_list("public_id", flat=True))
    with pytest.raises(Refused) as refusal:
        services.move_item(actor=actor, item=item, step=1, revision=1, now=now)
    assert refusal.value.codes == {"changed_meanwhile"}
    with pytest.raises(Refused) as refusal:
        services.order_items(actor=actor, session=first, order=order[::-1], revision=1, now=now)
    assert refusal.value.codes == {"changed_meanwhile"}
    assert titles(first)[:2] == ["In pairs", "Hello"]
    services.order_items(actor=actor, session=first, order=order[::-1], revision=2, now=now)
    assert titles(first) == ["Until next time", "Somebody shows", "Hello", "In pairs"]


def test_an_order_names_exactly_the_items(first: Session, actor: Actor, now: datetime) -> None:
    order = list(AgendaItem.objects.filter(session=first).values_list("public_id", flat=True))
    for wrong in (order[:-1], [*order, "another"], [order[0]] * len(order), []):
        with pytest.raises(Refused) as refusal:
            services.order_items(actor=actor, session=first, order=wrong, revision=1, now=now)
        assert refusal.value.codes == {"unknown"}
    assert Session.objects.get(pk=first.pk).agenda_revision == 1


def test_an_edited_item_is_not_overwritten(first: Session, actor: Actor, now: datetime) -> None:
    item = AgendaItem.objects.select_related("session").get(title="In pairs")
    services.edit_item(actor=actor, item=item, revision=1, plan=ItemPlan("In threes", 20), notes="", now=now)
    with pytest.raises(Refused) as refusal:
        services.edit_item(actor=actor, item=item, revision=1, plan=ItemPlan("Alone"), notes="", now=now)
    assert refusal.value.codes == {"changed_meanwhile"}
    assert titles(first)[1] == "In threes"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_one_wins(acme: Organization, frida: Membership) -> None:
    with scope(acme):
        session = factories.session(factories.cohort("running", sessions=0, facilitator=frida))
        items = [factories.item(session, title) for title in ("A", "B", "C", "D")]

    def move(pk: int) -> str:
        try:
            with scope(acme):
                item = AgendaItem.objects.select_related("session").get(pk=pk)
                services.move_item(actor=Actor.of(frida), item=item, step=-1, revision=1, now=NOW)
        except Refused as refusal:
            return next(iter(refusal.codes))
        finally:
            connection.close()
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, [items[1].pk, items[3].pk])) == ["changed_meanwhile", "moved"]
    with scope(acme):
        assert sorted(AgendaItem.objects.values_list("position", flat=True)) == [0, 1, 2, 3]


def test_own_words_lie_over_what_is_shipped(in_acme: Organization, actor: Actor, now: datetime) -> None:
    shipped = entry_of("pair-share")
    assert (shipped.revision, shipped.is_shipped, shipped.is_changed) == (0, True, False)
    plan = ItemPlan("In pairs, standing", 6, kind="pairs")
    edit_library_item(actor=actor, ref="pair-share", revision=0, plan=plan, now=now)
    changed = entry_of("pair-share")
    assert (changed.title, changed.revision, changed.is_changed) == ("In pairs, standing", 1, True)
    with pytest.raises(Refused) as refusal:
        edit_library_item(actor=actor, ref="pair-share", revision=0, plan=ItemPlan("Other"), now=now)
    assert refusal.value.codes == {"changed_meanwhile"}
    restore_library_item(actor=actor, ref="pair-share", now=now)
    assert entry_of("pair-share") == shipped
    assert len(library()) == len(SHIPPED)


def test_own_items_and_hidden_ones(in_acme: Organization, umbrella: Organization, actor: Actor, now: datetime) -> None:
    row = add_library_item(actor=actor, plan=ItemPlan("Walk around the machine"), now=now)
    assert library()[-1].ref == row.public_id
    edit_library_item(actor=actor, ref=row.public_id, revision=1, plan=ItemPlan("Walk"), now=now)
    show_library_item(actor=actor, ref=row.public_id, is_hidden=True, now=now)
    show_library_item(actor=actor, ref="speed-dating", is_hidden=True, now=now)
    assert {entry.ref for entry in library()} - {entry.ref for entry in offered()} == {row.public_id, "speed-dating"}
    show_library_item(actor=actor, ref="speed-dating", is_hidden=False, now=now)
    assert LibraryItem.objects.filter(key="speed-dating", is_hidden=False).exists()
    assert plan_of(entry_of(row.public_id)).title == "Walk"
    with pytest.raises(Http404):
        entry_of("nosuchitem")


def test_another_organizations_library_is_its_own(
    acme: Organization, umbrella: Organization, frida: Membership, now: datetime
) -> None:
    with scope(acme):
        add_library_item(actor=Actor.of(frida), plan=ItemPlan("Ours"), now=now)
    with scope(umbrella):
        assert [entry.title for entry in library() if not entry.is_shipped] == []
