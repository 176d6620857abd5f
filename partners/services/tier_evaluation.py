"""Keeping tiers true: what the rules say of everybody, who starts, rises, waits for approval, or leaves the ladder.

Nobody is lowered here: see `partners.services.tier_reviews`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from partners.models import Ladder, LadderVersion, PartnerTier, Requirement, Tier, TierMove
from partners.queries.ladders import calendar, requirements_of, tiers_of, version_at
from partners.queries.tier_numbers import Sheet, measured, ruled_tiers, scored_sql, set_by_set
from partners.queries.tier_words import figures_of
from partners.rules.tier_periods import windows_now
from partners.services.tier_reviews import drop_what_is_kept
from partners.services.tier_standings import Change, What, lock_ladder, set_standings, tell_leads, write_entries
from prm.activity.following import Changes
from prm.tenancy.scope import current_organization

_FORGET = """DELETE FROM partners_tieroutlook
    WHERE organization_id = %(organization)s AND ladder_id = %(ladder)s{chosen}
      AND partner_id NOT IN (SELECT id FROM who)"""
_KEEP = """INSERT INTO partners_tieroutlook
        (organization_id, ladder_id, partner_id, reached_id, next_tier_id, share, is_short, measured_at)
    SELECT %(organization)s, %(ladder)s, id, {reached}, {next}, {share}, rank > reached, %(until)s
    FROM scored ORDER BY id
    ON CONFLICT (organization_id, ladder_id, partner_id) DO UPDATE SET reached_id = excluded.reached_id,
        next_tier_id = excluded.next_tier_id, share = excluded.share, is_short = excluded.is_short,
        measured_at = excluded.measured_at
    WHERE (partners_tieroutlook.reached_id, partners_tieroutlook.next_tier_id, partners_tieroutlook.share,
           partners_tieroutlook.is_short)
      IS DISTINCT FROM (excluded.reached_id, excluded.next_tier_id, excluded.share, excluded.is_short)"""
_NEWCOMERS = """SELECT outlook.partner_id, outlook.reached_id FROM partners_tieroutlook AS outlook
    WHERE outlook.organization_id = %(organization)s AND outlook.ladder_id = %(ladder)s{chosen_outlook}
      AND outlook.partner_id NOT IN (SELECT standing.partner_id FROM partners_partnertier AS standing
          WHERE standing.organization_id = %(organization)s AND standing.ladder_id = %(ladder)s
            AND standing.ends_at IS NULL{chosen_standing}) ORDER BY outlook.partner_id"""
_LEAVERS = """SELECT standing.partner_id, standing.tier_id FROM partners_partnertier AS standing
    WHERE standing.organization_id = %(organization)s AND standing.ladder_id = %(ladder)s
      AND standing.ends_at IS NULL{chosen_standing}
      AND standing.partner_id NOT IN (SELECT outlook.partner_id FROM partners_tieroutlook AS outlook
          WHERE outlook.organization_id = %(organization)s AND outlook.ladder_id = %(ladder)s{chosen_outlook})
    ORDER BY standing.partner_id"""
_RISING = """SELECT standing.partner_id, standing.tier_id, outlook.reached_id FROM partners_partnertier AS standing
    JOIN partners_tieroutlook AS outlook ON outlook.organization_id = standing.organization_id
     AND outlook.ladder_id = standing.ladder_id AND outlook.partner_id = standing.partner_id
    JOIN partners_tier AS present
      ON present.organization_id = standing.organization_id AND present.id = standing.tier_id
    JOIN partners_tier AS reached
      ON reached.organization_id = standing.organization_id AND reached.id = outlook.reached_id
    WHERE standing.organization_id = %(organization)s AND standing.ladder_id = %(ladder)s
      AND standing.ends_at IS NULL{chosen_standing} AND reached.rank > present.rank ORDER BY standing.partner_id"""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """How many partners an evaluation moved, and how."""

    placed: int = 0
    raised: int = 0
    proposed: int = 0
    kept: int = 0
    left: int = 0


@dataclass(frozen=True)
class Board:
    """A ladder with the rules that apply, as one evaluation sees them."""

    ladder: Ladder
    version: LadderVersion
    tiers: Sequence[Tier]
    requirements: Sequence[Requirement]
    partner_ids: Collection[int] | None
    now: datetime

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement over the whole ladder, or over the chosen partners."""
        is_all = self.partner_ids is None
        narrowed = {
            name: "" if is_all else f" AND {name.removeprefix('chosen_')}.partner_id = ANY(%(chosen)s::bigint[])"
            for name in ("chosen_outlook", "chosen_standing")
        }
        values: dict[str, Any] = {"organization": current_organization().pk, "ladder": self.ladder.pk}
        values["chosen"] = list(self.partner_ids or ())
        with set_by_set(self.partner_ids), connection.cursor() as cursor:
            cursor.execute(sql.format(**narrowed), values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@transaction.atomic
def evaluate_ladder(ladder: Ladder, partner_ids: Collection[int] | None, now: datetime) -> Evaluated:
    """Measure these partners, or all, and act on it; returns what came of it. Twice is once.

    Measuring takes no lock; what follows from it is decided under the ladder's, against where partners stand then. The
    first evaluation of a ladder places everybody on the tier that they reach; later newcomers start at the lowest.
    """
    version = version_at(ladder, now)
    tiers = tiers_of(ladder)
    if version is None or not tiers:
        return Evaluated()
    chosen = partner_ids if ladder.launched_at is not None else None
    board = Board(ladder, version, tiers, requirements_of(version), chosen, now)
    _measure(board)
    locked = lock_ladder(ladder)
    if locked.archived_at is not None:
        return Evaluated()
    left = _let_leave(board)
    placed = _place_newcomers(board, is_launch=locked.launched_at is None)
    kept = drop_what_is_kept(ladder, chosen, now)
    _withdraw_proposals(board)
    raised, proposed = _raise(board, locked)
    _remember(locked, chosen, now)
    ladder.launched_at, ladder.evaluated_at = locked.launched_at, locked.evaluated_at
    return Evaluated(placed, raised, proposed, kept, left)


def follow_facts(changes: Changes, now: datetime) -> None:
    """The follower: whoever something happened to is measured again on every ladder."""
    if changes.concerns_all or changes.partner_ids:
        for ladder in Ladder.objects.launched().select_related("audience"):
            evaluate_ladder(ladder, changes.partner_ids, now)


def _measure(board: Board) -> None:
    """What the rules say of everybody, kept for lists."""
    windows = windows_now(calendar(), board.now)
    sheet = Sheet(board.ladder, board.requirements, windows, board.now, board.partner_ids)
    scored = scored_sql(sheet, board.tiers)
    ruled = ruled_tiers(board.tiers, board.requirements)
    ahead = [f"WHEN greatest(rank, reached) < {tier.rank} THEN " for tier in ruled]
    next_tier = "".join(f"{case}{tier.pk} " for case, tier in zip(ahead, ruled, strict=True))
    share = "".join(f"{case}share_{tier.rank} " for case, tier in zip(ahead, ruled, strict=True))
    reached = "CASE reached " + "".join(f"WHEN {tier.rank} THEN {tier.pk} " for tier in board.tiers) + "END"
    columns = {
        "reached": reached,
        "next": f"CASE {next_tier}END" if ruled else "NULL::bigint",
        "share": f"round(coalesce(CASE {share}END, 0), 4)" if ruled else "0",
    }
    with set_by_set(board.partner_ids), connection.cursor() as cursor:
        cursor.execute(f"{scored} {_KEEP.format(**columns)}", sheet.parameters)
        gone = Sheet(board.ladder, [], windows, board.now, board.partner_ids)
        narrowed = "" if board.partner_ids is None else " AND partner_id = ANY(%(chosen)s::bigint[])"
        cursor.execute(f"{gone.sql()} {_FORGET.format(chosen=narrowed)}", gone.parameters)


def _let_leave(board: Board) -> int:
    """Who no longer takes part stands nowhere, and nothing is under way for them."""
    leaving = [
        Change(partner_id, tier_id, None, _("No longer takes part")) for partner_id, tier_id in board.ask(_LEAVERS)
    ]
    if leaving:
        set_standings(board.ladder, leaving, source="", what=What.LEFT, version=board.version, now=board.now)
        under_way = TierMove.objects.open().filter(ladder=board.ladder, partner__in=[one.partner_id for one in leaving])
        under_way.update(state=TierMove.State.LAPSED, settled_at=board.now, reason=_("No longer takes part"))
    return len(leaving)


def _place_newcomers(board: Board, *, is_launch: bool) -> int:
    lowest = board.tiers[0].pk
    reason = _("The ladder begins") if is_launch else _("New on the ladder")
    changes = [
        Change(partner_id, None, reached_id if is_launch else lowest, reason)
        for partner_id, reached_id in board.ask(_NEWCOMERS)
    ]
    set_standings(
        board.ladder,
        changes,
        source=PartnerTier.Source.PLACED,
        what=What.PLACED,
        version=board.version,
        now=board.now,
    )
    return len(changes)


def _raise(board: Board, locked: Ladder) -> tuple[int, int]:
    """Who reaches a higher tier gets it, or waits for approval; returns how many of each."""
    changes = [
        Change(partner_id, from_id, to_id, _("Requirements met")) for partner_id, from_id, to_id in board.ask(_RISING)
    ]
    if not changes:
        return 0, 0
    if locked.promotion == Ladder.Promotion.APPROVAL:
        return 0, _propose(board, changes)
    opened = set_standings(
        board.ladder,
        changes,
        source=PartnerTier.Source.EARNED,
        what=What.RAISED,
        version=board.version,
        now=board.now,
    )
    under_way = TierMove.objects.open().filter(ladder=board.ladder, partner__in=[one.partner_id for one in changes])
    under_way.update(state=TierMove.State.LAPSED, settled_at=board.now)
    tell_leads(opened, kind="partners.tier_raised", title=_("You are %(tier)s now"), now=board.now)
    return len(changes), 0


def _propose(board: Board, changes: Sequence[Change]) -> int:
    """A colleague is asked, once. One that was declined rests until the next period."""
    period_start = calendar().start_of(board.now, 12 if board.ladder.review == Ladder.Review.YEAR else 3)
    here = TierMove.objects.filter(ladder=board.ladder, partner__in=[change.partner_id for change in changes])
    under_way = set(here.open().values_list("partner", flat=True))
    resting = set(
        here.filter(state=TierMove.State.DECLINED, settled_at__gte=period_start).values_list("partner", "to_tier")
    )
    fresh = [
        change
        for change in changes
        if change.partner_id not in under_way and (change.partner_id, change.to_tier_id) not in resting
    ]
    if not fresh:
        return 0
    by_id: dict[int | None, Tier] = {tier.pk: tier for tier in board.tiers}
    windows = windows_now(calendar(), board.now)
    ids = [change.partner_id for change in fresh]
    values = measured(board.ladder, board.requirements, windows, board.now, ids)
    TierMove.objects.bulk_create(
        (
            TierMove(
                ladder=board.ladder,
                partner_id=change.partner_id,
                version=board.version,
                kind=TierMove.Kind.RISE,
                state=TierMove.State.WAITING,
                from_tier=by_id[change.from_tier_id],
                to_tier=by_id[change.to_tier_id],
                figures=figures_of(board.requirements, change.to_tier_id, values[change.partner_id]),
                began_at=board.now,
            )
            for change in fresh
        ),
        batch_size=2000,
    )
    write_entries(board.ladder, fresh, what=What.PROPOSED, version=board.version, now=board.now)
    return len(fresh)


def _withdraw_proposals(board: Board) -> None:
    """What no longer holds, or holds for another tier by now, waits no longer; `_raise` asks again where it should."""
    waiting = TierMove.objects.filter(ladder=board.ladder, state=TierMove.State.WAITING)
    if board.partner_ids is not None:
        waiting = waiting.filter(partner__in=board.partner_ids)
    rising = {(partner_id, reached_id) for partner_id, _tier_id, reached_id in board.ask(_RISING)}
    stale = [
        pk
        for pk, partner_id, tier_id in waiting.values_list("pk", "partner", "to_tier")
        if (partner_id, tier_id) not in rising
    ]
    if stale:
        waiting.filter(pk__in=stale).update(state=TierMove.State.LAPSED, settled_at=board.now)


def _remember(locked: Ladder, chosen: Collection[int] | None, now: datetime) -> None:
    changes: dict[str, datetime] = {}
    if chosen is None:
        changes["evaluated_at"] = now
    if locked.launched_at is None:
        changes["launched_at"] = now
    if changes:
        Ladder.objects.filter(pk=locked.pk).update(**changes)
        for name, value in changes.items():
            setattr(locked, name, value)
