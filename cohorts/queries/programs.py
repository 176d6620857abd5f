"""Cohort programs as the studio lists them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Q, QuerySet

from cohorts.models import Cohort, Program, ProgramFacilitator
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A cohort program in the list, ready to be placed."""

    url: str
    create_url: str
    title: str
    promise: str
    cohorts: int
    active: int


def program_rows() -> list[ProgramRow]:
    """All cohort programs by title, with how many cohorts they had and have; one query."""
    going_on = Q(cohorts__state__in=[Cohort.State.DRAFT, *Cohort.UNDER_WAY])
    found: Any = Program.objects.by_title().annotate(
        runs=Count("cohorts", distinct=True), active=Count("cohorts", filter=going_on, distinct=True)
    )
    create = address("cohort_create")
    return [
        ProgramRow(
            url=address("program_detail", program.public_id),
            create_url=f"{create}?program={program.public_id}",
            title=program.title,
            promise=program.promise,
            cohorts=program.runs,
            active=program.active,
        )
        for program in found
    ]


def has_promise() -> Exists:
    """Whether somebody has written what a cohort promises."""
    return Exists(Program.objects.exclude(promise=""))


def default_facilitators(program: Program) -> list[Membership]:
    """The colleagues who lead the program's cohorts unless others are named there, and are still here."""
    return [row.membership for row in _facilitators(program.pk)]


@prepared
def _facilitators(program_id: int) -> QuerySet[ProgramFacilitator]:
    rows: QuerySet[ProgramFacilitator] = ProgramFacilitator.objects.select_related("membership__person")
    return rows.filter(program=program_id, membership__state=Membership.State.ACTIVE).order_by("pk")
