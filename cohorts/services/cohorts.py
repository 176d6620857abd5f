"""Cohorts: made out of a program with a series of sessions, and edited."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from cohorts import starter, walltime
from cohorts.models import Cohort, CohortFacilitator, Homework, Program, Session
from cohorts.queries.people import facilitating_members
from cohorts.services.audiences import audience_of
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
    """Weekly sessions at one wall-clock time. A day in `skipping` is left out, the series goes on a week later."""

    first_on: date
    starts_time: time
    count: int
    minutes: int
    link: str = ""
    place: str = ""
    skipping: Sequence[date] = field(default_factory=tuple)

    def days(self) -> list[date]:
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
    now: datetime,
) -> Cohort:
    """A draft cohort in the small shape: its sessions with agendas and a first homework, all to be edited.

    Raises `Refused`: title, past.
    """
    days = series.days()
    if days and walltime.instant(days[0], series.starts_time, zone) <= now:
        raise Refused(Problem("past", _("The first session lies in the past."), field="first_on"))
    cohort = Cohort(
        program=program,
        title=title.strip(),
        zone=zone,
        capacity=capacity,
        sessions_needed=max(len(days) - 1, min(len(days), 1)),
        created_at=now,
        **closing(applications_close_on, zone),
    )
    with _title_of_its_own():
        cohort.save()
        _set_facilitators(cohort, facilitators)
        _plan_small_shape(cohort, series, days, now)
        note(actor=actor, verb="cohorts.cohort_created", obj=cohort)
    return cohort


def closing(day: date | None, zone: str) -> dict[str, date | datetime | None]:
    """The columns that say until when people can apply: the whole of `day` in the cohort's zone."""
    ends = walltime.end_of_day(day, zone) if day else None
    return {"applications_close_on": day, "applications_close_at": ends}


def _plan_small_shape(cohort: Cohort, series: Series, days: list[date], now: datetime) -> None:
    ideas = starter.session_ideas(len(days))
    sessions = [
        Session(
            cohort=cohort,
            number=number,
            title=idea.title,
            agenda=idea.agenda,
            starts_on=day,
            starts_time=series.starts_time,
            zone=cohort.zone,
            minutes=series.minutes,
            link=series.link,
            place=series.place,
            **Session.derived(day, series.starts_time, cohort.zone, series.minutes),
        )
        for number, (day, idea) in enumerate(zip(days, ideas, strict=True), start=1)
    ]
    Session.objects.bulk_create(sessions)
    if len(sessions) > 1:
        homework = starter.first_homework()
        due_on = days[1] - _HOMEWORK_BEFORE_NEXT
        Homework.objects.create(
            cohort=cohort,
            session=sessions[0],
            title=homework.title,
            brief=homework.brief,
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
        _set_facilitators(cohort, facilitators)
        after = [str(member) for member in facilitating_members(cohort)]
        if after != before:
            changed["facilitators"] = [", ".join(before), ", ".join(after)]
        if changed:
            note(actor=actor, verb="cohorts.cohort_edited", obj=cohort, changes=changed)
        if cohort.audience_id:
            audience_of(cohort)
        wake("plan", now)


def _set_facilitators(cohort: Cohort, facilitators: Iterable[Membership]) -> None:
    wanted = {member.pk for member in facilitators}
    known = set(CohortFacilitator.objects.filter(cohort=cohort).values_list("membership_id", flat=True))
    CohortFacilitator.objects.filter(cohort=cohort).exclude(membership__in=wanted).delete()
    CohortFacilitator.objects.bulk_create(
        [CohortFacilitator(cohort=cohort, membership_id=pk) for pk in sorted(wanted - known)]
    )


def _title_of_its_own() -> AbstractContextManager[None]:
    text = _("There is a cohort with this title already.")
    return refused_by("cohorts_cohort_title", Problem("title", text, field="title"))


def _too_few_seats(taken: int) -> Problem:
    text = _("%(taken)d seats are confirmed already: there cannot be fewer.") % {"taken": taken}
    return Problem("capacity", text, field="capacity")
