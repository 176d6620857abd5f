"""What the stages of a cohort depend on, counted by one query."""

from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cohorts.models import (
    Application,
    Cohort,
    CohortFacilitator,
    Decision,
    Graduation,
    Homework,
    Nomination,
    Seat,
    Session,
    SessionContent,
)
from cohorts.rules import StageFacts
from prm.tenancy.prepared import prepared


def stage_facts(cohort: Cohort) -> StageFacts:
    """Everything `rules.stage_problems` asks about this cohort."""
    (row,) = _facts(cohort.pk)
    promise = row.pop("program__promise")
    return StageFacts(promise=promise, **{name.removeprefix("counted_"): value for name, value in row.items()})


@prepared
def _facts(cohort_id: int) -> QuerySet[Any, dict[str, Any]]:
    # Marked, since relations of a cohort have some of these names.
    counts = {f"counted_{name}": count for name, count in _counts().items()}
    rows: Any = Cohort.objects.filter(pk=cohort_id)
    found: QuerySet[Any, dict[str, Any]] = rows.values("program__promise", **counts)
    return found


def _counts() -> dict[str, Any]:
    planned = Session.objects.planned()
    undecided = Application.objects.waiting_for_decision().filter(
        ~Exists(Decision.objects.filter(application=OuterRef("pk")))
    )
    without_content = planned.filter(~Exists(SessionContent.objects.filter(session=OuterRef("pk"))))
    return {
        "facilitators": _count(CohortFacilitator.objects.all()),
        "sessions_planned": _count(planned),
        "sessions_held": _count(Session.objects.filter(state=Session.State.HELD)),
        "sessions_without_place": _count(planned.filter(Q(link=""), Q(place=""))),
        "sessions_without_content": _count(without_content),
        "first_session_at": _first(Session.objects.still_on()),
        "homework": _count(Homework.objects.all()),
        "nominations": _count(Nomination.objects.all()),
        "undecided": _count(undecided),
        "drafted": _count(Decision.objects.drafted()),
        "released": _count(Decision.objects.released()),
        "offered": _count(Seat.objects.offered().participants()),
        "confirmed": _count(Seat.objects.confirmed().participants()),
        "graduates": _count(Graduation.objects.valid()),
    }


def _count(rows: QuerySet[Any]) -> Any:
    counted = rows.filter(cohort=OuterRef("pk")).order_by().values("cohort").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _first(rows: QuerySet[Any]) -> Any:
    found = rows.filter(cohort=OuterRef("pk")).order_by().values("cohort").annotate(first=Min("starts_at"))
    return Subquery(found.values("first"))
