from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from cohorts.models import Application, Review, SelectionPlan
from cohorts.rubric import MOST_LINES, POINTS, RubricLine
from prm.problems import Problem

# So long before everything is opened, whoever still owes points hears of it.
REMINDED_BEFORE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see while a cohort selects: what others gave an application, and whose it is."""

    sees_reviews: bool
    sees_names: bool


def sight(*, plan: SelectionPlan, is_reviewer: bool, own_state: str = "", now: datetime) -> Sight:
    """What a colleague sees of one application; `own_state` is that of their own review of it.

    Before the reviews are compared, whoever looks is blind to them until their own points are kept, so that nobody
    begins with somebody else's opinion, also those who only decide. Names are hidden from reviewers alone: somebody
    has to be able to answer a telephone.
    """
    if plan.compares(now):
        return Sight(sees_reviews=True, sees_names=True)
    has_written = own_state == Review.State.WRITTEN
    return Sight(sees_reviews=has_written or not plan.is_blind, sees_names=not (plan.hides_names and is_reviewer))


def writing_problems(
    *, application: Application, is_reviewer: bool, rubric: Sequence[RubricLine], points: Mapping[str, int]
) -> list[Problem]:
    """Why these points cannot be kept: not_reviewer, decided, or required for each line without points."""
    problems = _taking_problems(application, is_reviewer=is_reviewer)
    if not problems:
        problems = [
            Problem("required", _("Give points for this, or abstain."), field=f"points_{line.key}")
            for line in rubric
            if points.get(line.key) not in POINTS
        ]
    return problems


def abstention_problems(*, application: Application, is_reviewer: bool) -> list[Problem]:
    return _taking_problems(application, is_reviewer=is_reviewer)


def _taking_problems(application: Application, *, is_reviewer: bool) -> list[Problem]:
    if not is_reviewer:
        return [Problem("not_reviewer", _("You are not among the reviewers of this cohort."))]
    if application.state != Application.State.SUBMITTED:
        return [Problem("decided", _("This is decided, or was withdrawn: there is nothing to review any more."))]
    return []


def rubric_problems(rubric: Sequence[RubricLine]) -> list[Problem]:
    """empty, too_many, twice: the same words two times."""
    labels = [line.label.strip().casefold() for line in rubric]
    if not labels:
        return [Problem("empty", _("Say at least one thing that reviewers give points for."), field="label_0")]
    problems = []
    if len(labels) > MOST_LINES:
        problems.append(Problem("too_many", _("At most %d lines: more than that nobody weighs.") % MOST_LINES))
    problems += [
        Problem("twice", _("The same is said twice."), field=f"label_{place}")
        for place, label in enumerate(labels)
        if label in labels[:place]
    ]
    return problems


@dataclass(frozen=True, slots=True)
class Asked:
    """An application as the spreading of reviews sees it.

    `counted` are reviewers who are asked or have written, `gone` those who abstained, `shunned` those who are too near
    to be asked: they nominated the applicant, or look after the company.
    """

    application_id: int
    counted: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    shunned: frozenset[int] = frozenset()


def spread(
    applications: Iterable[Asked], *, reviewers: Sequence[int], wanted: int, loads: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Whom to ask for what is still wanted: (application id, reviewer), each time whoever has least so far.

    `loads` are the reviews that each has already. Of equals the one is taken who has met the others of that application
    least often, so that opinions mix instead of forming pairs. Where too few are left an application gets fewer.
    """
    load = Counter({reviewer: loads.get(reviewer, 0) for reviewer in reviewers})
    met: Counter[tuple[int, int]] = Counter()
    asked = []
    for row in applications:
        inside = set(row.counted)
        for _number in range(wanted - len(row.counted)):
            found = _least_busy(reviewers, inside | row.gone | row.shunned, inside, load, met)
            if found is None:
                break
            load[found] += 1
            for other in inside:
                met[min(found, other), max(found, other)] += 1
            inside.add(found)
            asked.append((row.application_id, found))
    return asked


def _least_busy(
    reviewers: Sequence[int],
    without: Set[int],
    inside: Set[int],
    load: Mapping[int, int],
    met: Mapping[tuple[int, int], int],
) -> int | None:
    def rank(reviewer: int) -> tuple[int, int]:
        return load[reviewer], sum(met[min(reviewer, other), max(reviewer, other)] for other in inside)

    return min((reviewer for reviewer in reviewers if reviewer not in without), key=rank, default=None)
