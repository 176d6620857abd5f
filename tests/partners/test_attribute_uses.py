"""Who refers to an attribute: rules, tiers and forms are named with their pages before it is archived or converted."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.conditions.grammar import Block, Condition
from partners.models import Attribute, Group, JourneyTemplate, Ladder, LadderVersion
from partners.services.attributes import archive_attribute
from partners.services.group_rules import set_rule
from partners.services.journeys import templates
from partners.services.ladder_versions import begin_draft, remove_requirement
from partners.services.ladders import archive_ladder
from partners.uses import Use, uses_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import queries_of
from tests.partners.factories import AttributeFactory, GroupFactory
from tests.partners.ladders import DAY, decide, make_ladder, require

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def client(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


def rule_asking(actor: Actor, group: Group, attribute: Attribute, now: datetime) -> None:
    condition = Condition(f"attribute:{attribute.public_id}", "at_least", "5")
    set_rule(actor=actor, group=group, block=Block("all", (condition,)), version=0, now=now)


def form_asking(actor: Actor, name: str, attribute: Attribute, now: datetime) -> JourneyTemplate:
    question = templates.question("How many?", "attribute", True, "q1", attribute.public_id)
    step = templates.StepDetails("form", "About you", questions=[question])
    details = templates.TemplateDetails(name, ["Arrive"])
    return templates.create_template(actor=actor, details=details, steps=[step], now=now)


def ladder_asking(actor: Actor, attribute: Attribute, now: datetime, name: str = "Resellers") -> Ladder:
    ladder = make_ladder(actor, now - 3 * DAY, name=name)
    draft = begin_draft(actor=actor, ladder=ladder, now=now - 2 * DAY)
    require(actor, draft, "Silver", 3, source="attribute", attribute=attribute)
    decide(actor, ladder, now - DAY)
    return ladder


@pytest.fixture
def engineers(acme: Organization) -> Attribute:
    with scope(acme):
        return AttributeFactory.create(name="Engineers", kind="number", keeper="partner")


def titles(attribute: Attribute, now: datetime) -> list[str]:
    return [use.title for use in uses_of([attribute], now)[attribute.pk]]


def test_each_kind_of_use_is_named_with_its_page_by_one_query(
    actor: Actor, engineers: Attribute, in_acme: Organization, now: datetime, django_assert_num_queries: Any
) -> None:
    unused = AttributeFactory.create(name="Unused", position=1)
    group = GroupFactory.create(name="Engineers’ group")
    rule_asking(actor, group, engineers, now)
    template = form_asking(actor, "Onboarding", engineers, now)
    ladder = ladder_asking(actor, engineers, now)
    version = LadderVersion.objects.applying(now).get(ladder=ladder)
    with django_assert_num_queries(1):
        uses = uses_of([engineers, unused], now)
    assert uses == {
        engineers.pk: [
            Use("the rule of Engineers’ group", address("group_rule", group.public_id)),
            Use("the tier Silver of Resellers", address("version_detail", version.public_id)),
            Use("“About you” in Onboarding", address("journey_template_detail", template.public_id)),
        ],
        unused.pk: [],
    }


def test_versions_to_come_count_and_former_ones_and_archived_ladders_do_not(
    actor: Actor, engineers: Attribute, in_acme: Organization, now: datetime
) -> None:
    ladder = ladder_asking(actor, engineers, now)
    draft = begin_draft(actor=actor, ladder=ladder, now=now)
    present, coming = "the tier Silver of Resellers", "the tier Silver of Resellers by version 2, which is to come"
    assert titles(engineers, now) == [present, coming]
    remove_requirement(actor=actor, requirement=draft.requirements.get(attribute=engineers))
    assert titles(engineers, now) == [present]
    decide(actor, ladder, now + 2 * DAY)
    assert titles(engineers, now + DAY) == [present]
    assert titles(engineers, now + 3 * DAY) == []
    other = ladder_asking(actor, engineers, now, "Integrators")
    assert titles(engineers, now) == ["the tier Silver of Integrators", present]
    archive_ladder(actor=actor, ladder=other, now=now)
    assert titles(engineers, now) == [present]


def test_archiving_what_a_tier_asks_for_needs_a_second_word(
    actor: Actor, engineers: Attribute, in_acme: Organization, now: datetime
) -> None:
    ladder_asking(actor, engineers, now)
    with pytest.raises(Refused) as refused:
        archive_attribute(actor=actor, attribute=engineers, now=now)
    assert refused.value.codes == {"in_use"}
    assert "the tier Silver of Resellers" in str(refused.value)
    assert Attribute.objects.listed().filter(pk=engineers.pk).exists()
    archive_attribute(actor=actor, attribute=engineers, is_known=True, now=now)
    assert not Attribute.objects.listed().filter(pk=engineers.pk).exists()


def test_the_pages_name_the_uses_before_archiving_and_before_another_kind(
    acme: Organization, actor: Actor, engineers: Attribute, client: Client
) -> None:
    now = timezone.now()
    with scope(acme):
        group = GroupFactory.create(name="Large ones")
        rule_asking(actor, group, engineers, now)
        template = form_asking(actor, "Onboarding", engineers, now)
        version = ladder_asking(actor, engineers, now).versions.get()
    links = [
        f'<a href="{address(name, row.public_id, organization=acme)}">{title}</a>'
        for name, row, title in (
            ("group_rule", group, "the rule of Large ones"),
            ("version_detail", version, "the tier Silver of Resellers"),
            ("journey_template_detail", template, "“About you” in Onboarding"),
        )
    ]
    shown = client.get(address("attribute_detail", engineers.public_id, organization=acme)).content.decode()
    warning = shown[shown.index("These refer to it") :]
    assert [link for link in links if link not in warning] == []
    typed = {"name": "Engineers", "kind": "text", "keeper": "partner", "revision": 1}
    edit = address("attribute_edit", engineers.public_id, organization=acme)
    answer = client.post(edit, typed)
    assert answer.status_code == 422
    assert [link for link in links if link not in answer.content.decode()] == []
    with scope(acme):
        assert Attribute.objects.get(pk=engineers.pk).kind == "number"
    assert client.post(edit, {**typed, "is_known": "on"}).status_code == 303
    with scope(acme):
        assert Attribute.objects.get(pk=engineers.pk).kind == "text"


def test_the_uses_of_another_organization_are_not_told(
    acme: Organization, umbrella: Organization, charlie: Membership, engineers: Attribute, now: datetime
) -> None:
    with scope(umbrella):
        theirs = AttributeFactory.create(name="Engineers", kind="number", keeper="partner")
        ladder_asking(Actor.of(charlie), theirs, now)
        assert titles(theirs, now) == ["the tier Silver of Resellers"]
    with scope(acme):
        assert titles(engineers, now) == []
        assert uses_of([theirs], now) == {theirs.pk: []}


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_much_is_used(acme: Organization, actor: Actor, client: Client, count: int) -> None:
    now = timezone.now()
    with scope(acme):
        rows = [AttributeFactory.create(name=f"Number {n}", kind="number", keeper="partner") for n in range(count)]
        for number, row in enumerate(rows):
            rule_asking(actor, GroupFactory.create(name=f"Group {number}"), row, now)
            form_asking(actor, f"Journey {number}", row, now)
            ladder_asking(actor, row, now, f"Ladder {number}")
    listed = client.get(address("attribute_list", organization=acme)).content.decode()
    assert listed.count("the rule of Group") == count
    assert listed.count("the tier Silver of Ladder") == count
    assert {
        "list": queries_of(client, address("attribute_list", organization=acme)),
        "detail": queries_of(client, address("attribute_detail", rows[0].public_id, organization=acme)),
    } == {"list": 9, "detail": 9}
