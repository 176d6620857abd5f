"""Rows of the portal, always reached through the reader's own seat: whoever has none finds nothing."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from cohorts.models import Cohort, Homework, Seat, Session, Submission
from cohorts.queries.expectations import with_expectations
from cohorts.queries.people import own_seats, with_facilitators
from cohorts.queries.team_words import cohorts_with_own_team
from cohorts.rules import rights_of
from prm.accounts.models import Membership
from prm.accounts.requests import Request
from prm.tenancy.prepared import prepared
from prm.web.finding import or_404


def load_announced(public_id: str, reader: Membership | None = None) -> Cohort:
    """A cohort whose invitation page may be read, with the `reader`'s team in it."""
    return or_404(_announced.first(public_id, reader and reader.pk))


@prepared
def _announced(public_id: str, reader_id: int | None) -> QuerySet[Cohort]:
    rows: QuerySet[Cohort] = Cohort.objects.announced().select_related("program").filter(public_id=public_id)
    return rows if reader_id is None else cohorts_with_own_team(rows, reader_id)


def load_own_seat(request: Request, public_id: str) -> Seat:
    """The reader's confirmed seat in this cohort, with the cohort and who leads it."""
    return or_404(_own_seats.first(request.membership.pk, public_id))


@prepared
def _own_seats(membership_id: int, cohort_id: str) -> QuerySet[Seat]:
    return with_expectations(with_facilitators(own_seats(membership_id))).filter(cohort__public_id=cohort_id)


def load_as_participant(request: Request, public_id: str) -> Cohort:
    """A cohort in which the reader learns, and does not only help or look on."""
    seat = load_own_seat(request, public_id)
    if not rights_of(seat).counts:
        raise Http404
    cohort: Cohort = seat.cohort
    return cohort


def load_session(request: Request, public_id: str, session_id: str) -> Session:
    return session_in(load_own_seat(request, public_id).cohort, session_id)


def session_in(cohort: Cohort, session_id: str) -> Session:
    """A session of this cohort, which the reader was found to be in."""
    session = get_object_or_404(Session, cohort=cohort, public_id=session_id)
    session.cohort = cohort
    return session


def load_homework(request: Request, public_id: str, homework_id: str) -> Homework:
    seat = load_own_seat(request, public_id)
    if not rights_of(seat).sees_homework:
        raise Http404
    cohort: Cohort = seat.cohort
    homework = get_object_or_404(Homework.objects.select_related("session"), cohort=cohort, public_id=homework_id)
    homework.cohort = cohort
    return homework


def load_own_submission(request: Request, public_id: str, submission_id: str) -> Submission:
    rows = Submission.objects.of_member(request.membership).select_related("homework__cohort", "file")
    return get_object_or_404(rows, homework__cohort__public_id=public_id, public_id=submission_id)
