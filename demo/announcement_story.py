"""What was announced to partners, read, confirmed, planned and drafted; and milestones that were congratulated on."""

from datetime import timedelta
from typing import Any

from demo.ecosystem import World
from demo.history import keep_letters
from demo.list_story import material
from partners.days import beginning_of, day_of
from partners.models import Announcement, AnnouncementReader, Audience, Milestone
from partners.services.announcing import (
    UNDO_TIME,
    AnnouncementDetails,
    acknowledge,
    open_announcement,
    plan_announcements,
    schedule_announcement,
    write_announcement,
)
from partners.services.milestones import agree_to_tell, congratulate, find_milestones
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.tenancy.scope import current_organization


def celebrate(world: World) -> None:
    """What partners reached in the last month: one is congratulated on, and told to others with consent."""
    find_milestones(since=world.ago(30), now=world.now)
    first = Milestone.objects.filter(partner__users__role="lead").latest_first()[:2]
    for number, row in enumerate(first):
        congratulate(actor=world.cast.actor(world.lead), milestone=row, now=world.ago(1))
        user = row.partner.users.select_related("membership__person").filter(role="lead").order_by("pk").first()
        if number == 0 and user is not None and row.membership_id is None:
            member = user.membership
            agree_to_tell(actor=Actor.of(member), member=member, milestone=row, is_told=True, now=world.ago(1))


def tell(world: World) -> None:
    for told in material()[current_organization().slug]["announcements"]:
        _tell(world, told)


def _tell(world: World, told: dict[str, Any]) -> None:
    actor, then = world.cast.actor(told["writer"]), world.ago(told["days_ago"])
    groups = [world.groups[key].pk for key in told["groups"]]
    audiences = Audience.objects.filter(kind="group", source_id__in=groups)
    details = AnnouncementDetails(
        told["subject"],
        told["body"],
        topic=told["topic"],
        readers=told["readers"],
        asks=told["asks"],
        audience_ids=list(audiences.values_list("pk", flat=True)),
    )
    row = write_announcement(actor=actor, details=details, now=then)
    if "in_days" in told:
        at = beginning_of(day_of(world.now) + timedelta(days=told["in_days"])) + timedelta(hours=9)
        schedule_announcement(actor=actor, announcement=row, revision=1, at=at, is_for_all=True, now=then)
    elif told["is_sent"]:
        schedule_announcement(actor=actor, announcement=row, revision=1, is_for_all=True, now=then)
        sent = then + UNDO_TIME + timedelta(minutes=1)
        plan_announcements(sent)
        keep_letters(sent)
        _read(world, row)


def _read(world: World, row: Announcement) -> None:
    """Of those whom it reached, most read it, and most of these confirmed; Lena has still to."""
    readers = AnnouncementReader.objects.filter(announcement=row).order_by("pk")
    for number, reader in enumerate(readers.select_related("membership__person")):
        member: Membership = reader.membership
        at = world.ago(5) + timedelta(hours=3 * number)
        if number % 4 == 3 or at > world.now:
            continue
        open_announcement(membership=member, announcement=row, now=at)
        if row.asks and number % 3 != 2 and not member.person.email.startswith("lena@"):
            acknowledge(membership=member, announcement=row, now=at + timedelta(minutes=4))
