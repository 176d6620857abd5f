"""Rows of the portal, always reached through the reader's own seat: whoever has none finds nothing."""

from django.shortcuts import get_object_or_404

from cohorts.models import Cohort, Homework, Seat, Session, Submission
from cohorts.queries.people import own_seats, with_facilitators
from prm.accounts.requests import Request


def load_announced(public_id: str) -> Cohort:
    """A cohort whose invitation page may be read."""
    return get_object_or_404(Cohort.objects.announced().select_related("program"), public_id=public_id)


def load_own_seat(request: Request, public_id: str) -> Seat:
    """The reader's confirmed seat in this cohort, with the cohort and who leads it."""
    return get_object_or_404(with_facilitators(own_seats(request.membership)), cohort__public_id=public_id)


def load_as_participant(request: Request, public_id: str) -> Cohort:
    """A cohort in which the reader has a confirmed seat."""
    cohort: Cohort = load_own_seat(request, public_id).cohort
    return cohort


def load_session(request: Request, public_id: str, session_id: str) -> Session:
    cohort = load_as_participant(request, public_id)
    session = get_object_or_404(Session, cohort=cohort, public_id=session_id)
    session.cohort = cohort
    return session


def load_homework(request: Request, public_id: str, homework_id: str) -> Homework:
    cohort = load_as_participant(request, public_id)
    homework = get_object_or_404(Homework.objects.select_related("session"), cohort=cohort, public_id=homework_id)
    homework.cohort = cohort
    return homework


def load_own_submission(request: Request, public_id: str, submission_id: str) -> Submission:
    rows = Submission.objects.of_member(request.membership).select_related("homework__cohort", "file")
    return get_object_or_404(rows, homework__cohort__public_id=public_id, public_id=submission_id)
