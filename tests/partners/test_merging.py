"""Two records become one: what moves, what ends, what is chosen, and what is refused."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from cohorts.models import Application
from partners import facts
from partners.models import (
    Attribute,
    AttributeValue,
    AudienceMember,
    Competition,
    Group,
    GroupMember,
    LikelyDouble,
    Partner,
    PartnerLink,
    PartnerMerge,
    PartnerProduct,
    PartnerTier,
    PartnerUser,
    TierOutlook,
    ValueChange,
)
from partners.queries.duplicates import alike, survivor_of
from partners.queries.merging import differences, problems_of_merge, what_moves
from partners.services.competitors import mark_pair
from partners.services.duplicates import compare, say_different, write_domains
from partners.services.groups import add_to_group
from partners.services.inviting import Invitee, invite_people
from partners.services.merging import merge_partners, plan_late_rows
from partners.services.partners import archive_partner, restore_partner
from partners.services.structure import LinkDetails, link_partners
from partners.services.tier_evaluation import evaluate_ladder
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.activity.queries import total, total_by_partner
from prm.activity.services import record
from prm.audit.models import AuditEntry
from prm.invitations.models import Invitation
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.cohorts import factories as cohorts
from tests.factories import NOW
from tests.partners.factories import PartnerFactory, ProductFactory, partner_user
from tests.partners.ladders import launched

DAY = timedelta(days=1)


@pytest.fixture
def double(in_acme: Organization, nordwind: Partner) -> Partner:
    return PartnerFactory.create(name="Nordwnid AG", domain="nordwind.ch", region="Zürich", country="CH", notes="Pays")


@pytest.fixture
def merge(actor: Actor, nordwind: Partner, double: Partner, now: datetime):  # type: ignore[no-untyped-def]
    def act(taken: Mapping[str, str] | None = None, **other: Partner) -> PartnerMerge:
        survivor, merged = other.get("survivor", nordwind), other.get("merged", double)
        for row in (survivor, merged):
            row.refresh_from_db()
        return merge_partners(
            actor=actor,
            survivor=survivor,
            merged=merged,
            revisions=(survivor.revision, merged.revision),
            taken=taken or {},
            now=now + DAY,
        )

    return act


def test_everything_goes_over(merge, nordwind: Partner, double: Partner, actor: Actor, alice, msps: Group, now) -> None:  # type: ignore[no-untyped-def]
    partner_user(nordwind, "lena@n.example", "Lena", "lead")
    partner_user(double, "urs@n.example", "Urs", "lead")
    add_to_group(actor=actor, group=msps, partner_ids=[double.pk], now=now)
    invite_people(actor=actor, inviter=alice, partner=double, invitees=[Invitee("new@nordwind.ch")], now=now)
    assert dict(what_moves(double))["People"] == 1
    row = merge()
    assert row.moved["partners.partneruser.partner"] == 1
    assert set(PartnerUser.objects.values_list("partner", flat=True)) == {nordwind.pk}
    assert GroupMember.objects.open().get().partner_id == nordwind.pk
    assert Invitation.objects.get().target_id == nordwind.pk
    double.refresh_from_db()
    assert double.archived_at == now + DAY
    assert survivor_of(double) == nordwind
    assert list(nordwind.further_domains.values_list("domain", flat=True)) == ["nordwind.ch"]
    assert AuditEntry.objects.get(verb="partners.merged").changes["merged"] == ["Nordwnid AG", "Nordwind GmbH"]
    # What happened is taken back by counter-facts, which stand at the double.
    assert [label for label, _number in what_moves(double)] == ["What happened"]


def test_facts_count_for_the_one_that_stays(merge, nordwind: Partner, double: Partner, now: datetime) -> None:  # type: ignore[no-untyped-def]
    for partner in (nordwind, double):
        record(kind=facts.CREATED, at=now - 9 * DAY, partner_id=partner.pk)
        record(kind=facts.USER_JOINED, at=now - 5 * DAY, partner_id=partner.pk, amount=2)
    before = total(facts.PEOPLE, since=now - 6 * DAY, until=now)
    merge()
    assert total_by_partner(facts.PEOPLE, until=now) == {nordwind.pk: Decimal(4), double.pk: Decimal(0)}
    assert total(facts.PEOPLE, since=now - 6 * DAY, until=now) == before == 4
    assert total(facts.PARTNERS) == 1
    assert Fact.objects.get(kind="partners.absorbed").object_id == double.pk


def test_of_two_times_in_a_group_one_goes_on(merge, nordwind, double, actor, msps, now) -> None:  # type: ignore[no-untyped-def]
    add_to_group(actor=actor, group=msps, partner_ids=[nordwind.pk, double.pk], now=now)
    merge()
    rows = GroupMember.objects.filter(partner=nordwind).order_by("pk")
    assert [(row.closed_at, row.end_reason) for row in rows] == [(None, ""), (now + DAY, "Merged into Nordwind GmbH")]
    joined = Fact.objects.filter(partner_id=nordwind.pk, kind__startswith="partners.group_")
    assert sum(fact.amount for fact in joined) == 1
    assert (
        sum(fact.amount for fact in Fact.objects.filter(partner_id=double.pk, kind__startswith="partners.group_")) == 0
    )


def test_a_value_is_chosen_for_each_difference(merge, nordwind: Partner, double: Partner, now: datetime) -> None:  # type: ignore[no-untyped-def]
    Partner.objects.filter(pk=nordwind.pk).update(notes="Old")
    nordwind.refresh_from_db()
    found = {row.field: (row.kept, row.other, row.takes_other) for row in differences(nordwind, double)}
    assert found["region"] == ("", "Zürich", True)
    assert found["country"] == ("Germany", "Switzerland", False)
    merge({"region": "merged", "country": "merged", "notes": "both"})
    nordwind.refresh_from_db()
    assert (nordwind.region, nordwind.country, nordwind.notes) == ("Zürich", "CH", "Old\n\nPays")
    assert nordwind.name == "Nordwind GmbH"
    told = {(row.field, row.before, row.after, row.source) for row in ValueChange.objects.filter(partner=nordwind)}
    assert ("country", "DE", "CH", "merge") in told


def test_attributes_move_and_are_chosen(merge, nordwind: Partner, double: Partner, now: datetime) -> None:  # type: ignore[no-untyped-def]
    both, one = (
        Attribute.objects.create(name=name, normalized_name=name, kind="number", created_at=NOW)
        for name in ("size", "age")
    )
    for attribute, partner, number in ((both, nordwind, 3), (both, double, 7), (one, double, 5)):
        AttributeValue.objects.create(attribute=attribute, partner=partner, number=number, set_at=NOW, confirmed_at=NOW)
    merge({both.field: "merged"})
    values = AttributeValue.objects.filter(partner=nordwind).values_list("attribute__name", "number", "source")
    assert set(values) == {("size", Decimal(7), "merge"), ("age", Decimal(5), "hand")}


def test_what_was_decided_and_marked_goes_over(merge, nordwind, double, kestrel, actor, now) -> None:  # type: ignore[no-untyped-def]
    alike_one = PartnerFactory.create(name="Nordwnid AG", domain="other.example")
    compare([double.pk, alike_one.pk], now)
    pair = LikelyDouble.objects.filter(second=alike_one, first=double).get()
    say_different(actor=actor, pair=pair, now=now)
    mark_pair(actor=actor, partners=(double, kestrel), grade="never", now=now)
    mark_pair(actor=actor, partners=(double, nordwind), grade="never", now=now)
    merge()
    assert not LikelyDouble.objects.waiting().exists()
    mark = Competition.objects.get()
    assert {mark.first_id, mark.second_id} == {nordwind.pk, kestrel.pk}


def test_people_of_an_archived_double_come_in_again(merge, nordwind, double, actor, now) -> None:  # type: ignore[no-untyped-def]
    user = partner_user(double, "urs@n.example", "Urs", "lead")
    archive_partner(actor=actor, partner=double, now=now)
    merge()
    user.refresh_from_db()
    assert user.membership.state == Membership.State.ACTIVE
    assert user.partner_id == nordwind.pk


def test_a_merged_record_is_found_and_stays_put_away(merge, nordwind, double, actor, now) -> None:  # type: ignore[no-untyped-def]
    merge()
    assert [row.partner for row in alike("Nordwnid", "")] == [nordwind]
    assert [row.partner for row in alike("Else", "nordwind.ch")] == [nordwind]
    assert double not in Partner.objects.archived()
    with pytest.raises(Refused) as refusal:
        restore_partner(actor=actor, partner=double, now=now)
    assert refusal.value.codes == {"merged"}
    third = PartnerFactory.create(name="Nordwind Holding")
    merge(survivor=third, merged=nordwind)
    double.refresh_from_db()
    assert survivor_of(double) == third
    assert set(third.further_domains.values_list("domain", flat=True)) == {"nordwind.example", "nordwind.ch"}


def test_what_cannot_be_merged(merge, nordwind, double, kestrel, actor, now) -> None:  # type: ignore[no-untyped-def]
    test_partner = PartnerFactory.create(is_test=True)
    gone = PartnerFactory.create(archived_at=now)
    for survivor, merged, code in (
        (nordwind, nordwind, "same_partner"),
        (gone, nordwind, "survivor_archived"),
        (nordwind, test_partner, "test_and_real"),
    ):
        with pytest.raises(Refused) as refusal:
            merge(survivor=survivor, merged=merged)
        assert refusal.value.codes == {code}
    merge()
    with pytest.raises(Refused) as refusal:
        merge(survivor=kestrel)
    assert refusal.value.codes == {"merged"}
    with pytest.raises(Refused) as refusal:
        merge_partners(actor=actor, survivor=nordwind, merged=kestrel, revisions=(9, 9), taken={}, now=now)
    assert refusal.value.codes == {"changed_meanwhile"}
    assert PartnerMerge.objects.count() == 1


def test_what_an_app_objects_to_is_refused_and_shown_before(merge, nordwind, double, in_acme, lena, paul) -> None:  # type: ignore[no-untyped-def]
    cohort = cohorts.cohort(title="Winter")
    partner_user(nordwind, membership=lena)
    partner_user(double, membership=paul)
    for who in (lena, paul):
        cohorts.application(cohort, who)
    assert [problem.code for problem in problems_of_merge(nordwind, double)] == ["both_apply"]
    with pytest.raises(Refused) as refusal:
        merge()
    assert refusal.value.codes == {"both_apply"}
    assert "Winter" in str(refusal.value)
    Application.objects.filter(membership=paul).update(state="withdrawn")
    merge()
    assert set(Application.objects.values_list("partner", flat=True)) == {nordwind.pk}


def test_of_two_standings_on_a_ladder_one_goes_on(merge, nordwind, double, actor, now: datetime) -> None:  # type: ignore[no-untyped-def]
    for _number in range(2):
        record(kind="cohorts.graduated", at=now - 3 * DAY, partner_id=double.pk)
    ladder = launched(actor, now)
    assert dict(PartnerTier.objects.open().values_list("partner", "tier__name")) == {
        nordwind.pk: "Member",
        double.pk: "Silver",
    }
    merge()
    assert PartnerTier.objects.open().get().partner_id == nordwind.pk
    heard = AudienceMember.objects.filter(audience__kind="tier", ends_at=None)
    assert list(heard.values_list("partner", "audience__label")) == [(nordwind.pk, "Tier: Member")]
    assert not TierOutlook.objects.filter(partner=double).exists()
    reached = Fact.objects.filter(kind__startswith="partners.tier_", partner_id=nordwind.pk)
    assert sum(fact.amount for fact in reached) == 1
    evaluate_ladder(ladder, None, now + 2 * DAY)
    assert PartnerTier.objects.open().get().tier.name == "Silver"


def test_rights_for_products_go_over_and_never_overlap(merge, nordwind, double, actor, now: datetime) -> None:  # type: ignore[no-untyped-def]
    both, one, over = (ProductFactory.create() for _number in range(3))
    today = now.date()
    for product, partner, until in (
        (both, nordwind, None),
        (both, double, None),
        (one, double, None),
        (over, nordwind, today - 5 * DAY),
        (over, double, None),
    ):
        PartnerProduct.objects.create(
            product=product, partner=partner, right="sell", starts_on=today - 30 * DAY, ends_on=until, granted_at=now,
            begun_at=now - 30 * DAY, closed_at=now if until else None,
        )  # fmt: skip
    merge()
    held = PartnerProduct.objects.open().values_list("partner", "product", "starts_on")
    assert set(held) == {
        (nordwind.pk, both.pk, today - 30 * DAY),
        (nordwind.pk, one.pk, today - 30 * DAY),
        (nordwind.pk, over.pk, today - 5 * DAY),
    }
    assert PartnerProduct.objects.get(partner=double).end_reason == "Merged into Nordwind GmbH"


def test_what_was_under_way_meanwhile_comes_after(merge, nordwind, double, now: datetime) -> None:  # type: ignore[no-untyped-def]
    assert plan_late_rows(now) is None
    merge()
    late = partner_user(double, "urs@n.example", "Urs", "lead")
    again = plan_late_rows(now + DAY + timedelta(seconds=60))
    late.refresh_from_db()
    assert late.partner_id == nordwind.pk
    assert again == now + DAY + timedelta(seconds=120)
    assert plan_late_rows(now + 2 * DAY) is None


def test_a_circle_undoes_all_of_it(merge, nordwind, double, kestrel, actor, now) -> None:  # type: ignore[no-untyped-def]
    since = LinkDetails("branch", date(2020, 1, 1))
    link_partners(actor=actor, parent=nordwind, child=kestrel, details=since, now=now)
    link_partners(actor=actor, parent=kestrel, child=double, details=since, now=now)
    write_domains(double, ["kept.example"])
    with pytest.raises(Refused) as refusal:
        merge()
    assert refusal.value.codes == {"circle"}
    assert PartnerLink.objects.filter(child=double).exists()
    assert not PartnerMerge.objects.exists()
    assert list(double.further_domains.values_list("domain", flat=True)) == ["kept.example"]
