"""What could fill the flexible part of a session: what the group needs, said in the survey, or has forgotten."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Seat, Session, SessionContent
from cohorts.parts import Part
from cohorts.queries.launch import Summed, summary
from cohorts.queries.needs import proposed
from cohorts.rules import roles_with
from enablement.queries.recall import WeakSpot, weak_spots
from prm.tenancy.prepared import prepared

# Fewer answers or people than that would tell of single persons.
FEWEST = 5
# A topic of which the group would answer fewer than seven of ten questions.
_FORGOTTEN = 0.7
_MOST = 3
_TITLE = 160


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to take into the agenda: `title` as the item is called, `why` the group wants or lacks it.

    `need` is the public id of the need on the board that it is, if it is one.
    """

    title: str
    why: str
    icon: str
    need: str = ""


def proposals(session: Session, planned: Collection[str], now: datetime) -> list[Proposal]:
    """The most wanted needs, what the survey says, and weak topics; nothing that is `planned` (titles) already."""
    found = [*_needs(session), *_answers(session), *_forgotten(session, now)]
    return [row for row in found if row.title not in planned]


def _needs(session: Session) -> list[Proposal]:
    rows = proposed(session.cohort) if session.cohort.uses(Part.NEEDS) else []
    words = [ngettext("%(n)d person needs it", "%(n)d people need it", row.votes) % {"n": row.votes} for row in rows]
    return [Proposal(row.text[:_TITLE], why, "hand", row.public_id) for row, why in zip(rows, words, strict=True)]


def _answers(session: Session) -> list[Proposal]:
    """Where the group puts itself into the lower half of a scale, and what most chose out of a list of several."""
    if not session.cohort.uses(Part.LAUNCH):
        return []
    asked = [row for row in summary(session.cohort, for_group=True) if row.answered >= FEWEST and row.bars]
    return [found for row in asked if (found := _low(row) or _most_chosen(row))][:_MOST]


def _low(row: Summed) -> Proposal | None:
    if not row.average or float(row.average) >= row.middle:
        return None
    why = _("Survey: %(average)s on average, of %(n)d people") % {"average": row.average, "n": row.answered}
    return Proposal(row.label[:_TITLE], why, "chart-column")


def _most_chosen(row: Summed) -> Proposal | None:
    top = max(row.bars, key=lambda bar: bar.number)
    if not row.is_multiple or top.number < FEWEST:
        return None
    why = _("Survey: chosen by %(n)d of %(all)d people") % {"n": top.number, "all": row.answered}
    return Proposal(top.label[:_TITLE], why, "chart-column")


@prepared
def _weak_spots(cohort_id: int, now: datetime) -> QuerySet[Any, Any]:
    seats = Seat.objects.confirmed().filter(cohort=cohort_id, role__in=roles_with("counts"))
    contents = SessionContent.objects.filter(session__cohort=cohort_id).values("content")
    return weak_spots(seats.values("membership"), contents, now, below=_FORGOTTEN, people=FEWEST)


def _forgotten(session: Session, now: datetime) -> list[Proposal]:
    """Topics of what this cohort reads that it has forgotten most."""
    rows = [WeakSpot(**row) for row in _weak_spots(session.cohort_id, now)]
    return [
        Proposal(
            (_("Once more: %s") % row.label)[:_TITLE],
            _("About %(share)d %% is still remembered") % {"share": round(100 * row.expected)},
            "brain",
        )
        for row in rows[:_MOST]
    ]
