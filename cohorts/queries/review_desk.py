"""A reviewer's desk: what waits, what may be taken besides, what is done, and how far everybody is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from cohorts import rules
from cohorts.models import Application, Cohort, Review, SelectionPlan
from cohorts.queries.board import SHOWN
from cohorts.queries.reviews import hidden_name, points, reviewers_of
from cohorts.rubric import rubric_of, worth
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared

MOST_OTHERS = 30


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """An application in a reviewer's list. `worth` is what they gave."""

    url: str
    name: str
    company: str
    state: str
    worth: str


@dataclass(frozen=True, slots=True)
class Share:
    """How far one reviewer is: what was asked of them and how much of it is written; `abstained` counts apart."""

    name: str
    asked: int
    written: int
    abstained: int


@dataclass(frozen=True)
class Desk:
    """What a reader has to review, may review besides, and has done; and how far everybody is. `short` counts
    applications for which too few reviewers are left to be asked, `hidden` those of the lists that are not told.
    """

    to_write: list[ReviewRow]
    others: list[ReviewRow]
    done: list[ReviewRow]
    hidden: int
    shares: list[Share]
    sees_names: bool
    is_reviewer: bool
    compares: bool
    short: int

    @property
    def asked(self) -> int:
        return sum(share.asked for share in self.shares)

    @property
    def written(self) -> int:
        return sum(share.written for share in self.shares)


def desk_for(
    cohort: Cohort,
    plan: SelectionPlan,
    reader: Membership,
    now: datetime,
    *,
    is_reviewer: bool,
    most: int | None = SHOWN,
) -> Desk:
    """The reviewing of a cohort for one colleague; four queries whatever the number. `is_reviewer` comes with the plan
    from `plan_for`. Of each list the first `most` are told, None is all of them.
    """
    sees_names = rules.sight(plan=plan, is_reviewer=is_reviewer, now=now).sees_names
    rubric = rubric_of(plan.rubric)
    own = {application_id: (state, kept) for application_id, state, kept in _own(cohort.pk, reader.pk)}
    states = _states(cohort)
    reviewers = reviewers_of(cohort)
    present = {one.pk for one in reviewers}
    lists: dict[str, list[tuple[Any, ...]]] = {"": [], **{str(state): [] for state in Review.State.values}}
    short = 0
    for pk, public_id, name, email, company, stage in _listed(cohort.pk):
        state, kept = own.get(pk, ("", {}))
        is_undecided = stage == Application.State.SUBMITTED
        counted = sum(1 for who, said in states.get(pk, ()) if _counts(said, is_present=who in present))
        short += is_undecided and counted < plan.reviews_wanted
        if is_undecided or state == Review.State.WRITTEN:
            value = worth(rubric, kept) if state == Review.State.WRITTEN else None
            lists[state].append((public_id, name or email, company or "", state, value))
    asked = lists[Review.State.ASKED] if is_reviewer else []
    given = [*lists[Review.State.WRITTEN], *lists[Review.State.ABSTAINED]]

    def rows(listed: Sequence[tuple[Any, ...]], limit: int | None) -> list[ReviewRow]:
        return [_row(cohort, *one, sees_names=sees_names) for one in listed[:limit]]

    return Desk(
        to_write=rows(asked, most),
        others=rows(lists[""], MOST_OTHERS) if is_reviewer else [],
        done=rows(given, most),
        hidden=0 if most is None else max(len(asked) - most, 0) + max(len(given) - most, 0),
        shares=_shares(reviewers, states.values()),
        sees_names=sees_names,
        is_reviewer=is_reviewer,
        compares=plan.compares(now),
        short=short,
    )


def _row(
    cohort: Cohort, public_id: str, name: str, company: str, state: str, value: float | None, *, sees_names: bool
) -> ReviewRow:
    return ReviewRow(
        url=address("review_write", cohort.public_id, public_id),
        name=name if sees_names else hidden_name(public_id),
        company=company if sees_names else "",
        state=state,
        worth=points(value) if value is not None else "",
    )


def _counts(state: str, *, is_present: bool) -> bool:
    return state == Review.State.WRITTEN or (state == Review.State.ASKED and is_present)


@prepared
def _own(cohort_id: int, reader_id: int) -> QuerySet[Review, tuple[Any, ...]]:
    rows: Any = Review.objects.filter(cohort=cohort_id, membership=reader_id)
    found: QuerySet[Review, tuple[Any, ...]] = rows.values_list("application", "state", "points")
    return found


@prepared
def _listed(cohort_id: int) -> QuerySet[Application, tuple[Any, ...]]:
    rows: Any = Application.objects.handed_in().filter(cohort=cohort_id).longest_waiting_first()
    person = ("membership__person__name", "membership__person__email")
    found: QuerySet[Application, tuple[Any, ...]] = rows.values_list(
        "pk", "public_id", *person, "partner__name", "state"
    )
    return found


def _states(cohort: Cohort) -> dict[int, list[tuple[int, str]]]:
    """Application → (reviewer, state of the review); what was asked for and is decided by now is left out."""
    found: dict[int, list[tuple[int, str]]] = {}
    for application_id, reviewer, state in _given(cohort.pk):
        found.setdefault(application_id, []).append((reviewer, state))
    return found


@prepared
def _given(cohort_id: int) -> QuerySet[Review, tuple[int, int, str]]:
    rows: Any = Review.objects.filter(cohort=cohort_id).filter(
        Q(application__state=Application.State.SUBMITTED) | ~Q(state=Review.State.ASKED)
    )
    found: QuerySet[Review, tuple[int, int, str]] = rows.values_list("application", "membership", "state")
    return found


def _shares(reviewers: Sequence[Membership], reviews: Iterable[Sequence[tuple[int, str]]]) -> list[Share]:
    counted = Counter(pair for rows in reviews for pair in rows)

    def share(reviewer: Membership) -> Share:
        asked, written, abstained = (
            counted[reviewer.pk, str(state)]
            for state in (Review.State.ASKED, Review.State.WRITTEN, Review.State.ABSTAINED)
        )
        return Share(str(reviewer.person), asked + written, written, abstained)

    return [share(reviewer) for reviewer in reviewers]


def next_to_write(cohort: Cohort, membership: Membership) -> str:
    """The public id of the application that this reviewer is to read next; empty after the last one."""
    rows: QuerySet[Review] = Review.objects.to_write().filter(cohort=cohort, membership=membership)
    listed = rows.order_by("application__submitted_at", "application")
    return listed.values_list("application__public_id", flat=True).first() or ""
