"""Reviewing applications: who does it, by what rubric, each alone at first, and together from a moment on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts import rules
from cohorts.models import REVIEW_MACHINE, Application, Cohort, Review, Reviewer, SelectionPlan
from cohorts.parts import Part
from cohorts.queries.reviews import asked_of, plan_for, reviewers_of
from cohorts.rubric import RubricLine, rubric_of
from cohorts.services.selection_plans import own_plan
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.services import note
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.wakeups import wake


@transaction.atomic
def edit_reviewing(
    *,
    actor: Actor,
    cohort: Cohort,
    revision: int,
    rubric: Sequence[RubricLine],
    reviewers: Sequence[Membership],
    now: datetime,
    **settings: object,
) -> None:
    """Say who reviews, by what, and who sees what when; what is still wanted is asked for at once.

    Whoever reviews no longer is asked for nothing any more; what they wrote stays. Raises `Refused` with what
    `rules.rubric_problems` says, no_reviewers, or changed_meanwhile.
    """
    refuse_if(rules.rubric_problems(rubric))
    if not reviewers:
        raise Refused(Problem("no_reviewers", _("Name at least one colleague who reviews."), field="reviewers"))
    plan = own_plan(cohort)
    changed = update_if_unchanged(plan, revision, rubric=[line.kept() for line in rubric], **settings)
    wanted = {one.pk for one in reviewers}
    present = set(Reviewer.objects.filter(cohort=cohort).values_list("membership", flat=True))
    Reviewer.objects.filter(cohort=cohort, membership__in=present - wanted).delete()
    Reviewer.objects.bulk_create(
        [Reviewer(cohort=cohort, membership=one) for one in reviewers if one.pk not in present]
    )
    if wanted != present:
        changed["reviewers"] = [len(present), len(wanted)]
    if changed:
        note(actor=actor, verb="cohorts.reviewing_edited", obj=cohort, changes=changed)
    _spread(cohort, plan, now)
    if plan.compare_at is not None:
        wake("plan", now)


def spread_reviews(*, cohort: Cohort, now: datetime) -> int:
    """Ask reviewers for what is still wanted of each application that waits; returns how many reviews were asked for.

    Does nothing where the part is off or nobody reviews. Of two that run at once the second waits, and finds nothing
    left to ask for.
    """
    if not cohort.uses(Part.REVIEWS):
        return 0
    with transaction.atomic():
        return _spread(cohort, own_plan(cohort), now)


def _spread(cohort: Cohort, plan: SelectionPlan, now: datetime) -> int:
    """With the plan's row held. Whoever reviews no longer, or has left, is asked for nothing any more."""
    reviewers = reviewers_of(cohort)
    Review.objects.asked().filter(cohort=cohort).exclude(membership__in=reviewers).delete()
    asked, loads = asked_of(cohort)
    pairs = rules.spread(asked, reviewers=[one.pk for one in reviewers], wanted=plan.reviews_wanted, loads=loads)
    Review.objects.bulk_create(
        Review(cohort=cohort, application_id=application_id, membership_id=reviewer, asked_at=now)
        for application_id, reviewer in pairs
    )
    for one in reviewers:
        count = sum(1 for _application, reviewer in pairs if reviewer == one.pk)
        if count:
            _ask(one, cohort, count, now)
    return len(pairs)


def _ask(reviewer: Membership, cohort: Cohort, count: int, now: datetime) -> None:
    """A line behind the bell for each time, a mail once a day: fifty applications of one evening are one mail."""
    words = ngettext(
        "%(n)d application for %(cohort)s waits for your points",
        "%(n)d applications for %(cohort)s wait for your points",
        count,
    )
    url = address("review_list", cohort.public_id)
    notify(
        membership=reviewer,
        kind="cohorts.review_asked",
        title=words % {"n": count, "cohort": cohort.title},
        url=url,
        now=now,
    )
    slot = f"{timezone.localdate(now)}"
    post(kind="cohorts.review_asked", subject_id=cohort.pk, slot=slot, recipient=reviewer, now=now)


@transaction.atomic
def write_review(
    *,
    actor: Actor,
    reviewer: Membership,
    application: Application,
    points: Mapping[str, int],
    comment: str = "",
    now: datetime,
) -> Review:
    """Give points to an application, or give others; also without having been asked.

    Raises `Refused` with what `rules.writing_problems` says.
    """
    locked = _locked(application)
    plan, is_one = plan_for(locked.cohort, reviewer)
    rubric = rubric_of(plan.rubric)
    refuse_if(rules.writing_problems(application=locked, is_reviewer=is_one, rubric=rubric, points=points))
    review = _own(locked, reviewer, now)
    kept: dict[str, Any] = {line.key: points[line.key] for line in rubric}
    REVIEW_MACHINE.move(review, "write", points=kept, comment=comment.strip(), written_at=now)
    note(actor=actor, verb="cohorts.review_written", obj=application, label=locked.cohort.title)
    return review


@transaction.atomic
def abstain(*, actor: Actor, reviewer: Membership, application: Application, reason: str = "", now: datetime) -> None:
    """Give no points, for whatever reason; points that were given are gone, and somebody else is asked.

    Raises `Refused`: not_reviewer, decided, wrong_state.
    """
    locked = _locked(application)
    _plan, is_one = plan_for(locked.cohort, reviewer)
    refuse_if(rules.abstention_problems(application=locked, is_reviewer=is_one))
    review = _own(locked, reviewer, now)
    REVIEW_MACHINE.move(review, "abstain", points={}, comment=reason.strip(), written_at=now)
    note(actor=actor, verb="cohorts.review_abstained", obj=application, label=locked.cohort.title)
    spread_reviews(cohort=locked.cohort, now=now)


@transaction.atomic
def compare_reviews(*, actor: Actor, cohort: Cohort, is_open: bool, now: datetime) -> None:
    """Open all reviews to everybody who sees the cohort's applications, or close them again.

    Raises `Refused`: already.
    """
    plan = own_plan(cohort)
    if plan.compares(now) == is_open:
        words = _("The reviews are open already.") if is_open else _("The reviews are closed already.")
        raise Refused(Problem("already", words))
    SelectionPlan.objects.filter(pk=plan.pk).update(compare_at=now if is_open else None, revision=plan.revision + 1)
    note(actor=actor, verb="cohorts.reviews_opened" if is_open else "cohorts.reviews_closed", obj=cohort)


def plan_review_reminders(now: datetime) -> datetime | None:
    """Remind reviewers who still owe points on the day before everything is opened; returns when to look again."""
    rows = SelectionPlan.objects.filter(compare_at__gt=now, cohort__parts__contains=[Part.REVIEWS])
    ahead = []
    for plan in rows.select_related("cohort"):
        assert plan.compare_at is not None
        due_at = plan.compare_at - rules.REMINDED_BEFORE
        if due_at > now:
            ahead.append(due_at)
            continue
        owing = set(Review.objects.to_write().filter(cohort=plan.cohort_id).values_list("membership", flat=True))
        for reviewer in reviewers_of(plan.cohort):
            if reviewer.pk in owing:
                slot = f"{plan.compare_at:%Y%m%d%H%M}"
                post(kind="cohorts.review_reminder", subject_id=plan.cohort_id, slot=slot, recipient=reviewer, now=now)
    return min(ahead, default=None)


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(no_key=True, of=("self",)).select_related("cohort")
    found: Application = rows.get(pk=application.pk)
    return found


def _own(application: Application, reviewer: Membership, now: datetime) -> Review:
    """The reviewer's row, made where nobody has asked; the application's lock keeps a second from being made."""
    found, _is_new = Review.objects.get_or_create(
        application=application, membership=reviewer, defaults={"cohort": application.cohort, "asked_at": now}
    )
    return found
