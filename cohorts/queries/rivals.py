"""Partners of a cohort that need room from each other. For colleagues only: nothing of it is shown to partners."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from cohorts.models import Application, Cohort, Decision, Seat
from partners.queries.competitors import RivalRow, meeting_problems, rivalries_with_reasons, rivals_shown
from prm.problems import Problem

SHOWN = 20
# So many companies that wait for a decision are compared; a rule over all of a country makes very many pairs.
COMPARED = 150


def companies_inside(cohort: Cohort) -> dict[int, str]:
    """Partner → name, of everybody who has a seat or an offer."""
    rows = Seat.objects.holding().filter(cohort=cohort, partner__isnull=False)
    return dict(rows.order_by().values_list("partner", "partner__name"))


def entry_problems(cohort: Cohort, newcomers: Mapping[int, str], now: datetime) -> list[Problem]:
    """Why people of these partners (id → name) must not get a seat beside those who have one."""
    if not newcomers:
        return []
    names = {**companies_inside(cohort), **newcomers}
    return meeting_problems(names, newcomers, rivalries_with_reasons(names, now))


def rivals_inside(cohort: Cohort, now: datetime) -> list[RivalRow]:
    """The pairs among those who have a seat or an offer."""
    names = companies_inside(cohort)
    return rivals_shown(names, rivalries_with_reasons(names, now))[:SHOWN]


def rivals_of_applicant(application: Application, now: datetime) -> list[RivalRow]:
    """With whom the applicant's company would meet: seats, offers, and everybody else who is not declined."""
    partner = application.partner
    if partner is None:
        return []
    others = Application.objects.waiting_for_decision().filter(cohort=application.cohort_id, partner__isnull=False)
    applied = others.exclude(decisions__kind=Decision.Kind.DECLINE).order_by("submitted_at", "pk")
    waiting = dict(applied.values_list("partner", "partner__name")[:COMPARED])
    names = {**companies_inside(application.cohort), **waiting, partner.pk: partner.name}
    return rivals_shown(names, rivalries_with_reasons(names, now), about=partner.pk)[:SHOWN]


def named(seats: Iterable[Seat]) -> dict[int, str]:
    """Partner → name, of seats with their partner loaded."""
    return {seat.partner.pk: seat.partner.name for seat in seats if seat.partner is not None}
