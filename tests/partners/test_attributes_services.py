"""Attributes and values: rows, history, facts, audit lines; a refusal leaves nothing."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partners.models import Attribute, AttributeValue, Partner, ValueChange
from partners.models.partners import Source
from partners.queries.attributes import values_held
from partners.services.attributes import (
    AttributeDetails,
    archive_attribute,
    change_attribute,
    create_attribute,
    move_attribute,
    restore_attribute,
)
from partners.services.partners import PartnerDetails, change_partner, create_partner
from partners.services.values import confirm_values, set_many, set_values
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import AttributeFactory, PartnerFactory, choices


def facts() -> list[tuple[str, int | None, int | None]]:
    return [(fact.kind, fact.partner_id, fact.object_id) for fact in Fact.objects.order_by("id")]


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def history() -> list[tuple[str, object, object, str]]:
    return [(row.field, row.before, row.after, row.source) for row in ValueChange.objects.order_by("pk")]


@pytest.fixture
def focus(in_acme: Organization) -> Attribute:
    return AttributeFactory.create(name="Focus", kind="choices", choices=choices("Cloud", "Security"))


@pytest.fixture
def engineers(in_acme: Organization) -> Attribute:
    return AttributeFactory.create(name="Engineers", kind="number", unit="people", position=1)


def details_of(attribute: Attribute, **changes: object) -> AttributeDetails:
    names = AttributeDetails.__dataclass_fields__
    return AttributeDetails(**{**{name: getattr(attribute, name) for name in names}, **changes})


def test_values_are_rows_history_small_facts_and_one_audit_line(
    in_acme: Organization, actor: Actor, nordwind: Partner, focus: Attribute, engineers: Attribute, now: datetime
) -> None:
    set_values(actor=actor, partner=nordwind, values={focus: ["security"], engineers: Decimal(12)}, now=now)
    assert values_held(nordwind, [focus, engineers]) == {focus.pk: ["security"], engineers.pk: Decimal(12)}
    assert history() == [(focus.field, None, ["security"], "hand"), (engineers.field, None, "12", "hand")]
    assert facts() == [
        ("partners.value_changed", nordwind.pk, focus.pk),
        ("partners.value_changed", nordwind.pk, engineers.pk),
    ]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_id) == ("partners.value_changed", nordwind.pk)
    assert entry.changes == {"Focus": ["", "Security"], "Engineers": ["", "12 people"]}
    row = AttributeValue.objects.get(attribute=engineers)
    assert (row.source, row.set_at, row.set_by_id, row.confirmed_at) == ("hand", now, actor.membership_id, now)


def test_what_stays_the_same_is_confirmed_and_none_clears(
    in_acme: Organization, actor: Actor, nordwind: Partner, focus: Attribute, engineers: Attribute, now: datetime
) -> None:
    set_values(actor=actor, partner=nordwind, values={focus: ["cloud"], engineers: 12}, now=now)
    later = now + timedelta(days=3)
    source = Source.PARTNER
    set_values(actor=actor, partner=nordwind, values={focus: ["cloud"], engineers: None}, source=source, now=later)
    row = AttributeValue.objects.get()
    assert (row.attribute_id, row.set_at, row.source, row.confirmed_at) == (focus.pk, now, "hand", later)
    assert history()[2:] == [(engineers.field, "12", None, "partner")]
    assert AuditEntry.objects.latest("pk").changes == {"Engineers": ["12 people", ""]}


def test_a_refused_value_leaves_nothing(
    in_acme: Organization, actor: Actor, nordwind: Partner, focus: Attribute, engineers: Attribute, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        set_values(actor=actor, partner=nordwind, values={engineers: 12, focus: ["fog"]}, now=now)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.field) == ("wrong_value", f"attribute_{focus.public_id}")
    focus.archived_at = now
    with pytest.raises(Refused) as refusal:
        set_values(actor=actor, partner=nordwind, values={focus: ["cloud"]}, now=now)
    assert refusal.value.codes == {"attribute_archived"}
    assert (AttributeValue.objects.count(), history(), facts(), verbs()) == (0, [], [], [])


def test_many_partners_are_set_at_once(
    umbrellas_nordwind: Partner, in_acme: Organization, actor: Actor, focus: Attribute, now: datetime
) -> None:
    signed = AttributeFactory.create(name="Signed on", kind="date")
    certified = AttributeFactory.create(name="Certified", kind="yes_no")
    city = AttributeFactory.create(name="City", kind="text")
    one, two, three = (PartnerFactory.create() for _number in range(3))
    set_values(actor=actor, partner=three, values={city: "Bremen"}, now=now)
    given: dict[Attribute, dict[int, Any]] = {
        focus: {one.pk: ["cloud", "security"], two.pk: ["cloud"], umbrellas_nordwind.pk: ["cloud"]},
        signed: {one.pk: date(2026, 5, 31), two.pk: None},
        certified: {one.pk: False},
        city: {one.pk: "Kiel", three.pk: None},
    }
    changed = set_many(actor=actor, values=given, now=now + timedelta(days=1))
    assert changed == {focus.pk: 2, signed.pk: 1, certified.pk: 1, city.pk: 2}
    found = values_held(one, given)
    assert found == {
        focus.pk: ["cloud", "security"],
        signed.pk: date(2026, 5, 31),
        certified.pk: False,
        city.pk: "Kiel",
    }
    assert values_held(three, given) == {}
    assert len(facts()) == 7
    changes = {
        (row.partner_id, row.before, row.after, row.source) for row in ValueChange.objects.filter(field=city.field)
    }
    assert changes == {
        (three.pk, None, "Bremen", "hand"),
        (one.pk, None, "Kiel", "import"),
        (three.pk, "Bremen", None, "import"),
    }
    assert set_many(actor=actor, values={city: {one.pk: "Kiel"}}, now=now) == {city.pk: 0}


def test_columns_of_the_record_have_a_history_but_notes_have_none(
    in_acme: Organization, actor: Actor, bob: Membership, engineers: Attribute, now: datetime
) -> None:
    partner = create_partner(
        actor=actor, details=PartnerDetails("Orbit", country="DE"), values={engineers: 3}, source="application", now=now
    )
    assert (partner.source, history()) == ("application", [(engineers.field, None, "3", "application")])
    changed = PartnerDetails("Orbit", country="AT", account_manager=bob, notes="They were late.")
    change_partner(actor=actor, partner=partner, revision=1, details=changed, values={engineers: 4}, now=now)
    assert history()[1:] == [
        ("country", "DE", "AT", "hand"),
        ("account_manager", None, bob.pk, "hand"),
        (engineers.field, "3", "4", "hand"),
    ]
    assert facts()[2:4] == [("partners.value_changed", partner.pk, 0)] * 2
    assert verbs() == ["partners.created", "partners.changed"]
    with pytest.raises(Refused):
        change_partner(actor=actor, partner=partner, revision=1, details=PartnerDetails("Orbit"), values={}, now=now)
    assert len(history()) == 4


def test_values_are_confirmed(
    in_acme: Organization, actor: Actor, nordwind: Partner, focus: Attribute, engineers: Attribute, now: datetime
) -> None:
    set_values(actor=actor, partner=nordwind, values={focus: ["cloud"]}, now=now)
    later = now + timedelta(days=400)
    assert confirm_values(actor=actor, partner=nordwind, attributes=[focus, engineers], now=later) == 1
    assert AttributeValue.objects.get().confirmed_at == later
    assert verbs()[-1] == "partners.values_confirmed"


def test_an_attribute_is_made_last_in_order(in_acme: Organization, actor: Actor, now: datetime) -> None:
    first = create_attribute(actor=actor, details=AttributeDetails("  Signed   on ", "date"), now=now)
    listed = [{"label": " Cloud "}, {"label": ""}, {"label": "Security"}]
    second = create_attribute(actor=actor, details=AttributeDetails("Focus", "choices", choices=listed), now=now)
    assert (first.name, first.position, second.position) == ("Signed on", 0, 1)
    assert second.offered() == [("cloud", "Cloud"), ("security", "Security")]
    for details, code in (
        (AttributeDetails("SIGNED ON", "text"), "name_taken"),
        (AttributeDetails("  ", "text"), "no_name"),
        (AttributeDetails("Level", "choice"), "no_choices"),
        (AttributeDetails("Level", "choice", choices=[{"label": "A"}, {"label": "a"}]), "choice_twice"),
    ):
        with pytest.raises(Refused) as refusal:
            create_attribute(actor=actor, details=details, now=now)
        assert refusal.value.codes == {code}
    assert Attribute.objects.count() == 2


def test_choices_are_renamed_and_those_that_values_hold_are_retired(
    in_acme: Organization, actor: Actor, nordwind: Partner, focus: Attribute, now: datetime
) -> None:
    set_values(actor=actor, partner=nordwind, values={focus: ["security"]}, now=now)
    wanted = [{"key": "cloud", "label": "Public cloud"}, {"label": "Data"}]
    change_attribute(actor=actor, attribute=focus, revision=1, details=details_of(focus, choices=wanted), now=now)
    assert focus.offered() == [("cloud", "Public cloud"), ("data", "Data")]
    assert focus.labels()["security"] == "Security", "Nordwind has it"
    change_attribute(
        actor=actor, attribute=focus, revision=2, details=details_of(focus, choices=focus.choices[1:]), now=now
    )
    assert list(focus.labels()) == ["data", "security"], "nobody had it"


def test_values_are_converted_when_somebody_read_what_becomes_of_them(
    in_acme: Organization, actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    size = AttributeFactory.create(name="Size", kind="text")
    set_values(actor=actor, partner=nordwind, values={size: "1.200,5"}, now=now)
    set_values(actor=actor, partner=kestrel, values={size: "about ten"}, now=now)
    wanted = details_of(size, kind="number")
    with pytest.raises(Refused) as refusal:
        change_attribute(actor=actor, attribute=size, revision=1, details=wanted, now=now)
    assert refusal.value.codes == {"converts"}
    size = Attribute.objects.get(pk=size.pk)
    change_attribute(actor=actor, attribute=size, revision=1, details=wanted, is_known=True, now=now)
    row = AttributeValue.objects.get()
    assert (row.partner_id, row.number, row.text, row.set_at) == (nordwind.pk, Decimal("1200.5"), "", now)
    assert history()[-1] == (size.field, "about ten", None, "hand")


def test_a_kind_that_nothing_fits_is_refused(
    in_acme: Organization, actor: Actor, nordwind: Partner, engineers: Attribute, now: datetime
) -> None:
    set_values(actor=actor, partner=nordwind, values={engineers: 3}, now=now)
    wanted = details_of(engineers, kind="date")
    with pytest.raises(Refused) as refusal:
        change_attribute(actor=actor, attribute=engineers, revision=1, details=wanted, is_known=True, now=now)
    assert refusal.value.codes == {"not_convertible"}


def test_an_archived_attribute_comes_back_with_its_values(
    in_acme: Organization, actor: Actor, nordwind: Partner, focus: Attribute, now: datetime
) -> None:
    set_values(actor=actor, partner=nordwind, values={focus: ["cloud"]}, now=now)
    archive_attribute(actor=actor, attribute=focus, now=now)
    archive_attribute(actor=actor, attribute=focus, now=now)
    taken = AttributeFactory.create(name="Focus")
    with pytest.raises(Refused):
        restore_attribute(actor=actor, attribute=focus)
    taken.delete()
    restore_attribute(actor=actor, attribute=focus)
    assert values_held(nordwind, [focus]) == {focus.pk: ["cloud"]}
    assert verbs() == [
        "partners.value_changed",
        "partners.attribute_archived",
        "partners.attribute_restored",
    ]


def test_attributes_move(in_acme: Organization, actor: Actor, focus: Attribute, engineers: Attribute) -> None:
    move_attribute(actor=actor, attribute=engineers, by=1)
    assert verbs() == []
    move_attribute(actor=actor, attribute=engineers, by=-1)
    assert list(Attribute.objects.in_order()) == [engineers, focus]
    assert verbs() == ["partners.attributes_reordered"]
