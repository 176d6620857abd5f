"""The board of needs, most wanted first."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef

from cohorts.models import Cohort, Need, NeedVote
from prm.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need as a participant or staff sees it; whose it is, is told to nobody."""

    public_id: str
    text: str
    votes: int
    is_mine: bool
    is_wanted: bool
    is_taken: bool


def needs(cohort: Cohort, member: Membership | None = None) -> list[NeedRow]:
    """What the group needs, most wanted first; one query."""
    pk = member.pk if member else 0
    voted = NeedVote.objects.filter(need=OuterRef("pk"), membership=pk)
    rows: Any = Need.objects.filter(cohort=cohort).annotate(number=Count("votes"), is_wanted=Exists(voted))
    return [
        NeedRow(row.public_id, row.text, row.number, row.membership_id == pk, row.is_wanted, row.taken_at is not None)
        for row in rows.order_by("-number", "put_at", "pk")[:200]
    ]


def proposed(cohort: Cohort) -> list[NeedRow]:
    """What could fill the flexible part of a session: the most wanted that no agenda has yet."""
    return [row for row in needs(cohort) if not row.is_taken and row.votes][:5]
