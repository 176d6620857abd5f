"""Milestones: found each day, congratulated by colleagues, told to others by the partner's own word."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, DateTimeField, Q, QuerySet, Value
from django.utils.translation import gettext as _

from partners.milestones import MilestoneKind, milestone_kinds
from partners.models import Milestone, PartnerUser
from partners.queries.journeys.days import next_day_begins
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.outbox.services import post_due
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization

CONGRATULATED_MAIL = "partners.congratulated"
# What a worker that slept missed for longer is no news any more.
CATCHES_UP = timedelta(days=7)

_KEEP = """
INSERT INTO partners_milestone (organization_id, public_id, partner_id, membership_id, kind, occasion, about,
    reached_at)
SELECT %%s, left(replace(gen_random_uuid()::text, '-', ''), 12), found.partner, found.member, %%s, found.occasion,
    left(found.about, 140), found.at
FROM (%s) AS found (partner, member, occasion, about, at)
ON CONFLICT DO NOTHING
"""


def plan_milestones(now: datetime) -> datetime | None:
    """The planner: keep what partners reached lately; returns the beginning of the next day."""
    find_milestones(since=now - CATCHES_UP, now=now)
    return next_day_begins(now)


def find_milestones(*, since: datetime, now: datetime) -> int:
    """Keep what was reached between these moments, each once, by one statement for each kind; returns how many."""
    return sum(_keep(kind, since, now) for kind in milestone_kinds.all())


def _keep(kind: MilestoneKind, since: datetime, now: datetime) -> int:
    select, parameters = kind.rows(since, now).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP % select, [current_organization().pk, kind.name, *parameters])
        return int(cursor.rowcount)


@transaction.atomic
def congratulate(*, actor: Actor, milestone: Milestone, now: datetime) -> int:
    """Congratulate by one mail to the person, or to the leads of the company; returns to how many.

    Raises `Refused`: already (a colleague did so).
    """
    rows = Milestone.objects.filter(pk=milestone.pk, congratulated_at=None)
    won = rows.update(congratulated_at=now, congratulated_by_id=actor.membership_id)
    refuse_if([] if won else [Problem("already", _("A colleague has congratulated already."))])
    note(actor=actor, verb="partners.congratulated", obj=milestone)
    return post_due(kind=CONGRATULATED_MAIL, due=_people(milestone, now), now=now)


def _people(milestone: Milestone, now: datetime) -> QuerySet[Any, Any]:
    whose = Q(role=PartnerUser.Role.LEAD) if milestone.membership_id is None else Q(membership=milestone.membership_id)
    rows = PartnerUser.objects.active().filter(whose, partner=milestone.partner_id).order_by()
    subject = Value(milestone.pk)
    named = rows.annotate(subject=subject, slot=Value("", CharField()), at=Value(now, DateTimeField()))
    found: QuerySet[Any, Any] = named.values_list("membership_id", "subject", "slot", "at")
    return found


@transaction.atomic
def agree_to_tell(*, actor: Actor, member: Membership, milestone: Milestone, is_told: bool, now: datetime) -> None:
    """A lead agrees that other partners read it, or takes that back. Twice is once.

    What is about one person is that person's to agree to. Raises `Refused`: not_yours.
    """
    user = PartnerUser.objects.filter(membership=member, partner=milestone.partner_id).first()
    mine = user is not None and (
        user.is_lead if milestone.membership_id is None else milestone.membership_id == member.pk
    )
    if not mine:
        raise Refused(Problem("not_yours", _("This is for a lead of your company, or for the person it is about.")))
    rows = Milestone.objects.filter(pk=milestone.pk)
    if is_told:
        changed = rows.filter(agreed_at=None).update(agreed_at=now, agreed_by=member)
    else:
        changed = rows.filter(agreed_at__isnull=False).update(agreed_at=None, agreed_by=None)
    if changed:
        verb = "partners.milestone_told" if is_told else "partners.milestone_untold"
        note(actor=actor, verb=verb, obj=milestone)
