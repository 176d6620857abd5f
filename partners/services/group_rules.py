"""What people do with rules of groups: set, go back, pause, take away; keep single partners out; let moves happen."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.conditions.checking import rule_problems
from partners.conditions.grammar import Block, conditions_of, written
from partners.conditions.subjects import Subjects
from partners.conditions.wording import outline, rule_sentence
from partners.models import Group, GroupExclusion, GroupHold, GroupMember, GroupRule, Partner
from partners.queries.group_rules import Moves, circle_through, moves_of
from partners.services import audiences
from partners.services.group_moves import evaluate_group
from partners.services.groups import audience_of, lock_group, record_moves
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.jobs.models import Job
from prm.jobs.services import actor_of, start_job
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization

APPLY_JOB = "partners.apply_group_rule"
# More partners than this are moved in the background.
MOST_AT_ONCE = 2000
_CIRCLES_LOCK = 7_312_002


def draft_problems(group: Group, block: Block, subjects: Subjects) -> list[Problem]:
    """Everything that stands against this rule for this group."""
    problems = rules.group_problems(group) + rule_problems(block, subjects)
    way = [] if problems else circle_through(group, block, subjects)
    if way:
        words = _("This goes in a circle: %(way)s. A group cannot depend on itself.")
        named = " → ".join([group.name, *way])
        problems.append(Problem("circle", words % {"way": named}))
    return problems


@transaction.atomic
def set_rule(*, actor: Actor, group: Group, block: Block, version: int, now: datetime) -> Moves | Job:
    """Give the group a new version of its rule and move partners by it; many are moved by the job that is returned.

    `version` is the one that was edited, 0 for none. Whoever sets a rule has seen whom it moves, so the brake does not
    apply. Raises `Refused`: changed_meanwhile, and whatever `draft_problems` says.
    """
    _one_at_a_time()
    group = lock_group(group)
    subjects = Subjects()
    refuse_if(draft_problems(group, block, subjects))
    former = GroupRule.objects.current().filter(group=group).first()
    if (former.version if former else 0) != version:
        raise Refused(Problem("changed_meanwhile", _("Somebody changed this rule meanwhile. Look at theirs first.")))
    if former is not None:
        GroupRule.objects.filter(pk=former.pk).update(ended_at=now)
    rule = GroupRule.objects.create(
        group=group,
        version=_last_version(group) + 1,
        definition=written(block),
        outline=outline(block, subjects),
        sentence=rule_sentence(block, subjects)[:8000],
        partner_sentence=_partner_sentence(block, subjects)[:8000],
        started_at=now,
        made_by_id=actor.membership_id,
    )
    Group.objects.filter(pk=group.pk).update(rule_paused_at=None)
    _drop_holds(group, GroupHold.State.DROPPED, actor, now)
    changes = {"rule": [former.sentence if former else "", rule.sentence]}
    note(actor=actor, verb="partners.group_rule_set", obj=group, changes=changes)
    if moves_of(group, block, subjects, now).number > MOST_AT_ONCE:
        return start_job(actor=actor, kind=APPLY_JOB, parameters={"group": group.pk}, now=now)
    return evaluate_group(group=group, now=now, actor=actor, is_released=True)


def _one_at_a_time() -> None:
    """Two rules that make a circle only together must not be set at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CIRCLES_LOCK, current_organization().pk % 2**31])


def _last_version(group: Group) -> int:
    return GroupRule.objects.filter(group=group).aggregate(last=Max("version"))["last"] or 0


def _partner_sentence(block: Block, subjects: Subjects) -> str:
    """What partners may read of a rule: all of it or nothing."""
    asked = [subjects.get(condition.about) for condition in conditions_of(block)]
    return rule_sentence(block, subjects) if all(subject and subject.is_public for subject in asked) else ""


def _drop_holds(group: Group, state: str, actor: Actor, now: datetime) -> None:
    waiting = GroupHold.objects.waiting().filter(group=group)
    waiting.update(state=state, decided_at=now, decided_by_id=actor.membership_id)


@transaction.atomic
def take_rule_away(*, actor: Actor, group: Group, now: datetime) -> int:
    """Have the group filled by hand again: whom the rule let in stays, those on their way out too. Returns how many."""
    group = lock_group(group)
    rule = GroupRule.objects.current().filter(group=group).first()
    if rule is None:
        return 0
    GroupRule.objects.filter(pk=rule.pk).update(ended_at=now)
    _drop_holds(group, GroupHold.State.DROPPED, actor, now)
    members = GroupMember.objects.open().filter(group=group, source=GroupMember.Source.RULE)
    going = list(members.filter(leaving_since__isnull=False).values_list("partner", flat=True))
    audiences.add_partners(audience_of(group), going, now)
    kept = members.update(source=GroupMember.Source.HAND, leaving_since=None, ends_at=None, reason=rule.sentence[:200])
    Group.objects.filter(pk=group.pk).update(rule_paused_at=None, rule_problem="")
    note(actor=actor, verb="partners.group_rule_ended", obj=group, changes={"rule": [rule.sentence, ""]})
    return kept


@transaction.atomic
def pause_rule(*, actor: Actor, group: Group, now: datetime) -> None:
    """Let the rule move nobody until it is resumed. Twice is once."""
    group = lock_group(group)
    if Group.objects.filter(pk=group.pk, rule_paused_at=None).update(rule_paused_at=now):
        _drop_holds(group, GroupHold.State.PAUSED, actor, now)
        note(actor=actor, verb="partners.group_rule_paused", obj=group)


@transaction.atomic
def resume_rule(*, actor: Actor, group: Group, now: datetime) -> Moves:
    """Let the rule move partners again, at once and with the brake on."""
    group = lock_group(group)
    if Group.objects.filter(pk=group.pk, rule_paused_at__isnull=False).update(rule_paused_at=None):
        note(actor=actor, verb="partners.group_rule_resumed", obj=group)
    return evaluate_group(group=group, now=now, actor=actor)


@transaction.atomic
def release_hold(*, actor: Actor, group: Group, now: datetime) -> Moves | Job:
    """Let the moves that wait happen, as they are by now; many by the job returned. Raises `Refused`: decided."""
    group = lock_group(group)
    hold = GroupHold.objects.waiting().filter(group=group).first()
    if hold is None:
        raise Refused(Problem("decided", _("Nothing waits here any more.")))
    note(actor=actor, verb="partners.group_released", obj=group)
    if len(hold.entering) + len(hold.leaving) > MOST_AT_ONCE:
        return start_job(actor=actor, kind=APPLY_JOB, parameters={"group": group.pk}, now=now)
    return evaluate_group(group=group, now=now, actor=actor, is_released=True)


def apply_rule(job: Job) -> None:
    """Job: move everybody whom a rule moves after a person said so."""
    group = Group.objects.get(pk=job.parameters["group"])
    moves = evaluate_group(group=group, now=job.created_at, actor=actor_of(job), is_released=True)
    job.progress(moves.number, moves.number)


@transaction.atomic
def keep_out(
    *, actor: Actor, group: Group, partner_ids: Collection[int], reason: str, ends_at: datetime | None, now: datetime
) -> int:
    """Keep partners out of the group until `ends_at`, whatever its rule says; returns how many are out now.

    Those that are in it leave at once. Raises `Refused`: ends_in_past, group_archived.
    """
    refuse_if(rules.period_problems(ends_at, now))
    group = lock_group(group)
    refuse_if(rules.group_problems(group))
    known = set(GroupExclusion.objects.open(now).filter(group=group).values_list("partner", flat=True))
    wanted = set(Partner.objects.filter(pk__in=partner_ids).values_list("pk", flat=True)) - known
    GroupExclusion.objects.bulk_create(
        GroupExclusion(
            group=group,
            partner_id=pk,
            reason=reason[:200],
            starts_at=now,
            ends_at=ends_at,
            added_by_id=actor.membership_id,
        )
        for pk in sorted(wanted)
    )
    rows = GroupMember.objects.open().filter(group=group, partner__in=wanted)
    leaving = list(rows.values_list("partner", flat=True))
    rows.update(ends_at=Greatest("starts_at", Value(now)), closed_at=now, end_reason=reason[:200])
    audiences.remove_partners(audience_of(group), leaving, now)
    record_moves(facts.GROUP_LEFT, group, ((pk, now) for pk in leaving))
    if wanted:
        changes = {"kept out": [0, len(wanted)]}
        note(actor=actor, verb="partners.group_kept_out", obj=group, changes=changes, reason=reason)
    return len(wanted)


@transaction.atomic
def let_back(*, actor: Actor, exclusion: GroupExclusion, now: datetime) -> Moves:
    """End an exclusion: the rule decides about the partner again, at once."""
    group = lock_group(exclusion.group)
    ended = GroupExclusion.objects.open(now).filter(pk=exclusion.pk).update(ends_at=now)
    if ended:
        note(actor=actor, verb="partners.group_let_back", obj=group, label=f"{group.name}: {exclusion.partner}")
    return evaluate_group(group=group, now=now, actor=actor, partner_ids=[exclusion.partner_id])
