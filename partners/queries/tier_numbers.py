"""Measuring: the numbers behind requirements, set by set. One statement, one grouped part of it for each yardstick."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from partners.models import Ladder, Partner, Requirement, Tier, TierNumber
from partners.models.audiences import EVERYONE
from partners.rules.tier_periods import Windows
from partners.rules.tier_progress import Values, Yardstick, blocks_of, yardstick_of, yardsticks_of
from prm.activity.kinds import measures
from prm.tenancy.scope import current_organization

# Whose tier is kept true: companies that work with the organization, or did lately.
TAKING_PART = (Partner.Status.ACTIVE, Partner.Status.DORMANT)

_OF_FACTS = """SELECT partner_id, sum(amount) AS value FROM activity_fact
    WHERE organization_id = %(organization)s AND kind = ANY(%(kinds_{n})s) AND unit = %(unit_{n})s
      AND at <= %(until)s{since} AND partner_id IS NOT NULL{chosen} GROUP BY partner_id"""
_OF_ENTRIES = """SELECT partner_id, {reading} AS value FROM partners_numberentry
    WHERE organization_id = %(organization)s AND number_id = %(key_{n})s AND voided_at IS NULL
      AND at <= %(until)s{since}{chosen} GROUP BY partner_id"""
_OF_ATTRIBUTES = """SELECT partner_id, number AS value FROM partners_attributevalue
    WHERE organization_id = %(organization)s AND attribute_id = %(key_{n})s AND number IS NOT NULL{chosen}"""
_OF_PEOPLE = """SELECT partner_user.partner_id, count(*)::numeric AS value FROM partners_partneruser AS partner_user
    JOIN accounts_membership AS membership
      ON membership.organization_id = partner_user.organization_id AND membership.id = partner_user.membership_id
    WHERE partner_user.organization_id = %(organization)s AND membership.state = 'active'
      AND partner_user.joined_at <= %(until)s{chosen} GROUP BY partner_user.partner_id"""
_OF_DAYS = """SELECT id AS partner_id, greatest(floor(extract(epoch FROM %(until)s - created_at) / 86400), 0) AS value
    FROM partners_partner WHERE organization_id = %(organization)s"""
_READINGS = {
    TierNumber.Reading.SUM: "sum(amount)",
    TierNumber.Reading.AVERAGE: "avg(amount)",
    TierNumber.Reading.LATEST: "(array_agg(amount ORDER BY at DESC, id DESC))[1]",
}


@dataclass
class Sheet:
    """The statement's beginning (`WITH who …, numbers …`) over those who take part in a ladder, or some of them.

    After it, `numbers` has a row for each partner: `id`, `rank` (of the present tier, 0 for none) and a column for each
    yardstick (`column_of`).
    """

    ladder: Ladder
    requirements: Sequence[Requirement]
    windows: Windows
    until: datetime
    partner_ids: Collection[int] | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    yardsticks: list[Yardstick] = field(init=False)

    def __post_init__(self) -> None:
        self.yardsticks = yardsticks_of(self.requirements)
        self.parameters |= {
            "organization": current_organization().pk,
            "ladder": self.ladder.pk,
            "until": self.until,
            "statuses": list(TAKING_PART),
        }
        if self.partner_ids is not None:
            self.parameters["chosen"] = list(self.partner_ids)

    def column_of(self, requirement: Requirement) -> str:
        return f"y{self.yardsticks.index(yardstick_of(requirement))}"

    def sql(self) -> str:
        measured = [f"m{n} AS MATERIALIZED ({self._measuring(n, one)})" for n, one in enumerate(self.yardsticks)]
        columns = "".join(f", coalesce(m{n}.value, 0) AS y{n}" for n in range(len(self.yardsticks)))
        joins = "".join(f" LEFT JOIN m{n} ON m{n}.partner_id = who.id" for n in range(len(self.yardsticks)))
        numbers = f"numbers AS (SELECT who.id, who.rank{columns} FROM who{joins})"  # nosec B608: own names and ids
        return "WITH " + ", ".join([f"who AS MATERIALIZED ({self._who()})", *measured, numbers])

    def _who(self) -> str:
        narrowed = " AND partner.id = ANY(%(chosen)s::bigint[])" if self.partner_ids is not None else ""
        audience = self.ladder.audience
        if audience is not None and audience.kind != EVERYONE:
            self.parameters["audience"] = audience.pk
            narrowed += (
                " AND partner.id IN (SELECT partner_id FROM partners_audiencemember"
                " WHERE organization_id = %(organization)s AND audience_id = %(audience)s"
                " AND partner_id IS NOT NULL AND starts_at <= %(until)s AND (ends_at IS NULL OR ends_at > %(until)s))"
            )
        return (
            "SELECT partner.id, coalesce(tier.rank, 0) AS rank FROM partners_partner AS partner"  # nosec B608: constants
            " LEFT JOIN partners_partnertier AS standing ON standing.organization_id = partner.organization_id"
            " AND standing.ladder_id = %(ladder)s AND standing.partner_id = partner.id AND standing.ends_at IS NULL"
            " LEFT JOIN partners_tier AS tier ON tier.organization_id = standing.organization_id"
            " AND tier.id = standing.tier_id"
            " WHERE partner.organization_id = %(organization)s AND partner.archived_at IS NULL"
            f" AND partner.status = ANY(%(statuses)s) AND partner.created_at <= %(until)s{narrowed}"
        )

    def _measuring(self, n: int, yardstick: Yardstick) -> str:
        since, chosen = "", " AND partner_id = ANY(%(chosen)s::bigint[])" if self.partner_ids is not None else ""
        if self.windows[yardstick.period] is not None:
            self.parameters[f"since_{n}"] = self.windows[yardstick.period]
            since = f" AND at >= %(since_{n})s"
        self.parameters[f"key_{n}"] = yardstick.key
        match yardstick.source:
            case Requirement.Source.MEASURE:
                self._name_facts(n, str(yardstick.key))
                return _OF_FACTS.format(n=n, since=since, chosen=chosen)
            case Requirement.Source.NUMBER:
                reading = _READINGS[TierNumber.Reading(self._reading(yardstick.key))]
                return _OF_ENTRIES.format(n=n, since=since, chosen=chosen, reading=reading)
            case Requirement.Source.ATTRIBUTE:
                return _OF_ATTRIBUTES.format(n=n, chosen=chosen)
            case Requirement.Source.PEOPLE:
                return _OF_PEOPLE.format(chosen=chosen.replace(" partner_id", " partner_user.partner_id"))
        return _OF_DAYS

    def _name_facts(self, n: int, name: str) -> None:
        """What a measure counts; one that no app offers any more counts nothing."""
        measure = measures.get(name) if name in measures else None
        self.parameters[f"kinds_{n}"] = measure.kind_names if measure else []
        self.parameters[f"unit_{n}"] = measure.unit if measure else ""

    def _reading(self, key: str | int | None) -> str:
        return next(str(row.number.reading) for row in self.requirements if row.number_id == key)

    def share_sql(self, requirement: Requirement) -> str:
        """`rules.share_of` as SQL."""
        name = f"threshold_{requirement.pk}"
        self.parameters[name] = requirement.threshold
        return f"greatest(least({self.column_of(requirement)} / %({name})s, 1), 0)"

    def block_shares(self, tier: Tier) -> list[str]:
        """`rules.block_share` of each block of the tier as SQL."""
        own = [requirement for requirement in self.requirements if requirement.tier_id == tier.pk]
        return [f"greatest({', '.join(self.share_sql(row) for row in block)})" for block in blocks_of(own)]


@contextmanager
def set_by_set(partner_ids: Collection[int] | None) -> Iterator[None]:
    """Keep loops in loops out of plans over everybody (None); a few chosen partners are best found one by one.

    Right after a launch the database does not know yet how many stand on the ladder: it would walk through all of them
    for each.
    """
    if partner_ids is not None:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_nestloop'), set_config('enable_nestloop', 'off', true)")
        former = cursor.fetchone()[0]
        yield
        # Not where something failed: the transaction, and the setting with it, is over then.
        cursor.execute("SELECT set_config('enable_nestloop', %s, true)", [former])


def measured(
    ladder: Ladder,
    requirements: Sequence[Requirement],
    windows: Windows,
    until: datetime,
    partner_ids: Collection[int],
) -> dict[int, Values]:
    """What every yardstick of these requirements comes to for each of the partners that take part in the ladder."""
    sheet = Sheet(ladder, requirements, windows, until, partner_ids)
    columns = "".join(f", y{n}" for n in range(len(sheet.yardsticks)))
    with connection.cursor() as cursor:
        cursor.execute(f"{sheet.sql()} SELECT id{columns} FROM numbers", sheet.parameters)  # nosec B608: own names and ids
        rows = cursor.fetchall()
    return {row[0]: dict(zip(sheet.yardsticks, map(Decimal, row[1:]), strict=True)) for row in rows}


def scored_sql(sheet: Sheet, tiers: Sequence[Tier]) -> str:
    """The sheet with `scored`: id, rank, `reached` (rank), and `met_<rank>` / `share_<rank>` of each ruled tier.

    `tiers` from the lowest, all of them.
    """
    ruled = ruled_tiers(tiers, sheet.requirements)
    shares = {tier.rank: sheet.block_shares(tier) for tier in ruled}
    columns = "".join(
        f", ({' + '.join(parts)}) / {len(parts)} AS share_{rank}, ({' AND '.join(f'{part} >= 1' for part in parts)})"
        f" AS met_{rank}"
        for rank, parts in shares.items()
    )
    cases = "".join(f" WHEN met_{tier.rank} THEN {tier.rank}" for tier in reversed(ruled))
    reached = f"CASE{cases} ELSE {tiers[0].rank} END" if cases else str(tiers[0].rank)
    return (
        f"{sheet.sql()}, shares AS (SELECT id, rank{columns} FROM numbers),"  # nosec B608: own names and ids
        f" scored AS (SELECT shares.*, {reached} AS reached FROM shares)"
    )


def ruled_tiers(tiers: Sequence[Tier], requirements: Sequence[Requirement]) -> list[Tier]:
    """Those above the lowest that numbers can reach; the others are given by hand only."""
    asked = {requirement.tier_id for requirement in requirements}
    return [tier for tier in tiers[1:] if tier.pk in asked]
