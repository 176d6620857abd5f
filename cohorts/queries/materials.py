"""What stays of sessions, as staff and participants see it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce, JSONObject

from cohorts import rules
from cohorts.models import Attendance, CutRequest, Participation, Seat, Session, SessionMaterial
from prm.addresses import address

ICONS = {
    SessionMaterial.Kind.RECORDING: "video",
    SessionMaterial.Kind.SLIDES: "presentation",
    SessionMaterial.Kind.BOARD: "layout-dashboard",
    SessionMaterial.Kind.WORKSHEET: "file-text",
    SessionMaterial.Kind.OTHER: "link",
}


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One thing that stays of a session, as a participant sees it; `why_not` says why it cannot be opened."""

    title: str
    kind: str
    icon: str
    url: str
    cut_url: str
    until: date | None
    why_not: str

    @property
    def is_recording(self) -> bool:
        return self.kind == SessionMaterial.Kind.RECORDING


def materials_told() -> ArraySubquery:
    """For a query of sessions: their materials, in order, as `lines_of` reads them."""
    rows = with_holds(SessionMaterial.objects.filter(session=OuterRef("pk")))
    told = JSONObject(
        public_id="public_id",
        kind="kind",
        title="title",
        until="watch_until",
        for_absent="for_absent",
        is_held="is_held",
        uploaded=Coalesce(F("file__name"), Value("")),
    )
    return ArraySubquery(rows.in_order().values(one=told))


def with_holds(rows: Any) -> Any:
    """The materials, each with `is_held`: a part of it is still to be cut out."""
    return rows.annotate(is_held=Exists(CutRequest.objects.filter(material=OuterRef("pk"), done_at=None)))


def lines_of(
    told: list[dict[str, Any]], *, cohort_id: str, session_id: str, mine: str, today: date
) -> list[MaterialLine]:
    """Ready lines out of what `materials_told` found."""
    return [_line(row, cohort_id, session_id, mine, today) for row in told]


def _line(row: dict[str, Any], cohort_id: str, session_id: str, mine: str, today: date) -> MaterialLine:
    kind = SessionMaterial.Kind(row["kind"])
    until = date.fromisoformat(row["until"]) if row["until"] else None
    problems = rules.watching_problems(
        watch_until=until, for_absent=row["for_absent"], is_held=row["is_held"], mine=mine, today=today
    )
    return MaterialLine(
        title=row["title"] or row["uploaded"] or str(kind.label),
        kind=kind,
        icon=ICONS[kind],
        url=address("session_material", cohort_id, session_id, row["public_id"]),
        cut_url=address("recording_cut", cohort_id, session_id, row["public_id"]),
        until=until,
        why_not=problems[0].message if problems else "",
    )


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A material in the studio, with the parts that people want out."""

    material: SessionMaterial
    label: str
    icon: str
    cuts: list[CutRequest]


def staff_lines(session: Session) -> list[StaffLine]:
    """What the session has; two queries."""
    rows = list(SessionMaterial.objects.filter(session=session).select_related("file").in_order())
    cuts: dict[int, list[CutRequest]] = {}
    waiting = CutRequest.objects.filter(material__session=session, done_at=None)
    for cut in waiting.select_related("membership__person").order_by("asked_at", "pk"):
        cuts.setdefault(cut.material_id, []).append(cut)
    return [
        StaffLine(
            row, str(SessionMaterial.Kind(row.kind).label), ICONS[SessionMaterial.Kind(row.kind)], cuts.get(row.pk, [])
        )
        for row in rows
    ]


def not_agreed(session: Session) -> list[str]:
    """Who was there, or where nobody marked that yet has a seat, and has not agreed to be recorded; by name."""
    seats = Seat.objects.confirmed().filter(cohort=session.cohort_id).select_related("membership__person")
    agreed = Participation.objects.filter(cohort=session.cohort_id, may_record=True).values("membership")
    if Attendance.objects.filter(session=session).exclude(state=Attendance.State.EXCUSED).exists():
        present = Attendance.objects.present().filter(session=session)
        seats = seats.filter(membership__in=present.values("membership"))
    return sorted(str(seat.membership.person) for seat in seats.exclude(membership__in=agreed))
