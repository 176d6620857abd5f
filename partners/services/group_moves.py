"""Groups kept true: a rule evaluated, partners moved, the brake, the night's round.

Every group is evaluated under its row's lock, so of two evaluations at once the second finds nothing left to do.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from partners import facts
from partners.conditions.grammar import read
from partners.conditions.subjects import Subjects
from partners.models import Group, GroupHold, GroupMember, GroupRule, PartnerUser
from partners.models.groups import GroupMemberQuerySet
from partners.queries.group_rules import Moves, in_order_of_dependence, moved_lately, moves_of, problems_of
from partners.queries.groups import audience_id_of
from partners.services import audiences
from partners.services.groups import audience_of, lock_group, record_moves
from partners.stakes import are_grave, stakes_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import Role
from prm.activity.following import Changes
from prm.audit.services import note
from prm.outbox.services import post
from prm.outbox.services.messages import post_due
from prm.tenancy.public_ids import new_public_id
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

LEAVING_MAIL = "partners.group_leaving"
HELD_MAIL = "partners.group_held"
# The night's round begins at this time of day, where the organization is.
NIGHT = time(2, 30)
_RULE = GroupMember.Source.RULE
_SYSTEM = Actor.system("partners.group_rules")
_ENTER = """
INSERT INTO partners_groupmember (organization_id, public_id, group_id, partner_id, rule_id, starts_at, source, reason,
    end_reason)
SELECT %s, row.public_id, %s, row.partner_id, %s, %s, 'rule', '', ''
FROM unnest(%s::text[], %s::bigint[]) AS row (public_id, partner_id)
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def evaluate_group(
    *, group: Group, now: datetime, actor: Actor, partner_ids: Collection[int] | None = None, is_released: bool = False
) -> Moves:
    """Move whom the group's rule moves, among these partners or all; returns who moved.

    Nobody moves while the rule is paused, asks about something that was put away, or its moves wait for a person. Too
    many moves, or ones that hurt, become a hold (and return as none), unless a person has released them.
    """
    nobody = Moves([], [], [])
    group = lock_group(group)
    rule = GroupRule.objects.current().filter(group=group).first()
    if rule is None or group.archived_at is not None or group.rule_paused_at is not None:
        return nobody
    subjects = Subjects()
    problem = next((str(problem.message)[:300] for problem in problems_of(rule, subjects)), "")
    if problem != group.rule_problem:
        Group.objects.filter(pk=group.pk).update(rule_problem=problem)
    if problem:
        return nobody
    hold = GroupHold.objects.waiting().filter(group=group).first()
    among = None if hold or is_released else partner_ids
    moves = moves_of(group, read(rule.definition), subjects, now, among)
    if among is None:
        Group.objects.filter(pk=group.pk).update(evaluated_at=now)
    if not is_released and _is_held(group, rule, hold, moves, now):
        return nobody
    _settle(hold, GroupHold.State.RELEASED if is_released else GroupHold.State.DROPPED, actor, now)
    _move(group, rule, moves, actor, now)
    return moves


def _is_held(group: Group, rule: GroupRule, hold: GroupHold | None, moves: Moves, now: datetime) -> bool:
    """Whether these moves wait for a person; the hold is made, or brought up to date."""
    if not moves.number:
        return False
    stakes = stakes_of(moves.leaving, audience_id_of(group), now)
    is_much = moved_lately(group, rule, now) + moves.number > group.brake
    if not hold and not is_much and not are_grave(stakes):
        return False
    values = {"entering": moves.entering, "leaving": moves.leaving, "stakes": stakes}
    if hold:
        GroupHold.objects.filter(pk=hold.pk).update(**values)
        return True
    hold = GroupHold.objects.create(group=group, rule=rule, held_at=now, **values)
    note(actor=_SYSTEM, verb="partners.group_held", obj=group, changes=_counts(moves))
    for colleague in _who_decides(group):
        post(kind=HELD_MAIL, subject_id=hold.pk, recipient=colleague, now=now)
    return True


def _who_decides(group: Group) -> list[Membership]:
    """The group's owner; where it has none, those who manage partners."""
    colleagues = Membership.objects.in_organization(current_organization()).active().staff()
    owner = list(colleagues.filter(pk=group.owner_id)) if group.owner_id else []
    return owner or list(colleagues.filter(roles__overlap=[Role.OWNER.value, Role.MANAGER.value])[:20])


def _settle(hold: GroupHold | None, state: str, actor: Actor, now: datetime) -> None:
    if hold is not None:
        GroupHold.objects.filter(pk=hold.pk).update(state=state, decided_at=now, decided_by_id=actor.membership_id)


def _move(group: Group, rule: GroupRule, moves: Moves, actor: Actor, now: datetime) -> None:
    if not moves:
        return
    audience = audience_of(group)
    if moves.entering:
        with connection.cursor() as cursor:
            ids = [new_public_id() for _partner in moves.entering]
            cursor.execute(_ENTER, [group.organization_id, group.pk, rule.pk, now, ids, moves.entering])
        audiences.add_partners(audience, moves.entering, now)
        record_moves(facts.GROUP_JOINED, group, ((pk, now) for pk in moves.entering))
    if moves.returning:
        _members(group, moves.returning).update(leaving_since=None, ends_at=None)
        audiences.add_partners(audience, moves.returning, now)
    if moves.leaving:
        _let_go(group, moves.leaving, now)
    note(actor=actor, verb="partners.group_evaluated", obj=group, changes=_counts(moves), reason=rule.sentence[:500])


def _let_go(group: Group, partner_ids: Collection[int], now: datetime) -> None:
    """Whoever no longer fits leaves after the group's grace, and is told; without grace at once."""
    members = _members(group, partner_ids)
    audience = audience_of(group)
    if group.grace_days == 0:
        reason = _("The rule no longer holds")
        members.update(ends_at=Greatest("starts_at", Value(now)), closed_at=now, leaving_since=now, end_reason=reason)
        audiences.remove_partners(audience, partner_ids, now)
        record_moves(facts.GROUP_LEFT, group, ((pk, now) for pk in partner_ids))
        return
    ends_at = now + timedelta(days=group.grace_days)
    members.update(leaving_since=now, ends_at=ends_at, end_reason=_("The rule no longer holds"))
    audiences.add_partners(audience, partner_ids, now, ends_at)
    wake("plan", ends_at)
    going = GroupMember.objects.open().filter(group=group, partner__in=partner_ids)
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD, partner__group_memberships__in=going)
    due = leads.annotate(
        subject=F("partner__group_memberships__pk"),
        occasion=Value(now.isoformat(timespec="minutes")),
        not_before=Value(now, DateTimeField()),
    )
    post_due(kind=LEAVING_MAIL, due=due.values_list("membership_id", "subject", "occasion", "not_before"), now=now)


def _members(group: Group, partner_ids: Collection[int]) -> GroupMemberQuerySet:
    rows: GroupMemberQuerySet = GroupMember.objects.open().filter(group=group, source=_RULE, partner__in=partner_ids)
    return rows


def _counts(moves: Moves) -> dict[str, list[int]]:
    return {"entering": [0, len(moves.entering)], "leaving": [0, len(moves.leaving)]}


# ── Whenever something changes, and every night ─────────────────────────────────────────────────────────────────────


def reconsider(changes: Changes, now: datetime) -> None:
    """The follower of facts: look again at the groups whose rules these partners may move."""
    evaluate_all(now, changes.partner_ids)


def evaluate_all(now: datetime, partner_ids: Collection[int] | None = None) -> int:
    """Evaluate every group that has a rule, those that ask about other groups after these; returns how many moved."""
    if partner_ids is not None and not partner_ids:
        return 0
    rules = GroupRule.objects.current().filter(group__archived_at=None).select_related("group")
    moved = 0
    for rule in in_order_of_dependence(rules, Subjects()):
        moves = evaluate_group(group=rule.group, now=now, actor=_SYSTEM, partner_ids=partner_ids)
        moved += moves.number
    return moved


def plan_night(now: datetime) -> datetime | None:
    """The planner: once a night every group is evaluated anew, since some rules depend on the day."""
    zone = ZoneInfo(current_organization().zone)
    local = now.astimezone(zone)
    begun = datetime.combine(local.date(), NIGHT, zone)
    if begun > local:
        begun -= timedelta(days=1)
    rules = GroupRule.objects.current().filter(group__archived_at=None)
    if not rules.exists():
        return None
    if rules.exclude(group__evaluated_at__gte=begun).filter(started_at__lt=begun).exists():
        evaluate_all(now)
    return datetime.combine(begun.date() + timedelta(days=1), NIGHT, zone)
