"""The to-do list of colleagues: tasks by hand, what waits by itself, whose it is, and what was put off."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from partners.days import day_of
from partners.models import Group, LikelyDouble, Partner, ProposedValue, Snooze, Task
from partners.queries.todo import MINE, PARTNERS, TEAM, Asked, sources_for, todo_lines
from partners.services.merging import merge_partners
from partners.services.todo import TaskDetails, add_task, change_task, finish_task, reopen_task, snooze, wake_up
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.waiting import waiting
from prm.web.due import due_items
from tests.costs import assert_same_cost
from tests.factories import NOW, staff
from tests.partners.factories import PartnerFactory

type SignIn = Callable[[Membership], Client]
TODAY = NOW.date()
DAY = timedelta(days=1)


def titles(member: Membership, whose: str = MINE, at: Any = NOW, **more: Any) -> list[str]:
    return [line.title for line in todo_lines(Asked(member, at, whose, **more), 0, 25)]


@pytest.fixture
def carol(acme: Organization) -> Membership:
    """An account manager."""
    return staff(acme, "carol@acme.example", "Carol Sommer", "account_manager")


# ── Tasks by hand ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_task_is_on_the_list_of_whom_it_is_given_to(
    in_acme: Organization, actor: Actor, alice: Membership, carol: Membership, nordwind: Partner
) -> None:
    details = TaskDetails("  Call   about renewal ", "They sounded unsure", TODAY + 2 * DAY, carol)
    add_task(actor=actor, details=details, partner=nordwind, now=NOW)
    (line,) = todo_lines(Asked(carol, NOW), 0, 25)
    assert (line.title, line.partner, line.who, line.due) == (
        "Call about renewal",
        "Nordwind GmbH",
        "Carol Sommer",
        "until 25 Nov",
    )
    assert not line.is_overdue
    assert titles(alice) == []
    assert titles(alice, TEAM) == ["Call about renewal"]
    assert AuditEntry.objects.filter(verb="partners.task_added", object_label="Call about renewal").exists()


def test_what_is_given_to_nobody_is_the_account_managers(
    in_acme: Organization, actor: Actor, alice: Membership, carol: Membership, nordwind: Partner
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=carol)
    add_task(actor=actor, details=TaskDetails("Send the price list"), partner=nordwind, now=NOW)
    gone = staff(in_acme, "gone@acme.example", "Gone", "manager")
    add_task(actor=actor, details=TaskDetails("Ask for a story", assignee=gone), partner=nordwind, now=NOW)
    assert titles(carol) == ["Send the price list"]
    Membership.everywhere.filter(pk=gone.pk).update(state="removed", ended_at=NOW)
    assert titles(carol) == ["Send the price list", "Ask for a story"]
    assert titles(carol, PARTNERS) == ["Send the price list", "Ask for a story"]
    assert titles(alice, PARTNERS) == []


def test_what_is_about_nobody_and_given_to_nobody_stays_with_its_writer(
    in_acme: Organization, actor: Actor, alice: Membership, carol: Membership
) -> None:
    add_task(actor=actor, details=TaskDetails("Book a room"), now=NOW)
    assert titles(alice) == ["Book a room"]
    assert titles(carol) == []


def test_what_is_due_comes_first_and_what_only_waits_by_its_age(
    in_acme: Organization, actor: Actor, alice: Membership
) -> None:
    for title, due, age in (("next week", 7, 0), ("late", -2, 5), ("without a day", None, 1), ("today", 0, 9)):
        due_on = TODAY + due * DAY if due is not None else None
        add_task(actor=actor, details=TaskDetails(title, due_on=due_on, assignee=alice), now=NOW - age * DAY)
    lines = todo_lines(Asked(alice, NOW), 0, 25)
    assert [(line.title, line.due, line.is_overdue) for line in lines] == [
        ("late", "was due 21 Nov", True),
        ("without a day", "since 22 Nov", False),
        ("today", "today", False),
        ("next week", "until 30 Nov", False),
    ]
    assert [line.title for line in todo_lines(Asked(alice, NOW), 1, 3)] == ["without a day", "today"]


def test_the_same_task_twice_is_one(in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner) -> None:
    details = TaskDetails("Call", due_on=TODAY, assignee=alice)
    first = add_task(actor=actor, details=details, partner=nordwind, now=NOW)
    assert add_task(actor=actor, details=details, partner=nordwind, now=NOW).pk == first.pk
    finish_task(actor=actor, task=first, now=NOW)
    again = add_task(actor=actor, details=details, partner=nordwind, now=NOW)
    assert again.pk != first.pk
    with pytest.raises(Refused) as refused:
        reopen_task(actor=actor, task=first, now=NOW)
    assert refused.value.codes == {"already_there"}
    other = add_task(actor=actor, details=TaskDetails("Write", assignee=alice, due_on=TODAY), partner=nordwind, now=NOW)
    with pytest.raises(Refused) as refused:
        change_task(actor=actor, task=other, revision=other.revision, details=details, partner=nordwind)
    assert refused.value.codes == {"already_there"}


def test_done_is_told_once_and_taken_back(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner
) -> None:
    task = add_task(actor=actor, details=TaskDetails("Call", assignee=alice), partner=nordwind, now=NOW)
    finish_task(actor=actor, task=task, outcome=" They renew. ", now=NOW)
    with pytest.raises(Refused) as refused:
        finish_task(actor=actor, task=task, outcome="Twice", now=NOW)
    assert refused.value.codes == {"wrong_state"}
    task.refresh_from_db()
    assert (task.state, task.outcome, task.done_by_id) == ("done", "They renew.", alice.pk)
    assert titles(alice) == []
    reopen_task(actor=actor, task=task, now=NOW)
    assert titles(alice) == ["Call"]
    facts = Fact.objects.filter(object_id=task.pk, kind__startswith="partners.task_").order_by("pk")
    assert [(fact.kind, int(fact.amount), fact.partner_id) for fact in facts] == [
        ("partners.task_done", 1, nordwind.pk),
        ("partners.task_reopened", -1, nordwind.pk),
    ]


def test_of_two_who_edit_the_second_sees_what_changed(in_acme: Organization, actor: Actor, alice: Membership) -> None:
    task = add_task(actor=actor, details=TaskDetails("Call"), now=NOW)
    stale = Task.objects.get(pk=task.pk)
    change_task(actor=actor, task=task, revision=1, details=TaskDetails("Call today", assignee=alice), partner=None)
    with pytest.raises(Refused) as refused:
        change_task(actor=actor, task=stale, revision=1, details=TaskDetails("Write"), partner=None)
    assert refused.value.codes == {"changed_meanwhile"}
    assert stale.title == "Call today"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_finish_at_once_one_wins(acme: Organization, actor: Actor) -> None:
    with scope(acme):
        task = add_task(actor=actor, details=TaskDetails("Call"), now=NOW)
    ends: list[str] = []

    def finish(words: str) -> None:
        try:
            with scope(acme):
                finish_task(actor=actor, task=Task.objects.get(pk=task.pk), outcome=words, now=NOW)
            ends.append(words)
        except Refused as refusal:
            ends.extend(refusal.codes)
        finally:
            connection.close()

    threads = [Thread(target=finish, args=(words,)) for words in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope(acme):
        assert Task.objects.get(pk=task.pk).outcome in ends
        assert Fact.objects.filter(kind="partners.task_done").count() == 1
    assert "wrong_state" in ends


def test_tasks_go_with_a_merged_record(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, kestrel: Partner
) -> None:
    same = TaskDetails("Call", assignee=alice)
    for partner in (nordwind, kestrel):
        add_task(actor=actor, details=same, partner=partner, now=NOW)
    add_task(actor=actor, details=TaskDetails("Write"), partner=kestrel, now=NOW)
    revisions = (nordwind.revision, kestrel.revision)
    merge_partners(actor=actor, survivor=nordwind, merged=kestrel, revisions=revisions, taken={}, now=NOW)
    assert sorted(Task.objects.open().values_list("title", flat=True)) == ["Call", "Write"]
    assert set(Task.objects.values_list("partner", flat=True)) == {nordwind.pk}


# ── What waits by itself ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("whose", [MINE, PARTNERS, TEAM])
def test_every_source_can_be_asked(in_acme: Organization, alice: Membership, nordwind: Partner, whose: str) -> None:
    assert len(sources_for(alice)) == len(waiting.all()) > 15
    for source in waiting.all():
        assert str(source.label)
        assert list(source.rows(alice.pk, NOW)[:1]) == []
    assert todo_lines(Asked(alice, NOW, whose), 0, 25) == []
    assert todo_lines(Asked(alice, NOW, whose, is_snoozed=True), 0, 25) == []
    assert todo_lines(Asked(alice, NOW, whose, partner_id=nordwind.pk), 0, 25) == []


def test_what_waits_about_a_partner_is_its_managers(
    in_acme: Organization, alice: Membership, bob: Membership, carol: Membership, nordwind: Partner, kestrel: Partner
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=carol)
    for partner in (nordwind, kestrel):
        ProposedValue.objects.create(partner=partner, field="country", value="AT", before="DE", proposed_at=NOW)
    first, second = sorted((nordwind, kestrel), key=lambda row: row.pk)
    LikelyDouble.objects.create(first=first, second=second, found_at=NOW - DAY)
    changed = "Changed its data: judge it"
    double = f"Is it the same company as {second.name}?"
    assert set(titles(carol)) == {double, changed}
    # Nobody manages Kestrel: its change is the owner's.
    assert [line.partner for line in todo_lines(Asked(alice, NOW), 0, 25)] == ["Kestrel"]
    assert titles(carol, TEAM) == [double, changed, changed]
    assert titles(carol, TEAM, partner_id=kestrel.pk) == [changed]


def test_nobody_is_told_of_what_they_may_not_do(acme: Organization, alice: Membership, nordwind: Partner) -> None:
    analyst = staff(acme, "ana@acme.example", "Ana", "analyst")
    with scope(acme):
        ProposedValue.objects.create(partner=nordwind, field="country", value="AT", before="DE", proposed_at=NOW)
        Group.objects.create(name="Old", normalized_name="old", review_on=TODAY - 3 * DAY, created_at=NOW)
        assert titles(alice, TEAM) == ["Review the group", "Changed its data: judge it"]
        assert titles(analyst, TEAM) == []
        assert titles(analyst, TEAM, partner_id=nordwind.pk) == []


# ── Put off ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_put_off_comes_back_on_its_day_and_only_one_colleague_misses_it(
    in_acme: Organization, actor: Actor, alice: Membership, bob: Membership
) -> None:
    task = add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    where: dict[str, Any] = {"membership": alice, "source": "partners.tasks", "object_id": task.pk}
    for days in (1, 2):
        snooze(**where, until=TODAY + days * DAY, now=NOW)
    assert titles(alice) == []
    assert titles(alice, is_snoozed=True) == ["Call"]
    assert titles(bob, TEAM) == ["Call"]
    assert titles(alice, at=NOW + DAY) == []
    # The morning in Berlin.
    assert titles(alice, at=NOW.replace(hour=23, minute=30) + DAY) == ["Call"]
    wake_up(**where)
    wake_up(**where)
    assert titles(alice) == ["Call"]
    snooze(**where, until=TODAY + DAY, now=NOW)
    snooze(**{**where, "object_id": 1}, until=TODAY + 9 * DAY, now=NOW + 3 * DAY)
    assert Snooze.objects.count() == 1


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def studio(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


def test_a_task_is_written_changed_and_done(
    acme: Organization, studio: Client, url: Any, alice: Membership, nordwind: Partner
) -> None:
    with scope(acme):
        today = day_of(timezone.now())
    create = f"{url('task_create')}?partner={nordwind.public_id}"
    assert "About Nordwind GmbH." in studio.get(create).content.decode()
    refused = studio.post(create, {"title": "", "note": "Kept words"})
    assert (refused.status_code, "Kept words" in refused.content.decode()) == (422, True)
    sent = {"title": "Call about renewal", "due_on": str(today), "assignee": alice.pk, "note": "Bring the figures"}
    for _ in range(2):
        assert studio.post(create, sent).headers["Location"] == url("partner_detail", nordwind.public_id)
    with scope(acme):
        task = Task.objects.get()
    page = studio.get(url("todo_list")).content.decode()
    assert "Call about renewal" in page
    assert "today" in page
    assert "Call about renewal" in studio.get(url("partner_more", nordwind.public_id)).content.decode()
    edit = url("task_edit", task.public_id)
    assert "Bring the figures" in studio.get(edit).content.decode()
    assert studio.post(edit, {**sent, "title": "Call twice", "revision": 1}).status_code == 303
    stale = studio.post(edit, {**sent, "title": "Call thrice", "revision": 1})
    assert stale.status_code == 422
    assert "Call twice" in stale.content.decode()
    assert "Call thrice" in stale.content.decode()
    done = studio.post(url("task_settle", task.public_id), {"outcome": "They renew", "back": "team"})
    assert done.headers["Location"] == url("todo_list") + "?whose=team"
    assert "They renew" in studio.get(url("todo_list") + "?show=done").content.decode()
    assert "They renew" in studio.get(edit).content.decode()
    assert "Call twice" not in studio.get(url("todo_list")).content.decode()
    assert studio.post(url("task_reopen", task.public_id)).status_code == 303
    assert "Call twice" in studio.get(url("todo_list")).content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"title": "x" * 121},
        {"title": "a\0b"},
        {"title": "x", "note": "x" * 2001},
        {"title": "x", "due_on": "9999-01-01"},
    ],
)
def test_wrong_input_is_refused_at_its_field(studio: Client, url: Any, sent: dict[str, str]) -> None:
    assert studio.post(url("task_create"), sent).status_code == 422


def test_an_overlong_outcome_is_refused_and_kept(acme: Organization, studio: Client, url: Any, actor: Actor) -> None:
    with scope(acme):
        task = add_task(actor=actor, details=TaskDetails("Call"), now=timezone.now())
    answer = studio.post(url("task_settle", task.public_id), {"outcome": "y" * 501})
    assert answer.status_code == 422
    assert "yyyyyy" in answer.content.decode()


def test_a_line_is_put_off_and_shown_again_by_its_buttons(
    acme: Organization, studio: Client, url: Any, actor: Actor, alice: Membership
) -> None:
    with scope(acme):
        task = add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=timezone.now())
    line = ("partners.tasks", task.public_id)
    assert studio.post(url("todo_snooze", *line), {"days": "x"}).status_code == 303
    assert "Call" in studio.get(url("todo_list")).content.decode()
    assert studio.post(url("todo_snooze", *line), {"days": "7", "back": "home"}).headers["Location"] == url(
        "studio_home"
    )
    assert "Call" not in studio.get(url("studio_home")).content.decode()
    assert "Show it again" in studio.get(url("todo_list") + "?show=snoozed").content.decode()
    assert studio.post(url("todo_wake", *line)).status_code == 303
    assert "Call" in studio.get(url("studio_home")).content.decode()


def test_another_organizations_lines_are_not_there(
    acme: Organization, umbrella: Organization, charlie: Membership, studio: Client, url: Any
) -> None:
    with scope(umbrella):
        theirs = add_task(actor=Actor.of(charlie), details=TaskDetails("Secret of Umbrella"), now=timezone.now())
    for name in ("task_edit",):
        assert studio.get(url(name, theirs.public_id)).status_code == 404
    for name in ("task_settle", "task_reopen"):
        assert studio.post(url(name, theirs.public_id)).status_code == 404
    for name in ("todo_snooze", "todo_wake"):
        assert studio.post(url(name, "partners.tasks", theirs.public_id), {"days": 1}).status_code == 404
        assert studio.post(url(name, "no.source", theirs.public_id), {"days": 1}).status_code == 404
    assert "Secret of Umbrella" not in studio.get(url("todo_list") + "?whose=team").content.decode()


def test_the_lists_cost_the_same_at_any_size(
    acme: Organization, studio: Client, url: Any, alice: Membership, carol: Membership, nordwind: Partner
) -> None:
    def grow(rows: int) -> None:
        with scope(acme):
            first = Task.objects.count()
            Partner.objects.bulk_create(
                Partner(name=name, account_manager=alice, created_at=NOW, **Partner.derived(name, ""))
                for name in (f"Company {first + number}" for number in range(2 * rows))
            )
            partners = list(Partner.objects.order_by("-pk")[:rows])
            Task.objects.bulk_create(
                Task(
                    title=f"A task whose title is rather long, number {first + number}",
                    partner=partner,
                    assignee=alice,
                    due_on=TODAY + number % 40 * DAY,
                    created_at=NOW,
                )
                for number, partner in enumerate(partners)
            )
            ProposedValue.objects.bulk_create(
                ProposedValue(partner=partner, field="country", value="AT", proposed_at=NOW) for partner in partners
            )

    pages = {
        "mine": url("todo_list"),
        "partners": url("todo_list") + "?whose=partners&page=2",
        "team": url("todo_list") + "?whose=team",
        "home": url("studio_home"),
        "partner": url("partner_detail", nordwind.public_id),
    }
    assert_same_cost(studio, pages, grow)


def test_the_page_over_all_organizations_shows_the_same(
    in_acme: Organization, actor: Actor, alice: Membership, rf: Any
) -> None:
    add_task(actor=actor, details=TaskDetails("Call", assignee=alice, due_on=TODAY), now=NOW)
    PartnerFactory.create()
    request = rf.get("/")
    request.membership, request.now = alice, NOW
    assert [item.title for item in due_items(request)] == ["Call"]
