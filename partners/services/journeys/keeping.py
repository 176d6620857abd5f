"""Journeys that start, stop and go on by themselves: derived from who is where now, and never from a signal alone."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from partners import facts
from partners.models import Journey, JourneyTemplate
from partners.services.journeys.advancing import advance, credit_all
from partners.services.journeys.starting import Traveler, start_journeys
from partners.triggers import triggers
from prm.accounts.actors import Actor
from prm.activity.following import Changes
from prm.activity.kinds import FactKind
from prm.activity.services import NewFact, record_many
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

# So many begin in one transaction; the others follow at once in the next.
MOST_AT_ONCE = 500
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
# Every active person of the partners that joined.
_EACH_PERSON = """
SELECT joined.partner_id, person.membership_id, greatest(joined.since, person.joined_at)
FROM (%(joined)s) AS joined (partner_id, membership_id, since)
JOIN partners_partneruser AS person ON person.partner_id = joined.partner_id
JOIN accounts_membership AS member ON member.id = person.membership_id AND member.state = 'active'
"""
_SAME = "known.partner_id = joined.partner_id AND coalesce(known.membership_id, 0) = coalesce(joined.membership_id, 0)"
_NEWCOMERS = f"""
SELECT joined.partner_id, joined.membership_id
FROM (%(joined)s) AS joined (partner_id, membership_id, since)
JOIN partners_partner AS partner ON partner.id = joined.partner_id AND partner.archived_at IS NULL
WHERE joined.since >= %%s AND NOT EXISTS (
    SELECT FROM partners_journey AS known
    WHERE known.organization_id = %%s AND known.template_id = %%s AND {_SAME}
        AND (known.state = 'running' OR NOT %%s OR known.started_at >= joined.since)
)
ORDER BY joined.since, joined.partner_id LIMIT %%s
"""  # nosec B608
_GONE = f"""
SELECT known.id FROM partners_journey AS known
WHERE known.organization_id = %%s AND known.template_id = %%s AND known.state = 'running' AND known.is_by_trigger
    AND known.trigger = %%s AND known.source_id = %%s
    AND NOT EXISTS (SELECT FROM (%(joined)s) AS joined (partner_id, membership_id, since) WHERE {_SAME})
"""  # nosec B608
_BACK = f"""
SELECT known.id FROM partners_journey AS known
WHERE known.organization_id = %%s AND known.template_id = %%s AND known.state = 'stopped' AND known.has_left
    AND known.trigger = %%s AND known.source_id = %%s
    AND EXISTS (SELECT FROM (%(joined)s) AS joined (partner_id, membership_id, since) WHERE {_SAME})
    AND NOT EXISTS (
        SELECT FROM partners_journey AS other
        WHERE other.organization_id = known.organization_id AND other.template_id = known.template_id
            AND other.partner_id = known.partner_id AND other.state = 'running'
            AND coalesce(other.membership_id, 0) = coalesce(known.membership_id, 0)
    )
"""  # nosec B608

SYSTEM = Actor.system("journeys")


def follow(_changes: Changes, now: datetime) -> None:
    """The follower of facts: whoever joined is on their way within a minute, however they came."""
    keep_journeys(now)


@transaction.atomic
def keep_journeys(now: datetime) -> None:
    """Start what somebody joined for, stop what they left, go on where they came back, count what was done elsewhere.

    Asking twice changes nothing.
    """
    for template in JourneyTemplate.objects.switched_on().order_by("pk"):
        if template.trigger in triggers:
            _keep(template, now)
    credit_all(now)


def count_present(template: JourneyTemplate, now: datetime, most: int = 1000) -> int:
    """How many are in what starts the journey and were never on it, counted no further than `most`."""
    if template.trigger not in triggers:
        return 0
    return len(_newcomers(template, now, _EVER, most))


def _keep(template: JourneyTemplate, now: datetime) -> None:
    _start(template, now)
    if triggers.get(template.trigger).is_occasion:
        return
    joined, parameters = _joined(template, now)
    here = [current_organization().pk, template.pk, template.trigger, template.source_id]
    if template.leaving == JourneyTemplate.Leaving.STOP:
        _stop([pk for (pk,) in _rows(_GONE % {"joined": joined}, [*here, *parameters])], now)
    _resume([pk for (pk,) in _rows(_BACK % {"joined": joined}, [*here, *parameters])], now)


def _start(template: JourneyTemplate, now: datetime) -> None:
    """Begin for who joined; of two workers that find the same ones, the second finds them begun."""
    if not _newcomers(template, now, _since(template), 1):
        return
    template = JourneyTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    if not template.is_on or template.trigger not in triggers:
        return
    found = _newcomers(template, now, _since(template), MOST_AT_ONCE)
    travelers = [Traveler(*row) for row in found]
    start_journeys(actor=SYSTEM, template=template, travelers=travelers, now=now, is_by_trigger=True)
    if len(found) == MOST_AT_ONCE:
        wake("plan", now)


def _since(template: JourneyTemplate) -> datetime:
    """Who joined before this begins only if somebody said so."""
    return _EVER if template.includes_present else template.switched_on_at or _EVER


def _newcomers(template: JourneyTemplate, now: datetime, since: datetime, most: int) -> list[tuple[Any, ...]]:
    """(partner id, membership id) of those who are in what starts the journey and never began it; of an occasion those
    who did not begin since it came."""
    joined, parameters = _joined(template, now)
    is_occasion = triggers.get(template.trigger).is_occasion
    values = [*parameters, since, current_organization().pk, template.pk, is_occasion, most]
    return _rows(_NEWCOMERS % {"joined": joined}, values)


def _joined(template: JourneyTemplate, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """SQL that gives who is in what starts the journey: (partner id, membership id, since)."""
    trigger = triggers.get(template.trigger)
    sql, parameters = trigger.joined(template.source_id, now).order_by().query.sql_with_params()
    if template.is_personal and not trigger.is_personal:
        sql = _EACH_PERSON % {"joined": sql}
    return sql, parameters


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _stop(ids: Collection[int], now: datetime) -> None:
    rows = Journey.objects.running().filter(pk__in=ids).select_for_update(no_key=True, skip_locked=True)
    ended = list(rows.values_list("pk", "partner_id"))
    reason = _("No longer where it began")
    Journey.objects.filter(pk__in=[pk for pk, _partner in ended]).update(
        state=Journey.State.STOPPED, ended_at=now, has_left=True, stop_reason=reason
    )
    _record(facts.JOURNEY_STOPPED, ended, now)


def _resume(ids: Collection[int], now: datetime) -> None:
    rows = Journey.objects.filter(pk__in=ids, state=Journey.State.STOPPED)
    back = list(rows.select_for_update(no_key=True, skip_locked=True).values_list("pk", "partner_id"))
    keys = [pk for pk, _partner in back]
    Journey.objects.filter(pk__in=keys).update(
        state=Journey.State.RUNNING, ended_at=None, has_left=False, stop_reason=""
    )
    _record(facts.JOURNEY_RESUMED, back, now)
    if keys:
        advance(keys, now)


def _record(kind: FactKind, rows: Collection[tuple[int, int]], now: datetime) -> None:
    record_many(NewFact(kind, now, partner_id=partner_id, object_id=pk) for pk, partner_id in rows)
