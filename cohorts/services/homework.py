"""Homework: set by staff, handed in by participants in as many versions as they like, commented by both."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from cohorts import facts, rules
from cohorts.models import Cohort, Homework, Session, Submission, SubmissionComment
from cohorts.queries.people import facilitating_members, seat_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.addresses import address
from prm.audit.services import note
from prm.files.services import store_upload
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by
from prm.tenancy.wakeups import wake


@dataclass(frozen=True)
class HomeworkPlan:
    """A task and until when, by the clocks of the cohort's zone."""

    title: str
    brief: str
    due_on: date
    due_time: time
    session: Session | None = None


@transaction.atomic
def set_homework(*, actor: Actor, cohort: Cohort, plan: HomeworkPlan, now: datetime) -> Homework:
    """Give participants a task; they see it at once. Raises `Refused`: over, past, there."""
    locked = Cohort.objects.locked().get(pk=cohort.pk)
    derived = Homework.derived(plan.due_on, plan.due_time, locked.zone)
    due_at = derived["due_at"]
    is_there = Homework.objects.filter(cohort=locked, title=plan.title, due_at=due_at).exists()
    refuse_if(rules.homework_problems(cohort=locked, due_at=due_at, now=now, is_there=is_there))
    homework = Homework.objects.create(cohort=cohort, created_at=now, **vars(plan), **derived)
    note(actor=actor, verb="cohorts.homework_set", obj=homework)
    wake("plan", now)
    return homework


@transaction.atomic
def edit_homework(*, actor: Actor, homework: Homework, revision: int, plan: HomeworkPlan, now: datetime) -> None:
    """Change a task; reminders follow a new due date. Raises `Refused`: over, past, changed_meanwhile."""
    derived = Homework.derived(plan.due_on, plan.due_time, homework.cohort.zone)
    due_at = derived["due_at"]
    moved = due_at != homework.due_at
    refuse_if(rules.homework_problems(cohort=homework.cohort, due_at=due_at, now=now, due_changed=moved))
    changes = update_if_unchanged(homework, revision, **vars(plan), **derived)
    if changes:
        note(actor=actor, verb="cohorts.homework_edited", obj=homework, changes=changes)
    wake("plan", now)


@transaction.atomic
def delete_homework(*, actor: Actor, homework: Homework) -> None:
    """Take a task away that nobody has handed in. Raises `Refused`: handed_in."""
    locked = Homework.objects.select_for_update().get(pk=homework.pk)
    refuse_if(rules.deletion_problems(locked, Submission.objects.filter(homework=locked).count()))
    note(actor=actor, verb="cohorts.homework_deleted", obj=locked)
    locked.delete()


@transaction.atomic
def submit_homework(
    *,
    actor: Actor,
    homework: Homework,
    membership: Membership,
    text: str = "",
    link: str = "",
    upload: "UploadedFile[bytes] | None" = None,
    now: datetime,
) -> Submission:
    """Hand in one more version; after the due date it is marked as late and taken all the same.

    The same words and link as in the newest version, without a file, are that version: somebody pressed twice. Raises
    `Refused`: no_seat, over, empty, and what the file store says about the file.
    """
    seat = seat_of(membership, homework.cohort)
    has_content = bool(text.strip() or link.strip() or upload)
    refuse_if(rules.submission_problems(cohort=homework.cohort, seat=seat, has_content=has_content))
    assert seat is not None
    file = store_upload(actor=actor, upload=upload, now=now) if upload else None
    newest = Submission.objects.of_member(membership).filter(homework=homework).order_by("version").last()
    if newest is not None and not upload and (newest.text, newest.link) == (text, link):
        return newest
    submission = Submission(
        homework=homework,
        membership=membership,
        version=newest.version + 1 if newest else 1,
        text=text,
        link=link,
        file=file,
        submitted_at=now,
        is_late=now > homework.due_at,
    )
    twice = Problem("twice", _("Another version arrived in the same moment. Look at it, then send again."))
    with refused_by("cohorts_submission_version", twice):
        submission.save()
    record(
        kind=facts.HOMEWORK_SUBMITTED,
        at=now,
        partner_id=seat.partner_id,
        person_id=membership.person_id,
        object_id=homework.pk,
        amount=1 if submission.version == 1 else 0,
        data={"version": submission.version, "late": submission.is_late},
    )
    line = _("%(person)s handed in “%(homework)s”") % {"person": membership.person, "homework": homework.title}
    _ring_facilitators(submission, line, now)
    return submission


@transaction.atomic
def comment_submission(*, actor: Actor, author: Membership, submission: Submission, body: str, now: datetime) -> None:
    """Say something about what was handed in; the other side is told. Saying the same again says nothing.

    Raises `Refused`: empty.
    """
    if not body.strip():
        raise Refused(Problem("empty", _("Write a comment first."), field="body"))
    last = SubmissionComment.objects.filter(submission=submission).order_by("written_at", "pk").last()
    if last is not None and (last.author_id, last.body) == (author.pk, body.strip()):
        return
    comment = SubmissionComment.objects.create(submission=submission, author=author, body=body.strip(), written_at=now)
    if author.pk == submission.membership_id:
        line = _("%(person)s answered on “%(homework)s”")
        _ring_facilitators(submission, line % {"person": author.person, "homework": submission.homework.title}, now)
        return
    record(
        kind=facts.HOMEWORK_COMMENTED,
        at=now,
        person_id=submission.membership.person_id,
        object_id=submission.homework_id,
    )
    post(kind="cohorts.homework_commented", subject_id=comment.pk, recipient=submission.membership, now=now)


def _ring_facilitators(submission: Submission, line: str, now: datetime) -> None:
    homework = submission.homework
    url = address("submission_detail", homework.cohort.public_id, submission.public_id)
    for colleague in facilitating_members(homework.cohort):
        notify(membership=colleague, kind="cohorts.homework_commented", title=line, url=url, now=now)
