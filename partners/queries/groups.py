"""Groups and who is in them, for both faces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import Audience, Group, GroupHold, GroupMember, GroupRule, Partner
from partners.models.audiences import EVERYONE, GROUP
from partners.models.groups import GroupQuerySet
from partners.queries.people import contact_card
from partners.queries.tier_audiences import tier_audiences
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization

_DAY = "j M Y"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as the list shows it. `partners` leaves test partners and archived ones out; `held` moves wait."""

    public_id: str
    name: str
    url: str
    hue: int
    description: str
    partners: int
    is_by_rule: bool
    is_held: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A partner’s time in a group as its page shows it, in ready strings; its end is planned at `member_url`."""

    partner_public_id: str
    name: str
    url: str
    member_url: str
    is_test: bool
    since: str
    until: str
    reason: str
    by: str
    is_by_rule: bool
    is_leaving: bool


@dataclass(frozen=True, slots=True)
class MyGroup:
    """A group as a partner's people read about it: why they are in, since when, who supports them there."""

    name: str
    hue: int
    description: str
    reason: str
    since: datetime
    until: datetime | None
    is_leaving: bool
    supporter: str
    mailto: str
    response_hours: int | None
    audience_id: int | None


# So many are offered in menus beside a list; the others are found on their own page.
MOST_OFFERED = 30


def groups_for_choice() -> GroupQuerySet:
    """The groups that a partner can be put into, by name."""
    found: GroupQuerySet = Group.objects.listed().by_name()
    return found


def groups_for_menu(every: Sequence[Group] | None = None) -> tuple[list[Group], bool]:
    """The first groups by name, and whether there are more; out of `every` group by name if these were read already."""
    found = _groups_for_menu() if every is None else [group for group in every if group.archived_at is None]
    return found[:MOST_OFFERED], len(found) > MOST_OFFERED


@prepared
def _groups_for_menu() -> GroupQuerySet:
    return groups_for_choice()[: MOST_OFFERED + 1]


def groups_for_list(is_archived: bool = False) -> GroupQuerySet:
    """The groups in use, or those that were archived, by name."""
    found: GroupQuerySet = Group.objects.filter(archived_at__isnull=not is_archived).by_name()
    return found


def group_rows(groups: list[Group]) -> list[GroupRow]:
    """The lines of a page of groups, with how many partners each holds: three queries."""
    held = partner_counts(groups)
    ids = [group.pk for group in groups]
    ruled = set(GroupRule.objects.current().filter(group__in=ids).values_list("group", flat=True))
    waiting = set(GroupHold.objects.waiting().filter(group__in=ids).values_list("group", flat=True))
    return [
        GroupRow(
            public_id=group.public_id,
            name=group.name,
            url=address("group_detail", group.public_id),
            hue=group.hue,
            description=group.description,
            partners=held.get(group.pk, 0),
            is_by_rule=group.pk in ruled,
            is_held=group.pk in waiting,
        )
        for group in groups
    ]


def partner_counts(groups: Iterable[Group]) -> dict[int, int]:
    """How many real partners each of the groups holds now."""
    return dict(_partner_counts([group.pk for group in groups]))


@prepared
def _partner_counts(group_ids: list[int]) -> QuerySet[GroupMember, Any]:
    rows = GroupMember.objects.open().filter(group__in=group_ids, partner__is_test=False, partner__archived_at=None)
    return rows.order_by().values_list("group").annotate(n=Count("*"))


@prepared
def member_ids(group_id: int, *, has_ended: bool, start: int, stop: int) -> QuerySet[GroupMember, int]:
    """The keys of present members by name, or of past memberships, the last ended first."""
    rows = GroupMember.objects.filter(group=group_id)
    if has_ended:
        rows = rows.filter(closed_at__isnull=False).order_by("-ends_at", "-pk")
    else:
        rows = rows.filter(closed_at=None, partner__archived_at=None).order_by("partner__normalized_name", "pk")
    return rows.values_list("pk", flat=True)[start:stop]


@prepared
def members(pks: list[int]) -> QuerySet[GroupMember]:
    """These memberships, with what `member_row` needs."""
    rows = GroupMember.objects.filter(pk__in=pks)
    return rows.select_related("group", "partner", "rule", "added_by__person")


def group_at(public_id: str) -> Group | None:
    """The group of this address, with its owner and its contact."""
    return _group.first(public_id)


@prepared
def _group(public_id: str) -> QuerySet[Group]:
    return Group.objects.filter(public_id=public_id).select_related("owner__person", "contact__person")


def member_row(member: GroupMember) -> MemberRow:
    """The row of a membership that `members` gave."""
    partner = member.partner
    last_day = last_day_of(member)
    return MemberRow(
        partner_public_id=partner.public_id,
        name=partner.name,
        url=address("partner_detail", partner.public_id),
        member_url=address("group_member", member.group.public_id, member.public_id),
        is_test=partner.is_test,
        since=date_format(timezone.localtime(member.starts_at), _DAY),
        until=date_format(last_day, _DAY) if last_day else "",
        reason=_reason(member),
        by=_("added by %s") % member.added_by.person if member.added_by else "",
        is_by_rule=member.source == GroupMember.Source.RULE,
        is_leaving=member.leaving_since is not None,
    )


def _reason(member: GroupMember) -> str:
    if member.closed_at and member.end_reason:
        return str(member.end_reason)
    if member.source == GroupMember.Source.RULE and member.rule:
        return _("By rule, version %d") % int(member.rule.version)
    return member.reason


def groups_of(partner: Partner) -> list[GroupMember]:
    """The times the partner is or was in a group, present ones first, then the last ended; fifty at most."""
    return _groups_of(partner.pk)


@prepared
def _groups_of(partner_id: int) -> QuerySet[GroupMember]:
    rows = GroupMember.objects.filter(partner=partner_id).select_related("group", "rule")
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-starts_at", "pk")[:50]


def my_groups(partner: Partner, now: datetime) -> list[MyGroup]:
    """What a partner's people are told about the groups they are in."""
    rows = GroupMember.objects.present(now).filter(partner=partner, group__archived_at=None)
    related: Any = rows.select_related("group__owner__person", "group__contact__person", "rule")
    audience = Audience.objects.filter(kind=GROUP, source_id=OuterRef("group")).values("pk")
    members = related.annotate(audience_pk=Subquery(audience)).order_by("group__normalized_name")
    return [_my_group(member, partner, member.audience_pk) for member in members]


def _my_group(member: GroupMember, partner: Partner, audience_id: int | None) -> MyGroup:
    group = member.group
    named = group.contact or group.owner
    owner: Membership | None = named if named and named.is_staff else None
    contact = contact_card(owner, partner.name) if owner else None
    return MyGroup(
        name=group.name,
        hue=group.hue,
        description=group.description,
        reason=member.rule.partner_sentence if member.rule else member.reason,
        since=member.starts_at,
        until=member.ends_at,
        is_leaving=member.leaving_since is not None,
        supporter=contact.name if contact else "",
        mailto=contact.mailto if contact else "",
        response_hours=group.response_hours,
        audience_id=audience_id,
    )


def audience_ids_of(partner: Any, now: datetime) -> "QuerySet[Audience, int]":
    """The audiences that anybody of the partner would be in: everyone's, those of its groups and of its tiers.

    Not evaluated, so that it becomes a part of another query; `partner` may be a reference to one there.
    """
    sources = GroupMember.objects.present(now).filter(partner=partner).values("group")
    through = Q(kind=GROUP, source_id__in=sources, closed_at=None) | tier_audiences(partner)
    found = Audience.objects.filter(Q(kind=EVERYONE, source_id=0) | through)
    return found.values_list("pk", flat=True)


def audience_id_of(group: Group) -> int | None:
    return _audience_of.first(group.pk)


@prepared
def _audience_of(group_id: int) -> QuerySet[Audience, int]:
    return Audience.objects.filter(kind=GROUP, source_id=group_id).values_list("pk", flat=True)


def has_groups() -> bool:
    return Group.objects.listed().exists()


def last_day_of(member: GroupMember) -> date | None:
    """The last day of a planned end, where the organization is."""
    if member.ends_at is None:
        return None
    local = member.ends_at.astimezone(ZoneInfo(current_organization().zone))
    return (local - timedelta(microseconds=1)).date()
