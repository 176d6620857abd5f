"""Lowering a tier, as fairly as it gets: only at a period's end, told before, with time to catch up and to appeal."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Case, CharField, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from partners.models import Ladder, LadderVersion, PartnerTier, PartnerUser, Tier, TierHold, TierMove
from partners.queries.ladders import calendar, requirements_of, tiers_of, version_at
from partners.queries.tier_numbers import Sheet, measured, scored_sql, set_by_set
from partners.queries.tier_words import figures_of
from partners.rules.tier_periods import next_period_end, windows_of_period
from partners.rules.tier_progress import reached_tier
from partners.services.tier_standings import Change, What, lock_ladder, set_standings, tell_leads, write_entries
from prm.addresses import address
from prm.outbox.notifications import notify_many
from prm.outbox.services.messages import post_due

_INSTANT = timedelta(microseconds=1)


def review_begins(ladder: Ladder, now: datetime) -> tuple[datetime, datetime]:
    """(when to look, the end of the period it is about) of the next review: early enough to tell everybody in time."""
    ends_at = next_period_end(calendar(), ladder.review, ladder.reviewed_at or ladder.launched_at or now)
    return ends_at - timedelta(days=ladder.notice_days + ladder.manager_days), ends_at


@transaction.atomic
def review_ladder(ladder: Ladder, now: datetime) -> int:
    """Prepare a notice for everybody who would fall short at the period's end; returns how many are new.

    Looked at again until the period is over, so that who falls behind late is told as long before as anybody.
    """
    begins, ends_at = review_begins(ladder, now)
    if now < begins:
        return 0
    locked = lock_ladder(ladder)
    version = version_at(ladder, min(now, ends_at - _INSTANT))
    moves = _prepare(locked, version, ends_at, now) if version is not None else 0
    if now >= ends_at:
        Ladder.objects.filter(pk=ladder.pk).update(reviewed_at=ends_at)
        ladder.reviewed_at = ends_at
    return moves


def _prepare(ladder: Ladder, version: LadderVersion, ends_at: datetime, now: datetime) -> int:
    tiers, requirements = tiers_of(ladder), requirements_of(version)
    by_rank = {tier.rank: tier for tier in tiers}
    windows = windows_of_period(calendar(), ends_at)
    sheet = Sheet(ladder, requirements, windows, now)
    with set_by_set(None), connection.cursor() as cursor:
        sql = f"{scored_sql(sheet, tiers)} SELECT id, reached FROM scored WHERE rank > reached"  # nosec B608: own names
        cursor.execute(sql, sheet.parameters)
        short = dict(cursor.fetchall())
    standings = _judged(ladder, short, ends_at, now)
    if not standings:
        return 0
    values = measured(ladder, requirements, windows, now, [standing.partner_id for standing in standings])
    tell_at = now + timedelta(days=ladder.manager_days)
    moves = [
        TierMove(
            ladder=ladder,
            partner_id=standing.partner_id,
            version=version,
            kind=TierMove.Kind.DROP,
            state=TierMove.State.PREPARED,
            from_tier_id=standing.tier_id,
            to_tier=by_rank[short[standing.partner_id]],
            figures=figures_of(requirements, standing.tier_id, values[standing.partner_id]),
            began_at=now,
            period_ends_at=ends_at,
            tell_at=tell_at,
            effective_at=_effective(ladder, ends_at, tell_at),
        )
        for standing in standings
    ]
    TierMove.objects.bulk_create(moves, batch_size=2000)
    write_entries(ladder, _changes(moves), what=What.WARNED, version=version, now=now)
    _hand_over_list(ladder, [move.pk for move in moves], now)
    return len(moves)


def _judged(ladder: Ladder, short: Collection[int], ends_at: datetime, now: datetime) -> list[PartnerTier]:
    """Of those who fall short: who stood there in that period, holds nothing by hand and is not told already."""
    rows = PartnerTier.objects.open().filter(ladder=ladder, partner__in=short, starts_at__lt=ends_at)
    rows = rows.exclude(partner__in=TierMove.objects.open().filter(ladder=ladder).values("partner"))
    rows = rows.exclude(partner__in=TierHold.objects.holding(now).filter(ladder=ladder).values("partner"))
    return list(rows.order_by("partner"))


def _effective(ladder: Ladder, ends_at: datetime, told_at: datetime) -> datetime:
    """The period's end or the end of the notice, whichever is later, and the time of grace after it."""
    return max(ends_at, told_at + timedelta(days=ladder.notice_days)) + timedelta(days=ladder.grace_days)


def _changes(moves: Sequence[TierMove], reason: str = "") -> list[Change]:
    return [Change(move.partner_id, move.from_tier_id, move.to_tier_id, reason) for move in moves]


def _hand_over_list(ladder: Ladder, move_ids: Collection[int], now: datetime) -> None:
    """Account managers get their list before anybody is told: one mail each, however many partners."""
    managers = _to_managers(move_ids).values_list("responsible", flat=True).distinct()
    found = [pk for pk in managers if pk is not None]
    slot = f"{now:%Y-%m-%d}"
    due = _to_managers(move_ids).exclude(responsible=None)
    due = due.values_list("responsible", "ladder", Value(slot, CharField()), Value(now, DateTimeField())).distinct()
    post_due(kind="partners.tier_list", due=due, now=now)
    title = _("Partners that will hear about their tier: add your words")
    url = address("ladder_notices", ladder.public_id)
    notify_many(lines=[(pk, title) for pk in found], kind="partners.tier_list", url=url, now=now)


def _to_managers(move_ids: Collection[int]) -> QuerySet[Any]:
    """Moves with who looks after the partner: its account manager, else the ladder's owner."""
    rows = TierMove.objects.filter(pk__in=move_ids).order_by()
    active = Q(partner__account_manager__state="active", partner__account_manager__kind="staff")
    manager = F("partner__account_manager")
    chosen = Case(When(active, then=manager), default=None, output_field=BigIntegerField())
    annotated: QuerySet[Any] = rows.annotate(
        responsible=Coalesce(chosen, F("ladder__owner"), output_field=BigIntegerField())
    )
    return annotated


@transaction.atomic
def tell_notices(ladder: Ladder, now: datetime, *, move_ids: Collection[int] | None = None) -> list[TierMove]:
    """Tell partners, their leads by mail, that a tier will be lowered: whose time has come, or these at once.

    From here on the notice runs in full: who is told later is lowered later.
    """
    locked = lock_ladder(ladder)
    rows = TierMove.objects.filter(ladder=ladder, state=TierMove.State.PREPARED)
    rows = rows.filter(tell_at__lte=now) if move_ids is None else rows.filter(pk__in=move_ids)
    moves = list(rows.order_by("pk"))
    if not moves:
        return []
    for move in moves:
        assert move.period_ends_at
        move.state, move.told_at = TierMove.State.TOLD, now
        move.effective_at = _effective(locked, move.period_ends_at, now)
    TierMove.objects.bulk_update(moves, ["state", "told_at", "effective_at"], batch_size=500)
    write_entries(ladder, _changes(moves), what=What.TOLD, version=None, now=now)
    _mail_about(moves, "partners.tier_notice", _("Your tier is at risk: see what keeps it"), now)
    due = _to_managers([move.pk for move in moves]).exclude(responsible=None)
    due = due.values_list("responsible", "pk", Value("manager", CharField()), Value(now, DateTimeField()))
    post_due(kind="partners.tier_notice_sent", due=due, now=now)
    return moves


def _mail_about(moves: Sequence[TierMove], kind: str, title: str, now: datetime) -> None:
    """The leads of each partner get a mail about its move, and a line in the application."""
    by_partner = {move.partner_id: move.pk for move in moves}
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD, partner__in=by_partner)
    rows = TierMove.objects.filter(pk__in=by_partner.values(), partner__users__in=leads).order_by()
    due = rows.values_list("partner__users__membership", "pk", Value("", CharField()), Value(now, DateTimeField()))
    post_due(kind=kind, due=due, now=now)
    lines = [(member_id, title) for member_id in leads.values_list("membership", flat=True)]
    notify_many(lines=lines, kind=kind, url=address("my_group_list"), now=now)


def drop_what_is_kept(ladder: Ladder, partner_ids: Collection[int] | None, now: datetime) -> int:
    """Withdraw the notices of those who reach their tier after all, and tell who had heard of it; returns how many.

    The ladder must be locked.
    """
    rows = TierMove.objects.open().drops().filter(ladder=ladder).select_related("from_tier", "version")
    if partner_ids is not None:
        rows = rows.filter(partner__in=partner_ids)
    best = best_ranks(ladder, list(rows), now)
    kept = [move for move in rows if best.get(move.partner_id, 0) >= move.from_tier.rank]
    withdraw_notices(ladder, kept, reason=_("Requirements met in time"), now=now)
    return len(kept)


def best_ranks(ladder: Ladder, moves: Sequence[TierMove], now: datetime) -> dict[int, int]:
    """Partner → the rank that it reaches for the period of its notice.

    What is done after that period's end, in the time of grace, counts as well.
    """
    if not moves:
        return {}
    tiers = tiers_of(ladder)
    found: dict[int, int] = {}
    by_period: dict[tuple[datetime, int], list[TierMove]] = defaultdict(list)
    for move in moves:
        assert move.period_ends_at
        by_period[move.period_ends_at, move.version_id].append(move)
    for (ends_at, _version_id), alike in by_period.items():
        requirements = requirements_of(alike[0].version)
        windows = windows_of_period(calendar(), ends_at)
        values = measured(ladder, requirements, windows, now, [move.partner_id for move in alike])
        for partner_id, own in values.items():
            found[partner_id] = reached_tier(tiers, requirements, own).rank
    return found


def withdraw_notices(
    ladder: Ladder, moves: Sequence[TierMove], *, reason: str, now: datetime, by_id: int | None = None
) -> None:
    """Take notices back; those who had heard of it hear that the tier stays."""
    if not moves:
        return
    told = [move for move in moves if move.state == TierMove.State.TOLD]
    rows = TierMove.objects.open().filter(pk__in=[move.pk for move in moves])
    rows.update(state=TierMove.State.LAPSED, settled_at=now, reason=reason)
    same = [Change(move.partner_id, move.from_tier_id, move.from_tier_id, reason) for move in moves]
    write_entries(ladder, same, what=What.CAUGHT_UP, version=None, by_id=by_id, now=now)
    if told:
        _mail_about(told, "partners.tier_kept", _("Your tier stays"), now)


@transaction.atomic
def lower_tiers(ladder: Ladder, now: datetime) -> int:
    """Lower whose notice and time of grace are over, unless they caught up or an appeal is open; returns how many."""
    lock_ladder(ladder)
    drop_what_is_kept(ladder, None, now)
    rows = TierMove.objects.drops().filter(ladder=ladder, state=TierMove.State.TOLD, effective_at__lte=now)
    moves = list(rows.exclude(appeals__answered_at=None, appeals__isnull=False).select_related("version", "to_tier"))
    if not moves:
        return 0
    best = best_ranks(ladder, moves, now)
    by_rank: dict[int, Tier] = {tier.rank: tier for tier in tiers_of(ladder)}
    for move in moves:
        move.to_tier = by_rank.get(best.get(move.partner_id, 0), move.to_tier)
        move.state, move.settled_at = TierMove.State.DONE, now
    TierMove.objects.bulk_update(moves, ["to_tier", "state", "settled_at"], batch_size=500)
    changes = _changes(moves, _("Requirements not met at the end of the period"))
    opened = set_standings(
        ladder, changes, source=PartnerTier.Source.LOWERED, what=What.LOWERED, version=moves[0].version, now=now
    )
    tell_leads(opened, kind="partners.tier_lowered", title=_("You are %(tier)s now"), now=now)
    return len(moves)
