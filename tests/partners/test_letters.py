"""The monthly letter: on the first working day, about the last month, to whom it tells something, once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from partners.models import Announcement, Audience, Milestone, Partner, PartnerUser
from partners.queries.letters import Month
from partners.services.announcing import (
    AnnouncementDetails,
    plan_announcements,
    schedule_announcement,
    write_announcement,
)
from partners.services.letters import LETTER_MAIL, plan_letter
from prm.accounts.actors import Actor
from prm.outbox.models import Message
from prm.outbox.services import set_preferences
from prm.tenancy.models import Organization
from tests.factories import NOW

type Deliver = Callable[[datetime], list[Any]]
DAY = timedelta(days=1)
# Tuesday, 1 December 2026, at nine in Berlin, where Acme is.
FIRST = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def announced(actor: Actor, subject: str, topic: str) -> Announcement:
    details = AnnouncementDetails(
        subject, "Words", topic=topic, is_mailed=False, audience_ids=[Audience.objects.everyone().pk]
    )
    row = write_announcement(actor=actor, details=details, now=NOW)
    schedule_announcement(actor=actor, announcement=row, revision=1, is_for_all=True, now=NOW)
    plan_announcements(NOW + timedelta(minutes=3))
    return row


@pytest.mark.parametrize(
    ("first", "told_on"),
    [
        (date(2026, 11, 1), date(2026, 12, 1)),  # a Tuesday
        (date(2027, 1, 1), date(2027, 2, 1)),  # a Monday
        (date(2026, 7, 1), date(2026, 8, 3)),  # a Saturday
        (date(2026, 10, 1), date(2026, 11, 2)),  # a Sunday
        (date(2026, 12, 1), date(2027, 1, 1)),  # a Friday
    ],
)
def test_it_leaves_on_the_first_working_day(in_acme: Organization, first: date, told_on: date) -> None:
    assert Month(first).letter_at().date() == told_on


def test_news_and_milestones_of_the_month_are_told_once(
    in_acme: Organization,
    actor: Actor,
    nordwind: Partner,
    kestrel: Partner,
    lena_user: PartnerUser,
    paul_user: PartnerUser,
    render_outbox: Deliver,
) -> None:
    announced(actor, "Backup for teams", "launch")
    announced(actor, "Please call back", "message")
    Milestone.objects.create(
        partner=kestrel,
        kind="partners.years",
        occasion=1,
        reached_at=NOW,
        agreed_at=NOW,
        agreed_by=lena_user.membership,
    )
    assert plan_letter(FIRST - timedelta(minutes=1)) == FIRST
    assert not Message.objects.filter(kind=LETTER_MAIL).exists()
    for _again in range(2):
        assert plan_letter(FIRST) == datetime(2027, 1, 1, 8, 0, tzinfo=UTC)
    (mail,) = render_outbox(FIRST)
    assert (mail.to, mail.subject) == (["Lena Brandt <lena@nordwind.example>"], "What went on in November")
    said = [line.strip() for line in mail.body.splitlines() if line.strip().startswith("- ")]
    assert said == ["- Launch: Backup for teams", "- Kestrel: A year together"]
    assert plan_letter(FIRST + 3 * DAY) == datetime(2027, 1, 1, 8, 0, tzinfo=UTC)
    assert Message.objects.filter(kind=LETTER_MAIL).count() == 2


def test_a_quiet_month_has_no_letter(
    in_acme: Organization, actor: Actor, nordwind: Partner, lena_user: PartnerUser
) -> None:
    announced(actor, "Please call back", "message")
    plan_letter(FIRST)
    assert not Message.objects.filter(kind=LETTER_MAIL).exists()


def test_who_turned_it_off_gets_none_and_what_was_taken_back_is_not_told(
    in_acme: Organization, actor: Actor, nordwind: Partner, lena_user: PartnerUser, render_outbox: Deliver
) -> None:
    row = announced(actor, "Backup for teams", "launch")
    set_preferences(membership=lena_user.membership, choices={"announcements": "off"}, now=NOW)
    plan_letter(FIRST)
    assert not Message.objects.filter(kind=LETTER_MAIL).exists()
    set_preferences(membership=lena_user.membership, choices={"announcements": "mail"}, now=NOW)
    plan_letter(FIRST)
    Announcement.objects.filter(pk=row.pk).update(state="withdrawn", withdrawn_at=FIRST)
    assert render_outbox(FIRST) == []
    assert Message.objects.get(kind=LETTER_MAIL).reason == "not_needed"
