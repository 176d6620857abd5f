"""How far each participant has come on the way to graduation."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import Attendance, Cohort, Graduation, Seat, Session, Submission
from partners.grounds import Ground
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.prepared import prepared


@dataclass(frozen=True, slots=True)
class Done:
    """What a participant has done so far: sessions attended, pieces of homework handed in."""

    attended: int = 0
    handed_in: int = 0


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A participant on the graduation page. `criteria` are the conditions with what is done of each."""

    membership_id: int
    name: str
    company: str
    criteria: list[rules.Criterion]
    is_ready: bool
    graduation: Graduation | None


def certificates_of(partner_id: int) -> list[tuple[int, str]]:
    """The valid certificates of a partner's people, newest first: number and words for a list of choices."""
    rows = Graduation.objects.valid().filter(partner=partner_id).order_by("-graduated_at", "-pk")[:200]
    return [(row.pk, f"{row}, {_day(row.graduated_at)}") for row in rows]


def certificates_told(ids: Collection[int]) -> dict[int, Ground]:
    """What is shown of these certificates where a right of a partner rests on one; one query."""
    return {row.pk: _ground(row) for row in Graduation.objects.filter(pk__in=ids)}


def _ground(row: Graduation) -> Ground:
    return Ground(
        label=str(row),
        mark=row.number,
        on=_day(row.graduated_at),
        url=address("certificate_detail", row.token),
        over=_("revoked on %s") % _day(row.revoked_at) if row.revoked_at else "",
        is_open=True,
    )


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j M Y")


def done_by_member(cohort: Cohort, membership: Membership | None = None) -> dict[int, Done]:
    """What everybody (or one member) has done in the cohort, by membership id; two queries."""
    member_id = membership and membership.pk
    sessions, homework = dict(_attended(cohort.pk, member_id)), dict(_handed_in(cohort.pk, member_id))
    return {pk: Done(sessions.get(pk, 0), homework.get(pk, 0)) for pk in {*sessions, *homework}}


@prepared
def _attended(cohort_id: int, membership_id: int | None) -> QuerySet[Attendance, tuple[int, int]]:
    rows: Any = Attendance.objects.present().filter(session__cohort=cohort_id)
    rows = rows.exclude(session__state=Session.State.CANCELLED)
    found: QuerySet[Attendance, tuple[int, int]] = _of(rows, membership_id).annotate(n=Count("*"))
    return found


@prepared
def _handed_in(cohort_id: int, membership_id: int | None) -> QuerySet[Submission, tuple[int, int]]:
    rows = _of(Submission.objects.filter(homework__cohort=cohort_id), membership_id)
    found: QuerySet[Submission, tuple[int, int]] = rows.annotate(n=Count("homework_id", distinct=True))
    return found


def _of(rows: Any, membership_id: int | None) -> Any:
    return (rows if membership_id is None else rows.filter(membership=membership_id)).values_list("membership_id")


def unmet_members(cohort: Cohort) -> set[int]:
    """The participants who have not done everything that graduation needs."""
    done = done_by_member(cohort)
    members = Seat.objects.confirmed().participants().filter(cohort=cohort).values_list("membership_id", flat=True)
    return {pk for pk in members if not _is_ready(cohort, done.get(pk, Done()))}


def candidates(cohort: Cohort) -> list[CandidateRow]:
    """Every participant with what they have done, by name; four queries whatever the number."""
    done = done_by_member(cohort)
    graduated = {row.membership_id: row for row in Graduation.objects.filter(cohort=cohort)}
    seats = (
        Seat.objects.confirmed().participants().filter(cohort=cohort).select_related("membership__person", "partner")
    )
    rows = [_candidate(cohort, seat, done.get(seat.membership_id, Done()), graduated) for seat in seats]
    return sorted(rows, key=lambda row: row.name.casefold())


def _candidate(cohort: Cohort, seat: Seat, done: Done, graduated: dict[int, Graduation]) -> CandidateRow:
    return CandidateRow(
        membership_id=seat.membership_id,
        name=str(seat.membership.person),
        company=seat.partner.name if seat.partner else "",
        criteria=rules.criteria(cohort=cohort, attended=done.attended, handed_in=done.handed_in),
        is_ready=_is_ready(cohort, done),
        graduation=graduated.get(seat.membership_id),
    )


def _is_ready(cohort: Cohort, done: Done) -> bool:
    found = rules.criteria(cohort=cohort, attended=done.attended, handed_in=done.handed_in)
    return all(criterion.is_met for criterion in found)
