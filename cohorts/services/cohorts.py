"""Cohorts: made out of a program with a series of sessions, and edited."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from cohorts import walltime
from cohorts.models import Cohort, CohortFacilitator, Homework, Program, Session, SessionContent
from cohorts.queries.people import facilitating_members
from cohorts.queries.syllabus import Planned, planned_sessions
from cohorts.services.agenda import plan_items
from cohorts.services.audiences import audience_of
from cohorts.services.calendars import tell_facilitators
from cohorts.services.closing import begin_closing
from cohorts.services.selection_plans import begin_form
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.problems import Problem, Refused
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by
from prm.tenancy.wakeups import wake

_HOMEWORK_BEFORE_NEXT = timedelta(days=1)
_HOMEWORK_UNTIL = time(18)


@dataclass(frozen=True)
class Series:
    """Sessions at one wall-clock time. A day in `skipping` is left out, the series goes on a week later.

    They are a week apart, or as far as the program's syllabus says where they are as many as its subjects. Without
    `minutes` each lasts as long as its subject says.
    """

    first_on: date
    starts_time: time
    count: int
    minutes: int | None = None
    link: str = ""
    place: str = ""
    room: str = ""
    way: str = ""
    bring: str = ""
    skipping: Sequence[date] = field(default_factory=tuple)

    def days(self, offsets: Sequence[int] = ()) -> list[date]:
        if len(offsets) == self.count:
            return list(walltime.by_offsets(self.first_on, [day - offsets[0] for day in offsets], self.skipping))
        return list(walltime.weekly(self.first_on, self.count, self.skipping))


def create_cohort(
    *,
    actor: Actor,
    program: Program,
    title: str,
    zone: str,
    capacity: int,
    series: Series,
    facilitators: Iterable[Membership],
    applications_close_on: date | None = None,
    shape: str = "",
    now: datetime,
) -> Cohort:
    """A draft cohort by its program's syllabus, or that of a `shape` (its key): sessions with agendas and a first
    homework, all to be edited.

    Its application and its closing survey ask what the program's last cohort asked.

    Raises `Refused`: title, past.
    """
    planned = planned_sessions(program, series.count, shape)
    days = series.days(planned.offsets)
    if days and walltime.instant(days[0], series.starts_time, zone) <= now:
        raise Refused(Problem("past", _("The first session lies in the past."), field="first_on"))
    cohort = Cohort(
        program=program,
        parts=program.parts,
        title=title.strip(),
        zone=zone,
        capacity=capacity,
        sessions_needed=max(len(days) - 1, min(len(days), 1)),
        created_at=now,
        **closing(applications_close_on, zone),
    )
    with _title_of_its_own():
        cohort.save()
        _plan(cohort, series, planned, days, now)
        begin_form(cohort)
        begin_closing(cohort, shape)
        _set_facilitators(cohort, facilitators, now)
        note(actor=actor, verb="cohorts.cohort_created", obj=cohort)
    return cohort


def closing(day: date | None, zone: str) -> dict[str, date | datetime | None]:
    """The columns that say until when people can apply: the whole of `day` in the cohort's zone."""
    ends = walltime.end_of_day(day, zone) if day else None
    return {"applications_close_on": day, "applications_close_at": ends}


def _plan(cohort: Cohort, series: Series, planned: Planned, days: list[date], now: datetime) -> None:
    sessions = [
        Session(
            cohort=cohort,
            number=number,
            title=idea.title,
            leaves_with=idea.leaves_with,
            starts_on=day,
            starts_time=series.starts_time,
            zone=cohort.zone,
            minutes=(minutes := idea.minutes if series.minutes is None else series.minutes),
            link=series.link,
            place=series.place,
            room=series.room,
            way=series.way,
            bring=series.bring,
            **Session.derived(day, series.starts_time, cohort.zone, minutes),
        )
        for number, (day, idea) in enumerate(zip(days, planned.sessions, strict=True), start=1)
    ]
    Session.objects.bulk_create(sessions)
    SessionContent.objects.bulk_create(
        SessionContent(session=session, content_id=pk)
        for session, idea in zip(sessions, planned.sessions, strict=True)
        for pk in idea.content_ids
    )
    for session, idea in zip(sessions, planned.sessions, strict=True):
        plan_items(session, idea.items)
    if len(sessions) > 1 and planned.homework_title:
        due_on = days[1] - _HOMEWORK_BEFORE_NEXT
        Homework.objects.create(
            cohort=cohort,
            session=sessions[0],
            title=planned.homework_title,
            brief=planned.homework_brief,
            due_on=due_on,
            due_time=_HOMEWORK_UNTIL,
            created_at=now,
            **Homework.derived(due_on, _HOMEWORK_UNTIL, cohort.zone),
        )


def edit_cohort(
    *,
    actor: Actor,
    cohort: Cohort,
    revision: int,
    changes: dict[str, object],
    facilitators: Iterable[Membership],
    now: datetime,
) -> None:
    """Change a cohort, whose audience takes on its title. Capacity cannot fall below the seats taken.

    Raises `Refused`: title, capacity, changed_meanwhile.
    """
    if "applications_close_on" in changes:
        changes |= closing(changes["applications_close_on"], cohort.zone)  # type: ignore[arg-type]
    before = [str(member) for member in facilitating_members(cohort)]
    with _title_of_its_own():
        taken = Cohort.objects.locked().get(pk=cohort.pk).seats_taken
        if int(str(changes.get("capacity", cohort.capacity))) < taken:
            raise Refused(_too_few_seats(taken))
        changed = update_if_unchanged(cohort, revision, **changes)
        _set_facilitators(cohort, facilitators, now)
        after = [str(member) for member in facilitating_members(cohort)]
        if after != before:
            changed["facilitators"] = [", ".join(before), ", ".join(after)]
        if changed:
            note(actor=actor, verb="cohorts.cohort_edited", obj=cohort, changes=changed)
        if cohort.audience_id:
            audience_of(cohort)
        wake("plan", now)


def _set_facilitators(cohort: Cohort, facilitators: Iterable[Membership], now: datetime) -> None:
    """Who leads the cohort; the sessions come into the calendars of newcomers and go from those of who stops."""
    wanted = {member.pk: member for member in facilitators}
    rows = CohortFacilitator.objects.filter(cohort=cohort).select_related("membership__person")
    known = {row.membership_id: row.membership for row in rows}
    CohortFacilitator.objects.filter(cohort=cohort).exclude(membership__in=wanted).delete()
    joined = [wanted[pk] for pk in sorted(wanted.keys() - known.keys())]
    CohortFacilitator.objects.bulk_create([CohortFacilitator(cohort=cohort, membership=member) for member in joined])
    left = [known[pk] for pk in sorted(known.keys() - wanted.keys())]
    tell_facilitators(cohort=cohort, joined=joined, left=left, now=now)


def _title_of_its_own() -> AbstractContextManager[None]:
    text = _("There is a cohort with this title already.")
    return refused_by("cohorts_cohort_title", Problem("title", text, field="title"))


def _too_few_seats(taken: int) -> Problem:
    text = _("%(taken)d seats are confirmed already: there cannot be fewer.") % {"taken": taken}
    return Problem("capacity", text, field="capacity")
