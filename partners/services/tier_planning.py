"""The planner of tiers: what follows from the calendar alone, asked again at each tick."""

from datetime import datetime, timedelta

from django.db.models import BigIntegerField, CharField, DateTimeField, F, Min, Value
from django.db.models.functions import Coalesce

from partners.models import Ladder, LadderVersion, TierAppeal, TierHold, TierMove
from partners.queries.ladders import calendar, coming_version, version_at
from partners.services.tier_evaluation import evaluate_ladder
from partners.services.tier_moves import close_ended_holds
from partners.services.tier_reviews import lower_tiers, review_begins, review_ladder, tell_notices
from prm.outbox.services.messages import post_due

_DAY = timedelta(days=1)


def plan_tiers(now: datetime) -> datetime | None:
    """Do what is due on every ladder, and say when the next thing is."""
    moments = [_plan_ladder(ladder, now) for ladder in Ladder.objects.listed().select_related("audience")]
    moments.append(_remind_of_appeals(now))
    return min((moment for moment in moments if moment is not None), default=None)


def _plan_ladder(ladder: Ladder, now: datetime) -> datetime | None:
    """Once a day everybody is measured, since time passes for all; then come reviews, notices and their ends."""
    coming = coming_version(ladder, now)
    version = version_at(ladder, now)
    if version is None:
        return coming.applies_at if coming else None
    midnight = calendar().midnight(now.astimezone(calendar().zone).date())
    close_ended_holds(ladder, now)
    if not _is_fresh(ladder, version, midnight):
        evaluate_ladder(ladder, None, now)
    review_ladder(ladder, now)
    tell_notices(ladder, now)
    lower_tiers(ladder, now)
    begins, ends_at = review_begins(ladder, now)
    moments = [midnight + timedelta(days=1), begins if begins > now else ends_at, *_due(ladder, now)]
    if coming is not None and coming.applies_at is not None:
        moments.append(coming.applies_at)
    return min(moment for moment in moments if moment > now)


def _is_fresh(ladder: Ladder, version: LadderVersion, midnight: datetime) -> bool:
    """Whether everybody was measured today, under the rules that apply."""
    assert version.applies_at
    return ladder.evaluated_at is not None and ladder.evaluated_at >= max(midnight, version.applies_at)


def _due(ladder: Ladder, now: datetime) -> list[datetime]:
    moves = TierMove.objects.open().filter(ladder=ladder)
    found = moves.filter(state=TierMove.State.PREPARED).aggregate(tell=Min("tell_at"))
    told = moves.filter(state=TierMove.State.TOLD, effective_at__gt=now).aggregate(lower=Min("effective_at"))
    holds = TierHold.objects.open().filter(ladder=ladder, ends_at__gt=now).aggregate(end=Min("ends_at"))
    return [moment for moment in (*found.values(), *told.values(), *holds.values()) if moment is not None]


def _remind_of_appeals(now: datetime) -> datetime | None:
    """Whoever looks after the partner hears a day before the promised answer is due."""
    waiting = TierAppeal.objects.filter(answered_at=None)
    due = waiting.filter(answer_due_at__lte=now + _DAY).annotate(
        responsible=Coalesce(F("move__partner__account_manager"), F("ladder__owner"), output_field=BigIntegerField())
    )
    rows = due.exclude(responsible=None).values_list(
        "responsible", "pk", Value("reminder", CharField()), Value(now, DateTimeField())
    )
    post_due(kind="partners.tier_appeal_sent", due=rows, now=now)
    ahead = waiting.filter(answer_due_at__gt=now + _DAY).aggregate(next=Min("answer_due_at"))["next"]
    return ahead - _DAY if ahead else None
