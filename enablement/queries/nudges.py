"""Who gets a question by mail now, and what stands behind the link in one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, NullIf, RowNumber

from enablement.models import Memory, Nudge, RecallItem, Review, Rhythm
from enablement.models.memory import MemoryQuerySet
from enablement.queries.gates import memories_open_to_everyone
from prm.accounts.models import Membership
from prm.outbox.models import Attention, Preference
from prm.outbox.queries import message_by_token
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization

KIND = "enablement.nudge"
CATEGORY = "recall"
PURPOSE = "recall"

# No more than two in seven days, and never on two days in a row; a week counts over all organizations of a person.
MOST_IN_A_WEEK = 2
DAYS_APART = 2
SILENT_AFTER = 3


@dataclass(frozen=True)
class Asked:
    """A nudge with whom and what it asks. `is_askable` is whether the question still stands."""

    nudge: Nudge
    membership: Membership
    item: RecallItem
    is_askable: bool


def asked_by_token(token: str, now: datetime) -> Asked | None:
    """What the link with this token asks; None for a token that was never made here or whose addressee has gone."""
    message = message_by_token(PURPOSE, token)
    if message is None:
        return None
    nudge = Nudge.objects.filter(pk=message.subject_id).select_related("item__content", "variant", "review").first()
    members = Membership.objects.in_organization(current_organization()).active().with_person()
    membership = members.filter(pk=message.recipient_id or 0).first()
    if nudge is None or membership is None or nudge.membership_id != membership.pk:
        return None
    membership.organization = current_organization()
    is_askable = RecallItem.objects.askable(now).filter(pk=nudge.item_id).exists()
    return Asked(nudge, membership, nudge.item, is_askable)


@dataclass(frozen=True, slots=True)
class RhythmNow:
    """How a member is asked by mail at present. `is_off` is their word in the message settings."""

    is_paused: bool
    is_off: bool
    until: datetime | None
    was_silent: bool

    @property
    def is_on(self) -> bool:
        return not self.is_paused and not self.is_off


def rhythm_of(membership: Membership, now: datetime) -> RhythmNow:
    """One query, whether the member has a rhythm or not."""
    rows = Rhythm.objects.filter(membership=membership)
    columns = {name: Subquery(rows.values(name)) for name in ("paused_at", "paused_until", "cause")}
    declined = Preference.objects.filter(membership=membership, category=CATEGORY)
    is_off = Exists(declined.exclude(choice=Preference.Choice.MAIL))
    here: QuerySet[Any] = Organization.objects.filter(pk=current_organization().pk)
    found = here.annotate(is_off=is_off, **columns).values("is_off", *columns).get()
    row = Rhythm(**{name: found[name] for name in columns})
    if not row.is_paused(now):
        return RhythmNow(False, found["is_off"], None, False)
    return RhythmNow(True, found["is_off"], row.paused_until, row.cause == Rhythm.Cause.SILENCE)


def zones_to_plan() -> list[ZoneInfo]:
    """The zones in which members with memories live."""
    members: QuerySet[Any] = _members().filter(Exists(Memory.objects.active().filter(membership=OuterRef("pk"))))
    return [ZoneInfo(name) for name in members.order_by().values_list("live_in", flat=True).distinct()]


def members_to_ask(zones: Collection[ZoneInfo], slot_on: date, now: datetime) -> QuerySet[Membership]:
    """Members in these zones who may get a question on `slot_on`: not paused, not turned off, not asked too lately."""
    mine: dict[str, Any] = {"membership": OuterRef("pk")}
    lately = Nudge.objects.filter(**mine, slot_on__gt=slot_on - timedelta(days=DAYS_APART))
    paused = Rhythm.objects.filter(Q(paused_until=None) | Q(paused_until__gt=now), **mine, paused_at__isnull=False)
    declined = Preference.objects.filter(**mine, category=CATEGORY).exclude(choice=Preference.Choice.MAIL)
    elsewhere = Attention.objects.filter(person=OuterRef("person"), category=CATEGORY)
    yesterday = elsewhere.filter(at__gt=now - timedelta(days=DAYS_APART) + timedelta(hours=8))
    living: QuerySet[Any] = _members()
    members: QuerySet[Membership] = living.filter(live_in__in=[str(zone) for zone in zones])
    members = members.filter(~Exists(lately), ~Exists(paused), ~Exists(declined), ~Exists(yesterday))
    week = timedelta(days=7)
    own = _count(Nudge.objects.filter(**mine, slot_on__gt=slot_on - week))
    all_over = _count(elsewhere.filter(at__gt=now - week + timedelta(hours=8)))
    return members.alias(own=own, all_over=all_over).filter(own__lt=MOST_IN_A_WEEK, all_over__lt=MOST_IN_A_WEEK)


def silent_members(members: QuerySet[Membership], now: datetime) -> list[int]:
    """Those of `members` who left their last three questions without an answer, and answered none elsewhere."""
    newest_first = Window(RowNumber(), partition_by=F("membership"), order_by=F("slot_on").desc())
    lately = Nudge.objects.filter(membership__in=members.values("pk")).annotate(place=newest_first)
    rows = lately.filter(place__lte=SILENT_AFTER).values_list("membership_id", "asked_at", "answered_at")
    asked: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for membership, asked_at, answered_at in rows:
        asked.setdefault(membership, []).append((asked_at, answered_at))
    since = {
        membership: min(asked_at for asked_at, _ in nudges)
        for membership, nudges in asked.items()
        if len(nudges) == SILENT_AFTER and all(answered_at is None for _, answered_at in nudges)
    }
    heard = _last_sign_of_life(since)
    return [membership for membership, at in since.items() if heard.get(membership, at) <= at]


def chosen_memories(members: QuerySet[Membership], now: datetime) -> MemoryQuerySet:
    """The one memory of each of `members` to ask for: due, the weakest, must-know before good-to-know."""
    due = memories_open_to_everyone(now).due(now).filter(membership__in=members.values("pk"))
    ranked = due.with_recall(now).weakest_first()
    return ranked.order_by("membership", *ranked.query.order_by).distinct("membership")


def _members() -> QuerySet[Membership]:
    """Active members outside the staff, with the zone they live in."""
    zone = Coalesce(NullIf("person__zone", Value("")), Value(current_organization().zone))
    members = Membership.objects.in_organization(current_organization()).active()
    return members.exclude(kind=Membership.Kind.STAFF).annotate(live_in=zone)


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values(one=Value(1)).annotate(n=Count("*")).values("n")
    return Coalesce(counted, Value(0))


def _last_sign_of_life(since: dict[int, datetime]) -> dict[int, datetime]:
    """When each of these members last answered anything or asked for the mails again."""
    if not since:
        return {}
    reviews = Review.objects.filter(membership__in=since, answered_at__gt=min(since.values())).order_by()
    heard = dict(reviews.values_list("membership_id").annotate(at=Max("answered_at")))
    resumed = Rhythm.objects.filter(membership__in=since, resumed_at__isnull=False)
    for membership, at in resumed.values_list("membership_id").annotate(at=Min("resumed_at")):
        heard[membership] = max(at, heard.get(membership, at))
    return heard
