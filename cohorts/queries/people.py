"""Who takes part in a cohort, who leads it, and what a member has to do with it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from cohorts.models import Cohort, CohortFacilitator, Graduation, Seat, Session
from cohorts.rules import roles_with
from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization


def confirmed_members(cohort: Cohort, right: str = "") -> list[Membership]:
    """Everybody with a confirmed seat who can still sign in, with their persons; with `right` (a field of
    `rules.Rights`) those whose role has it.
    """
    seats = Seat.objects.confirmed().filter(cohort=cohort, membership__state=Membership.State.ACTIVE)
    seats = seats.filter(role__in=roles_with(right)) if right else seats
    return [seat.membership for seat in seats.select_related("membership__person").order_by("confirmed_at", "id")]


def facilitating_members(cohort: Cohort) -> list[Membership]:
    """The colleagues who lead the cohort and are still here, in the order in which they were named."""
    return [row.membership for row in _facilitators(cohort.pk)]


@prepared
def _facilitators(cohort_id: int) -> QuerySet[CohortFacilitator]:
    rows: QuerySet[CohortFacilitator] = CohortFacilitator.objects.select_related("membership__person").order_by("id")
    return rows.filter(cohort=cohort_id, membership__state=Membership.State.ACTIVE)


def possible_facilitators() -> list[Membership]:
    """Colleagues who may run cohorts, by name."""
    colleagues = Membership.objects.in_organization(current_organization()).active().staff().with_person()
    able = [colleague for colleague in colleagues if may(colleague, "cohorts.manage")]
    return sorted(able, key=lambda colleague: str(colleague.person).casefold())


def own_seats(membership: Membership | int, states: Collection[str] = (Seat.State.CONFIRMED,)) -> "QuerySet[Seat]":
    """The confirmed seats of a member (or those in these states), each with its cohort and, where there is a
    certificate, its token and day.
    """
    earned = Graduation.objects.valid().filter(cohort=OuterRef("cohort"), membership=membership)
    rows: QuerySet[Seat] = Seat.objects.of_member(membership).filter(state__in=states).select_related("cohort__program")
    return rows.annotate(
        certificate=Subquery(earned.values("token")), graduated_at=Subquery(earned.values("graduated_at"))
    )


def with_facilitators(seats: "QuerySet[Seat]") -> "QuerySet[Seat]":
    """The seats, each with `facilitator_names`: who leads its cohort, in the order in which they were named."""
    rows = CohortFacilitator.objects.filter(cohort=OuterRef("cohort"), membership__state=Membership.State.ACTIVE)
    shown = Coalesce(
        NullIf("membership__person__name", Value("")), "membership__person__email", output_field=CharField()
    )
    return seats.annotate(facilitator_names=ArraySubquery(rows.order_by("id").values(shown=shown)))


def seat_of(membership: Membership | None, cohort: Cohort) -> Seat | None:
    """The member's seat, offer or place on the waiting list, whatever its state."""
    if membership is None:
        return None
    return _seat_in.first(membership.pk, cohort.pk)


@prepared
def _seat_in(membership_id: int, cohort_id: int) -> QuerySet[Seat]:
    rows: QuerySet[Seat] = Seat.objects.of_member(membership_id).filter(cohort=cohort_id)
    return rows


def first_session_at(cohort: Cohort) -> datetime | None:
    return min(_begins(cohort.pk), default=None)


def last_session_at(cohort: Cohort) -> datetime | None:
    return max(_begins(cohort.pk), default=None)


@prepared
def _begins(cohort_id: int) -> "QuerySet[Session, datetime]":
    found: QuerySet[Session, datetime] = (
        Session.objects.still_on().filter(cohort=cohort_id).order_by().values_list("starts_at", flat=True)
    )
    return found


def companions_of(member: Membership) -> "QuerySet[Seat, Any]":
    """The memberships of everybody who shares a cohort with the member in which they know each other by name."""
    seats = Seat.objects.confirmed().of_member(member).filter(cohort__roster=Cohort.Roster.NAMED)
    seats = seats.filter(role__in=roles_with("sees_people"))
    shared = seats.exclude(cohort__state=Cohort.State.CANCELLED).values("cohort")
    return Seat.objects.confirmed().filter(cohort__in=shared).values("membership")
