"""Reads over facts and the apps' tables. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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
class CountedPartner:
    name: str
    url: str
    is_counted: bool


def all_partners(until: datetime) -> set[int]:
    """Partners that figures count and that existed before `until`."""
    return set(Partner.objects.real().filter(created_at__lt=until).values_list("pk", flat=True))


def partners_with_acts(since: datetime, until: datetime) -> set[int]:
    return _partners(ACTS, since, until)


def partners_that_learned(since: datetime, until: datetime) -> set[int]:
    return _partners(LEARNING, since, until)


def partners_in_cohorts(since: datetime, until: datetime) -> set[int]:
    return _partners(COHORTS, since, until)


def _partners(kinds: Iterable[str], since: datetime, until: datetime) -> set[int]:
    facts = Fact.objects.filter(kind__in=list(kinds), at__gte=since, at__lt=until, partner_id__isnull=False)
    return set(facts.order_by().values_list("partner_id", flat=True).distinct())


def counted_partners(counted: set[int], total: set[int], limit: int = 200) -> list[CountedPartner]:
    """The partners behind a figure, those that count first, each group by name; at most `limit` of each."""
    rows: list[CountedPartner] = []
    for ids, is_counted in ((counted & total, True), (total - counted, False)):
        named = Partner.objects.filter(pk__in=ids).order_by("normalized_name").values_list("name", "public_id")
        rows += [CountedPartner(name, address("partner_detail", key), is_counted) for name, key in named[:limit]]
    return rows
