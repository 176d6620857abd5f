"""Companies that belong together: linked, moved, parted; circles refused; what adds up, who looks in, and rules."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from partners import facts, rules
from partners.conditions.grammar import Block, Condition
from partners.conditions.subjects import Subjects
from partners.models import Group, GroupMember, Partner, PartnerLink
from partners.models.structure import DEEPEST
from partners.queries.group_rules import circle_through
from partners.queries.structure import (
    branches_of,
    branches_to_look_at,
    headquarters_of,
    links_of,
    tree_of,
    with_branches,
)
from partners.services.group_moves import evaluate_all, reconsider
from partners.services.group_rules import draft_problems, set_rule
from partners.services.groups import add_to_group
from partners.services.partners import archive_partner
from partners.services.structure import LinkDetails, end_link, link_partners
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.following import Changes
from prm.activity.models import Fact
from prm.activity.services import record
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.factories import GroupFactory, PartnerFactory, partner_user
from tests.partners.test_races import at_once

TODAY = date(2026, 11, 23)
LONG_AGO = date(2020, 1, 1)
type Link = Callable[..., PartnerLink]


@pytest.fixture
def link(in_acme: Organization, actor: Actor, now: datetime) -> Link:
    def act(
        parent: Partner, child: Partner, kind: str = "branch", *, moves: bool = False, **more: object
    ) -> PartnerLink:
        details = LinkDetails(kind, **{"starts_on": LONG_AGO, **more})  # type: ignore[arg-type]
        return link_partners(actor=actor, parent=parent, child=child, details=details, moves=moves, now=now)

    return act


def companies(number: int) -> list[Partner]:
    return [PartnerFactory.create(name=f"Company {letter}") for letter in "ABCDEFGHIJ"[:number]]


def test_a_link_is_a_row_a_fact_and_an_entry(link: Link) -> None:
    top, branch = companies(2)
    row = link(top, branch, reason="Opened in spring")
    assert PartnerLink.objects.get() == row
    fact = Fact.objects.get(kind=facts.LINKED.name)
    assert (fact.partner_id, fact.object_id) == (branch.pk, top.pk)
    entry = AuditEntry.objects.get(verb=facts.LINKED.name)
    assert (entry.changes["company"], entry.reason) == (["", "Company A"], "Opened in spring")


def test_a_move_has_a_date_and_leaves_history_in_place(link: Link, actor: Actor, now: datetime) -> None:
    former, later, branch = companies(3)
    link(former, branch)
    with pytest.raises(Refused) as refusal:
        link(later, branch, starts_on=date(2026, 3, 1))
    assert refusal.value.codes == {"belongs_to"}
    assert {problem.level for problem in refusal.value.problems} == {"approval"}
    assert PartnerLink.objects.count() == 1
    link(later, branch, starts_on=date(2026, 3, 1), moves=True)
    assert branches_of([former.pk], date(2026, 2, 28)) == {branch.pk}
    assert branches_of([former.pk], date(2026, 3, 1)) == set()
    assert headquarters_of([branch.pk], date(2026, 3, 1)) == {branch.pk: later.pk}
    over, _under = links_of(branch, TODAY)
    assert [(row.name, row.until, row.is_over) for row in over] == [
        ("Company B", "", False),
        ("Company A", "28 Feb 2026", True),
    ]


@pytest.mark.parametrize(
    ("kinds", "code"),
    [(("branch", "branch"), "circle"), (("bought", "reseller"), "circle"), (("split", "split"), "circle")],
)
def test_circles_are_refused(link: Link, kinds: tuple[str, str], code: str) -> None:
    first, second = companies(2)
    link(first, second, kinds[0])
    with pytest.raises(Refused) as refusal:
        link(second, first, kinds[1])
    assert refusal.value.codes == {code}
    assert PartnerLink.objects.count() == 1


def test_a_split_off_company_may_become_a_reseller(link: Link) -> None:
    first, second = companies(2)
    link(first, second, "split")
    link(second, first, "reseller")
    assert PartnerLink.objects.count() == 2


def test_former_links_make_no_circle(link: Link, actor: Actor, now: datetime) -> None:
    first, second = companies(2)
    end_link(actor=actor, link=link(first, second), ends_on=date(2021, 1, 1), now=now)
    link(second, first, starts_on=date(2021, 1, 1))
    assert branches_of([second.pk], TODAY) == {first.pk}


def test_a_tree_may_be_so_deep_and_no_deeper(link: Link) -> None:
    row = companies(DEEPEST + 2)
    for parent, child in pairwise(row[:-1]):
        link(parent, child)
    with pytest.raises(Refused) as refusal:
        link(row[-2], row[-1])
    assert refusal.value.codes == {"too_deep"}
    assert branches_of([row[0].pk], TODAY) == {partner.pk for partner in row[1:-1]}


REFUSALS = [
    ({}, (), set()),
    ({"is_circle": True}, (), {"circle"}),
    ({"levels": 6}, (), {"too_deep"}),
    ({}, ("same",), {"same_partner"}),
    ({}, ("archived",), {"partner_archived"}),
    ({}, ("ends",), {"ends_before_start"}),
]


@pytest.mark.parametrize(("changes", "about", "codes"), REFUSALS)
def test_what_stands_against_a_link(
    changes: dict[str, int], about: tuple[str, ...], codes: set[str], now: datetime
) -> None:
    parent, child = Partner(pk=1, name="A"), Partner(pk=2, name="B")
    if "same" in about:
        child = parent
    if "archived" in about:
        child.archived_at = now
    period = (TODAY, TODAY if "ends" in about else None)
    asked = {"is_circle": False, "levels": 1, "most": 5, **changes}
    found = rules.link_problems(parent, child, "branch", period, **asked)  # type: ignore[arg-type]
    assert {problem.code for problem in found} == codes


def test_figures_add_up_over_branches_and_not_over_resellers(link: Link, now: datetime) -> None:
    top, branch, below, reseller = companies(4)
    link(top, branch)
    link(branch, below, "bought")
    link(top, reseller, "reseller")
    for partner, people in ((top, 1), (branch, 2), (below, 3), (reseller, 50)):
        record(kind=facts.USER_JOINED, at=now, partner_id=partner.pk, amount=people)
    partner_user(branch, "x@b.example", "Xenia")
    tree = tree_of(top, TODAY)
    assert [(node.name, node.level, node.people) for node in tree.nodes] == [
        ("Company A", 0, 0),
        ("Company B", 1, 1),
        ("Company C", 2, 0),
        ("Company D", 1, 0),
    ]
    assert tree.branches == 2
    assert [(row.label, row.own, row.whole) for row in tree.figures if row.label == "People of partners"] == [
        ("People of partners", "1", "6")
    ]
    assert set(with_branches(Partner.objects.filter(pk=branch.pk), TODAY)) == {branch, below}


def test_leads_look_into_branches_of_the_whole_company_only(link: Link) -> None:
    top, shared, apart, below = companies(4)
    link(top, shared, leads_look_in=True)
    link(top, apart)
    link(shared, below, leads_look_in=True)
    assert list(branches_to_look_at(top, TODAY)) == [shared]
    assert list(branches_to_look_at(shared, TODAY)) == [below]
    assert list(branches_to_look_at(below, TODAY)) == []


# ── Rules of groups ─────────────────────────────────────────────────────────────────────────────────────────────────


def asks(group: Group, operator: str = "in_any", about: str = "head_group") -> Block:
    return Block("all", (Condition(about, operator, (group.public_id,)),))


def members(group: Group) -> set[str]:
    return set(GroupMember.objects.open().filter(group=group).values_list("partner__name", flat=True))


def test_a_group_may_apply_with_branches(link: Link, actor: Actor, msps: Group, now: datetime) -> None:
    top, branch, below, other = companies(4)
    link(top, branch)
    link(branch, below)
    add_to_group(actor=actor, group=msps, partner_ids=[top.pk], now=now)
    whole = GroupFactory.create(name="MSPs with branches")
    block = Block("any", (Condition("group", "in_any", (msps.public_id,)), *asks(msps).parts))
    set_rule(actor=actor, group=whole, block=block, version=0, now=now)
    assert members(whole) == {"Company A", "Company B", "Company C"}
    without = GroupFactory.create(name="The others")
    set_rule(actor=actor, group=without, block=asks(msps, "in_none"), version=0, now=now)
    assert members(without) == {"Company A", other.name}


def test_a_change_of_the_head_office_reaches_its_branches(link: Link, actor: Actor, msps: Group, now: datetime) -> None:
    top, branch = companies(2)
    link(top, branch)
    group = GroupFactory.create(name="Branches of MSPs")
    set_rule(actor=actor, group=group, block=asks(msps), version=0, now=now)
    add_to_group(actor=actor, group=msps, partner_ids=[top.pk], now=now)
    reconsider(Changes(frozenset({top.pk})), now)
    assert members(group) == {"Company B"}
    archive_partner(actor=actor, partner=top, now=now)
    evaluate_all(now + timedelta(days=1))
    assert GroupMember.objects.get(group=group).leaving_since is not None


def test_rules_that_ask_about_head_offices_cannot_go_in_a_circle(
    in_acme: Organization, actor: Actor, msps: Group, now: datetime
) -> None:
    group = GroupFactory.create(name="Branches of MSPs")
    set_rule(actor=actor, group=group, block=asks(msps), version=0, now=now)
    assert circle_through(msps, asks(group), Subjects()) == ["Branches of MSPs", "MSPs"]
    assert {problem.code for problem in draft_problems(msps, asks(group), Subjects())} == {"circle"}


@pytest.mark.django_db(transaction=True)
def test_links_that_make_a_circle_only_together_are_not_all_made(
    acme: Organization, alice: Membership, now: datetime
) -> None:
    with scope(acme):
        row = companies(3)
    actor, since = Actor.of(alice), LinkDetails("branch", LONG_AGO)
    pairs = [(row[0], row[1]), (row[1], row[2]), (row[2], row[0])]
    acts = [
        lambda parent=parent, child=child: link_partners(  # type: ignore[misc]
            actor=actor, parent=parent, child=child, details=since, now=now
        )
        for parent, child in pairs
    ]
    found = at_once(acme, acts)
    assert sum(result == {"circle"} for result in found) == 1
    with scope(acme):
        assert PartnerLink.objects.count() == 2
