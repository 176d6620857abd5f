"""What journeys ask people to take part in: a kind of step that is done by a seat in a cohort."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Program, Seat
from partners.step_kinds import Place, StepKind
from prm.addresses import address


def program_choices() -> list[tuple[int, str]]:
    return list(Program.objects.by_title().values_list("pk", "title"))


def program_places(ids: Collection[int]) -> Mapping[int, Place]:
    """All cohorts of a program are found, and applied for, on one page."""
    rows = Program.objects.filter(pk__in=ids).values_list("pk", "title")
    return {pk: Place(title, address("my_cohorts"), _("Take part in a cohort")) for pk, title in rows}


def taking_part(_now: datetime) -> QuerySet[Any, Any]:
    """Who has a confirmed seat in a cohort of which program, and since when."""
    rows = Seat.objects.confirmed().participants().exclude(cohort__state="cancelled")
    return rows.values_list("membership_id", "cohort__program_id", Coalesce("confirmed_at", "offered_at"))


STEP_KIND = StepKind(
    "cohort",
    gettext_lazy("Cohort"),
    "users-round",
    gettext_lazy("A cohort of one of your programs; done with a confirmed seat"),
    choices=program_choices,
    places=program_places,
    finished=taking_part,
    order=60,
)
