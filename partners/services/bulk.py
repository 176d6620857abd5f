"""One thing done with many partners: all that were ticked, or all that a list is narrowed to; and taken back."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.models import Group
from partners.models.partners import PartnerQuerySet, Source
from partners.queries.groups import groups_for_choice
from partners.queries.partner_lists import PartnerFilter, matching_partners
from partners.services.groups import add_to_group
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import NewFact, record_many
from prm.audit.services import note
from prm.jobs.models import Job
from prm.jobs.services import actor_of, start_job
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization

BULK_JOB = "partners.bulk"
# More partners than this are taken in hand in the background, so many at a time.
MOST_AT_ONCE = 2000

# Only what really changes is written, and each change with what was before: that is what an undo reads.
_ASSIGN = """
WITH before AS (
  SELECT id, account_manager_id AS held FROM partners_partner
  WHERE organization_id = %(organization)s AND id = ANY(%(partners)s) AND archived_at IS NULL
    AND account_manager_id IS DISTINCT FROM %(manager)s::bigint
  ORDER BY id FOR NO KEY UPDATE
), history AS (
  INSERT INTO partners_valuechange (organization_id, partner_id, field, before, after, source, at, changed_by_id)
  SELECT %(organization)s, id, 'account_manager', to_jsonb(held), to_jsonb(%(manager)s::bigint), %(source)s, %(now)s,
    %(member)s FROM before
)
UPDATE partners_partner SET account_manager_id = %(manager)s, revision = revision + 1 FROM before
WHERE organization_id = %(organization)s AND partners_partner.id = before.id RETURNING partners_partner.id
"""
# What somebody changed again since stays as it is.
_UNASSIGN = """
WITH undone AS (
  SELECT partner_id, before, after FROM partners_valuechange
  WHERE organization_id = %(organization)s AND field = 'account_manager' AND at = %(stamp)s
    AND changed_by_id = %(member)s
), held AS (
  SELECT partner.id, undone.before, undone.after FROM partners_partner AS partner
  JOIN undone ON undone.partner_id = partner.id
  WHERE partner.organization_id = %(organization)s
    AND partner.account_manager_id IS NOT DISTINCT FROM (undone.after #>> '{}')::bigint
  ORDER BY partner.id FOR NO KEY UPDATE OF partner
), history AS (
  INSERT INTO partners_valuechange (organization_id, partner_id, field, before, after, source, at, changed_by_id)
  SELECT %(organization)s, id, 'account_manager', after, before, %(source)s, %(now)s, %(member)s FROM held
)
UPDATE partners_partner SET account_manager_id = (held.before #>> '{}')::bigint, revision = revision + 1 FROM held
WHERE organization_id = %(organization)s AND partners_partner.id = held.id RETURNING partners_partner.id
"""


@transaction.atomic
def assign_manager(*, actor: Actor, partner_ids: Collection[int], manager: Membership | None, now: datetime) -> int:
    """Give partners another account manager, or none; returns for how many that is a change.

    Writes the history of each value, a small fact each, and one audit line. Raises `Refused` for a colleague who
    cannot be one.
    """
    refuse_if(rules.account_manager_problems(manager))
    pk = manager.pk if manager else None
    changed = _run(_ASSIGN, actor, now, partners=list(partner_ids), manager=pk)
    if changed:
        name = str(manager.person) if manager else ""
        note(actor=actor, verb="partners.managers_assigned", changes={"partners": [0, changed], "to": ["", name]})
    return changed


@transaction.atomic
def undo_assigning(*, actor: Actor, stamp: datetime, now: datetime) -> int:
    """Give back the account managers that this member changed at `stamp`, as far as nobody changed them since."""
    changed = _run(_UNASSIGN, actor, now, stamp=stamp)
    if changed:
        note(actor=actor, verb="partners.managers_given_back", changes={"partners": [0, changed]})
    return changed


def _run(statement: str, actor: Actor, now: datetime, **parameters: Any) -> int:
    known = {"organization": current_organization().pk, "member": actor.membership_id, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(statement, known | {"source": Source.HAND} | parameters)
        ids = [row[0] for row in cursor.fetchall()]
    data = {"field": "account_manager"}
    record_many(NewFact(facts.VALUE_CHANGED, now, partner_id=pk, object_id=0, data=data) for pk in ids)
    return len(ids)


# ── All that match ──────────────────────────────────────────────────────────────────────────────────────────────────


def changeable(chosen: PartnerFilter) -> PartnerQuerySet:
    """The partners of a list that something can be done with: those put away are left out."""
    return matching_partners(chosen).listed()


def start_bulk(
    *, actor: Actor, chosen: PartnerFilter, group: Group | None = None, manager: Membership | None = None, now: datetime
) -> Job:
    """Put everybody in the list into `group`, or give them `manager` (None for nobody), piece by piece.

    Raises `Refused` where that is refused for one of them already.
    """
    refuse_if(rules.group_problems(group) if group else rules.account_manager_problems(manager))
    parameters = {
        "query": chosen.query,
        "group": group.pk if group else None,
        "manager": manager.pk if manager else None,
        "at": now.isoformat(),
        "total": changeable(chosen).count(),
    }
    return start_job(actor=actor, kind=BULK_JOB, parameters=parameters, now=now)


def run_bulk(job: Job) -> None:
    """One piece: the next partners by their key. All pieces carry the moment of the first, so one undo takes all back.

    The list is asked anew each time: whoever changed meanwhile so that it is not in it any more is left alone.
    """
    asked, at = job.parameters, moment_of_bulk(job)
    chosen = PartnerFilter.of(asked["query"], at)
    following = changeable(chosen).filter(pk__gt=job.position.get("after", 0)).order_by("pk")
    ids = list(following.values_list("pk", flat=True)[:MOST_AT_ONCE])
    changed = _do(job, ids, at) if ids else 0
    job.result = {"changed": job.result.get("changed", 0) + changed}
    job.position = {"after": ids[-1]} if ids else job.position
    done = job.done + len(ids)
    job.progress(done, max(asked["total"], done + 1) if len(ids) == MOST_AT_ONCE else done)


def _do(job: Job, ids: list[int], at: datetime) -> int:
    actor = actor_of(job)
    if job.parameters["group"] is None:
        wanted = job.parameters["manager"]
        manager = Membership.objects.by_id(wanted) if wanted else None
        return assign_manager(actor=actor, partner_ids=ids, manager=manager, now=at)
    group = groups_for_choice().filter(pk=job.parameters["group"]).first()
    if group is None:
        raise Refused(Problem("group_archived", _("This group was archived meanwhile.")))
    return add_to_group(actor=actor, group=group, partner_ids=ids, now=at).added


def moment_of_bulk(job: Job) -> datetime:
    """By which what the job did can be taken back."""
    return datetime.fromisoformat(job.parameters["at"])
