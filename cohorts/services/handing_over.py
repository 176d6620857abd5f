"""What a colleague leads and reviews in cohorts, for the day on which somebody else takes it over."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext

from cohorts.models import Cohort, CohortFacilitator, ProgramFacilitator, Review, Reviewer
from cohorts.services.calendars import tell_facilitators
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.handovers import HandoverPart, move_once

_OVER = (Cohort.State.FINISHED, Cohort.State.CANCELLED)


def _led(giver_id: int) -> QuerySet[CohortFacilitator]:
    rows: QuerySet[CohortFacilitator] = CohortFacilitator.objects.filter(membership=giver_id)
    return rows.exclude(cohort__state__in=_OVER)


def _move_led(*, actor: Actor, giver: Membership, taker: Membership, now: datetime) -> int:
    """The sessions leave the one calendar and come into the other."""
    cohorts = list(Cohort.objects.filter(pk__in=_led(giver.pk).values("cohort")).order_by("pk"))
    for cohort in cohorts:
        fresh = CohortFacilitator(cohort=cohort, membership=taker)
        has_led = CohortFacilitator.objects.filter(cohort=cohort, membership=taker).exists()
        if not has_led:
            fresh.save()
        CohortFacilitator.objects.filter(cohort=cohort, membership=giver).delete()
        tell_facilitators(cohort=cohort, joined=[] if has_led else [taker], left=[giver], now=now)
    return len(cohorts)


def _move_programs(*, actor: Actor, giver: Membership, taker: Membership, now: datetime) -> int:
    return move_once(ProgramFacilitator.objects.filter(membership=giver), taker=taker, about="program")


def _asked(giver_id: int) -> QuerySet[Any]:
    rows: QuerySet[Any] = Reviewer.objects.filter(membership=giver_id)
    return rows.exclude(cohort__state__in=_OVER)


def _move_reviews(*, actor: Actor, giver: Membership, taker: Membership, now: datetime) -> int:
    """Reviews that are asked for; those that are written stay the giver's own words. Who already has an application to
    read is not asked twice.
    """
    rows = _asked(giver.pk)
    cohorts = list(rows.values_list("cohort_id", flat=True))
    move_once(Review.objects.asked().filter(membership=giver, cohort__in=cohorts), taker=taker, about="application")
    return move_once(rows, taker=taker, about="cohort")


PARTS = (
    HandoverPart(
        "cohorts.led",
        lambda n: ngettext("%d cohort that is led", "%d cohorts that are led", n) % n,
        lambda giver, _now: _led(giver).count(),
        _move_led,
        110,
    ),
    HandoverPart(
        "cohorts.programs",
        lambda n: ngettext("%d cohort program", "%d cohort programs", n) % n,
        lambda giver, _now: ProgramFacilitator.objects.filter(membership=giver).count(),
        _move_programs,
        120,
    ),
    HandoverPart(
        "cohorts.reviews",
        lambda n: ngettext("reviews of %d selection", "reviews of %d selections", n) % n,
        lambda giver, _now: _asked(giver).count(),
        _move_reviews,
        130,
    ),
)
