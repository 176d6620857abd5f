"""Loading the demo: two organizations, their stories, and as many more partners as are wanted."""

import random
from datetime import datetime

from django.db import transaction

from cohorts.services.closing import plan_closing
from cohorts.services.drumbeat import plan_drumbeat
from cohorts.services.reminders import plan_reminders
from cohorts.services.reviews import plan_review_reminders
from demo import (
    announcement_story,
    bulk,
    company_story,
    conversation_story,
    data_story,
    ecosystem,
    group_story,
    import_story,
    list_story,
    logo_story,
    people_story,
    product_story,
    stories,
    todo_story,
)
from demo.cast import Cast, Shown, new_password, write_list
from demo.history import keep_letters, read_old_notifications
from demo.material import words_of
from demo.recruitment_story import recruit
from enablement.services.nudges import plan_nudges
from partners.services.confirming import plan_confirmations
from partners.services.journeys.reminding import plan_journeys
from partners.services.letters import plan_letter
from partners.services.week import plan_week
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope

ORGANIZATIONS = ("stratus", "ferrum")
PARTNERS_PER_SCALE = 1_000


def is_loaded() -> bool:
    return Organization.objects.filter(is_demo=True).exists()


def load(*, scale: int, seed: int, now: datetime) -> list[Shown]:
    """Make the demo as of `now` and write demo.json; all of it or nothing.

    `scale` thousand partners are added to the named ones. The same seed and moment give the same rows.
    """
    password = new_password()
    with transaction.atomic():
        shown = [entry for slug in ORGANIZATIONS for entry in _load_organization(slug, password, scale, seed, now)]
    write_list(shown)
    return shown


def _load_organization(slug: str, password: str, scale: int, seed: int, now: datetime) -> list[Shown]:
    words = words_of(slug)
    organization = ecosystem.make_organization(words, now)
    with scope(organization):
        chance = random.Random(f"{seed}-{slug}")
        world = ecosystem.World(words, now, Cast(password), chance)
        ecosystem.make_staff(world)
        ecosystem.make_groups(world)
        ecosystem.make_partners(world)
        data_story.fill(world, data_story.make_attributes(world))
        ecosystem.make_people(world)
        ecosystem.make_content(world)
        product_story.offer(world)
        stories.tell(world)
        group_story.tell(world)
        company_story.tell(world)
        list_story.tell(world)
        announcement_story.tell(world)
        ecosystem.make_invitations(world)
        data_story.ask(world)
        data_story.propose(world)
        people_story.tell(world)
        logo_story.tell(world)
        todo_story.tell(world)
        conversation_story.tell(world)
        ecosystem.make_import(world)
        recruit(world)
        import_story.tell(world)
        announcement_story.celebrate(world)
        # What is due today went out this morning: nobody's mailbox is met by a demo that was just loaded.
        plan_journeys(now)
        plan_confirmations(now)
        plan_closing(now)
        plan_reminders(now)
        plan_drumbeat(now)
        plan_review_reminders(now)
        plan_nudges(now)
        plan_week(now)
        plan_letter(now)
        keep_letters(now)
        read_old_notifications(world.ago(4))
        if scale:
            bulk.make_partners(scale * PARTNERS_PER_SCALE, seed, now)
    return world.cast.shown
