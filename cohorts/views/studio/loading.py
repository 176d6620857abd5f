"""Rows by their public ids, always through the cohort that the address names."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404

from cohorts.models import Application, Cohort, Decision, Homework, Seat, Session, Submission
from cohorts.queries.team_words import applications_with_team
from prm.tenancy.prepared import prepared
from prm.web.finding import or_404


def load_cohort(public_id: str) -> Cohort:
    return or_404(_cohorts.first(public_id))


@prepared
def _cohorts(public_id: str) -> QuerySet[Cohort]:
    rows: QuerySet[Cohort] = Cohort.objects.select_related("program").filter(public_id=public_id)
    return rows


def load_session(cohort_id: str, public_id: str) -> Session:
    return or_404(_sessions.first(cohort_id, public_id))


@prepared
def _sessions(cohort_id: str, public_id: str) -> QuerySet[Session]:
    rows: QuerySet[Session] = Session.objects.select_related("cohort__program")
    return rows.filter(cohort__public_id=cohort_id, public_id=public_id)


def load_application(cohort_id: str, public_id: str) -> Application:
    """An application that was handed in, with its team: drafts and what was withdrawn are the applicant's own."""
    return or_404(_applications.first(cohort_id, public_id))


def load_to_decide(cohort_id: str, public_id: str) -> tuple[Application, list[Decision]]:
    """An application that was handed in, with its team, and what is or was decided about it, the newest first.

    As long as it waits there is at most a draft, which comes with it; what was told costs a query.
    """
    application: Any = or_404(_applications.first(cohort_id, public_id))
    if application.state == Application.State.SUBMITTED:
        return application, [Decision(application=application, **application.draft)] if application.draft else []
    return application, list(Decision.objects.filter(application=application).order_by("-drafted_at", "-pk"))


@prepared
def _applications(cohort_id: str, public_id: str) -> QuerySet[Application]:
    draft = Decision.objects.drafted().filter(application=OuterRef("pk"))
    words: Any = draft.values(row=JSONObject(kind="kind", reason="reason", wording="wording"))
    rows = applications_with_team(
        Application.objects.handed_in().select_related(
            "cohort__program", "membership__person", "partner", "nomination__nominated_by__person"
        )
    )
    found: QuerySet[Application] = rows.annotate(draft=Subquery(words))
    return found.filter(cohort__public_id=cohort_id, public_id=public_id)


def load_seat(cohort_id: str, public_id: str) -> Seat:
    rows = Seat.objects.select_related("cohort__program", "membership__person", "partner")
    return get_object_or_404(rows, cohort__public_id=cohort_id, public_id=public_id)


def load_homework(cohort_id: str, public_id: str) -> Homework:
    rows = Homework.objects.select_related("cohort__program", "session")
    return get_object_or_404(rows, cohort__public_id=cohort_id, public_id=public_id)


def load_submission(cohort_id: str, public_id: str) -> Submission:
    rows = Submission.objects.select_related("homework__cohort__program", "membership__person", "file")
    return get_object_or_404(rows, homework__cohort__public_id=cohort_id, public_id=public_id)
