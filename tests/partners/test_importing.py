"""Partners from a spreadsheet: good tables, bad ones, groups, and back."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partners.models import AudienceMember, Group, GroupMember, Partner, PartnerUser
from partners.queries import imports as queries
from partners.services import importing
from partners.services.partners import PartnerDetails, change_partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.imports import services
from prm.imports.models import Import, ImportRow
from prm.jobs.worker import work_piece
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import partner_user

TABLE = """Company;E-Mail;Land;Type;Account manager
Kestrel Ltd;paul@kestrel.example;Germany;MSP;alice@acme.example
Blue Harbor;info@blueharbor.example;fr;MSP;Nobody Known
NORDWIND AG;;DE;Cloud Reseller;
;x@nameless.example;DE;Cloud Reseller;
Orbit;ada@gmail.com;;Cloud Reseller;
Sunrise;sunrise.example;;Cloud Reseller;
"""
"""A nordwind is there already; one row has no name."""


def upload(text: str = TABLE, name: str = "partners.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def begin(actor: Actor, now: datetime, text: str = TABLE) -> Import:
    row_import = services.begin_import(actor=actor, schema=importing.PartnerImport.name, upload=upload(text), now=now)
    services.map_columns(actor=actor, row_import=row_import, mapping=row_import.mapping, now=now)
    return row_import


def apply(actor: Actor, row_import: Import, now: datetime) -> Import:
    services.apply_import(actor=actor, row_import=row_import, now=now)
    return finish(row_import, now)


def finish(row_import: Import, now: datetime) -> Import:
    """Work on whatever job the import waits for."""
    while work_piece(row_import.organization, now):
        pass
    row_import.refresh_from_db()
    return row_import


@pytest.fixture
def row_import(in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime) -> Import:
    return begin(actor, now)


def test_headers_are_guessed_and_every_row_is_told_apart(row_import: Import, nordwind: Partner) -> None:
    assert row_import.mapping == {"name": 0, "domain": 1, "country": 2, "account_manager": 4}
    assert {name: row_import.counts[name] for name in ("new", "like", "problem")} == {"new": 4, "like": 1, "problem": 1}
    assert (
        queries.headline(row_import, queries.first_rows(row_import))
        == "4 new, 1 looks like Nordwind GmbH (nordwind.example), 1 has no name"
    )
    (alike,) = queries.AlikeRows(row_import).of(queries.first_rows(row_import))
    assert (alike.number, alike.name, alike.effect) == (4, "NORDWIND AG", "")
    assert alike.url.endswith(f"/studio/partners/{nordwind.public_id}/")
    (wrong,) = queries.rows_to_mend(row_import, queries.first_rows(row_import))
    assert [(cell.label, cell.text, bool(cell.problem)) for cell in wrong.cells] == [
        ("Company", "", True),
        ("Domain", "x@nameless.example", False),
    ]


def test_what_is_new_becomes_partners_and_nobody_gets_a_mail(
    row_import: Import, actor: Actor, alice: Membership, now: datetime
) -> None:
    apply(actor, row_import, now)
    made = {partner.name: partner for partner in Partner.objects.exclude(name="Nordwind GmbH")}
    assert set(made) == {"Kestrel Ltd", "Blue Harbor", "Orbit", "Sunrise"}
    kestrel = made["Kestrel Ltd"]
    assert (kestrel.domain, kestrel.country, kestrel.account_manager_id) == ("kestrel.example", "DE", alice.pk)
    assert (kestrel.normalized_name, kestrel.searchable) == ("kestrel", "kestrel ltd kestrel.example")
    assert made["Blue Harbor"].notes == "Account manager in the spreadsheet: Nobody Known"
    assert made["Orbit"].domain == ""
    assert Fact.objects.filter(kind="partners.created").count() == 4
    assert row_import.counts["created"] == 4


def test_a_row_can_be_mended_wanted_and_left_out(row_import: Import, actor: Actor, now: datetime) -> None:
    services.mend_row(row_import=row_import, number=5, cells={0: "Named  Now"})
    assert row_import.counts["problem"] == 0
    services.mend_row(row_import=row_import, number=6, cells={0: "Sunrise Inc."})
    assert ImportRow.objects.get(number=6).like == {"label": "row 7 of this file", "row": 7}
    services.decide_row(row_import=row_import, number=4, decision="add")
    services.decide_row(row_import=row_import, number=3, decision="skip")
    apply(actor, row_import, now)
    assert set(Partner.objects.values_list("name", flat=True)) == {
        "Nordwind GmbH",
        "Kestrel Ltd",
        "NORDWIND AG",
        "Named Now",
        "Sunrise",
    }
    with pytest.raises(Refused) as refusal:
        services.mend_row(row_import=row_import, number=5, cells={0: "Too late"})
    assert refusal.value.codes == {"wrong_state"}


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("Domain", "not a domain", "is not a domain"),
        ("Website", "http://", "is not a web address"),
        ("Country", "Atlantis", "is no country"),
        ("Status", "asleep", "is no status"),
    ],
)
def test_wrong_cells_say_what_is_wrong(
    in_acme: Organization, actor: Actor, now: datetime, column: str, cell: str, words: str
) -> None:
    row_import = begin(actor, now, f"Name,{column}\nKestrel,{cell}\n")
    (problem,) = ImportRow.objects.get().problems
    assert words in problem["message"]
    assert row_import.counts["to_create"] == 0


def test_a_table_without_names_asks_for_the_column(in_acme: Organization, actor: Actor, now: datetime) -> None:
    row_import = services.begin_import(
        actor=actor, schema="partners.partners", upload=upload("Foo,Bar\n1,2\n"), now=now
    )
    with pytest.raises(Refused) as refusal:
        services.map_columns(actor=actor, row_import=row_import, mapping={}, now=now)
    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [("mapping_missing", "name")]


def test_a_website_tells_who_is_there_already_and_who_stands_twice(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    table = (
        "Company,Web\nNordwind IT,www.nordwind.example/start\nKranz,kranz.example\nKranz Austria,https://kranz.example\n"
        "Ada,https://www.linkedin.com/company/ada\nBea,https://www.linkedin.com/company/bea\n"
    )
    row_import = begin(actor, now, table)
    alike = {
        row.number: (row.name, row.like) for row in queries.AlikeRows(row_import).of(queries.first_rows(row_import))
    }
    assert alike == {2: ("Nordwind IT", "Nordwind GmbH (nordwind.example)"), 4: ("Kranz Austria", "row 3 of this file")}
    services.mend_row(row_import=row_import, number=5, cells={1: "kranz.example"})
    assert ImportRow.objects.get(number=5).like == {"label": "row 3 of this file", "row": 3}
    apply(actor, row_import, now)
    assert dict(Partner.objects.exclude(pk=nordwind.pk).values_list("name", "domain")) == {
        "Kranz": "kranz.example",
        "Bea": "",
    }


def test_the_same_file_again_finds_everybody_there(row_import: Import, actor: Actor, now: datetime) -> None:
    apply(actor, row_import, now)
    again = begin(actor, now)
    assert (again.counts["new"], again.counts["like"]) == (0, 5)


def test_a_column_with_few_values_proposes_groups(row_import: Import, actor: Actor, msps: Group, now: datetime) -> None:
    assert queries.group_proposals(row_import) == []
    apply(actor, row_import, now)
    (proposal,) = queries.group_proposals(row_import)
    assert (proposal.title, proposal.values) == ("Type", (("MSP", 2), ("Cloud Reseller", 2)))
    made = importing.make_groups(
        actor=actor,
        row_import=row_import,
        column=proposal.column,
        names={"MSP": "msps", "Cloud Reseller": "Cloud Resellers"},
        now=now,
    )
    assert [(group.name, added.added) for group, added in made] == [("MSPs", 2), ("Cloud Resellers", 2)]
    assert set(GroupMember.objects.values_list("source", "reason")) == {
        ("import", "Type: MSP"),
        ("import", "Type: Cloud Reseller"),
    }
    assert queries.group_proposals(row_import) == []


@pytest.mark.parametrize(
    "table",
    [
        "Name,Type\n" + "".join(f"P{n},T{n}\n" for n in range(12)),
        "Name,Type\nA,X\nB,X\nC,X\n",
        "Name,Type\nA,X\nB,Y\nC,X\n",
        "Name,Type\nA,X\nB,X\nC,Y\nD,Y\n" + "".join(f"P{n},\n" for n in range(20)),
    ],
    ids=["all different", "all the same", "one alone", "mostly empty"],
)
def test_columns_that_divide_nothing_propose_nothing(
    in_acme: Organization, actor: Actor, now: datetime, table: str
) -> None:
    assert queries.group_proposals(apply(actor, begin(actor, now, table), now)) == []


def test_an_undo_takes_back_everything_but_what_was_used_since(row_import: Import, actor: Actor, now: datetime) -> None:
    apply(actor, row_import, now)
    importing.make_groups(
        actor=actor,
        row_import=row_import,
        column=3,
        names={"MSP": "MSPs", "Cloud Reseller": "Resellers"},
        now=now,
    )
    partners = {partner.name: partner for partner in Partner.objects.all()}
    partner_user(partners["Orbit"], "ada@orbit.example", "Ada")
    change_partner(
        actor=actor, partner=partners["Sunrise"], revision=1, details=PartnerDetails(name="Sunrise"), now=now
    )
    services.undo_import(actor=actor, row_import=row_import, now=now + timedelta(minutes=5))
    finish(row_import, now + timedelta(minutes=5))
    assert (row_import.state, row_import.counts["removed"], row_import.counts["kept"]) == ("undone", 2, 2)
    assert set(Partner.objects.values_list("name", flat=True)) == {"Nordwind GmbH", "Orbit", "Sunrise"}
    assert dict(queries.kept_rows(row_import)) == {
        "Orbit": "Its people are in already.",
        "Sunrise": "It was edited since.",
    }
    gone = {partners["Kestrel Ltd"].pk, partners["Blue Harbor"].pk}
    assert not GroupMember.objects.filter(partner__in=gone).exists()
    assert not AudienceMember.objects.filter(partner__in=gone).exists()
    assert set(Fact.objects.filter(kind="partners.archived").values_list("partner_id", flat=True)) == gone
    assert PartnerUser.objects.count() == 1


def test_the_sample_can_be_imported(in_acme: Organization, actor: Actor, now: datetime) -> None:
    fields = [field for field in importing.FIELDS if field.example]
    header = ",".join(str(field.label) for field in fields)
    row_import = begin(actor, now, f"{header}\n" + ",".join(field.example for field in fields) + "\n")
    assert (row_import.counts["new"], row_import.counts["problem"]) == (1, 0)
    assert set(row_import.mapping) == {field.name for field in fields}
