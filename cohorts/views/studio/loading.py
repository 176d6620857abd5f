"""Rows by their public ids, always through the cohort that the address names."""

from django.shortcuts import get_object_or_404

from cohorts.models import Application, Cohort, Homework, Seat, Session, Submission


def load_cohort(public_id: str) -> Cohort:
    return get_object_or_404(Cohort.objects.select_related("program"), public_id=public_id)


def load_session(cohort_id: str, public_id: str) -> Session:
    rows = Session.objects.select_related("cohort__program")
    return get_object_or_404(rows, cohort__public_id=cohort_id, public_id=public_id)


def load_application(cohort_id: str, public_id: str) -> Application:
    """An application that was handed in: drafts and what was withdrawn are the applicant's own."""
    rows = Application.objects.handed_in().select_related(
        "cohort__program", "membership__person", "partner", "nomination__nominated_by__person"
    )
    return get_object_or_404(rows, cohort__public_id=cohort_id, public_id=public_id)


def load_seat(cohort_id: str, public_id: str) -> Seat:
    rows = Seat.objects.select_related("cohort__program", "membership__person", "partner")
    return get_object_or_404(rows, cohort__public_id=cohort_id, public_id=public_id)


def load_homework(cohort_id: str, public_id: str) -> Homework:
    rows = Homework.objects.select_related("cohort__program", "session")
    return get_object_or_404(rows, cohort__public_id=cohort_id, public_id=public_id)


def load_submission(cohort_id: str, public_id: str) -> Submission:
    rows = Submission.objects.select_related("homework__cohort__program", "membership__person", "file")
    return get_object_or_404(rows, homework__cohort__public_id=cohort_id, public_id=public_id)
