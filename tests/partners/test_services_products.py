"""Rights for products: granted, changed, ended, told on their days; what follows; products and families retired."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from partners import facts
from partners.conditions.grammar import Block, Condition
from partners.days import beginning_of
from partners.models import (
    Group,
    GroupMember,
    Journey,
    JourneyTemplate,
    Partner,
    PartnerProduct,
    PartnerUser,
    Product,
    ProductFamily,
)
from partners.queries.journeys.kinds import TRIGGERS
from partners.queries.products import my_products
from partners.services import product_catalog as catalog
from partners.services import products as services
from partners.services.group_moves import reconsider
from partners.services.group_rules import set_rule
from partners.services.journeys import templates as journeys
from partners.services.journeys.keeping import follow
from partners.services.product_catalog import ProductDetails
from partners.services.products import Terms
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.following import Changes
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.factories import NOW
from tests.partners.factories import GroupFactory, PartnerFactory, ProductFactory
from tests.wakeups import woken_at

TODAY = NOW.date()
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def pump(in_acme: Organization) -> Product:
    return ProductFactory.create(name="Pump")


@pytest.fixture
def grant(actor: Actor, pump: Product, nordwind: Partner) -> Any:
    """`grant("sell", starts_on=…)`: Nordwind gets a right for the pump."""

    def granted(*rights: str, to: Any = None, at: datetime = NOW, **terms: Any) -> int:
        return services.grant_rights(
            actor=actor,
            product=pump,
            partner_ids=[partner.pk for partner in to or [nordwind]],
            rights=rights or ("sell",),
            terms=Terms(**{"starts_on": TODAY, **terms}),
            now=at,
        )

    return granted


def close(actor: Actor, *rights: PartnerProduct, at: datetime = NOW, reason: str = "") -> int:
    return services.close_rights(actor=actor, rights=rights, now=at, reason=reason)


def told() -> list[tuple[str, int]]:
    """Kinds of facts about products with their amounts, in the order in which they were recorded."""
    rows = Fact.objects.filter(kind__startswith="partners.product_").order_by("id")
    return [
        (kind.removeprefix("partners.product_"), int(amount)) for kind, amount in rows.values_list("kind", "amount")
    ]


def codes_of(act: Any) -> set[str]:
    before = (PartnerProduct.objects.count(), len(told()), AuditEntry.objects.count())
    with pytest.raises(Refused) as refusal:
        act()
    assert (PartnerProduct.objects.count(), len(told()), AuditEntry.objects.count()) == before
    return refusal.value.codes


def test_a_grant_leaves_rows_facts_and_a_trail(
    grant: Any, pump: Product, nordwind: Partner, kestrel: Partner, alice: Membership
) -> None:
    gone = PartnerFactory.create(archived_at=NOW)
    assert grant("sell", "service", to=[nordwind, kestrel, gone], basis="agreement", reason="Frame contract") == 4
    right = PartnerProduct.objects.get(partner=nordwind, right="sell")
    assert (right.product_id, right.basis, right.reason, right.granted_by_id) == (
        pump.pk, "agreement", "Frame contract", alice.pk,
    )  # fmt: skip
    assert (right.starts_on, right.ends_on, right.begun_at, right.granted_at) == (TODAY, None, NOW, NOW)
    assert sorted(told()) == [("sell_began", 1)] * 2 + [("service_began", 1)] * 2
    fact = Fact.objects.filter(partner_id=nordwind.pk, kind=facts.PRODUCT_BEGAN["sell"].name).get()
    assert (fact.object_id, fact.at) == (pump.pk, NOW)
    trail = AuditEntry.objects.filter(verb=services.GRANTED).order_by("pk")
    assert [(row.object_label, row.changes, row.reason) for row in trail] == [
        ("Pump", {"sell": [0, 2]}, "Frame contract"),
        ("Pump", {"service": [0, 2]}, "Frame contract"),
    ]


def test_rights_of_one_kind_never_stand_twice(grant: Any, nordwind: Partner, kestrel: Partner) -> None:
    grant("sell")
    assert codes_of(partial(grant, "sell", to=[kestrel, nordwind])) == {"right_overlaps"}
    assert codes_of(partial(grant, "service", "sell", starts_on=TODAY + 30 * DAY)) == {"right_overlaps"}
    assert grant("service") == 1
    with pytest.raises(Refused, match=r"Nordwind GmbH has “May sell” from .* until further notice"):
        grant("sell")


def test_a_new_right_does_not_reach_back_into_an_old_one(grant: Any, actor: Actor) -> None:
    grant("sell", starts_on=TODAY - 100 * DAY)
    close(actor, PartnerProduct.objects.get())
    assert codes_of(partial(grant, "sell", starts_on=TODAY - 10 * DAY)) == {"right_overlaps"}
    assert grant("sell", starts_on=TODAY) == 1


def test_the_database_refuses_what_a_service_would_have(grant: Any, pump: Product, nordwind: Partner) -> None:
    def row(**fields: Any) -> PartnerProduct:
        return PartnerProduct.objects.create(
            product=pump, partner=nordwind, granted_at=NOW, **{"right": "sell", "closed_at": NOW, **fields}
        )

    row(starts_on=TODAY - 9 * DAY, ends_on=TODAY)
    row(starts_on=TODAY, ends_on=TODAY + DAY)
    row(starts_on=TODAY - 5 * DAY, ends_on=TODAY - 5 * DAY)
    row(starts_on=TODAY - 9 * DAY, ends_on=TODAY, right="service")
    with pytest.raises(IntegrityError, match="partners_partnerproduct_apart"), transaction.atomic():
        row(starts_on=TODAY - DAY, ends_on=TODAY + 3 * DAY)
    with pytest.raises(IntegrityError, match="partners_partnerproduct_apart"), transaction.atomic():
        row(starts_on=TODAY - 30 * DAY, ends_on=None, closed_at=None)


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        ({"ends_on": TODAY}, {"ends_in_past"}),
        ({"starts_on": TODAY + 9 * DAY, "ends_on": TODAY + 9 * DAY}, {"ends_before_start"}),
        ({"starts_on": TODAY + 9 * DAY, "ends_on": TODAY + 3 * DAY}, {"ends_before_start"}),
    ],
)
def test_days_that_make_no_sense_are_refused(grant: Any, terms: dict[str, Any], codes: set[str]) -> None:
    assert codes_of(partial(grant, "sell", **terms)) == codes


def test_a_retired_product_takes_no_right_and_keeps_its_history(grant: Any, actor: Actor, pump: Product) -> None:
    grant("sell")
    catalog.retire_product(actor=actor, product=pump, now=NOW)
    assert codes_of(partial(grant, "service")) == {"product_retired"}
    assert PartnerProduct.objects.held().count() == 1
    catalog.bring_product_back(actor=actor, product=pump)
    assert grant("service") == 1


def test_a_right_begins_and_ends_on_its_days(grant: Any, actor: Actor, acme: Organization, pump: Product) -> None:
    acme.zone = "America/Chicago"
    acme.save()
    zone = ZoneInfo("America/Chicago")
    first, after = TODAY + 10 * DAY, TODAY + 20 * DAY
    grant("sell", starts_on=first, ends_on=after)
    right = PartnerProduct.objects.get()
    assert (right.begun_at, told()) == (None, [])
    midnight = datetime.combine(first, time(), zone)
    assert woken_at("plan") <= midnight
    assert services.plan_product_rights(NOW) == midnight
    assert services.plan_product_rights(midnight - timedelta(minutes=1)) == midnight
    assert told() == []
    end = datetime.combine(after, time(), zone)
    for _twice in range(2):
        assert services.plan_product_rights(midnight + timedelta(hours=2)) == end
        assert told() == [("sell_began", 1)]
    assert Fact.objects.get(kind="partners.product_sell_began").at == midnight
    for _twice in range(2):
        assert services.plan_product_rights(end + timedelta(hours=3)) is None
    right.refresh_from_db()
    assert (right.closed_at, right.ends_on) == (end + timedelta(hours=3), after)
    assert told() == [("sell_began", 1), ("sell_ended", -1)]
    assert Fact.objects.get(kind="partners.product_sell_ended").at == end
    assert grant("sell", starts_on=after, at=end + timedelta(hours=4)) == 1


def test_an_end_that_nobody_told_yet_is_told_before_the_next_grant(grant: Any) -> None:
    grant("sell", ends_on=TODAY + DAY)
    assert grant("sell", starts_on=TODAY + 2 * DAY, at=NOW + 2 * DAY) == 1
    assert told() == [("sell_began", 1), ("sell_ended", -1), ("sell_began", 1)]


def test_ending_by_hand_ends_today_and_once(grant: Any, actor: Actor, pump: Product, nordwind: Partner) -> None:
    grant("sell", starts_on=TODAY - 40 * DAY, ends_on=TODAY + 40 * DAY)
    right = PartnerProduct.objects.get()
    assert close(actor, right, reason="Audit failed") == 1
    assert close(actor, right) == 0
    right.refresh_from_db()
    assert (right.ends_on, right.closed_at, right.end_reason) == (TODAY, NOW, "Audit failed")
    assert told() == [("sell_began", 1), ("sell_ended", -1)]
    entry = AuditEntry.objects.get(verb=services.ENDED)
    assert (entry.object_id, entry.object_label, entry.changes, entry.reason) == (
        pump.pk, "Pump: Nordwind GmbH", {"sell": [1, 0]}, "Audit failed",
    )  # fmt: skip
    assert not PartnerProduct.objects.holding(TODAY).exists()


def test_what_had_not_begun_never_held(grant: Any, actor: Actor) -> None:
    grant("sell", starts_on=TODAY + 5 * DAY)
    close(actor, PartnerProduct.objects.get())
    right = PartnerProduct.objects.get()
    assert right.ends_on == right.starts_on
    assert told() == []
    assert services.plan_product_rights(NOW + 9 * DAY) is None


def test_many_rights_of_several_products_close_together(
    grant: Any, actor: Actor, nordwind: Partner, kestrel: Partner
) -> None:
    """As a merge of two partners does with those of the one that goes."""
    grant("sell", "service", to=[nordwind, kestrel])
    valve = ProductFactory.create(name="Valve")
    services.grant_rights(
        actor=actor, product=valve, partner_ids=[nordwind.pk], rights=["incubation"], terms=Terms(TODAY), now=NOW
    )
    rights = PartnerProduct.objects.open().filter(partner=nordwind)
    assert services.close_rights(actor=actor, rights=rights, now=NOW, reason="Merged") == 3
    assert PartnerProduct.objects.open().filter(partner=kestrel).count() == 2
    assert AuditEntry.objects.filter(verb=services.ENDED, reason="Merged").count() == 3


def change(actor: Actor, right: PartnerProduct, revision: int = 1, at: datetime = NOW, **terms: Any) -> None:
    known = {"starts_on": right.starts_on, "ends_on": right.ends_on, "basis": right.basis, "reason": right.reason}
    services.change_right(actor=actor, right=right, revision=revision, terms=Terms(**{**known, **terms}), now=at)


def test_days_and_ground_of_a_right_change(grant: Any, actor: Actor) -> None:
    grant("sell")
    right = PartnerProduct.objects.get()
    change(actor, right, ends_on=TODAY + 7 * DAY, basis="certificate")
    right.refresh_from_db()
    assert (right.ends_on, right.basis, right.revision) == (TODAY + 7 * DAY, "certificate", 2)
    entry = AuditEntry.objects.get(verb=services.CHANGED)
    assert entry.changes == {
        "ends_on": [None, (TODAY + 7 * DAY).isoformat()], "basis": ["hand", "certificate"],
    }  # fmt: skip
    assert services.plan_product_rights(NOW) == beginning_of(TODAY + 7 * DAY)
    assert told() == [("sell_began", 1)]


def test_a_right_moved_to_today_begins_at_once(grant: Any, actor: Actor) -> None:
    grant("sell", starts_on=TODAY + 9 * DAY)
    change(actor, PartnerProduct.objects.get(), starts_on=TODAY)
    assert PartnerProduct.objects.get().begun_at == NOW
    assert told() == [("sell_began", 1)]


def test_changes_that_cannot_be(grant: Any, actor: Actor) -> None:
    grant("sell", starts_on=TODAY - 90 * DAY)
    old = PartnerProduct.objects.get()
    close(actor, old)
    grant("sell")
    right = PartnerProduct.objects.open().get()
    assert codes_of(lambda: change(actor, right, starts_on=TODAY + DAY)) == {"right_begun"}
    assert codes_of(lambda: change(actor, right, starts_on=TODAY - 20 * DAY)) == {"right_overlaps"}
    assert codes_of(lambda: change(actor, right, ends_on=TODAY)) == {"ends_in_past"}
    assert codes_of(lambda: change(actor, right, revision=7, reason="x")) == {"changed_meanwhile"}
    assert codes_of(lambda: change(actor, old, ends_on=TODAY + DAY, revision=2)) == {"right_over"}


# ── What follows ────────────────────────────────────────────────────────────────────────────────────────────────────


def follow_all(now: datetime) -> None:
    ids = frozenset(Fact.objects.exclude(partner_id=None).values_list("partner_id", flat=True))
    reconsider(Changes(ids), now)
    follow(Changes(ids), now)


def test_groups_by_rule_are_woken_and_follow(
    grant: Any, actor: Actor, pump: Product, nordwind: Partner, kestrel: Partner
) -> None:
    group: Group = GroupFactory.create(name="Sellers", grace_days=0)
    sells = Condition("product:sell", "any_of", (pump.public_id,))
    many = Condition("measure:partners.products_sold", "at_least", "1")
    set_rule(actor=actor, group=group, block=Block("all", (sells, many)), version=0, now=NOW)
    grant("sell", ends_on=TODAY + 5 * DAY)
    assert woken_at("follow") is not None
    follow_all(NOW)
    assert [row.partner_id for row in GroupMember.objects.open()] == [nordwind.pk]
    over = NOW + 6 * DAY
    services.plan_product_rights(over)
    follow_all(over)
    assert not GroupMember.objects.open().exists()


@pytest.fixture
def journey(actor: Actor, pump: Product) -> JourneyTemplate:
    details = journeys.TemplateDetails(
        "A new product", ["Begin"], trigger="product", source_id=pump.pk, leaving=JourneyTemplate.Leaving.STOP
    )
    steps = [journeys.StepDetails("task", "Build one thing with it")]
    template = journeys.create_template(actor=actor, details=details, steps=steps, now=NOW - DAY)
    journeys.switch_on(actor=actor, template=template, includes_present=False, now=NOW - DAY)
    return template


def test_a_right_starts_the_journey_of_its_product_once(
    grant: Any, actor: Actor, journey: JourneyTemplate, nordwind: Partner
) -> None:
    grant("sell", "service", starts_on=TODAY - 400 * DAY)
    follow_all(NOW)
    (running,) = Journey.objects.running()
    assert (running.partner_id, running.is_by_trigger) == (nordwind.pk, True)
    close(actor, PartnerProduct.objects.get(right="service"))
    follow_all(NOW)
    assert Journey.objects.running().count() == 1
    close(actor, PartnerProduct.objects.get(right="sell"))
    follow_all(NOW)
    assert Journey.objects.get().state == Journey.State.STOPPED


def test_a_right_of_a_day_to_come_starts_it_on_that_day(grant: Any, journey: JourneyTemplate) -> None:
    grant("incubation", starts_on=TODAY + 3 * DAY)
    follow_all(NOW)
    assert not Journey.objects.exists()
    begun = NOW + 3 * DAY
    services.plan_product_rights(begun)
    follow_all(begun)
    assert Journey.objects.running().count() == 1


def test_the_menu_of_triggers_marks_retired_products(actor: Actor, pump: Product) -> None:
    (trigger,) = (one for one in TRIGGERS if one.name == "product")
    assert trigger.choices
    catalog.retire_product(actor=actor, product=pump, now=NOW)
    assert trigger.choices() == [(pump.pk, "Pump (retired)")]


# ── Products and families ───────────────────────────────────────────────────────────────────────────────────────────


def test_products_are_made_changed_and_kept_apart_by_name(actor: Actor) -> None:
    family = catalog.create_family(actor=actor, name="Hydraulics")
    details = ProductDetails("  Valve   V2 ", "V-2", "Opens and closes", family)
    valve = catalog.create_product(actor=actor, details=details, now=NOW)
    assert (valve.name, valve.normalized_name, valve.family) == ("Valve V2", "valve v2", family)
    with pytest.raises(Refused, match="already a product of this name"):
        catalog.create_product(actor=actor, details=ProductDetails("VALVE v2"), now=NOW)
    catalog.change_product(actor=actor, product=valve, revision=1, details=ProductDetails("Valve V3", family=family))
    with pytest.raises(Refused) as refusal:
        catalog.change_product(actor=actor, product=valve, revision=1, details=ProductDetails("Valve V4"))
    assert refusal.value.codes == {"changed_meanwhile"}
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["partners.product_family_created", "partners.product_created", "partners.product_changed"]


def test_a_family_retires_when_nothing_of_it_is_offered(actor: Actor) -> None:
    family = catalog.create_family(actor=actor, name="Hydraulics")
    valve = catalog.create_product(actor=actor, details=ProductDetails("Valve", family=family), now=NOW)
    assert codes_of(lambda: catalog.retire_family(actor=actor, family=family, now=NOW)) == {"still_offered"}
    catalog.retire_product(actor=actor, product=valve, now=NOW)
    catalog.retire_family(actor=actor, family=family, now=NOW)
    family.refresh_from_db()
    assert family.retired_on == TODAY
    details = ProductDetails("Pump", family=family)
    assert codes_of(lambda: catalog.create_product(actor=actor, details=details, now=NOW)) == {"family_retired"}
    assert codes_of(lambda: catalog.bring_product_back(actor=actor, product=valve)) == {"family_retired"}
    catalog.change_product(actor=actor, product=valve, revision=1, details=ProductDetails("Valve, old", family=family))
    catalog.bring_family_back(actor=actor, family=family)
    catalog.bring_product_back(actor=actor, product=valve)
    assert Product.objects.offered().get().name == "Valve, old"


def test_families_are_renamed_and_kept_apart_by_name(actor: Actor) -> None:
    family = catalog.create_family(actor=actor, name="Hydraulics")
    catalog.create_family(actor=actor, name="Drives")
    rename = partial(catalog.change_family, actor=actor, family=family)
    assert codes_of(partial(rename, revision=1, name="drives")) == {"name_taken"}
    rename(revision=1, name="Fluids")
    assert codes_of(partial(rename, revision=1, name="Water")) == {"changed_meanwhile"}
    assert ProductFamily.objects.get(pk=family.pk).name == "Fluids"


def test_a_partner_reads_what_it_may_and_until_when(
    grant: Any, nordwind: Partner, kestrel: Partner, lena_user: PartnerUser
) -> None:
    grant("sell", basis="certificate", ends_on=date(2030, 6, 1), reason="Secret reason")
    grant("service", starts_on=date(2029, 1, 1))
    grant("incubation", to=[kestrel])
    (product,) = my_products(nordwind, NOW)
    assert [(right.label, right.basis) for right in product.rights] == [
        ("May service", ""),
        ("May sell", "By certificate"),
    ]
    assert "until 31 May 2030" in product.rights[1].days
    assert product.rights[0].days == "from 1 Jan 2029 on"
    assert "Secret" not in str(product)
