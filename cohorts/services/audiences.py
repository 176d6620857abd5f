"""Participants as an audience, so that content can be opened for a cohort like for any group."""

from cohorts.models import Cohort
from partners.models import Audience
from partners.services.audiences import ensure_audience

KIND = "cohort"


def audience_of(cohort: Cohort) -> Audience:
    """The cohort's audience, made where it is missing and named like the cohort."""
    audience = ensure_audience(kind=KIND, source_id=cohort.pk, label=cohort.title)
    if cohort.audience_id is None:
        Cohort.objects.filter(pk=cohort.pk).update(audience=audience)
        cohort.audience = audience
    return audience
