"""The overview of a program: everything that is written about it, whether it is fit to open, and what comes of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from cohorts import rules, shapes
from cohorts.models import Cohort, Expert, Program, Subject, Testimonial
from cohorts.parts import Part
from cohorts.queries.goals import GoalRow, goal_rows
from cohorts.queries.prerequisites import prerequisites_of
from cohorts.queries.programs import default_facilitators
from cohorts.queries.syllabus import subjects_of
from prm.addresses import address
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class ProgramCohort:
    url: str
    title: str
    state: str
    state_label: str
    seats: str
    is_for_teams: bool = False


@dataclass(frozen=True, slots=True)
class Following:
    """The program that comes after this one: an existing one, or a shape to make it of."""

    title: str
    url: str
    exists: bool


@dataclass(frozen=True)
class Overview:
    subjects: list[Subject]
    checks: list[rules.Fitness]
    told: rules.Told
    needed: list[str]
    leaders: list[str]
    cohorts: list[ProgramCohort]
    goals: list[GoalRow]
    experts: list[Expert]
    testimonials: list[Testimonial]
    parts: list[str]
    shape: shapes.Shape
    following: Following | None

    @property
    def length(self) -> int:
        """Days from the first session to the last."""
        return self.subjects[-1].day_offset if self.subjects else 0

    @property
    def is_fit(self) -> bool:
        return all(check.is_met for check in self.checks)


def program_overview(program: Program, now: datetime) -> Overview:
    """As many queries, whatever the number of subjects, cohorts and people."""
    subjects = subjects_of(program)
    runs = _runs(program.pk)
    shape = shapes.shape_of(program.shape)
    return Overview(
        subjects=subjects,
        checks=rules.fitness(program, _facts(subjects, runs)),
        told=rules.expectations_at(program, rules.Moment.APPLYING),
        needed=rules.prerequisite_words(prerequisites_of(program)),
        leaders=[str(member.person) for member in default_facilitators(program)],
        cohorts=[_cohort(run) for run in runs],
        goals=goal_rows(program, now) if Part.GOALS in program.parts else [],
        experts=experts_of(program),
        testimonials=_testimonials(program.pk),
        parts=[str(part.label) for part in Part if part in program.parts],
        shape=shape,
        following=_following(shape),
    )


@prepared
def _runs(program_id: int) -> QuerySet[Cohort]:
    rows: QuerySet[Cohort] = Cohort.objects.filter(program=program_id).newest_first()[:20]
    return rows


def unfit(program: Program) -> list[rules.Fitness]:
    """What the program still wants before a cohort of it opens. Seats are looked at where the cohort is."""
    checks = rules.fitness(program, _facts(subjects_of(program), []))
    return [check for check in checks if not check.is_met]


@prepared
def _experts(program_id: int) -> QuerySet[Expert]:
    rows: QuerySet[Expert] = Expert.objects.filter(program=program_id).select_related("photo")
    return rows.order_by("position", "pk")


def experts_of(program: Program) -> list[Expert]:
    return _experts(program.pk)


@prepared
def _testimonials(program_id: int) -> QuerySet[Testimonial]:
    rows: QuerySet[Testimonial] = Testimonial.objects.filter(cohort__program=program_id, agreed_at__isnull=False)
    return rows.select_related("membership__person", "cohort").order_by("-written_at", "-pk")[:20]


def _facts(subjects: list[Subject], runs: list[Cohort]) -> rules.ProgramFacts:
    bare = [row.title for row in subjects if row.needs_content and not row.content_titles]  # type: ignore[attr-defined]
    drafts = tuple(run.capacity for run in runs if run.state == Cohort.State.DRAFT and not run.uses(Part.TEAMS))
    return rules.ProgramFacts(len(subjects), tuple(bare), drafts)


def _cohort(run: Cohort) -> ProgramCohort:
    return ProgramCohort(
        url=address("cohort_detail", run.public_id),
        title=run.title,
        state=run.state,
        state_label=run.get_state_display(),
        seats=f"{run.seats_taken} / {run.capacity}",
        is_for_teams=run.uses(Part.TEAMS),
    )


@prepared
def _shaped(shape: str) -> QuerySet[Program]:
    rows: QuerySet[Program] = Program.objects.filter(shape=shape).order_by("pk")[:1]
    return rows


def _following(shape: shapes.Shape) -> Following | None:
    if not shape.follows:
        return None
    found = _shaped.first(shape.follows)
    if found is not None:
        return Following(found.title, address("program_detail", found.public_id), exists=True)
    then = shapes.SHAPES[shape.follows]
    return Following(str(then.title), f"{address('program_create')}?shape={then.key}", exists=False)
