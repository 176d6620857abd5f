"""A partner's people in cohorts, for colleagues who look at the partner."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Attendance, Cohort, Graduation, Seat, Session
from partners.facets import FacetCard, FacetLine, Judged, Standing
from prm.addresses import address
from prm.tenancy.prepared import prepared

_SHOWN = 8
# As often as somebody may be away before the seat is in question.
_OFTEN = 2
_TONES = {Seat.State.CONFIRMED: "success", Seat.State.OFFERED: "info", Seat.State.WAITING: "warning"}


def cohorts_of_partner(partner_id: int, now: datetime) -> FacetCard | None:
    """Who has, or had, a seat in which cohort, and how often they were there; those under way first."""
    rows = _seats(partner_id)
    if not rows:
        return None
    graduated = sum(bool(row.is_graduate) for row in rows)
    summary = ngettext("%d graduate", "%d graduates", graduated) % graduated if graduated else ""
    return FacetCard(tuple(_line(row) for row in rows[:_SHOWN]), summary)


@prepared
def _seats(partner_id: int) -> QuerySet[Any]:
    shown = (Seat.State.CONFIRMED, Seat.State.OFFERED, Seat.State.WAITING)
    held = Session.objects.filter(cohort=OuterRef("cohort"), state=Session.State.HELD).order_by()
    there = Attendance.objects.present().filter(session__cohort=OuterRef("cohort"), membership=OuterRef("membership"))
    graduations = Graduation.objects.valid().filter(cohort=OuterRef("cohort"), membership=OuterRef("membership"))
    rows: QuerySet[Any] = Seat.objects.filter(partner=partner_id, state__in=shown).annotate(
        sessions=Coalesce(Subquery(held.values("cohort").annotate(n=Count("*")).values("n")), 0),
        present=Coalesce(Subquery(there.order_by().values("membership").annotate(n=Count("*")).values("n")), 0),
        is_graduate=Exists(graduations),
        is_under_way=Q(cohort__state__in=[Cohort.State.RUNNING, Cohort.State.SELECTING, Cohort.State.OPEN]),
    )
    return rows.select_related("cohort", "membership__person").order_by("-is_under_way", "-pk")[:50]


def _line(row: Any) -> FacetLine:
    hint = str(row.membership.person)
    if row.sessions:
        hint += " · " + _("%(n)d of %(all)d sessions") % {"n": row.present, "all": row.sessions}
    badge, tone = str(row.get_state_display()), _TONES.get(row.state, "neutral")
    if row.is_graduate:
        badge, tone = _("Graduated"), "primary"
    return FacetLine(row.cohort.title, hint, address("cohort_detail", row.cohort.public_id), badge, tone)


def presence_judged(partner_ids: Collection[int], now: datetime) -> Mapping[int, list[Judged]]:
    """Whether those of its people who are in a cohort come to its sessions."""
    away = Attendance.objects.filter(
        membership=OuterRef("membership"), session__cohort=OuterRef("cohort"), state=Attendance.State.ABSENT
    )
    missed = Coalesce(Subquery(away.order_by().values("membership").annotate(n=Count("*")).values("n")), 0)
    seats = Seat.objects.confirmed().participants().filter(cohort__state=Cohort.State.RUNNING)
    rows = seats.filter(partner__in=list(partner_ids)).annotate(missed=missed)
    found: dict[int, list[Judged]] = {}
    for partner_id, cohort, missed_by in rows.values_list("partner", "cohort__public_id", "missed"):
        if missed_by >= _OFTEN:
            found[partner_id] = [_missing(cohort)]
        found.setdefault(partner_id, [Judged(_("Cohorts"), Standing.GOOD, _("Comes to the sessions of its cohort."))])
    return found


def _missing(cohort: str) -> Judged:
    words = _("Somebody of theirs misses the sessions of their cohort.")
    return Judged(
        _("Cohorts"), Standing.WATCH, words, _("See who"), lambda _partner: address("participant_list", cohort)
    )
