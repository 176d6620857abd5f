"""How far each participant has come on the way to graduation."""

from dataclasses import dataclass

from django.db.models import Count

from cohorts import rules
from cohorts.models import Attendance, Cohort, Graduation, Seat, Session, Submission
from prm.accounts.models import Membership


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


def done_by_member(cohort: Cohort, membership: Membership | None = None) -> dict[int, Done]:
    """What everybody (or one member) has done in the cohort, by membership id; two queries."""
    attended = (
        Attendance.objects.present().filter(session__cohort=cohort).exclude(session__state=Session.State.CANCELLED)
    )
    handed_in = Submission.objects.filter(homework__cohort=cohort)
    if membership is not None:
        attended, handed_in = attended.filter(membership=membership), handed_in.filter(membership=membership)
    sessions = dict(attended.values_list("membership_id").annotate(n=Count("*")))
    homework = dict(handed_in.values_list("membership_id").annotate(n=Count("homework_id", distinct=True)))
    return {pk: Done(sessions.get(pk, 0), homework.get(pk, 0)) for pk in {*sessions, *homework}}


def unmet_members(cohort: Cohort) -> set[int]:
    """The participants who have not done everything that graduation needs."""
    done = done_by_member(cohort)
    members = Seat.objects.confirmed().filter(cohort=cohort).values_list("membership_id", flat=True)
    return {pk for pk in members if not _is_ready(cohort, done.get(pk, Done()))}


def candidates(cohort: Cohort) -> list[CandidateRow]:
    """Every participant with what they have done, by name; four queries whatever the number."""
    done = done_by_member(cohort)
    graduated = {row.membership_id: row for row in Graduation.objects.filter(cohort=cohort)}
    seats = Seat.objects.confirmed().filter(cohort=cohort).select_related("membership__person", "partner")
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
