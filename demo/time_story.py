"""When people of the demo hear what: reminders of a program, its drumbeat, somebody's calendar address."""

from cohorts.models import Beat, Cohort, Program
from cohorts.parts import Part
from cohorts.queries.reminders import Offsets
from cohorts.services.calendars import renew_feed
from cohorts.services.drumbeat import add_beat, propose_beats
from cohorts.services.reminder_plans import set_program_reminders
from demo.ecosystem import World

_WEEK = Offsets(sessions=(7 * 1440, 1440, 60), homework=(3, 1, -1), seats=(24,))

_SOON = {
    "stage": Beat.Stage.START,
    "days": 7,
    "title": "{cohort} begins in a week",
    "body": "We meet on **{date}**. Bring the customer you will work on, by name.",
}


def tell_time(world: World, programs: dict[str, Program]) -> None:
    """The first program reminds a week before too, and has a drumbeat; its lead reads along in a calendar."""
    program = next(iter(programs.values()))
    actor = world.cast.actor(world.lead)
    program.parts = [*program.parts, Part.DRUMBEAT]
    program.save(update_fields=["parts"])
    for cohort in Cohort.objects.filter(program=program):
        cohort.parts = [*cohort.parts, Part.DRUMBEAT]
        cohort.save(update_fields=["parts"])
    set_program_reminders(actor=actor, program=program, offsets=_WEEK, now=world.ago(1))
    propose_beats(actor=actor, program=program, now=world.ago(1))
    add_beat(actor=actor, program=program, values=_SOON, now=world.ago(1))
    renew_feed(membership=world.cast.staff[world.lead], now=world.ago(1))
