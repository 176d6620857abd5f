"""Reads over facts and the apps' tables. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from cohorts import facts as cohort_facts
from enablement import facts as enablement_facts
from partners.models import Partner
from prm.activity.models import Fact
from prm.addresses import address

LEARNING = (enablement_facts.CONTENT_COMPLETED.name, enablement_facts.RECALL_ANSWERED.name)
COHORTS = (cohort_facts.SESSION_ATTENDED.name, cohort_facts.HOMEWORK_SUBMITTED.name)
# What a partner's person does by themselves; joining or being invited is done to them.
ACTS = (
    *LEARNING,
    *COHORTS,
    enablement_facts.CONTENT_OPENED.name,
    cohort_facts.APPLIED.name,
    cohort_facts.SEAT_CONFIRMED.name,
)


@dataclass(frozen=True, slots=True)
class Window:
    """The time from `since` on and before `until`."""

    since: datetime
    until: datetime

    @property
    def facts(self) -> Q:
        return Q(at__gte=self.since, at__lt=self.until)


@dataclass(frozen=True, slots=True)
class CountedPartner:
    name: str
    url: str
    is_counted: bool


def all_partners(until: datetime) -> QuerySet[Partner]:
    """Partners that figures count and that existed before `until`."""
    rows: QuerySet[Partner] = Partner.objects.real().filter(created_at__lt=until)
    return rows


def count_partners(kinds: Sequence[tuple[str, ...]], windows: Sequence[Window]) -> list[list[int]]:
    """For each of `kinds` the number of partners with a fact of them in each of the windows; one query."""
    until = max(window.until for window in windows)
    asked = Q(kind__in={name for names in kinds for name in names}, partner_id__in=all_partners(until).values("pk"))
    during = Q(at__gte=min(window.since for window in windows), at__lt=until)
    acts = {
        f"acts_{row}_{column}": Sum(_weight(), filter=window.facts & Q(kind__in=names))
        for row, names in enumerate(kinds)
        for column, window in enumerate(windows)
    }
    by_partner: Any = Fact.objects.filter(asked, during).order_by().values("partner_id").annotate(**acts)
    found = by_partner.aggregate(**{f"n_{name}": Count("partner_id", filter=Q(**{f"{name}__gt": 0})) for name in acts})
    return [[found[f"n_acts_{row}_{column}"] for column in range(len(windows))] for row in range(len(kinds))]


def _weight() -> Case:
    """A counter-fact takes a fact back; one that counts nothing, say a further version of homework, is an act too."""
    return Case(When(amount__lt=0, then=Value(-1)), default=Value(1))


def counted_partners(kinds: tuple[str, ...], window: Window, limit: int = 200) -> list[CountedPartner]:
    """The partners behind a figure, those that count first, each group by name; at most `limit` of each."""
    facts = Fact.objects.filter(window.facts, kind__in=kinds, partner_id=OuterRef("pk")).order_by().values("partner_id")
    acts = Subquery(facts.annotate(n=Sum(_weight())).values("n"))
    rows: Any = all_partners(window.until).annotate(acts=acts).order_by("normalized_name", "pk")
    listed: list[CountedPartner] = []
    for condition, is_counted in ((Q(acts__gt=0), True), (Q(acts=None) | Q(acts__lte=0), False)):
        named = rows.filter(condition).values_list("name", "public_id")[:limit]
        listed += [CountedPartner(name, address("partner_detail", key), is_counted) for name, key in named]
    return listed
