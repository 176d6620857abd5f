"""Reads over facts and the apps' tables. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from cohorts import facts as cohort_facts
from enablement import facts as enablement_facts
from partners.models import Partner
from prm.activity.models import Fact
from prm.addresses import address
from prm.tenancy.scope import current_organization

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


# The ORM takes ten times as long to write this as Postgres to answer it.
_ACTS = "sum(CASE WHEN amount < 0 THEN -1 ELSE 1 END) FILTER (WHERE at >= %s AND at < %s AND kind = ANY(%s))"
_OF_PARTNERS = (
    "FROM activity_fact WHERE organization_id = %s AND kind = ANY(%s) AND at >= %s AND at < %s"
    " AND partner_id IN ({}) GROUP BY partner_id"
)


def count_partners(kinds: Sequence[tuple[str, ...]], windows: Sequence[Window]) -> list[list[int]]:
    """For each of `kinds` the number of partners with a fact of them in each of the windows; one query."""
    until = max(window.until for window in windows)
    cells = [(list(names), window) for names in kinds for window in windows]
    counts = ", ".join(f"count(*) FILTER (WHERE acts_{place} > 0)" for place in range(len(cells)))
    acts = ", ".join(f"{_ACTS} AS acts_{place}" for place in range(len(cells)))
    counted, among = all_partners(until).values("pk").query.sql_with_params()
    parameters: list[Any] = [part for names, window in cells for part in (window.since, window.until, names)]
    parameters += [current_organization().pk, sorted({name for names in kinds for name in names})]
    parameters += [min(window.since for window in windows), until, *among]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts} FROM (SELECT {acts} {_OF_PARTNERS.format(counted)}) AS each", parameters)  # nosec B608: own names
        found = cursor.fetchone()
    return [list(found[place : place + len(windows)]) for place in range(0, len(cells), len(windows))]


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
