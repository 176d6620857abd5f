"""Which companies belong together on a day: for figures that add up, for trees, for those who look in on branches."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format

from partners.models import GroupMember, Partner, PartnerLink, PartnerUser
from partners.models.partners import PartnerQuerySet
from partners.models.structure import DEEPEST, Ids, PartnerLinkQuerySet
from prm.accounts.models import Membership
from prm.activity.kinds import measures
from prm.activity.models import Fact
from prm.addresses import address

_DAY = "j M Y"


def parts(on: date) -> PartnerLinkQuerySet:
    """The links by which companies belong together on this day: branches and bought companies."""
    found: PartnerLinkQuerySet = PartnerLink.objects.holding(on).belonging()
    return found


def branches_in(partner_ids: Ids, on: date) -> QuerySet[PartnerLink, Any]:
    """The ids of all branches of the partners on this day, without themselves. Not evaluated: may be composed.

    Partner.objects.filter(pk__in=branches_in(headquarters.values("pk"), today))
    """
    return parts(on).below(partner_ids).values("child")


def branches_of(partner_ids: Collection[int], on: date) -> set[int]:
    """`branches_in`, evaluated: one query."""
    return set(branches_in(partner_ids, on).values_list("child", flat=True)) if partner_ids else set()


def with_branches(partners: PartnerQuerySet, on: date) -> PartnerQuerySet:
    """The partners of a query and all their branches on this day. Archived ones are left out."""
    ids = partners.values("pk")
    found: PartnerQuerySet = Partner.objects.listed().filter(Q(pk__in=ids) | Q(pk__in=branches_in(ids, on)))
    return found


def headquarters_of(partner_ids: Collection[int], on: date) -> dict[int, int]:
    """Partner → the company at the top that it belongs to on this day; those that belong to nobody are left out."""
    links = parts(on).above(partner_ids).values_list("child", "parent")
    parent = dict(links)
    found = {}
    for pk in partner_ids:
        top = pk
        while top in parent:
            top = parent[top]
        if top != pk:
            found[pk] = top
    return found


# ── The team of branches, for leads of the parent ───────────────────────────────────────────────────────────────────


def branches_to_look_at(partner: Partner, on: date) -> PartnerQuerySet:
    """The branches whose team the partner's leads may see: those whose link says "for the whole company".

    The second wall: it starts from the leads' own partner and goes no further than one level.
    """
    links = parts(on).for_the_whole().filter(parent=partner)
    found: PartnerQuerySet = Partner.objects.listed().filter(pk__in=links.values("child")).order_by("normalized_name")
    return found


# ── The tree on a page ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as the page of one of its partners shows it: `name` is the other's."""

    public_id: str
    name: str
    url: str
    what: str
    since: str
    until: str
    reason: str
    is_over: bool
    is_ahead: bool
    leads_look_in: bool
    end_url: str


@dataclass(frozen=True, slots=True)
class Node:
    """A company in the tree. `level` is its depth from 0; its figures are its own, `with_branches` adds those below."""

    name: str
    url: str
    kind: str
    level: int
    people: int
    groups: int
    is_here: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A figure of a company by itself and with its branches."""

    label: str
    own: str
    whole: str


@dataclass(frozen=True, slots=True)
class Tree:
    nodes: tuple[Node, ...]
    figures: tuple[RolledUp, ...]
    branches: int

    @property
    def is_alone(self) -> bool:
        return len(self.nodes) < 2


def tree_of(partner: Partner, on: date) -> Tree:
    """Everybody who is linked with the partner on this day, from the top down, and what adds up: four queries."""
    links: PartnerLinkQuerySet = PartnerLink.objects.holding(on).filter(kind__in=PartnerLink.LADDERS)
    up: dict[int, int] = {}
    for child, parent, _kind in _pairs(links.above([partner.pk])):
        up.setdefault(child, parent)
    top = partner.pk
    while top in up:
        top = up[top]
    children: dict[int, list[tuple[int, str]]] = {}
    for child, parent, kind in _pairs(links.below([top])):
        children.setdefault(parent, []).append((child, kind))
    order = list(_walk(top, children))
    counted = _counts({pk for pk, _kind, _level in order})
    nodes = tuple(_node(pk, kind, level, counted, partner) for pk, kind, level in order if pk in counted)
    branches = _parts_of(partner.pk, children)
    return Tree(nodes, tuple(_rolled_up(partner.pk, branches, counted)), len(branches))


def _pairs(links: PartnerLinkQuerySet) -> list[tuple[int, int, str]]:
    rows = links.order_by("child__normalized_name", "pk").values_list("child", "parent", "kind")
    return [(child, parent, kind) for child, parent, kind in rows]


def _walk(
    top: int, children: dict[int, list[tuple[int, str]]], kind: str = "", level: int = 0
) -> "list[tuple[int, str, int]]":
    found = [(top, kind, level)]
    if level < 2 * DEEPEST:
        for child, how in children.get(top, ()):
            found += _walk(child, children, how, level + 1)
    return found


def _parts_of(pk: int, children: dict[int, list[tuple[int, str]]]) -> set[int]:
    """The branches below a company; resellers and what is below them are others' figures."""
    found: set[int] = set()
    waiting = [pk]
    while waiting:
        for child, kind in children.get(waiting.pop(), ()):
            if kind in PartnerLink.PARTS and child not in found:
                found.add(child)
                waiting.append(child)
    return found


@dataclass(frozen=True, slots=True)
class _Counted:
    partner: Partner
    people: int
    groups: int


def _counts(ids: Collection[int]) -> dict[int, _Counted]:
    users = PartnerUser.objects.filter(partner=OuterRef("pk"), membership__state=Membership.State.ACTIVE)
    members = GroupMember.objects.open().filter(partner=OuterRef("pk"), group__archived_at=None)
    rows: Any = Partner.objects.filter(pk__in=ids).annotate(
        **{
            name: Coalesce(Subquery(found.order_by().values("partner").annotate(n=Count("*")).values("n")), 0)
            for name, found in (("people_count", users), ("group_count", members))
        }
    )
    return {row.pk: _Counted(row, row.people_count, row.group_count) for row in rows}


def _node(pk: int, kind: str, level: int, counted: dict[int, _Counted], here: Partner) -> Node:
    found = counted[pk]
    return Node(
        name=found.partner.name,
        url=address("partner_detail", found.partner.public_id),
        kind=str(PartnerLink.Kind(kind).label) if kind else "",
        level=min(level, DEEPEST),
        people=found.people,
        groups=found.groups,
        is_here=pk == here.pk,
        is_archived=found.partner.is_archived,
    )


def _rolled_up(pk: int, branches: Collection[int], counted: dict[int, _Counted]) -> list[RolledUp]:
    """People, groups and every measure that anything was recorded of, by itself and with the branches."""
    if not branches:
        return []
    sums: dict[int, dict[str, int]] = {}
    for partner_id, kind, unit, amount in (
        Fact.objects.filter(partner_id__in=[pk, *branches])
        .order_by()
        .values_list("partner_id", "kind", "unit")
        .annotate(amount=Sum("amount"))
    ):
        sums.setdefault(partner_id, {})[f"{kind} {unit}"] = amount
    found = []
    for measure in measures.all():
        each = {
            who: sum(kinds.get(f"{name} {measure.unit}", 0) for name in measure.kind_names)
            for who, kinds in sums.items()
        }
        if any(each.values()):
            found.append(_figure(str(measure.label), measure.unit, each.get(pk, 0), sum(each.values())))
    return found


def _figure(label: str, unit: str, own: Any, whole: Any) -> RolledUp:
    return RolledUp(label, f"{own:f}".rstrip("0").rstrip(".") if own else "0", f"{whole:,.0f} {unit}".strip())


def links_of(partner: Partner, today: date) -> tuple[list[LinkRow], list[LinkRow]]:
    """(what it belongs to, what belongs to it): every link there is or was, present ones first; a hundred at most."""
    rows = PartnerLink.objects.filter(Q(parent=partner) | Q(child=partner)).select_related("parent", "child")
    listed = sorted(rows.order_by("-starts_on", "-pk")[:100], key=lambda link: _is_over(link, today))
    over = [
        _link_row(link, link.parent, link.get_kind_display(), today) for link in listed if link.child_id == partner.pk
    ]
    under = [
        _link_row(link, link.child, link.get_kind_display(), today) for link in listed if link.parent_id == partner.pk
    ]
    return over, under


def _is_over(link: PartnerLink, today: date) -> bool:
    return link.ends_on is not None and link.ends_on <= today


def _link_row(link: PartnerLink, other: Partner, what: str, today: date) -> LinkRow:
    return LinkRow(
        public_id=link.public_id,
        name=other.name,
        url=address("partner_detail", other.public_id),
        what=str(what),
        since=date_format(link.starts_on, _DAY),
        until=date_format(max(link.ends_on - timedelta(days=1), link.starts_on), _DAY) if link.ends_on else "",
        reason=link.reason,
        is_over=_is_over(link, today),
        is_ahead=link.starts_on > today,
        leads_look_in=link.leads_look_in,
        end_url=address("partner_link_end", link.public_id),
    )
