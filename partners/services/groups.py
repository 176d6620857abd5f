"""Groups by hand: made, changed, filled and emptied; every membership with its time and reason."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.models import Audience, Group, GroupExclusion, GroupMember, GroupRule, Partner
from partners.models.audiences import GROUP
from partners.names import comparable
from partners.services import audiences
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.kinds import FactKind
from prm.activity.services import NewFact, record_many
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.wakeups import wake

_PLAIN = (
    "contact", "response_hours", "goal_measure", "goal_target", "goal_on", "review_on", "brake", "grace_days",
)  # fmt: skip


@dataclass(frozen=True)
class GroupDetails:
    name: str
    description: str = ""
    purpose: str = ""
    color: str = Group.Color.INDIGO
    owner: Membership | None = None
    contact: Membership | None = None
    response_hours: int | None = None
    goal_measure: str = ""
    goal_target: Decimal | None = None
    goal_on: date | None = None
    review_on: date | None = None
    brake: int = 25
    grace_days: int = 14

    def columns(self) -> dict[str, object]:
        name = " ".join(self.name.split())
        return {
            "name": name,
            "normalized_name": comparable(name)[:80],
            "description": self.description,
            "purpose": self.purpose,
            "color": self.color,
            "owner": self.owner,
        } | {name: getattr(self, name) for name in _PLAIN}


@dataclass(frozen=True, slots=True)
class Added:
    """What adding came to: `added` are new in the group, `present` were in it before."""

    added: int
    present: int


def create_group(*, actor: Actor, details: GroupDetails, now: datetime) -> Group:
    """Make a group and its audience. Raises `Refused` with `name_taken`."""
    refuse_if(rules.account_manager_problems(details.owner) + rules.account_manager_problems(details.contact))
    try:
        with transaction.atomic():
            group = Group.objects.create(**details.columns(), created_at=now)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    audiences.ensure_audience(kind=GROUP, source_id=group.pk, label=group.name)
    note(actor=actor, verb="partners.group_created", obj=group)
    return group


def change_group(*, actor: Actor, group: Group, revision: int, details: GroupDetails) -> None:
    """Change what a group is called and what is said about it. Raises `Refused`: changed_meanwhile, name_taken."""
    refuse_if(rules.account_manager_problems(details.owner) + rules.account_manager_problems(details.contact))
    try:
        with transaction.atomic():
            changes = update_if_unchanged(group, revision, **details.columns())
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    changes.pop("normalized_name", None)
    if "name" in changes:
        audiences.ensure_audience(kind=GROUP, source_id=group.pk, label=group.name)
    if changes:
        note(actor=actor, verb="partners.group_changed", obj=group, changes=changes)


@transaction.atomic
def archive_group(*, actor: Actor, group: Group, now: datetime) -> None:
    """Put a group away: its partners keep their memberships, but nothing is shown or sent because of it."""
    if Group.objects.listed().filter(pk=group.pk).update(archived_at=now):
        audiences.close_audience(audience_of(group), now)
        group.archived_at = now
        note(actor=actor, verb="partners.group_archived", obj=group)


def restore_group(*, actor: Actor, group: Group) -> None:
    """Bring an archived group back. Raises `Refused` with `name_taken` when another one has its name by now."""
    try:
        with transaction.atomic():
            restored = Group.objects.filter(pk=group.pk, archived_at__isnull=False).update(archived_at=None)
    except IntegrityError as error:
        raise Refused(_name_taken()) from error
    if restored:
        group.archived_at = None
        audience_of(group)
        note(actor=actor, verb="partners.group_restored", obj=group)


@transaction.atomic
def add_to_group(
    *,
    actor: Actor,
    group: Group,
    partner_ids: Collection[int],
    reason: str = "",
    ends_at: datetime | None = None,
    source: str = GroupMember.Source.HAND,
    now: datetime,
) -> Added:
    """Put partners into a group from now until `ends_at`; those that are in it already stay as they are.

    Archived and unknown partners are left out; whom somebody kept out is no longer kept out. The
    group is locked, so two who add at once add each partner once.
    Writes memberships, the group's audience, a fact for each partner and one audit line.
    """
    refuse_if(rules.period_problems(ends_at, now))
    locked = lock_group(group)
    refuse_if(rules.group_problems(locked))
    wanted = set(Partner.objects.listed().filter(pk__in=partner_ids).values_list("pk", flat=True))
    close_ended(now, group)
    rule = GroupRule.objects.current().filter(group=group).first() if source == GroupMember.Source.RULE else None
    present = set(GroupMember.objects.open().filter(group=group, partner__in=wanted).values_list("partner", flat=True))
    new = sorted(wanted - present)
    GroupExclusion.objects.open(now).filter(group=group, partner__in=new).update(ends_at=now)
    GroupMember.objects.bulk_create(
        [
            GroupMember(
                group=group,
                partner_id=pk,
                starts_at=now,
                ends_at=ends_at,
                reason=reason[:200],
                source=source,
                rule=rule,
                added_by_id=actor.membership_id,
            )
            for pk in new
        ],
        batch_size=2000,
    )
    audiences.add_partners(audience_of(locked), new, now, ends_at)
    record_moves(facts.GROUP_JOINED, group, ((pk, now) for pk in new))
    if new:
        note(actor=actor, verb=facts.GROUP_JOINED.name, obj=group, changes={"partners": [0, len(new)]}, reason=reason)
    if new and ends_at is not None:
        wake("plan", ends_at)
    return Added(len(new), len(present))


@transaction.atomic
def remove_from_group(
    *, actor: Actor, group: Group, partner_ids: Collection[int], reason: str = "", now: datetime
) -> int:
    """Take partners out of a group now; returns how many were in it. Their history stays.

    Whom the group's rule let in is kept out from now on: it would come in again at once.
    """
    locked = lock_group(group)
    close_ended(now, group)
    rows = GroupMember.objects.open().filter(group=group, partner__in=partner_ids)
    by_rule = rows.filter(source=GroupMember.Source.RULE).values_list("partner", flat=True)
    GroupExclusion.objects.bulk_create(
        GroupExclusion(group=group, partner_id=pk, reason=reason[:200], starts_at=now, added_by_id=actor.membership_id)
        for pk in by_rule
    )
    leaving = list(rows.values_list("partner", flat=True))
    rows.filter(partner__in=leaving).update(
        ends_at=Greatest("starts_at", Value(now)), closed_at=now, end_reason=reason[:200]
    )
    audiences.remove_partners(audience_of(locked), leaving, now)
    record_moves(facts.GROUP_LEFT, group, ((pk, now) for pk in leaving))
    if leaving:
        note(actor=actor, verb=facts.GROUP_LEFT.name, obj=group, changes={"partners": [len(leaving), 0]}, reason=reason)
    return len(leaving)


def undo_adding(*, actor: Actor, group: Group, stamp: datetime, now: datetime) -> int:
    """Take out again what this member added to the group at `stamp`, as long as it is still in it."""
    rows = GroupMember.objects.open().filter(group=group, starts_at=stamp, added_by_id=actor.membership_id)
    ids = list(rows.values_list("partner", flat=True))
    return remove_from_group(actor=actor, group=group, partner_ids=ids, reason=_("Undone"), now=now)


def undo_removing(*, actor: Actor, group: Group, stamp: datetime, now: datetime) -> int:
    """Put back, by new memberships, what was taken out of the group at `stamp`: by hand or by rule, as it was."""
    rows = GroupMember.objects.filter(group=group, closed_at=stamp).values_list("source", "partner")
    by_rule = GroupMember.Source.RULE
    sources: dict[str, list[int]] = {}
    for source, partner_id in rows:
        sources.setdefault(by_rule if source == by_rule else GroupMember.Source.HAND, []).append(partner_id)
    reason = _("Removal undone")
    return sum(
        add_to_group(actor=actor, group=group, partner_ids=ids, reason=reason, source=source, now=now).added
        for source, ids in sources.items()
    )


@transaction.atomic
def plan_end(*, actor: Actor, member: GroupMember, ends_at: datetime | None, now: datetime) -> None:
    """Set, move or drop the day on which a present membership ends. Raises `Refused`: by_rule, not_in_group."""
    refuse_if(rules.period_problems(ends_at, now) + rules.planned_end_problems(member))
    before = member.ends_at
    if not GroupMember.objects.open().filter(pk=member.pk).update(ends_at=ends_at):
        raise Refused(Problem("not_in_group", _("This partner is no longer in the group.")))
    member.ends_at = ends_at
    audiences.add_partners(audience_of(member.group), [member.partner_id], now, ends_at)
    note(actor=actor, verb="partners.group_end_planned", obj=member.group, changes={"until": [before, ends_at]})
    if ends_at is not None:
        wake("plan", ends_at)


def close_ended(now: datetime, group: Group | None = None) -> int:
    """Tell the ends that have come: the membership is closed and counted as left at the moment it ended."""
    rows = GroupMember.objects.ended(now).select_for_update(skip_locked=True)
    if group is not None:
        rows = rows.filter(group=group)
    ended = list(rows)
    GroupMember.objects.filter(pk__in=[row.pk for row in ended]).update(closed_at=now)
    facts_of = [
        NewFact(facts.GROUP_LEFT, row.ends_at, partner_id=row.partner_id, object_id=row.group_id)
        for row in ended
        if row.ends_at
    ]
    record_many(facts_of)
    return len(ended)


def plan_group_ends(now: datetime) -> datetime | None:
    """The planner: close what has ended, and say when the next end comes."""
    with transaction.atomic():
        close_ended(now)
    ahead = GroupMember.objects.open().filter(ends_at__gt=now).order_by("ends_at")
    return ahead.values_list("ends_at", flat=True).first()


def record_moves(kind: FactKind, group: Group, when: Iterable[tuple[int, datetime]]) -> None:
    """A fact of this kind for each partner id and moment."""
    record_many([NewFact(kind, at, partner_id=pk, object_id=group.pk) for pk, at in when])


def lock_group(group: Group) -> Group:
    """The group as it is now, kept so until the transaction ends."""
    # NO KEY: rows that refer to the group can still be written meanwhile.
    return Group.objects.select_for_update(no_key=True).get(pk=group.pk)


def audience_of(group: Group) -> Audience:
    """The audience that this group fills; that of an archived one stays closed."""
    if group.archived_at is None:
        return audiences.ensure_audience(kind=GROUP, source_id=group.pk, label=group.name)
    closed = {"label": group.name, "closed_at": group.archived_at}
    return Audience.objects.get_or_create(kind=GROUP, source_id=group.pk, defaults=closed)[0]


def _name_taken() -> Problem:
    return Problem("name_taken", _("There is already a group of this name."), "name")
