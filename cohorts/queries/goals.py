"""Where a program's goals stand, counted from certificates and rights as they are now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from cohorts.models import Graduation, Program, ProgramGoal
from partners.days import day_of
from partners.models import PartnerProduct
from prm.tenancy.scope import current_organization


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as it is shown: what is counted, how far it is, and whether its day is over."""

    public_id: str
    label: str
    reached: int
    target: int
    due_on: date
    is_over: bool

    @property
    def is_reached(self) -> bool:
        return self.reached >= self.target


def goal_rows(program: Program, now: datetime) -> list[GoalRow]:
    """The goals by their day; one query. Test partners do not count, nor does what came after the goal's day."""
    kinds = ProgramGoal.Kind
    reached = Case(
        When(kind=kinds.CERTIFIED, then=_count(_rights(), "partner")),
        When(kind=kinds.COMPANIES, then=_count(_graduations(), "partner")),
        default=_count(_graduations(), "membership"),
        output_field=IntegerField(),
    )
    rows: Any = ProgramGoal.objects.filter(program=program).select_related("product").annotate(reached=reached)
    return [
        GoalRow(
            public_id=goal.public_id,
            label=_label(goal),
            reached=goal.reached,
            target=goal.target,
            due_on=goal.due_on,
            is_over=goal.due_on < day_of(now),
        )
        for goal in rows.order_by("due_on", "pk")
    ]


def _graduations() -> QuerySet[Any]:
    day = TruncDate("graduated_at", tzinfo=ZoneInfo(current_organization().zone))
    rows = Graduation.objects.valid().filter(cohort__program=OuterRef("program"), partner__is_test=False)
    return rows.annotate(day=day).filter(day__lte=OuterRef("due_on"))


def _rights() -> QuerySet[Any]:
    rows = PartnerProduct.objects.held().filter(product=OuterRef("product"), starts_on__lte=OuterRef("due_on"))
    certified = rows.filter(basis=PartnerProduct.Basis.CERTIFICATE)
    return certified.filter(partner__is_test=False, partner__archived_at=None)


def _count(rows: QuerySet[Any], counted: str) -> Any:
    """How many different ones of a column these rows have."""
    one = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count(counted, distinct=True)).values("n")
    return Coalesce(Subquery(one, output_field=IntegerField()), 0)


def _label(goal: ProgramGoal) -> str:
    match goal.kind:
        case ProgramGoal.Kind.CERTIFIED:
            return _("Partners certified on %(product)s") % {"product": goal.product}
        case ProgramGoal.Kind.COMPANIES:
            return _("Partners with a graduate")
    return _("People graduated")
