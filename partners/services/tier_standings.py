"""Changing where partners stand: always under the ladder's lock, many at once, each with fact, ledger and audience."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, DateTimeField, Value
from django.utils.translation import gettext as _

from partners import facts
from partners.models import Ladder, LadderVersion, PartnerTier, PartnerUser, Tier, TierEntry
from partners.models.tiers import TIER
from partners.services import audiences
from prm.activity.services import NewFact, record_many
from prm.addresses import address
from prm.outbox.notifications import notify_many
from prm.outbox.services.messages import post_due
from prm.tenancy.scope import current_organization

What = TierEntry.What
_CLOSE = """UPDATE partners_partnertier SET ends_at = greatest(starts_at, %(now)s)
    WHERE organization_id = %(organization)s AND ladder_id = %(ladder)s AND partner_id = ANY(%(partners)s::bigint[])
      AND ends_at IS NULL"""
_OPEN = """INSERT INTO partners_partnertier
        (organization_id, public_id, ladder_id, partner_id, tier_id, source, starts_at, ends_at)
    SELECT %(organization)s, left(replace(gen_random_uuid()::text, '-', ''), 12), %(ladder)s, fresh.partner_id,
           fresh.tier_id, %(source)s, %(now)s, NULL
    FROM unnest(%(partners)s::bigint[], %(tiers)s::bigint[]) AS fresh (partner_id, tier_id)
    WHERE fresh.tier_id IS NOT NULL RETURNING id"""
_WRITE = """INSERT INTO partners_tierentry
        (organization_id, ladder_id, partner_id, at, what, from_tier_id, to_tier_id, version_id, by_id, reason)
    SELECT %(organization)s, %(ladder)s, line.partner_id, %(now)s, %(what)s, line.from_id, line.to_id, %(version)s,
           %(by)s, line.reason
    FROM unnest(%(partners)s::bigint[], %(from)s::bigint[], %(to)s::bigint[], %(reasons)s::text[])
         AS line (partner_id, from_id, to_id, reason)"""
# Whoever stands on a tier is in its audience, and nobody else. NOT IN over what is not null is hashed once, whatever
# is known about the tables; an anti-join may become a loop in a loop.
_LEAVE_AUDIENCES = """UPDATE partners_audiencemember AS member SET ends_at = greatest(member.starts_at, %(now)s)
    FROM partners_audience AS audience
    WHERE audience.organization_id = %(organization)s AND audience.kind = %(kind)s
      AND audience.source_id = ANY(%(tiers)s::bigint[]) AND member.organization_id = audience.organization_id
      AND member.audience_id = audience.id AND member.ends_at IS NULL
      AND member.partner_id = ANY(%(partners)s::bigint[]) AND (member.partner_id, audience.source_id) NOT IN (
          SELECT standing.partner_id, standing.tier_id FROM partners_partnertier AS standing
          WHERE standing.organization_id = %(organization)s AND standing.ladder_id = %(ladder)s
            AND standing.ends_at IS NULL AND standing.partner_id = ANY(%(partners)s::bigint[]))"""
_JOIN_AUDIENCES = """INSERT INTO partners_audiencemember (organization_id, audience_id, partner_id, starts_at)
    SELECT %(organization)s, audience.id, standing.partner_id, %(now)s
    FROM partners_partnertier AS standing
    JOIN partners_audience AS audience ON audience.organization_id = standing.organization_id
     AND audience.kind = %(kind)s AND audience.source_id = standing.tier_id
    WHERE standing.organization_id = %(organization)s AND standing.ladder_id = %(ladder)s
      AND standing.ends_at IS NULL AND standing.partner_id = ANY(%(partners)s::bigint[])
      AND (standing.partner_id, audience.id) NOT IN (
          SELECT member.partner_id, member.audience_id FROM partners_audiencemember AS member
          WHERE member.organization_id = %(organization)s AND member.ends_at IS NULL
            AND member.partner_id = ANY(%(partners)s::bigint[]))
    ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Change:
    """A partner from one tier (None: was not on the ladder) to another (None: is no longer)."""

    partner_id: int
    from_tier_id: int | None
    to_tier_id: int | None
    reason: str = ""


def lock_ladder(ladder: Ladder) -> Ladder:
    """Whoever changes where somebody stands holds this: of two who want different things one comes first.

    NO KEY: rows that refer to the ladder can still be written meanwhile.
    """
    return Ladder.objects.select_for_update(no_key=True).get(pk=ladder.pk)


def set_standings(
    ladder: Ladder,
    changes: Sequence[Change],
    *,
    source: str,
    what: str,
    version: LadderVersion | None,
    now: datetime,
    by_id: int | None = None,
) -> list[int]:
    """Put partners where they belong from `now` on; returns the ids of the new standings. The ladder must be locked.

    Closes the present standings, opens new ones, writes ledger lines and facts and moves them between the tiers'
    audiences: so many statements, however many partners.
    """
    if not changes:
        return []
    values = {
        **_common(ladder, now),
        "partners": [change.partner_id for change in changes],
        "tiers": [change.to_tier_id for change in changes],
        "source": source,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, values)
        cursor.execute(_OPEN, values)
        opened = [row[0] for row in cursor.fetchall()]
    write_entries(ladder, changes, what=what, version=version, by_id=by_id, now=now)
    _record(changes, now)
    _follow_in_audiences(ladder, [change.partner_id for change in changes], now)
    return opened


def write_entries(
    ladder: Ladder,
    changes: Sequence[Change],
    *,
    what: str,
    version: LadderVersion | None,
    now: datetime,
    by_id: int | None = None,
) -> None:
    """A line of the ledger for each, by one statement. A line's two tiers may be the same where nothing moves yet."""
    if not changes:
        return
    values = {
        **_common(ladder, now),
        "what": what,
        "version": version.pk if version else None,
        "by": by_id,
        "partners": [change.partner_id for change in changes],
        "from": [change.from_tier_id for change in changes],
        "to": [change.to_tier_id for change in changes],
        "reasons": [change.reason[:500] for change in changes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)


def _common(ladder: Ladder, now: datetime) -> dict[str, Any]:
    return {"organization": current_organization().pk, "ladder": ladder.pk, "now": now}


def _record(changes: Sequence[Change], now: datetime) -> None:
    left = [(facts.TIER_LEFT, change.partner_id, change.from_tier_id) for change in changes if change.from_tier_id]
    reached = [(facts.TIER_REACHED, change.partner_id, change.to_tier_id) for change in changes if change.to_tier_id]
    record_many(
        NewFact(kind, now, partner_id=partner_id, object_id=tier_id) for kind, partner_id, tier_id in (*left, *reached)
    )


def _follow_in_audiences(ladder: Ladder, partner_ids: Collection[int], now: datetime) -> None:
    tier_ids = list(Tier.objects.filter(ladder=ladder).values_list("pk", flat=True))
    values = {**_common(ladder, now), "kind": TIER, "tiers": tier_ids, "partners": list(partner_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE_AUDIENCES, values)
        cursor.execute(_JOIN_AUDIENCES, values)


def name_audiences() -> None:
    """Give every tier its audience under its present name; where there are several ladders, with the ladder's."""
    ladders = list(Ladder.objects.listed())
    for tier in Tier.objects.listed().filter(ladder__in=ladders).select_related("ladder"):
        label = _("Tier: %s") % tier.name if len(ladders) < 2 else f"{_('Tier: %s') % tier.name} ({tier.ladder.name})"
        audiences.ensure_audience(kind=TIER, source_id=tier.pk, label=label)


def tell_leads(standing_ids: Collection[int], *, kind: str, title: str, now: datetime) -> None:
    """A mail and a line in the application to the leads of everybody who stands on something new.

    `title` may place the tier's name as %(tier)s.
    """
    if not standing_ids:
        return
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD, partner__tiers__in=standing_ids)
    due = leads.values_list("membership", "partner__tiers", Value("", CharField()), Value(now, DateTimeField()))
    post_due(kind=kind, due=due, now=now)
    names = dict(PartnerTier.objects.filter(pk__in=standing_ids).values_list("pk", "tier__name"))
    url = address("my_group_list")
    lines = [
        (member_id, title % {"tier": names[standing_id]})
        for member_id, standing_id in leads.values_list("membership", "partner__tiers")
    ]
    notify_many(lines=lines, kind=kind, url=url, now=now)
