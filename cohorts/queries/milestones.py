"""Graduations as milestones of partners."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Graduation
from partners.milestones import MilestoneKind
from partners.queries.milestones import in_columns


def _graduations(since: datetime, now: datetime) -> QuerySet[Any, Any]:
    rows = Graduation.objects.filter(graduated_at__gt=since, graduated_at__lte=now, revoked_at=None)
    rows = rows.filter(partner__archived_at=None, partner__is_test=False)
    found: QuerySet[Any, Any] = in_columns(
        rows, "partner_id", "membership_id", F("cohort_id"), F("program_title"), F("graduated_at")
    )
    return found


GRADUATION = MilestoneKind(
    "cohorts.graduation",
    gettext_lazy("Graduation"),
    "graduation-cap",
    _graduations,
    lambda about, _occasion: _("Graduated from %s") % about,
    order=30,
)
