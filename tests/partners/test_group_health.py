"""How groups are doing: each warning from the data that causes it, reviews that decide, partners told once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from partners import facts
from partners.models import Attribute, Group, GroupMember, GroupReview, Partner, PartnerUser, ValueChange
from partners.queries import group_health as queries
from partners.services.group_health import TOLD_MAIL, review_group, tell_partners
from partners.services.groups import add_to_group
from partners.showcases import showcases
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import GroupFactory, PartnerFactory


@pytest.fixture(autouse=True)
def nothing_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showcases, "_items", {})


@pytest.fixture
def sound(in_acme: Organization, alice: Membership, now: datetime) -> Group:
    """A group with nothing to mend."""
    group = GroupFactory.create(
        name="Sound",
        purpose="They sell",
        owner=alice,
        goal_measure="partners.people",
        goal_target=4,
        review_on=(now + timedelta(days=30)).date(),
        told_at=now,
        response_hours=8,
    )
    fill(group, 3, now)
    return group


def fill(group: Group, number: int, since: datetime) -> list[Partner]:
    partners = [PartnerFactory.create() for _number in range(number)]
    for partner in partners:
        GroupMember.objects.create(group=group, partner=partner, starts_at=since)
    return partners


def codes(group: Group, now: datetime, *others: Group) -> set[str]:
    found = queries.health_of([group, *others], now)
    return {warning.code for warning in found[0].warnings}


def test_a_group_that_is_well_has_no_warning(sound: Group, now: datetime) -> None:
    assert codes(sound, now) == set()


def test_what_its_own_row_tells(in_acme: Organization, now: datetime) -> None:
    group = GroupFactory.create(review_on=(now - timedelta(days=2)).date(), rule_problem="“Region” was archived.")
    assert codes(group, now) == {"review", "aimless", "few", "rule"}
    fill(group, 1, now)
    assert "untold" in codes(group, now)


def test_a_group_stands_still_only_where_data_moved(sound: Group, now: datetime) -> None:
    later = now + timedelta(days=200)
    Group.objects.filter(pk=sound.pk).update(review_on=None)
    sound.refresh_from_db()
    assert codes(sound, later) == set()
    partner = GroupMember.objects.filter(group=sound).earliest("pk").partner
    ValueChange.objects.create(partner=partner, field="country", before="DE", after="AT", source="hand", at=later)
    assert codes(sound, later) == {"static"}
    assert codes(sound, now + timedelta(days=100)) == set()


def test_a_group_inside_another_is_hardly_one(sound: Group, now: datetime, alice: Membership) -> None:
    larger = GroupFactory.create(name="Larger", purpose="All", owner=alice, response_hours=24)
    for member in GroupMember.objects.filter(group=sound):
        GroupMember.objects.create(group=larger, partner=member.partner, starts_at=now)
    fill(larger, 2, now)
    assert codes(sound, now, larger) == {"overlap"}
    assert "overlap" not in codes(larger, now, sound)


def test_two_groups_treated_the_same_are_one(sound: Group, now: datetime) -> None:
    same = GroupFactory.create(name="Z", response_hours=8)
    assert "alike" in codes(same, now) | {warning.code for warning in queries.health_of([sound, same], now)[1].warnings}
    same.response_hours = 4
    assert "alike" not in {warning.code for warning in queries.health_of([sound, same], now)[1].warnings}


def test_a_goal_is_what_happened_to_its_partners_since_it_was_made(sound: Group, now: datetime) -> None:
    inside = GroupMember.objects.filter(group=sound).earliest("pk").partner_id
    outside = PartnerFactory.create().pk
    for partner_id, days in ((inside, 1), (inside, 2), (outside, 1), (inside, -3)):
        record(kind=facts.USER_JOINED, at=now + timedelta(days=days), partner_id=partner_id)
    goal = queries.goal_of(sound)
    assert goal is not None
    assert (goal.reached, goal.target, goal.percent) == ("2", "4", 50)


def test_a_review_is_recorded_and_closing_archives(sound: Group, actor: Actor, now: datetime) -> None:
    next_on = (now + timedelta(days=90)).date()
    review_group(actor=actor, group=sound, decision="keep", words="Works", next_on=next_on, now=now)
    sound.refresh_from_db()
    assert sound.review_on == next_on
    with pytest.raises(Refused) as refusal:
        review_group(actor=actor, group=sound, decision="keep", words="", next_on=None, now=now)
    assert refusal.value.codes == {"no_next_review"}
    with pytest.raises(Refused) as refusal:
        review_group(actor=actor, group=sound, decision="change", words="", next_on=now.date(), now=now)
    assert refusal.value.codes == {"review_in_past"}
    review_group(actor=actor, group=sound, decision="close", words="Nobody needs it", next_on=None, now=now)
    sound.refresh_from_db()
    assert sound.archived_at == now
    assert list(GroupReview.objects.order_by("pk").values_list("decision", "partners")) == [("keep", 3), ("close", 3)]
    assert AuditEntry.objects.filter(verb="partners.group_reviewed").count() == 2


def test_leads_are_told_once_each(
    sound: Group, actor: Actor, now: datetime, lena_user: PartnerUser, tom_user: PartnerUser, render_outbox: Any
) -> None:
    add_to_group(actor=actor, group=sound, partner_ids=[lena_user.partner_id], reason="Signed", now=now)
    assert queries.leads_of(sound) == 1
    assert tell_partners(actor=actor, group=sound, now=now) == 1
    assert tell_partners(actor=actor, group=sound, now=now + timedelta(days=1)) == 0
    assert [message.recipient_id for message in Message.objects.filter(kind=TOLD_MAIL)] == [lena_user.membership_id]
    (mail,) = render_outbox(now + timedelta(hours=12))
    assert mail.subject == "Nordwind GmbH is in the group Sound"
    assert "within 8 hours" in mail.body


def test_the_better_of_several_groups_holds(
    in_acme: Organization, nordwind: Partner, bob: Membership, now: datetime
) -> None:
    for name, hours, contact in (("A", 48, None), ("B", 8, bob), ("C", None, None)):
        group = GroupFactory.create(name=name, response_hours=hours, contact=contact)
        GroupMember.objects.create(group=group, partner=nordwind, starts_at=now)
    treatment = queries.treatment_of(nordwind, now)
    assert (treatment.response_hours, treatment.response_group) == (8, "B")
    assert (treatment.contact, treatment.contact_group) == (bob, "B")


def test_a_rule_over_what_many_lack_is_warned_of(sound: Group, now: datetime, actor: Actor) -> None:
    from partners.conditions.grammar import Block, Condition
    from partners.services.group_rules import set_rule

    attribute = Attribute.objects.create(name="Region", normalized_name="region", kind="text", created_at=now)
    block = Block("all", (Condition(f"attribute:{attribute.public_id}", "is", "North"),))
    set_rule(actor=actor, group=sound, block=block, version=0, now=now)
    warnings = {warning.code: warning for warning in queries.health_of([sound], now)[0].warnings}
    assert "which 3 of 3 partners lack" in warnings["unknown"].data


def test_the_pages_say_it_and_take_a_decision(
    sound: Group, alice: Membership, acme: Organization, sign_in: Callable[[Membership], Client]
) -> None:
    client = sign_in(alice)

    def url(name: str, *args: str) -> str:
        return address(name, *args, organization=acme)

    assert b"Sound" in client.get(url("group_health")).content
    where = url("group_review", sound.public_id)
    assert client.get(where).status_code == 200
    refused = client.post(where, {"decision": "keep", "words": "Typed with care"})
    assert refused.status_code == 422
    assert b"Typed with care" in refused.content
    assert client.post(where, {"decision": "close", "words": "Done"}).status_code == 303
