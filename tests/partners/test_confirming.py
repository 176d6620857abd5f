"""Once a year each lead is asked by mail whether what is known still holds; who confirmed is not asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from partners.emails import CONFIRMATION_ASKED
from partners.models import Partner, PartnerUser
from partners.queries.confirmations import leads_to_ask
from partners.queries.open_questions import open_questions
from partners.services.attributes import archive_attribute
from partners.services.confirming import plan_confirmations
from partners.services.partners import archive_partner
from partners.services.telling import put_aside, still_right, tell
from partners.services.values import set_values
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import AT_MOST_ONCE, message_kinds
from prm.outbox.models import Message
from prm.tenancy.models import Organization
from tests.partners.factories import AttributeFactory, PartnerFactory, partner_user

DAY = timedelta(days=1)
# Eight in the morning in Berlin, where Acme is.
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
type Deliver = Callable[[datetime], list[Any]]


@pytest.fixture
def year_old(in_acme: Organization, nordwind: Partner, lena_user: PartnerUser) -> Partner:
    """Nordwind, which came more than a year ago and has told its country and region since then."""
    nordwind.created_at, nordwind.region = MORNING - 400 * DAY, "Bavaria"
    nordwind.save()
    return nordwind


def asked() -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind=CONFIRMATION_ASKED).order_by("pk")
    return [(row.recipient.person.email, row.slot) for row in rows.select_related("recipient__person")]


def test_each_lead_is_asked_once_and_members_are_not(
    year_old: Partner, tom_user: PartnerUser, kestrel: Partner, paul_user: PartnerUser, lena: Membership
) -> None:
    second = partner_user(year_old, "ute@nordwind.example", "Ute Lead", "lead")
    for _again in range(2):
        plan_confirmations(MORNING)
    assert asked() == [(lena.person.email, "2026"), ("ute@nordwind.example", "2026")]
    assert second.membership.person.email == "ute@nordwind.example"
    assert set(Message.objects.values_list("subject_id", flat=True)) == {year_old.pk}


def test_whoever_confirmed_or_changed_everything_is_not_asked(year_old: Partner, lena: Membership) -> None:
    actor = Actor.of(lena)
    still_right(actor=actor, partner=year_old, fields=["country"], now=MORNING - 30 * DAY)
    tell(actor=actor, partner=year_old, told={"region": "Hesse"}, now=MORNING - 20 * DAY)
    plan_confirmations(MORNING)
    assert asked() == []
    # A year after the first of the two it is time again.
    plan_confirmations(MORNING + 335 * DAY)
    assert asked() == [(lena.person.email, "2027")]


def test_a_partner_that_confirms_meanwhile_gets_no_mail(
    year_old: Partner, lena: Membership, acme: Organization, render_outbox: Deliver
) -> None:
    plan_confirmations(MORNING)
    still_right(actor=Actor.of(lena), partner=year_old, fields=["country", "region"], now=MORNING)
    assert render_outbox(MORNING + timedelta(minutes=5)) == []
    assert [(row.state, row.reason) for row in Message.objects.all()] == [("suppressed", "not_needed")]


def test_who_leads_no_more_gets_no_mail(year_old: Partner, lena_user: PartnerUser, render_outbox: Deliver) -> None:
    plan_confirmations(MORNING)
    PartnerUser.objects.filter(pk=lena_user.pk).update(role="member")
    assert render_outbox(MORNING + timedelta(minutes=5)) == []


@pytest.mark.parametrize(
    ("regions", "subject", "lines", "words"),
    [
        (0, "Country of Nordwind GmbH: still right?", ["Country: Germany"], "If it still holds, one tap says so."),
        (
            2,
            "3 details of Nordwind GmbH: still right?",
            ["Country: Germany", "Region: Bavaria", "Website: https://nordwind.example"],
            "If they still hold, one tap says so.",
        ),
        (
            6,
            "7 details of Nordwind GmbH: still right?",
            ["Country: Germany", "Region: Bavaria", "Fact 3: yes", "and 2 more"],
            "If they still hold, one tap says so.",
        ),
    ],
)
def test_the_mail_names_what_is_asked(
    year_old: Partner,
    actor: Actor,
    lena: Membership,
    render_outbox: Deliver,
    regions: int,
    subject: str,
    lines: list[str],
    words: str,
) -> None:
    year_old.region, year_old.website = ("Bavaria" if regions else ""), ("https://nordwind.example" if regions else "")
    year_old.save()
    for number in range(3, regions + 1):
        fact = AttributeFactory.create(name=f"Fact {number}", keeper="partner", confirm_months=12, position=number)
        set_values(actor=actor, partner=year_old, values={fact: "yes"}, now=MORNING - 390 * DAY)
    plan_confirmations(MORNING)
    (mail,) = render_outbox(MORNING)
    assert mail.to == ["Lena Brandt <lena@nordwind.example>"]
    assert mail.subject == subject
    for line in [*lines, words, "Acme Cloud plans by what you told about Nordwind GmbH."]:
        assert line in mail.body
    assert f"{address('my_questions', absolute=True)}#still-right" in mail.body
    assert "List-Unsubscribe" in mail.extra_headers
    assert message_kinds.get(CONFIRMATION_ASKED).delivery == AT_MOST_ONCE


def test_not_in_december_and_again_in_january(year_old: Partner, lena: Membership) -> None:
    december, january = datetime(2026, 12, 30, 7, tzinfo=UTC), datetime(2027, 1, 4, 7, tzinfo=UTC)
    plan_confirmations(december)
    plan_confirmations(january)
    assert [slot for _to, slot in asked()] == ["2026"]
    plan_confirmations(december + 330 * DAY)
    assert [slot for _to, slot in asked()] == ["2026", "2027"]


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Europe/Berlin", (2026, 3, 29)),  # an hour is missing at two
        ("Europe/Berlin", (2026, 10, 25)),  # an hour comes twice
        ("America/New_York", (2026, 3, 8)),
        ("Australia/Lord_Howe", (2026, 10, 4)),  # half an hour
        ("Asia/Kathmandu", (2026, 6, 1)),
        ("Asia/Kathmandu", (2027, 1, 1)),  # in UTC it is the same day, two hours and a quarter into it
    ],
)
def test_it_goes_in_the_morning_of_the_organization(
    year_old: Partner, acme: Organization, zone: str, local: tuple[int, int, int]
) -> None:
    acme.zone = zone
    acme.save()
    year_old.created_at = datetime(2024, 1, 1, tzinfo=UTC)
    year_old.save()
    eight = datetime(*local, 8, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert plan_confirmations(eight - timedelta(minutes=1)) == eight
    assert asked() == []
    following = plan_confirmations(eight)
    assert [slot for _to, slot in asked()] == [str(local[0])]
    assert Message.objects.get().not_before == eight
    assert following is not None
    assert following.astimezone(ZoneInfo(zone)).timetuple()[3:5] == (8, 0)
    assert timedelta(hours=22) < following - eight < timedelta(hours=26)


def test_late_in_the_day_nobody_is_asked_any_more(year_old: Partner) -> None:
    assert plan_confirmations(MORNING + timedelta(hours=3)) == MORNING + DAY
    assert asked() == []


def test_new_archived_left_and_test_partners_are_not_asked(
    year_old: Partner, kestrel: Partner, paul: Membership, actor: Actor
) -> None:
    partner_user(kestrel, membership=paul, role="lead")
    plan_confirmations(MORNING)
    assert len(asked()) == 1
    Message.objects.all().delete()
    for change in ({"is_test": True}, {"status": "left"}):
        Partner.objects.filter(pk=year_old.pk).update(**change)
        plan_confirmations(MORNING)
        assert asked() == []
        Partner.objects.filter(pk=year_old.pk).update(is_test=False, status="active")
    year_old.refresh_from_db()
    archive_partner(actor=actor, partner=year_old, now=MORNING)
    plan_confirmations(MORNING)
    assert asked() == []


def test_what_is_due_for_all_is_what_is_due_for_each(in_acme: Organization, actor: Actor, lena: Membership) -> None:
    """The query over all leads against the page's own reading, for each way in which a question is open or is not."""
    yearly = AttributeFactory.create(name="Yearly", keeper="partner", confirm_months=12)
    quarterly = AttributeFactory.create(name="Quarterly", keeper="partner", confirm_months=3, position=1)
    others = [
        AttributeFactory.create(name="Ours", keeper="staff", confirm_months=3, position=2),
        AttributeFactory.create(name="Never", keeper="partner", position=3),
        AttributeFactory.create(name="Gone", keeper="partner", confirm_months=3, position=4),
    ]
    partners = []
    for number, days in enumerate([10, 80, 91, 200, 361, 363, 366, 700]):
        for kind in ("value", "column", "changed", "paused", "unknown", "others"):
            partner = PartnerFactory.create(name=f"{kind} {days}", country="", created_at=MORNING - 800 * DAY)
            partner_user(partner, f"{kind}{days}@x.example", "Lead", "lead")
            then = MORNING - days * DAY
            told = dict.fromkeys(others if kind == "others" else [yearly, quarterly][number % 2 :][:1], "x")
            if kind in ("column", "changed"):
                Partner.objects.filter(pk=partner.pk).update(country="DE", region="Bavaria")
                partner.refresh_from_db()
                still_right(actor=actor, partner=partner, fields=["country", "region"], now=then)
            else:
                set_values(actor=actor, partner=partner, values=told, now=then)
            if kind == "changed":
                tell(actor=Actor.of(lena), partner=partner, told={"country": "AT"}, now=MORNING - 2 * DAY)
            if kind in ("paused", "unknown"):
                fields = [attribute.field for attribute in told]
                at, is_unknown = MORNING - 8 * DAY, kind == "unknown"
                put_aside(actor=actor, partner=partner, fields=fields, is_unknown=is_unknown, now=at)
            partners.append(partner)
    archive_attribute(actor=actor, attribute=others[-1], now=MORNING)
    due = {row.partner.name for row in leads_to_ask(MORNING).select_related("partner")}
    for partner in partners:
        partner.refresh_from_db()
    assert due == {partner.name for partner in partners if open_questions(partner, MORNING).due}
    assert {"value 366", "column 366", "changed 366", "paused 366"} <= due
    assert {"unknown 366", "others 700", "value 10"}.isdisjoint(due)


def test_another_organizations_partners_are_not_asked(
    umbrella: Organization, umbrellas_nordwind: Partner, year_old: Partner, lena: Membership
) -> None:
    plan_confirmations(MORNING)
    assert [to for to, _slot in asked()] == [lena.person.email]
