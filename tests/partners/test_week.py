"""The weekly mail: the list of the home page, once a week, to whom something waits, and to nobody twice."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Partner, PartnerUser, Task, WeekPlan
from partners.queries.todo import Asked, todo_lines
from partners.services.todo import TaskDetails, add_task, finish_task, snooze
from partners.services.week import CATCHES_UP, WEEK_MAIL, plan_week, set_week_plan
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from prm.outbox.services import set_preferences
from prm.outbox.waiting import FAILED
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.factories import NOW
from tests.partners.factories import partner_user
from tests.partners.test_journeys_mails import tasks, travel

type Deliver = Callable[[datetime], list[Any]]
type SignIn = Callable[[Membership], Client]
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# Monday at eight in Berlin, where Acme is; NOW is the Monday a week before.
MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


def mails(deliver: Deliver, at: datetime) -> dict[str, Any]:
    plan_week(at)
    return {mail.to[0].partition(" <")[2].rstrip(">"): mail for mail in deliver(at)}


def said(mail: Any) -> list[str]:
    return [line.strip() for line in str(mail.body).splitlines() if line.strip()]


@pytest.fixture
def managed(nordwind: Partner, alice: Membership) -> Partner:
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=alice)
    nordwind.refresh_from_db()
    return nordwind


def test_colleagues_get_their_list_in_its_order(
    in_acme: Organization, actor: Actor, alice: Membership, bob: Membership, managed: Partner, render_outbox: Deliver
) -> None:
    add_task(actor=actor, details=TaskDetails("Book a room", assignee=alice), now=NOW)
    add_task(actor=actor, details=TaskDetails("Call", due_on=NOW.date(), assignee=alice), partner=managed, now=NOW)
    found = mails(render_outbox, MONDAY)
    assert set(found) == {"alice@acme.example"}
    mail = found["alice@acme.example"]
    assert mail.subject == "Your week: 2 things wait for you"
    listed = [line.removeprefix("- ") for line in said(mail) if line.startswith("- ")]
    assert listed == ["Book a room (since 23 Nov)", "Nordwind GmbH: Call (was due 23 Nov)"]
    shown = [row.title for row in todo_lines(Asked(alice, MONDAY), 0, 25)]
    assert [line.partition(" (")[0].removeprefix("Nordwind GmbH: ") for line in listed] == shown
    assert [(row.state, row.reason) for row in Message.objects.filter(recipient=bob)] == [("suppressed", "not_needed")]


def test_partners_people_get_what_their_home_page_lists(
    in_acme: Organization,
    acme: Organization,
    actor: Actor,
    managed: Partner,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    kestrel: Partner,
    paul_user: PartnerUser,
    render_outbox: Deliver,
    sign_in: SignIn,
    lena: Membership,
) -> None:
    travel(actor, managed, NOW, *tasks(2))
    found = mails(render_outbox, MONDAY)
    assert set(found) == {"lena@nordwind.example", lena_user.membership.person.email, tom_user.membership.person.email}
    mail = found["lena@nordwind.example"]
    listed = [line.removeprefix("- ") for line in said(mail) if line.startswith("- ")]
    assert [line.partition(": ")[2].partition(" (")[0] for line in listed[:2]] == ["Step number 0", "Step number 1"]
    assert "Alice Moreau" in mail.from_email
    page = sign_in(lena).get(address("portal_home")).content.decode()
    assert page.index("Step number 0") < page.index("Step number 1")
    assert not Message.objects.filter(recipient=paul_user.membership).exists()


def test_nothing_to_do_is_no_mail_and_a_gap_in_the_data_is_no_reason_for_one(
    in_acme: Organization, nordwind: Partner, lena_user: PartnerUser, alice: Membership, render_outbox: Deliver
) -> None:
    assert mails(render_outbox, MONDAY) == {}
    assert not Message.objects.filter(state="sent").exists()


def test_what_was_done_between_planning_and_sending_is_not_told(
    in_acme: Organization, actor: Actor, alice: Membership, render_outbox: Deliver
) -> None:
    task = add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    plan_week(MONDAY)
    finish_task(actor=actor, task=task, now=MONDAY)
    assert render_outbox(MONDAY) == []


def test_what_is_put_off_is_not_told(
    in_acme: Organization, actor: Actor, alice: Membership, render_outbox: Deliver
) -> None:
    task = add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    until = MONDAY.date() + 3 * DAY
    snooze(membership=alice, source="partners.tasks", object_id=task.pk, until=until, now=NOW)
    assert mails(render_outbox, MONDAY) == {}
    assert set(mails(render_outbox, MONDAY + WEEK)) == {"alice@acme.example"}


def test_whoever_turned_it_off_is_not_planned_for(
    in_acme: Organization, actor: Actor, alice: Membership, render_outbox: Deliver
) -> None:
    add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    set_preferences(membership=alice, choices={"week": "off"}, now=NOW)
    assert mails(render_outbox, MONDAY) == {}
    assert not Message.objects.filter(recipient=alice).exists()
    set_preferences(membership=alice, choices={"week": "mail", "todo": "off"}, now=NOW)
    assert set(mails(render_outbox, MONDAY + timedelta(hours=1))) == {"alice@acme.example"}


def test_the_day_and_the_hour_are_the_organizations(in_acme: Organization, actor: Actor, alice: Membership) -> None:
    add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    assert plan_week(MONDAY - timedelta(minutes=1)) == MONDAY
    assert not Message.objects.exists()
    set_week_plan(actor=actor, weekday=3, hour=15, now=MONDAY - timedelta(hours=1))
    thursday = datetime(2026, 12, 3, 15, tzinfo=ZoneInfo("Europe/Berlin"))
    assert plan_week(MONDAY) == thursday
    assert plan_week(thursday) == thursday + WEEK
    assert [row.slot for row in Message.objects.all()] == ["2026-W49"]
    # Moved to another day of the same week: nobody gets a second one.
    set_week_plan(actor=actor, weekday=4, hour=9, now=thursday)
    plan_week(thursday + DAY)
    assert Message.objects.count() == 1
    set_week_plan(actor=actor, weekday=None, hour=9, now=thursday)
    assert plan_week(thursday + WEEK) is None
    assert Message.objects.count() == 1


def test_whoever_slept_too_long_says_nothing(in_acme: Organization, actor: Actor, alice: Membership) -> None:
    add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    assert plan_week(MONDAY + CATCHES_UP) == MONDAY + WEEK
    assert not Message.objects.exists()


def test_an_organization_that_began_this_morning_gets_none_yet(
    in_acme: Organization, actor: Actor, alice: Membership
) -> None:
    add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    in_acme.created_at = MONDAY + timedelta(minutes=5)
    plan_week(MONDAY + timedelta(hours=1))
    assert not Message.objects.exists()


def test_a_week_that_is_over_is_not_told(
    in_acme: Organization, actor: Actor, alice: Membership, render_outbox: Deliver
) -> None:
    add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    plan_week(MONDAY)
    assert render_outbox(MONDAY + WEEK) == []
    assert Message.objects.get(recipient=alice).reason == "not_needed"


def test_a_year_of_weekly_mails(in_acme: Organization, actor: Actor, alice: Membership, render_outbox: Deliver) -> None:
    """Asked every six hours, over both changes of the clock: one each week in which something waits, at eight."""
    task = add_task(actor=actor, details=TaskDetails("Call", assignee=alice), now=NOW)
    at, told = MONDAY - timedelta(hours=7), Counter[str]()
    until = MONDAY + 52 * WEEK - timedelta(hours=8)
    moments = []
    while at < until:
        following = plan_week(at)
        for mail in render_outbox(at):
            told[mail.to[0]] += 1
            moments.append(at.astimezone(ZoneInfo("Europe/Berlin")))
        if len(moments) == 40 and task.state == Task.State.OPEN:
            finish_task(actor=actor, task=task, now=at)
        assert following is not None
        at = min(at + timedelta(hours=6), max(following, at + timedelta(minutes=1)))
    assert told == {"Alice Moreau <alice@acme.example>": 40}
    assert {(moment.weekday(), moment.hour) for moment in moments} == {(0, 8)}
    assert len({moment.isocalendar()[:2] for moment in moments}) == 40
    assert Message.objects.filter(kind=WEEK_MAIL, state="sent").count() == 40


def test_owners_choose_the_moment(acme: Organization, sign_in: SignIn, alice: Membership, bob: Membership) -> None:
    owner, colleague = sign_in(alice), sign_in(bob)
    with scope(acme):
        here, todo = address("week_plan_edit"), address("todo_list")
    assert here in owner.get(todo).content.decode()
    assert here not in colleague.get(todo).content.decode()
    assert owner.post(here, {"weekday": "4", "hour": "30"}).status_code == 422
    assert owner.post(here, {"weekday": "4", "hour": "9"}).status_code == 303
    with scope(acme):
        assert [(plan.weekday, plan.hour) for plan in WeekPlan.objects.all()] == [(4, 9)]
    assert owner.post(here, {"weekday": "", "hour": "9"}).status_code == 303
    with scope(acme):
        assert [(plan.weekday, plan.hour) for plan in WeekPlan.objects.all()] == [(None, 9)]


# ── New sources of the list ─────────────────────────────────────────────────────────────────────────────────────────


def test_messages_that_failed_are_one_line(in_acme: Organization, alice: Membership, carol: Membership) -> None:
    for number in range(3):
        Message.objects.create(
            recipient=alice,
            kind="outbox.test_mail",
            subject_id=number,
            state="failed",
            not_before=NOW,
            created_at=NOW,
            settled_at=NOW - number * DAY,
        )
    lines = [line for line in todo_lines(Asked(alice, NOW), 0, 25) if line.icon == FAILED.icon]
    assert [(line.title, line.due) for line in lines] == [("3 messages could not be sent", "since 21 Nov")]
    assert lines[0].url.endswith("?state=failed")
    assert todo_lines(Asked(carol, NOW), 0, 25) == []
    assert todo_lines(Asked(alice, NOW + 30 * DAY), 0, 25) == []
    Message.objects.filter(subject_id=2).update(state="queued")
    assert todo_lines(Asked(alice, NOW), 0, 25)[0].title == "2 messages could not be sent"


def test_groups_that_raise_questions_are_one_line_for_each_owner(
    in_acme: Organization, alice: Membership, bob: Membership
) -> None:
    from tests.partners.factories import GroupFactory

    for name, owner in (("A", bob), ("B", bob), ("C", alice), ("D", None)):
        GroupFactory.create(name=name, owner=owner, purpose="", created_at=NOW - 30 * DAY)
    GroupFactory.create(name="Young", owner=bob, purpose="", created_at=NOW - DAY)
    assert [line.title for line in todo_lines(Asked(bob, NOW), 0, 25)] == ["Groups of yours raise questions"] * 2
    assert len(todo_lines(Asked(alice, NOW), 0, 25)) == 2


def test_a_task_is_moved_to_another_partner(
    acme: Organization, sign_in: SignIn, actor: Actor, alice: Membership, nordwind: Partner, kestrel: Partner
) -> None:
    with scope(acme):
        task = add_task(actor=actor, details=TaskDetails("Call", assignee=alice), partner=nordwind, now=timezone.now())
        here = address("task_edit", task.public_id)
    client = sign_in(alice)
    choose = client.get(f"{here}?choose=1&q=kestrel").content.decode()
    assert f"partner={kestrel.public_id}" in choose
    page = client.get(f"{here}?choose=1&partner={kestrel.public_id}").content.decode()
    assert "Not saved yet" in page
    said_so = {"title": "Call", "due_on": "", "assignee": alice.pk, "note": "", "revision": 1}
    assert client.post(f"{here}?partner={kestrel.public_id}", said_so).status_code == 303
    with scope(acme):
        assert Task.objects.get(pk=task.pk).partner_id == kestrel.pk
    assert client.post(here, said_so | {"revision": 2, "title": "Call them"}).status_code == 303
    with scope(acme):
        assert Task.objects.get(pk=task.pk).partner_id == kestrel.pk
    assert client.post(f"{here}?partner=-", said_so | {"revision": 3}).status_code == 303
    assert client.get(f"{here}?partner=nobody").status_code == 404
    with scope(acme):
        assert Task.objects.get(pk=task.pk).partner_id is None


@pytest.fixture
def carol(acme: Organization) -> Membership:
    """An account manager, who may not send messages again."""
    from tests.factories import staff

    return staff(acme, "carol@acme.example", "Carol Sommer", "account_manager")


def test_a_second_person_of_the_company_has_a_list_of_their_own(
    in_acme: Organization, actor: Actor, nordwind: Partner, render_outbox: Deliver
) -> None:
    user = partner_user(nordwind, "ute@nordwind.example", "Ute", "lead")
    travel(actor, nordwind, NOW, *tasks(1))
    assert set(mails(render_outbox, MONDAY)) == {user.membership.person.email}
