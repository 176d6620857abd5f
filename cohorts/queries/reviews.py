"""Who reviews the applications of a cohort, what they give, and what each reader may know of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Field, Func, JSONField, OuterRef, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import Application, Cohort, Review, Reviewer, SelectionPlan
from cohorts.parts import Part
from cohorts.rubric import RubricLine, Verdict, rubric_of, verdict, worth
from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization


def reviewers_of(cohort: Cohort) -> list[Membership]:
    """The colleagues who review and are still here, in the order in which they were named; none with the part off."""
    if not cohort.uses(Part.REVIEWS):
        return []
    return [row.membership for row in _reviewers(cohort.pk)]


@prepared
def _reviewers(cohort_id: int) -> QuerySet[Reviewer]:
    rows: QuerySet[Reviewer] = Reviewer.objects.select_related("membership__person").order_by("id")
    return rows.filter(cohort=cohort_id, membership__state=Membership.State.ACTIVE)


def possible_reviewers() -> list[Membership]:
    """Colleagues who see cohorts, by name."""
    colleagues = Membership.objects.in_organization(current_organization()).active().staff().with_person()
    able = [colleague for colleague in colleagues if may(colleague, "cohorts.view")]
    return sorted(able, key=lambda colleague: str(colleague.person).casefold())


def plan_for(cohort: Cohort, reader: Membership) -> tuple[SelectionPlan, bool]:
    """`plan_of` the cohort, and whether the reader is among its reviewers; where there are any, there is a plan."""
    plan: Any = _plans.first(cohort.pk, reader.pk)
    if plan is None:
        return SelectionPlan(cohort=cohort), False
    return plan, bool(plan.among) and cohort.uses(Part.REVIEWS)


@prepared
def _plans(cohort_id: int, reader_id: int) -> QuerySet[SelectionPlan]:
    among = Exists(Reviewer.objects.filter(cohort=OuterRef("cohort"), membership=reader_id))
    rows: QuerySet[SelectionPlan] = SelectionPlan.objects.filter(cohort=cohort_id).annotate(among=among)
    return rows


def hidden_name(public_id: str) -> str:
    """What stands for a name: the same for everybody who talks about this application."""
    return _("Application %s") % public_id[:4].upper()


def asked_of(cohort: Cohort) -> tuple[list[rules.Asked], dict[int, int]]:
    """The undecided applications of a cohort as `rules.spread` wants them, and how many reviews each colleague has."""
    columns = ("pk", "nomination__nominated_by", "partner__account_manager")
    rows = Application.objects.waiting_for_decision().filter(cohort=cohort).longest_waiting_first()
    counted: dict[int, set[int]] = {}
    gone: dict[int, set[int]] = {}
    loads: dict[int, int] = {}
    reviews = Review.objects.filter(cohort=cohort).values_list("application", "membership", "state")
    for application_id, reviewer, state in reviews:
        kept = gone if state == Review.State.ABSTAINED else counted
        kept.setdefault(application_id, set()).add(reviewer)
        if kept is counted:
            loads[reviewer] = loads.get(reviewer, 0) + 1
    asked = [
        rules.Asked(
            application_id=pk,
            counted=frozenset(counted.get(pk, ())),
            gone=frozenset(gone.get(pk, ())),
            shunned=frozenset(one for one in (nominator, manager) if one is not None),
        )
        for pk, nominator, manager in rows.values_list(*columns)
    ]
    return asked, loads


@dataclass(frozen=True, slots=True)
class Score:
    """What is told of one application on the board: "4.2", "2 of 3"."""

    score: str = ""
    reviews: str = ""
    disagrees: bool = False


@dataclass(frozen=True)
class Scores:
    """What one reader may know of the reviews of a cohort's applications. `own` counts those that wait for the reader,
    `counts` gives for each application how many are written of how many that were asked for.
    """

    is_on: bool = False
    sees_names: bool = True
    compares: bool = False
    own: int = 0
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    counts: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def of(self, application_id: int) -> Score:
        if not self.is_on:
            return Score()
        written, asked = self.counts.get(application_id, (0, 0))
        reviews = _("%(n)d of %(all)d reviews") % {"n": written, "all": asked}
        found = self.verdicts.get(application_id)
        return Score(points(found.mean), reviews, found.disagrees) if found else Score(reviews=reviews)

    def rank(self, application_id: int) -> float:
        """By what boards are ordered once everything is open: who is given more stands higher."""
        found = self.verdicts.get(application_id)
        return found.mean if found and self.compares else 0.0


def no_scores() -> Scores:
    return Scores()


_State = Review.State


def points(value: float) -> str:
    return formats.number_format(value, 1)


# Whose it is, its state, its points.
type Told = Sequence[tuple[int, str, Mapping[str, Any]]]


def reviews_told() -> Func:
    """Over applications: their reviews as `scores_of` reads them."""
    rows = Review.objects.filter(application=OuterRef("pk")).order_by()
    told = Func("membership", "state", "points", function="json_build_array", output_field=JSONField())
    # One document for each application is read in a third of the time of one for each review. The driver reads what is
    # json; Django's field would read it once more.
    return Func(ArraySubquery(rows.values(row=told)), function="array_to_json", output_field=Field())


def scores_of(
    told: Iterable[tuple[int, bool, Told]], *, plan: SelectionPlan, reader: Membership, is_reviewer: bool, now: datetime
) -> Scores:
    """What the reader may know of these applications: (id, whether it is undecided, what `reviews_told` gave)."""
    rubric = rubric_of(plan.rubric)
    counts: dict[int, tuple[int, int]] = {}
    verdicts = {}
    sights: dict[str, rules.Sight] = {}
    own = 0
    asked, is_written, abstained = (str(state) for state in (_State.ASKED, _State.WRITTEN, _State.ABSTAINED))
    for application_id, is_undecided, reviews in told:
        mine = next((state for by, state, _points in reviews if by == reader.pk), "")
        own += is_undecided and mine == asked
        written = [points for _by, state, points in reviews if state == is_written]
        counts[application_id] = (len(written), sum(state != abstained for _by, state, _points in reviews))
        if mine not in sights:
            sights[mine] = rules.sight(plan=plan, is_reviewer=is_reviewer, own_state=mine, now=now)
        found = verdict(rubric, written) if sights[mine].sees_reviews else None
        if found is not None:
            verdicts[application_id] = found
    return Scores(
        is_on=True,
        sees_names=rules.sight(plan=plan, is_reviewer=is_reviewer, now=now).sees_names,
        compares=plan.compares(now),
        own=own,
        verdicts=verdicts,
        counts=counts,
    )


@dataclass(frozen=True, slots=True)
class Opinion:
    """One review as others read it. `points` are (label, points) in the order of the rubric, "–" where a line was not
    there yet; `is_later` where it was written, or changed, after all had been opened.
    """

    reviewer: str
    is_own: bool
    state: str
    state_label: str
    worth: str
    points: list[tuple[str, str]]
    comment: str
    is_later: bool


@dataclass(frozen=True)
class Opinions:
    """The reviews of one application as a reader may see them: without `sees_reviews` who, and nothing of what."""

    rubric: list[RubricLine]
    sight: rules.Sight
    is_reviewer: bool
    own: Review | None
    rows: list[Opinion]
    verdict: Verdict | None

    @property
    def mean(self) -> str:
        return points(self.verdict.mean) if self.verdict else ""

    @property
    def low(self) -> str:
        return points(self.verdict.low) if self.verdict else ""

    @property
    def high(self) -> str:
        return points(self.verdict.high) if self.verdict else ""


def opinions_for(
    application: Application, plan: SelectionPlan, reader: Membership, now: datetime, *, is_reviewer: bool
) -> Opinions | None:
    """None where nobody reviews; one query else. `is_reviewer` comes with the plan from `plan_for`."""
    if not application.cohort.uses(Part.REVIEWS):
        return None
    rows = _reviews(application.pk)
    own = next((row for row in rows if row.membership_id == reader.pk), None)
    seen = rules.sight(plan=plan, is_reviewer=is_reviewer, own_state=own.state if own else "", now=now)
    rubric = rubric_of(plan.rubric)
    written = [row.points for row in rows if row.state == Review.State.WRITTEN]
    return Opinions(
        rubric=rubric,
        sight=seen,
        is_reviewer=is_reviewer,
        own=own,
        rows=[_opinion(row, rubric, plan, reader, seen) for row in rows],
        verdict=verdict(rubric, written) if seen.sees_reviews else None,
    )


@prepared
def _reviews(application_id: int) -> QuerySet[Review]:
    rows: QuerySet[Review] = Review.objects.filter(application=application_id).select_related("membership__person")
    return rows.order_by("written_at", "pk")


def _opinion(
    row: Review, rubric: Sequence[RubricLine], plan: SelectionPlan, reader: Membership, seen: rules.Sight
) -> Opinion:
    is_own = row.membership_id == reader.pk
    is_open = is_own or seen.sees_reviews
    is_written = row.state == Review.State.WRITTEN
    value = worth(rubric, row.points) if is_open and is_written else None
    opened, written = plan.compare_at, row.written_at
    return Opinion(
        reviewer=str(row.membership.person),
        is_own=is_own,
        state=row.state,
        state_label=str(row.get_state_display()),
        worth=points(value) if value is not None else "",
        points=[(line.label, str(row.points.get(line.key, "–"))) for line in rubric] if is_open and is_written else [],
        comment=row.comment if is_open else "",
        is_later=bool(is_written and seen.sees_reviews and opened and written and written > opened),
    )
