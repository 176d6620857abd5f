"""Groups by hand: memberships with time and reason, their audience, facts, undo."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from partners.models import Audience, AudienceMember, Group, GroupMember, Partner
from partners.queries.audiences import audiences_of
from partners.services import groups as services
from partners.services.groups import Added, GroupDetails
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import PartnerFactory
from tests.wakeups import woken_at

DAY = timedelta(days=1)


def facts() -> list[tuple[str, int | None, int | None, datetime]]:
    return [(fact.kind, fact.partner_id, fact.object_id, fact.at) for fact in Fact.objects.order_by("id")]


def in_audience(group: Group, now: datetime) -> set[int | None]:
    rows = AudienceMember.objects.present(now).filter(audience__kind="group", audience__source_id=group.pk)
    return set(rows.filter(audience__closed_at=None).values_list("partner_id", flat=True))


@pytest.fixture
def group(in_acme: Organization, actor: Actor, now: datetime) -> Group:
    return services.create_group(actor=actor, details=GroupDetails("Cloud  Resellers"), now=now)


def test_a_group_comes_with_its_audience(group: Group) -> None:
    audience = Audience.objects.get()
    assert (audience.kind, audience.source_id, audience.label) == ("group", group.pk, "Cloud Resellers")
    assert group.normalized_name == "cloud resellers"


@pytest.mark.parametrize("name", ["Cloud Resellers", "cloud resellers", "CLOUD-RESELLERS"])
def test_two_groups_do_not_share_a_name(group: Group, actor: Actor, now: datetime, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        services.create_group(actor=actor, details=GroupDetails(name), now=now)
    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [("name_taken", "name")]
    assert Group.objects.count() == Audience.objects.count() == 1


def test_a_change_renames_the_audience(group: Group, actor: Actor, msps: Group) -> None:
    details = GroupDetails("Resellers", description="You sell it.")
    services.change_group(actor=actor, group=group, revision=1, details=details)
    assert Audience.objects.get(source_id=group.pk).label == "Resellers"
    changes = AuditEntry.objects.get(verb="partners.group_changed").changes
    assert changes == {"name": ["Cloud Resellers", "Resellers"], "description": ["", "You sell it."]}
    with pytest.raises(Refused) as refusal:
        services.change_group(actor=actor, group=group, revision=1, details=details)
    assert refusal.value.codes == {"changed_meanwhile"}
    with pytest.raises(Refused) as refusal:
        services.change_group(actor=actor, group=group, revision=2, details=GroupDetails("MSPs"))
    assert refusal.value.codes == {"name_taken"}


def test_adding_is_once_for_each_partner(
    group: Group, actor: Actor, alice: Membership, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    gone = PartnerFactory.create(archived_at=now)
    first = services.add_to_group(
        actor=actor, group=group, partner_ids=[nordwind.pk, gone.pk, 999_999], reason="Sells", now=now
    )
    second = services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk, kestrel.pk], now=now + DAY)
    assert (first, second) == (Added(1, 0), Added(1, 1))
    row = GroupMember.objects.get(partner=nordwind)
    assert (row.reason, row.source, row.starts_at, row.ends_at, row.added_by_id) == (
        "Sells",
        "hand",
        now,
        None,
        alice.pk,
    )
    assert in_audience(group, now + DAY) == {nordwind.pk, kestrel.pk}
    assert facts() == [
        ("partners.group_joined", nordwind.pk, group.pk, now),
        ("partners.group_joined", kestrel.pk, group.pk, now + DAY),
    ]
    entries = AuditEntry.objects.filter(verb="partners.group_joined").order_by("id")
    assert [(entry.changes, entry.reason) for entry in entries] == [
        ({"partners": [0, 1]}, "Sells"),
        ({"partners": [0, 1]}, ""),
    ]


def test_leaving_keeps_the_history(
    group: Group, actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk, kestrel.pk], now=now)
    left = services.remove_from_group(
        actor=actor, group=group, partner_ids=[nordwind.pk, 999_999], reason="Sold", now=now + DAY
    )
    assert left == 1
    row = GroupMember.objects.get(partner=nordwind)
    assert (row.ends_at, row.closed_at, row.end_reason) == (now + DAY, now + DAY, "Sold")
    assert in_audience(group, now + DAY) == {kestrel.pk}
    assert facts()[2:] == [("partners.group_left", nordwind.pk, group.pk, now + DAY)]
    assert Fact.objects.get(kind="partners.group_left").amount == -1
    assert services.remove_from_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now + DAY) == 0
    services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now + 2 * DAY)
    assert GroupMember.objects.filter(partner=nordwind).count() == 2


def test_adding_and_removing_can_be_undone(
    group: Group, actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    services.add_to_group(actor=actor, group=group, partner_ids=[kestrel.pk], now=now - DAY)
    services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk, kestrel.pk], now=now)
    for expected in (1, 0):
        assert services.undo_adding(actor=actor, group=group, stamp=now, now=now + DAY) == expected
    assert in_audience(group, now + DAY) == {kestrel.pk}
    services.remove_from_group(actor=actor, group=group, partner_ids=[kestrel.pk], now=now + 2 * DAY)
    assert services.undo_removing(actor=actor, group=group, stamp=now + 2 * DAY, now=now + 3 * DAY) == 1
    assert services.undo_removing(actor=actor, group=group, stamp=now + 2 * DAY, now=now + 3 * DAY) == 0
    assert in_audience(group, now + 3 * DAY) == {kestrel.pk}


def test_one_cannot_undo_what_a_colleague_added(
    group: Group, actor: Actor, bob: Membership, nordwind: Partner, now: datetime
) -> None:
    services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now)
    assert services.undo_adding(actor=Actor.of(bob), group=group, stamp=now, now=now) == 0


def test_a_planned_end_comes_by_itself(group: Group, actor: Actor, nordwind: Partner, now: datetime) -> None:
    ends_at = now + 3 * DAY
    services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], ends_at=ends_at, now=now)
    assert woken_at("plan") <= ends_at
    assert services.plan_group_ends(now) == ends_at
    assert in_audience(group, ends_at - timedelta(seconds=1)) == {nordwind.pk}
    assert in_audience(group, ends_at) == set()
    assert services.plan_group_ends(ends_at + DAY) is None
    row = GroupMember.objects.get()
    assert (row.ends_at, row.closed_at) == (ends_at, ends_at + DAY)
    assert facts()[-1] == ("partners.group_left", nordwind.pk, group.pk, ends_at)
    assert services.close_ended(ends_at + DAY) == 0


def test_a_partner_can_come_back_before_the_end_was_told(
    group: Group, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], ends_at=now + DAY, now=now)
    assert services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now + 2 * DAY) == Added(1, 0)
    assert [kind for kind, *_rest in facts()] == [
        "partners.group_joined",
        "partners.group_left",
        "partners.group_joined",
    ]
    assert in_audience(group, now + 2 * DAY) == {nordwind.pk}


def test_an_end_can_be_moved_and_dropped(group: Group, actor: Actor, nordwind: Partner, now: datetime) -> None:
    services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now)
    member = GroupMember.objects.select_related("group").get()
    services.plan_end(actor=actor, member=member, ends_at=now + DAY, now=now)
    assert in_audience(group, now + DAY) == set()
    services.plan_end(actor=actor, member=member, ends_at=None, now=now)
    assert in_audience(group, now + DAY) == {nordwind.pk}
    with pytest.raises(Refused) as refusal:
        services.plan_end(actor=actor, member=member, ends_at=now - DAY, now=now)
    assert refusal.value.codes == {"ends_in_past"}
    services.remove_from_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now)
    with pytest.raises(Refused) as refusal:
        services.plan_end(actor=actor, member=member, ends_at=now + DAY, now=now)
    assert refusal.value.codes == {"not_in_group"}


def test_an_archived_group_shows_nothing_and_comes_back(
    group: Group, actor: Actor, nordwind: Partner, lena: Membership, lena_user: object, now: datetime
) -> None:
    services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now)
    audience = Audience.objects.get(kind="group")
    services.archive_group(actor=actor, group=group, now=now)
    assert audience.pk not in audiences_of(lena, now)
    with pytest.raises(Refused) as refusal:
        services.add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now)
    assert refusal.value.codes == {"group_archived"}
    assert services.remove_from_group(actor=actor, group=group, partner_ids=[999_999], now=now) == 0
    assert Audience.objects.get(pk=audience.pk).closed_at == now
    services.restore_group(actor=actor, group=group)
    assert audience.pk in audiences_of(lena, now)


def test_a_group_cannot_come_back_under_a_name_that_is_taken(group: Group, actor: Actor, now: datetime) -> None:
    services.archive_group(actor=actor, group=group, now=now)
    services.create_group(actor=actor, details=GroupDetails("Cloud Resellers"), now=now)
    with pytest.raises(Refused) as refusal:
        services.restore_group(actor=actor, group=group)
    assert refusal.value.codes == {"name_taken"}


def test_the_database_keeps_memberships_single_and_periods_right(
    group: Group, nordwind: Partner, now: datetime
) -> None:
    from django.db import transaction

    GroupMember.objects.create(group=group, partner=nordwind, starts_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMember.objects.create(group=group, partner=nordwind, starts_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMember.objects.create(group=group, partner=nordwind, starts_at=now, ends_at=now - DAY, closed_at=now)


def test_undo_stamps_are_exact() -> None:
    from partners.stamps import moment_of, stamp_of

    at = datetime(2026, 11, 23, 10, 0, 0, 123457, tzinfo=UTC)
    assert moment_of(str(stamp_of(at))) == at
    for nonsense in ("", "-1", "x", "9" * 30, "²"):
        assert moment_of(nonsense) == datetime(1970, 1, 1, tzinfo=UTC)
