"""A program's drumbeat: written once, told in each of its cohorts by its own dates, within everybody's week."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cohorts.models import Beat, Cohort, Program
from cohorts.queries.drumbeat import TOLD_WITHIN, drumming, readers_of, session_days, told_in
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.outbox.services import post
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.scope import current_organization
from prm.tenancy.wakeups import wake

# No reader's morning is farther from the cohort's than this.
ZONES_APART = timedelta(hours=26)


@transaction.atomic
def propose_beats(*, actor: Actor, program: Program, now: datetime) -> None:
    """The usual four, to be edited; nothing where the program has a drumbeat already."""
    if Beat.objects.filter(program=program).exists():
        return
    for values in _usual():
        Beat.objects.create(program=program, **values)
    note(actor=actor, verb="cohorts.drumbeat_proposed", obj=program)
    wake("plan", now)


def _usual() -> list[dict[str, Any]]:
    stage = Beat.Stage
    return [
        {
            "stage": stage.CLOSING,
            "days": 14,
            "title": _("{cohort} is looking for you"),
            "body": _("You were thought of for **{cohort}**. Applications are open until {date}: ten minutes."),
        },
        {
            "stage": stage.CLOSING,
            "days": 3,
            "title": _("Three days left: {cohort}"),
            "body": _("Applications for **{cohort}** close on {date}. What you have begun is kept."),
        },
        {
            "stage": stage.HALFWAY,
            "days": 0,
            "title": _("Halfway"),
            "body": _("**{cohort}** is halfway. What is the one thing that you want to have at the end? Say it today."),
        },
        {
            "stage": stage.END,
            "days": 7,
            "title": _("The last stretch"),
            "body": _("We meet for the last time on {date}. Bring what you have built, unfinished is welcome."),
        },
    ]


@transaction.atomic
def add_beat(*, actor: Actor, program: Program, values: dict[str, Any], now: datetime) -> Beat:
    beat = Beat.objects.create(program=program, **values)
    note(actor=actor, verb="cohorts.beat_added", obj=beat)
    wake("plan", now)
    return beat


@transaction.atomic
def edit_beat(*, actor: Actor, beat: Beat, revision: int, values: dict[str, Any], now: datetime) -> None:
    """Change a beat for all cohorts in which it is still to be told. Raises `Refused`: changed_meanwhile."""
    changes = update_if_unchanged(beat, revision, **values)
    if changes:
        note(actor=actor, verb="cohorts.beat_edited", obj=beat, changes=changes)
    wake("plan", now)


@transaction.atomic
def delete_beat(*, actor: Actor, beat: Beat) -> None:
    note(actor=actor, verb="cohorts.beat_deleted", obj=beat)
    beat.delete()


def plan_drumbeat(now: datetime) -> datetime | None:
    """Store what is due in each reader's morning; a stage that is past is skipped. Returns when to look again."""
    cohorts = drumming()
    days = session_days(cohort.pk for cohort in cohorts)
    beats: dict[int, list[Beat]] = {}
    for beat in Beat.objects.filter(program__in={cohort.program_id for cohort in cohorts}, by_mail=True).in_order():
        beats.setdefault(beat.program_id, []).append(beat)
    ahead: list[datetime] = []
    for cohort in cohorts:
        for told in told_in(cohort, beats.get(cohort.program_id, []), days.get(cohort.pk, []), cohort.tz):
            if told.at - ZONES_APART > now:
                ahead.append(told.at - ZONES_APART)
            elif now < told.at + TOLD_WITHIN + ZONES_APART:
                ahead += _tell(cohort, told.beat, days.get(cohort.pk, []), now)
    return min(ahead, default=None)


def _tell(cohort: Cohort, beat: Beat, days: list[date], now: datetime) -> list[datetime]:
    """Store it for everybody whose morning has come; returns the mornings of the others."""
    people = Membership.objects.in_organization(current_organization()).active().with_person()
    later = []
    for member in people.filter(pk__in=readers_of(cohort, beat.stage)):
        member.organization = current_organization()
        for told in told_in(cohort, [beat], days, member.zone):
            if told.is_mailed(now):
                post(kind="cohorts.drumbeat", subject_id=beat.pk, slot=str(cohort.pk), recipient=member, now=now)
            elif told.at > now:
                later.append(told.at)
    return later
