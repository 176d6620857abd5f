"""Homework as staff and participants see it: what is due, what was handed in, what was said about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from cohorts.models import Cohort, Homework, Seat, Submission, SubmissionComment
from cohorts.queries.studio import waiting_for_comment
from cohorts.queries.teams import participants_in
from prm.addresses import address
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class HomeworkRow:
    """A piece of homework in the studio's list."""

    homework: Homework
    url: str
    handed_in: int
    uncommented: int
    participants: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class HandedInRow:
    """A participant and the newest version of what they handed in, if anything."""

    name: str
    company: str
    url: str
    submitted_at: datetime | None
    version: int
    is_late: bool
    comments: int
    is_overdue: bool


@dataclass(frozen=True)
class Version:
    """One version with what was said about it."""

    submission: Submission
    comments: list[SubmissionComment]
    file_url: str


def homework_rows(cohort: Cohort, now: datetime) -> list[HomeworkRow]:
    """A cohort's homework, due first; four queries."""
    rows = _homework(cohort.pk)
    handed_in, waiting = dict(_handed_in(cohort.pk)), dict(_uncommented(cohort.pk))
    participants = participants_in(cohort)
    return [
        HomeworkRow(
            homework=row,
            url=address("homework_detail", cohort.public_id, row.public_id),
            handed_in=handed_in.get(row.pk, 0),
            uncommented=waiting.get(row.pk, 0),
            participants=participants,
            is_over=row.due_at <= now,
        )
        for row in rows
    ]


@prepared
def _homework(cohort_id: int) -> QuerySet[Homework]:
    rows: QuerySet[Homework] = Homework.objects.filter(cohort=cohort_id).select_related("session").due_first()
    return rows


@prepared
def _handed_in(cohort_id: int) -> QuerySet[Submission, tuple[int, int]]:
    rows: Any = Submission.objects.filter(homework__cohort=cohort_id).values_list("homework_id")
    found: QuerySet[Submission, tuple[int, int]] = rows.annotate(n=Count("membership_id", distinct=True))
    return found


@prepared
def _uncommented(cohort_id: int) -> QuerySet[Submission, tuple[int, int]]:
    rows: Any = waiting_for_comment().filter(homework__cohort=cohort_id).values_list("homework_id")
    found: QuerySet[Submission, tuple[int, int]] = rows.annotate(n=Count("*"))
    return found


def handed_in_rows(homework: Homework, now: datetime) -> list[HandedInRow]:
    """Every participant with what they handed in: those who wait for a comment first, then by name; two queries."""
    seats = (
        Seat.objects.confirmed()
        .participants()
        .filter(cohort=homework.cohort_id)
        .select_related("membership__person", "partner")
    )
    newest = {row.membership_id: row for row in _newest(homework)}
    rows = [_handed_in_row(homework, seat, newest.get(seat.membership_id), now) for seat in seats]
    return sorted(rows, key=lambda row: (not (row.version and not row.comments), not row.version, row.name.casefold()))


def _newest(homework: Homework) -> "QuerySet[Submission]":
    newer = Submission.objects.filter(
        homework=OuterRef("homework"), membership=OuterRef("membership"), version__gt=OuterRef("version")
    )
    rows: QuerySet[Submission] = Submission.objects.filter(~Exists(newer), homework=homework)
    return rows.annotate(comment_count=Count("comments"))


def _handed_in_row(homework: Homework, seat: Seat, found: Submission | None, now: datetime) -> HandedInRow:
    return HandedInRow(
        name=str(seat.membership.person),
        company=seat.partner.name if seat.partner else "",
        url=address("submission_detail", homework.cohort.public_id, found.public_id) if found else "",
        submitted_at=found.submitted_at if found else None,
        version=found.version if found else 0,
        is_late=found.is_late if found else False,
        comments=getattr(found, "comment_count", 0),
        is_overdue=found is None and homework.due_at <= now,
    )


def versions_of(homework: Homework, membership_id: int, file_page: str) -> list[Version]:
    """Everything one participant handed in, newest first, each with its comments in order; two queries.

    `file_page` names the page from which this reader downloads files.
    """
    rows = Submission.objects.filter(homework=homework, membership=membership_id).select_related("file")
    submissions = list(rows.newest_first())
    said: dict[int, list[SubmissionComment]] = {}
    comments = SubmissionComment.objects.filter(submission__in=submissions).select_related("author__person")
    for comment in comments.order_by("written_at", "pk"):
        said.setdefault(comment.submission_id, []).append(comment)
    cohort = homework.cohort
    return [
        Version(
            submission=row,
            comments=said.get(row.pk, []),
            file_url=address(file_page, cohort.public_id, row.public_id) if row.file_id else "",
        )
        for row in submissions
    ]
