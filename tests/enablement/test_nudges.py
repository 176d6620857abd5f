"""Questions by mail: who is asked and when, each once; DST; pauses; the mail itself."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from enablement import slots
from enablement.models import Content, Memory, Nudge, Rhythm
from enablement.services.nudges import plan_nudges
from partners.models import Audience, Partner
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.outbox.models import Attention, Message, Preference
from prm.tenancy.models import Organization
from tests.enablement.factories import content, item, memory, nudge

pytestmark = pytest.mark.django_db
BERLIN, SYDNEY = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Sydney")
TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # 9:30 in Berlin


@pytest.fixture
def due(nordwind: Partner, alice: Membership, lena: Membership) -> Memory:
    return memory(lena, item(alice, wordings=3), TUESDAY - timedelta(days=9))


@pytest.mark.parametrize(
    ("now", "zone", "day"),
    [
        (TUESDAY, BERLIN, date(2026, 11, 24)),
        (TUESDAY - timedelta(minutes=1), BERLIN, None),
        (TUESDAY + timedelta(hours=7, minutes=59), BERLIN, date(2026, 11, 24)),
        (TUESDAY + timedelta(hours=8), BERLIN, None),
        (TUESDAY + timedelta(days=1), BERLIN, None),
        (TUESDAY + timedelta(days=2), BERLIN, date(2026, 11, 26)),
        (datetime(2026, 11, 23, 22, 30, tzinfo=UTC), SYDNEY, date(2026, 11, 24)),
    ],
)
def test_a_slot_is_open_on_the_member_s_own_morning(now: datetime, zone: ZoneInfo, day: date | None) -> None:
    assert slots.open_slot(now, zone) == day


@pytest.mark.parametrize(
    "zone", [BERLIN, SYDNEY, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")]
)
@pytest.mark.parametrize("begins", [datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 20, tzinfo=UTC)])
def test_slots_keep_their_wall_time_across_both_changes(zone: ZoneInfo, begins: datetime) -> None:
    now, seen = begins, []
    for _ in range(20):
        now = slots.next_slot_at(now, zone)
        seen.append(now.astimezone(zone))
    assert {(at.hour, at.minute) for at in seen} == {(9, 30)}
    assert [at.weekday() for at in seen] in ([1, 3] * 10, [3, 1] * 10)
    assert len({at.date() for at in seen}) == 20


def test_a_slot_asks_for_the_weakest_once_however_often_it_is_planned(
    due: Memory, alice: Membership, lena: Membership
) -> None:
    memory(lena, item(alice), TUESDAY - timedelta(days=5))
    next_at = plan_nudges(TUESDAY)
    assert plan_nudges(TUESDAY + timedelta(minutes=1)) == next_at == TUESDAY + timedelta(days=2)
    asked = Nudge.objects.get()
    assert (asked.membership_id, asked.item_id, asked.slot_on) == (lena.pk, due.item_id, date(2026, 11, 24))
    assert asked.expires_at == TUESDAY + timedelta(days=7)
    assert 0.5 < asked.predicted < 0.85
    message = Message.objects.get()
    assert (message.kind, message.recipient_id, message.subject_id) == ("enablement.nudge", lena.pk, asked.pk)
    assert Fact.objects.get(kind="enablement.nudged").person_id == lena.person_id


def test_what_must_be_known_comes_first_among_equals(nordwind: Partner, alice: Membership, lena: Membership) -> None:
    memory(lena, item(alice), TUESDAY - timedelta(days=9))
    strict = memory(lena, item(alice, criticality="must_know"), TUESDAY - timedelta(days=9))
    plan_nudges(TUESDAY)
    assert Nudge.objects.get().item_id == strict.item_id


def test_wordings_take_turns(due: Memory, lena: Membership) -> None:
    Memory.objects.update(answers=4)
    plan_nudges(TUESDAY)
    assert Nudge.objects.get().variant.position == 1


def test_nothing_due_nothing_sent(nordwind: Partner, alice: Membership, lena: Membership) -> None:
    memory(lena, item(alice), TUESDAY - timedelta(days=2))
    assert plan_nudges(TUESDAY) == TUESDAY + timedelta(days=2)
    assert not Message.objects.exists()


def test_nobody_to_ask_plans_nothing_ahead(in_acme: Organization) -> None:
    assert plan_nudges(TUESDAY) is None


@pytest.mark.parametrize("by", [timedelta(minutes=-1), timedelta(hours=8), timedelta(days=1)])
def test_outside_a_slot_nothing_is_sent(due: Memory, by: timedelta) -> None:
    plan_nudges(TUESDAY + by)
    assert not Nudge.objects.exists()


def test_two_a_week_and_never_on_two_days_in_a_row(due: Memory, lena: Membership) -> None:
    for day in range(28):
        plan_nudges(TUESDAY + timedelta(days=day))
        Nudge.objects.filter(answered_at=None).update(answered_at=TUESDAY)
    days = [asked.slot_on for asked in Nudge.objects.order_by("slot_on")]
    assert len(days) == 8
    assert {later - earlier for earlier, later in itertools.pairwise(days)} == {
        timedelta(days=2),
        timedelta(days=5),
    }


def test_a_question_yesterday_leaves_today_free(due: Memory, lena: Membership) -> None:
    nudge(lena, due.item, TUESDAY - timedelta(days=1))
    plan_nudges(TUESDAY)
    assert Nudge.objects.count() == 1


@pytest.mark.parametrize(("days", "asked"), [((1,), 0), ((3, 5), 0), ((3,), 1), ((8, 9), 1)])
def test_what_other_organizations_asked_counts_too(
    due: Memory, lena: Membership, days: tuple[int, ...], asked: int
) -> None:
    for ago in days:
        Attention.objects.create(person=lena.person, at=TUESDAY - timedelta(days=ago), category="recall")
    plan_nudges(TUESDAY)
    assert Nudge.objects.count() == asked


def _paused(lena: Membership) -> None:
    Rhythm.objects.create(membership=lena, paused_at=TUESDAY, paused_until=TUESDAY + timedelta(days=1), cause="asked")


def _turned_off(lena: Membership) -> None:
    Preference.objects.create(membership=lena, category="recall", choice="off", changed_at=TUESDAY)


def _in_the_bell_only(lena: Membership) -> None:
    Preference.objects.create(membership=lena, category="recall", choice="in_app", changed_at=TUESDAY)


def _suspended(lena: Membership) -> None:
    lena.state = Membership.State.SUSPENDED
    lena.save()


def _item_retired(lena: Membership) -> None:
    row = Memory.objects.get()
    row.item.state = "retired"
    row.item.save()


def _memory_retired(lena: Membership) -> None:
    Memory.objects.update(state="retired")


@pytest.mark.parametrize(
    "change", [_paused, _turned_off, _in_the_bell_only, _suspended, _item_retired, _memory_retired]
)
def test_whoever_does_not_want_or_need_it_is_not_asked(
    due: Memory, lena: Membership, change: Callable[[Membership], None]
) -> None:
    change(lena)
    plan_nudges(TUESDAY)
    assert not Nudge.objects.exists()


def test_the_gate_holds_for_mails(
    readers: Audience, kestrel: Partner, alice: Membership, lena: Membership, paul: Membership
) -> None:
    read = content(alice, readers, questions=1)
    for membership in (lena, paul):
        memory(membership, read.recall_items.get(), TUESDAY - timedelta(days=9), cause="content")
    plan_nudges(TUESDAY)
    assert Nudge.objects.get().membership_id == lena.pk


def test_what_was_met_in_a_session_stays_whoever_the_gate_is_for(
    readers: Audience, kestrel: Partner, alice: Membership, paul: Membership
) -> None:
    read = content(alice, readers, questions=1)
    memory(paul, read.recall_items.get(), TUESDAY - timedelta(days=9), cause="session")
    plan_nudges(TUESDAY)
    assert Nudge.objects.get().membership_id == paul.pk
    Content.objects.update(state="archived")
    Nudge.objects.all().delete()
    plan_nudges(TUESDAY)
    assert not Nudge.objects.exists()


def test_each_is_asked_in_the_zone_they_live_in(
    nordwind: Partner, kestrel: Partner, alice: Membership, lena: Membership, paul: Membership
) -> None:
    paul.person.zone = "America/New_York"
    paul.person.save()
    for membership in (lena, paul):
        memory(membership, item(alice), TUESDAY - timedelta(days=9))
    assert plan_nudges(TUESDAY) == TUESDAY + timedelta(hours=6)
    assert set(Nudge.objects.values_list("membership", flat=True)) == {lena.pk}
    plan_nudges(TUESDAY + timedelta(hours=6))
    assert Nudge.objects.count() == 2


def test_three_without_an_answer_bring_one_note_and_then_quiet(
    due: Memory, lena: Membership, render_outbox: Callable[[datetime], list[Any]]
) -> None:
    for week in range(4):
        plan_nudges(TUESDAY + timedelta(days=7 * week))
    assert Nudge.objects.count() == 3
    rhythm = Rhythm.objects.get()
    assert (rhythm.cause, rhythm.paused_until) == ("silence", None)
    assert Message.objects.filter(kind="enablement.nudges_paused").count() == 1
    plan_nudges(TUESDAY + timedelta(days=35))
    assert Nudge.objects.count() == 3
    mails = render_outbox(TUESDAY + timedelta(days=35))
    assert [mail.subject for mail in mails] == ["Are these questions still useful?"]
    assert "/pause/" in mails[0].body


def test_practicing_elsewhere_is_no_silence(due: Memory, lena: Membership) -> None:
    from enablement.models import Review

    for week in range(3):
        plan_nudges(TUESDAY + timedelta(days=7 * week))
    Review.objects.create(
        membership=lena, item=due.item, variant=due.item.variants.first(), number=1,
        answered_at=TUESDAY + timedelta(days=15), choice=0, rating=3, channel="practice",
    )  # fmt: skip
    plan_nudges(TUESDAY + timedelta(days=21))
    assert Nudge.objects.count() == 4
    assert not Rhythm.objects.exists()


def test_the_mail_asks_one_question_with_its_choices_as_links(
    due: Memory, lena: Membership, render_outbox: Callable[[datetime], list[Any]]
) -> None:
    plan_nudges(TUESDAY)
    (mail,) = render_outbox(TUESDAY)
    asked = Nudge.objects.get()
    assert mail.to == ["Lena Brandt <lena@nordwind.example>"]
    assert mail.subject == asked.variant.question
    html = mail.alternatives[0].content
    for number in range(5):
        assert f"?choice={number}" in mail.body
        assert f"?choice={number}" in html
    for option in asked.variant.options:
        assert option["text"] in mail.body
    assert "Not sure, show me" in mail.body
    assert "/pause/" in mail.body


@pytest.mark.parametrize("change", [_paused, _item_retired, _memory_retired])
def test_what_changed_meanwhile_keeps_a_planned_mail_back(
    due: Memory, lena: Membership, render_outbox: Callable[[datetime], list[Any]], change: Callable[[Membership], None]
) -> None:
    plan_nudges(TUESDAY)
    change(lena)
    assert render_outbox(TUESDAY) == []
    assert Message.objects.get().state == "suppressed"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2026, 3, 31)),
        ("Europe/Berlin", date(2026, 10, 27)),
        ("America/New_York", date(2026, 3, 10)),
        ("America/New_York", date(2026, 11, 3)),
        ("Australia/Lord_Howe", date(2026, 4, 7)),
        ("Australia/Lord_Howe", date(2026, 10, 6)),
    ],
)
def test_after_a_change_of_clocks_one_mail_at_half_past_nine(
    nordwind: Partner, alice: Membership, lena: Membership, zone: str, day: date
) -> None:
    lena.person.zone = zone
    lena.person.save()
    opens_at = datetime(day.year, day.month, day.day, 9, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    memory(lena, item(alice), opens_at - timedelta(days=60))
    plan_nudges(opens_at - timedelta(minutes=1))
    assert not Nudge.objects.exists()
    for minutes in (0, 1, 59, 61, 300):
        plan_nudges(opens_at + timedelta(minutes=minutes))
    assert [asked.slot_on for asked in Nudge.objects.all()] == [day]
