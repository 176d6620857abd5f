"""A spreadsheet that speaks of partners who are there: what would change, what is written, and back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from partners.models import Attribute, AttributeValue, Partner, ValueChange
from partners.queries import imports as queries
from partners.services.attributes import AttributeDetails, create_attribute
from partners.services.partners import PartnerDetails, archive_partner, change_partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.imports import services
from prm.imports.models import Import, ImportRow
from prm.imports.queries import SameFile, same_file_before, with_same_file
from tests.partners.factories import PartnerFactory
from tests.partners.test_importing import apply, begin, finish, upload

pytestmark = pytest.mark.usefixtures("in_acme")
TABLE = (
    "Company;Domain;Country;Region;Status;Account manager\n"
    "Nordwind AG;nordwind.example;DE;;Dormant;alice@acme.example\n"
    "Kestrel;kestrel.example;FR;West;;\n"
)


def with_mode(actor: Actor, now: datetime, text: str = TABLE, mode: str = "update") -> Import:
    row_import = begin(actor, now, text)
    services.choose_mode(row_import=row_import, mode=mode)
    return row_import


def row_of(row_import: Import, number: int = 2) -> ImportRow:
    return ImportRow.objects.get(row_import=row_import, number=number)


def test_the_preview_tells_old_and_new_by_field(
    actor: Actor, alice: Membership, nordwind: Partner, now: datetime
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(country="AT", region="North")
    row_import = with_mode(actor, now)
    (alike,) = queries.AlikeRows(row_import).of(queries.first_rows(row_import))
    assert {(change.label, change.before, change.after, change.is_written) for change in alike.changes} == {
        ("Company", "Nordwind GmbH", "Nordwind AG", True),
        ("Country", "Austria", "Germany", True),
        ("Status", "Active", "Dormant", True),
        ("Account manager", "", "Alice Moreau", True),
    }
    assert alike.effect == "update"
    assert [(mode.value, mode.number) for mode in queries.modes(row_import)] == [("add", 0), ("update", 1), ("fill", 1)]


def test_updates_are_written_with_history_facts_and_audit(
    actor: Actor, alice: Membership, nordwind: Partner, now: datetime
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(country="AT")
    apply(actor, with_mode(actor, now), now)
    nordwind.refresh_from_db()
    assert (nordwind.name, nordwind.normalized_name, nordwind.country) == ("Nordwind AG", "nordwind", "DE")
    assert (nordwind.status, nordwind.account_manager_id, nordwind.revision) == ("dormant", alice.pk, 2)
    told = {(row.field, row.before, row.after, row.source) for row in ValueChange.objects.all()}
    assert ("status", "active", "dormant", "import") in told
    assert len(told) == 4
    (moved,) = Fact.objects.filter(kind="partners.status_changed")
    assert (moved.partner_id, moved.data) == (nordwind.pk, {"from": "active", "to": "dormant"})
    (entry,) = AuditEntry.objects.filter(verb="partners.changed")
    assert (entry.object_id, entry.changes["status"], entry.reason) == (
        nordwind.pk,
        ["active", "dormant"],
        "partners.csv",
    )
    (whole,) = AuditEntry.objects.filter(verb="imports.applied")
    assert whole.changes == {"created": [0, 1], "updated": [0, 1]}


def test_only_what_is_empty_is_filled(actor: Actor, nordwind: Partner, now: datetime) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(country="AT", region="North", account_manager=None)
    apply(actor, with_mode(actor, now, mode="fill"), now)
    nordwind.refresh_from_db()
    assert (nordwind.country, nordwind.status, nordwind.name) == ("AT", "active", "Nordwind GmbH")
    assert nordwind.account_manager is not None


def test_a_row_can_be_decided_otherwise_than_the_file(actor: Actor, nordwind: Partner, now: datetime) -> None:
    row_import = with_mode(actor, now)
    services.decide_row(row_import=row_import, number=2, decision="skip")
    assert row_import.counts["to_update"] == 0
    apply(actor, row_import, now)
    nordwind.refresh_from_db()
    assert nordwind.name == "Nordwind GmbH"


def test_adding_is_what_happens_unless_somebody_says_more(actor: Actor, nordwind: Partner, now: datetime) -> None:
    row_import = begin(actor, now, TABLE)
    assert row_import.mode == "add"
    apply(actor, row_import, now)
    nordwind.refresh_from_db()
    assert (nordwind.name, row_import.counts["updated"]) == ("Nordwind GmbH", 0)


def test_an_undo_gives_back_what_nobody_changed_since(actor: Actor, nordwind: Partner, now: datetime) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(country="AT")
    row_import = apply(actor, with_mode(actor, now), now)
    nordwind.refresh_from_db()
    details = PartnerDetails(
        name=nordwind.name,
        domain=nordwind.domain,
        country="CH",
        status=nordwind.status,
        account_manager=nordwind.account_manager,
    )
    change_partner(actor=actor, partner=nordwind, revision=nordwind.revision, details=details, now=now)
    later = now + timedelta(minutes=5)
    services.undo_import(actor=actor, row_import=row_import, now=later)
    finish(row_import, later)
    nordwind.refresh_from_db()
    assert (nordwind.name, nordwind.status, nordwind.country) == ("Nordwind GmbH", "active", "CH")
    assert queries.kept_rows(row_import) == [("Nordwind AG", "Country: Somebody changed it since.")]
    assert not Partner.objects.filter(name="Kestrel").exists()
    assert row_import.counts["restored"] == 0


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        ("archived", "It is archived"),
        ("another domain", "Its domain is another one"),
        ("two of them", "It may be"),
    ],
)
def test_who_a_row_is_may_be_too_unsure_to_update(
    actor: Actor, nordwind: Partner, now: datetime, prepare: str, why: str
) -> None:
    text = "Company;Domain;Country\nNordwind GmbH;nordwind.example;FR\n"
    if prepare == "archived":
        archive_partner(actor=actor, partner=nordwind, now=now)
    elif prepare == "another domain":
        text = text.replace("nordwind.example", "elsewhere.example")
    else:
        PartnerFactory.create(name="Sudwind", domain="sudwind.example")
        text = text.replace("nordwind.example", "sudwind.example")
    row_import = with_mode(actor, now, text)
    row = row_of(row_import)
    assert row.like["why"].startswith(why)
    assert (row.outcome, row.changes, row_import.counts["to_update"]) == ("like", {}, 0)


def test_a_canopy_id_decides_alone(actor: Actor, nordwind: Partner, now: datetime) -> None:
    text = f"Canopy ID;Company;Domain\n{nordwind.public_id};Something Else;else.example\n"
    row = row_of(with_mode(actor, now, text))
    assert (row.target_id, set(row.changes)) == (nordwind.pk, {"name", "domain"})


def test_two_rows_of_one_partner_are_told(actor: Actor, nordwind: Partner, now: datetime) -> None:
    text = "Company;Domain\nNordwind IT;nordwind.example\nNordwind Cloud;nordwind.example\n"
    row_import = with_mode(actor, now, text)
    assert (row_of(row_import, 2).target_id, row_of(row_import, 3).like["row"]) == (nordwind.pk, 2)
    assert row_import.counts["to_update"] == 1


# ── Attributes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def attribute(actor: Actor, now: datetime, name: str, kind: str, **more: Any) -> Attribute:
    return create_attribute(actor=actor, details=AttributeDetails(name=name, kind=kind, **more), now=now)


ATTRIBUTED = (
    "Company;Domain;Staff;Signed;Certified;Level\n"
    "Nordwind;nordwind.example;1.234,5;31.05.2026;yes;gold\n"
    "Kestrel;kestrel.example;12;46173;no;Silver\n"
    "Orbit;orbit.example;many;2026-13-01;perhaps;Platinum\n"
)


def test_columns_are_attributes_of_every_kind(actor: Actor, nordwind: Partner, now: datetime) -> None:
    staff = attribute(actor, now, "Staff", "number")
    signed = attribute(actor, now, "Signed", "date")
    certified = attribute(actor, now, "Certified", "yes_no")
    level = attribute(actor, now, "Level", "choice", choices=[{"label": "Gold"}, {"label": "Silver"}])
    row_import = begin(actor, now, ATTRIBUTED)
    named = {f"attribute:{found.pk}" for found in (staff, signed, certified, level)}
    assert named <= row_import.mapping.keys()
    assert {problem["field"] for problem in row_of(row_import, 4).problems} == named
    services.choose_mode(row_import=row_import, mode="update")
    apply(actor, row_import, now)
    kestrel = Partner.objects.get(name="Kestrel")
    values = {
        (row.partner_id, row.attribute_id): row.value for row in AttributeValue.objects.select_related("attribute")
    }
    assert str(values[nordwind.pk, staff.pk]) == "1234.5000"
    assert values[nordwind.pk, signed.pk].isoformat() == "2026-05-31"
    assert values[kestrel.pk, signed.pk].isoformat() == "2026-05-31"
    assert (values[nordwind.pk, certified.pk], values[kestrel.pk, certified.pk]) == (True, False)
    assert (values[nordwind.pk, level.pk], values[kestrel.pk, level.pk]) == ("gold", "silver")
    assert ValueChange.objects.filter(partner=nordwind, field=level.field).get().after == "gold"
    services.undo_import(actor=actor, row_import=row_import, now=now)
    finish(row_import, now)
    assert not AttributeValue.objects.exists()
    assert not Partner.objects.filter(name="Kestrel").exists()


def test_unknown_choices_are_decided(actor: Actor, nordwind: Partner, now: datetime) -> None:
    level = attribute(actor, now, "Level", "choice", choices=[{"label": "Gold"}, {"label": "Silver"}])
    text = "Company;Level\nA;Gold\nB;Gilded\nC;Platinum\nD;none\nE;Platinum\n"
    row_import = begin(actor, now, text)
    asked = queries.choices_to_decide(row_import)
    assert [(one.text, one.rows) for one in asked] == [("Platinum", 2), ("Gilded", 1), ("none", 1)]
    said = {asked[0].name: "+", asked[1].name: "gold", asked[2].name: "-"}
    choices = queries.decided_choices(row_import, said)
    services.map_columns(
        actor=actor, row_import=row_import, mapping=row_import.mapping, options={"choices": choices}, now=now
    )
    assert (row_import.counts["new"], row_import.counts["problem"]) == (5, 0)
    apply(actor, row_import, now)
    level.refresh_from_db()
    assert list(level.labels().values()) == ["Gold", "Silver", "Platinum"]
    held = dict(AttributeValue.objects.values_list("partner__name", "text"))
    assert held == {"A": "gold", "B": "gold", "C": "platinum", "E": "platinum"}


def test_a_column_becomes_a_new_attribute(actor: Actor, now: datetime) -> None:
    text = "Company;Type;Skills\nA;MSP;Cloud, Network\nB;Reseller;Cloud\nC;MSP;\n"
    row_import = services.begin_import(actor=actor, schema="partners.partners", upload=upload(text), now=now)
    new = {"column:1": {"name": "Type", "kind": "choice"}, "column:2": {"name": "Skills", "kind": "choices"}}
    mapping = {"name": 0, "column:1": 1, "column:2": 2}
    services.map_columns(actor=actor, row_import=row_import, mapping=mapping, options={"new": new}, now=now)
    assert not Attribute.objects.exists()
    apply(actor, row_import, now)
    kind, skills = Attribute.objects.in_order()
    assert (kind.name, list(kind.labels().values())) == ("Type", ["MSP", "Reseller"])
    held = {row.partner.name: row.choices for row in AttributeValue.objects.filter(attribute=skills)}
    assert held == {"A": ["cloud", "network"], "B": ["cloud"]}
    again = begin(actor, now, text)
    assert again.mapping == {"name": 0, f"attribute:{kind.pk}": 1, f"attribute:{skills.pk}": 2}
    assert again.counts["like"] == 3
    assert [row.changes for row in ImportRow.objects.of(again)] == [{}, {}, {}]
    services.undo_import(actor=actor, row_import=row_import, now=now)
    finish(row_import, now)
    assert not Attribute.objects.listed().exists()


def test_the_organizations_own_key_finds_partners(actor: Actor, nordwind: Partner, now: datetime) -> None:
    number = attribute(actor, now, "Customer number", "text")
    AttributeValue.objects.create(
        attribute=number, partner=nordwind, text="K-17", source="hand", set_at=now, confirmed_at=now
    )
    row_import = services.begin_import(
        actor=actor,
        schema="partners.partners",
        upload=upload("Company;Customer number\nRenamed Ltd;K-17\nOther;K-18\n"),
        now=now,
    )
    services.map_columns(
        actor=actor, row_import=row_import, mapping=row_import.mapping, options={"own_key": number.pk}, now=now
    )
    assert (row_of(row_import, 2).target_id, row_of(row_import, 3).outcome) == (nordwind.pk, "new")


def test_the_very_same_file_is_noticed(actor: Actor, now: datetime) -> None:
    first = apply(actor, begin(actor, now), now)
    again = begin(actor, now)
    other = begin(actor, now, "Company\nAnother\n")
    loaded = {row.pk: same_file_before(row) for row in with_same_file(Import.objects.all())}
    assert first.applied_at is not None
    same = SameFile(first.public_id, "Alice Moreau", first.applied_at)
    assert loaded == {first.pk: None, other.pk: None, again.pk: same}
