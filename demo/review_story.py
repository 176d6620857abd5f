"""Colleagues give points: a selection under way in which two disagree, and one that is behind us."""

from datetime import timedelta

from cohorts.models import Cohort, Review
from cohorts.parts import Part
from cohorts.rubric import first_rubric
from cohorts.services.reviews import abstain, compare_reviews, edit_reviewing, write_review
from cohorts.services.selection_plans import own_plan
from demo.cohort_story import CohortStory
from demo.ecosystem import World
from prm.accounts.actors import Actor
from prm.accounts.models import Membership

# What the reviewers, in turn, find about one application after another.
_POINTS = ((5, 4, 4), (4, 4, 3), (5, 4, 3), (3, 4, 4), (2, 3, 2), (4, 5, 5))
_WORDS = (
    "Names the customer and the month. I would take this one first.",
    "Good project, though the second half reads like a wish.",
    "A customer and a date. What more do we want?",
    "Quiet in writing. I know the work: better than it sounds.",
    "No project yet. Would be lost in week two.",
    "",
)


def review_selection(world: World, story: CohortStory, *, is_over: bool) -> None:
    """Reviewers are named and give points: all of them where the selection is over, else what was done by yesterday."""
    cohort = story.cohort
    cohort.refresh_from_db()
    cohort.parts = [*cohort.parts, Part.REVIEWS]
    Cohort.objects.filter(pk=cohort.pk).update(parts=cohort.parts)
    colleagues = [story.facilitator, *(member for member in world.cast.staff.values() if member != story.facilitator)]
    plan = own_plan(cohort)
    edit_reviewing(
        actor=story.actor,
        cohort=cohort,
        revision=plan.revision,
        rubric=first_rubric(),
        reviewers=colleagues[:3],
        reviews_wanted=2,
        compare_at=None if is_over else world.now + timedelta(days=2),
        now=world.ago(3),
    )
    if is_over:
        compare_reviews(actor=story.actor, cohort=cohort, is_open=True, now=world.ago(2))
    else:
        _give(world, cohort, first=colleagues[0])


def _give(world: World, cohort: Cohort, first: Membership) -> None:
    """The first reviewer has done a half, the others all but their last; somebody abstains."""
    asked = Review.objects.to_write().filter(cohort=cohort).select_related("membership__person", "application__cohort")
    by_reviewer: dict[int, list[Review]] = {}
    for review in asked.order_by("membership", "application"):
        by_reviewer.setdefault(review.membership_id, []).append(review)
    for turn, (reviewer_id, rows) in enumerate(sorted(by_reviewer.items())):
        ready = rows[: len(rows) // 2] if reviewer_id == first.pk else rows[:-1]
        for number, review in enumerate(ready):
            place = (turn * 2 + number) % len(_POINTS)
            _write(world, review, place, hours=30 - number)
    left = by_reviewer.get(first.pk, [])
    if left:
        review = left[-1]
        actor = Actor.of(first)
        reason = "We went to school together."
        abstain(actor=actor, reviewer=first, application=review.application, reason=reason, now=world.ago(1))


def _write(world: World, review: Review, place: int, hours: int) -> None:
    reviewer = review.membership
    write_review(
        actor=Actor.of(reviewer),
        reviewer=reviewer,
        application=review.application,
        points={line.key: number for line, number in zip(first_rubric(), _POINTS[place], strict=True)},
        comment=_WORDS[place],
        now=world.now - timedelta(hours=hours),
    )
