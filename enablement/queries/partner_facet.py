"""What a partner's people remember, for colleagues who look at the partner."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Avg, OuterRef, Subquery
from django.utils.translation import gettext as _

from enablement.models import Memory, RecallItem
from enablement.queries.recall import knowledge_of
from partners.facets import FacetCard, FacetLine, Judged, Standing
from partners.models import PartnerUser

_SHOWN = 5
# Below this share of right answers something learned is on its way to be forgotten.
_FADING = 0.7


def knowledge_of_partner(partner_id: int, now: datetime) -> FacetCard | None:
    """What its people together would answer correctly today, the weakest content first."""
    members = list(PartnerUser.objects.active().filter(partner=partner_id).values_list("membership_id", flat=True))
    known = knowledge_of(members, now)
    if known.overall is None:
        return None
    lines = [
        FacetLine(part.label, badge=_percent(part.share.expected), tone=_tone(part.share.expected))
        for part in known.contents[:_SHOWN]
    ]
    return FacetCard(tuple(lines), _("%s would be answered correctly today") % _percent(known.overall.expected))


def knowledge_judged(partner_ids: Collection[int], now: datetime) -> Mapping[int, list[Judged]]:
    """Whether what its people learned is still there."""
    people = PartnerUser.objects.active().filter(partner__in=list(partner_ids))
    whose = Subquery(people.filter(membership=OuterRef("membership")).values("partner")[:1])
    rows: Any = Memory.objects.active().filter(
        item__state=RecallItem.State.ACTIVE, membership__in=people.values("membership")
    )
    told = rows.with_recall(now).annotate(whose=whose).values("whose").order_by().annotate(expected=Avg("recall"))
    return {row["whose"]: [_judged(row["expected"])] for row in told}


def _judged(expected: float) -> Judged:
    words = _("%s of what they learned is still there.") % _percent(expected)
    return Judged(_("Knowledge"), Standing.GOOD if expected >= _FADING else Standing.WATCH, words)


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


def _tone(share: float) -> str:
    return "success" if share >= _FADING else "warning"
