"""Partners of a cohort that need room from each other. For colleagues only: nothing of it is shown to partners."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from cohorts.models import Application, Cohort, Seat
from partners.queries.competitors import RivalRow, meeting_problems, rivalries_with_reasons, rivals_shown
from prm.problems import Problem
from prm.tenancy.prepared import prepared

SHOWN = 12
# So many companies that wait for a decision are compared; a rule over all of a country makes very many pairs.
COMPARED = 100


def companies_inside(cohort: Cohort) -> dict[int, str]:
    """Partner → name, of everybody who has a seat or an offer."""
    return dict(_inside(cohort.pk))


@prepared
def _inside(cohort_id: int) -> QuerySet[Seat, tuple[int, str]]:
    rows = Seat.objects.holding().filter(cohort=cohort_id, partner__isnull=False)
    found: QuerySet[Seat, tuple[int, str]] = rows.order_by().values_list("partner", "partner__name")
    return found


def entry_problems(cohort: Cohort, newcomers: Mapping[int, str], now: datetime) -> list[Problem]:
    """Why people of these partners (id → name) must not get a seat beside those who have one."""
    if not newcomers:
        return []
    names = {**companies_inside(cohort), **newcomers}
    return meeting_problems(names, newcomers, rivalries_with_reasons(names, now))


def rivals_among(names: Mapping[int, str], now: datetime) -> list[RivalRow]:
    """The pairs among these companies (id → name)."""
    return rivals_shown(names, rivalries_with_reasons(names, now), SHOWN)


def rivals_of_applicant(application: Application, others: Mapping[int, str], now: datetime) -> list[RivalRow]:
    """With whom of these others (partner → name) the applicant's company would meet."""
    partner = application.partner
    if partner is None:
        return []
    names = {**others, partner.pk: partner.name}
    return rivals_shown(names, rivalries_with_reasons(names, now, about=partner.pk), SHOWN)


def named(seats: Iterable[Seat]) -> dict[int, str]:
    """Partner → name, of seats with their partner loaded."""
    return {seat.partner.pk: seat.partner.name for seat in seats if seat.partner is not None}
