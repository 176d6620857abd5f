"""What partners asked and colleagues answered; one is away, and one mail came from an address that nobody knows."""

import hashlib
import tomllib
from datetime import timedelta
from functools import cache
from typing import Any

from demo.ecosystem import World
from demo.material import FOLDER
from partners.days import day_of
from partners.models import Conversation, Entry, PartnerUser
from partners.services.absences import say_absent
from partners.services.conversation_notes import add_note
from partners.services.conversation_replies import RECEIVER
from partners.services.conversations import Words, begin_conversation, close_conversation, hand_over, write
from prm.accounts.actors import Actor
from prm.addresses import address
from prm.inbound.models import InboundMail
from prm.inbound.reading import Attached
from prm.tenancy.scope import current_organization

_FILE = b"contract,seats\nfirst,180\nsecond,180\n"


@cache
def material() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "conversations.toml").read_text("utf-8"))


def tell(world: World) -> None:
    told = material()[current_organization().slug]
    conversations = [_talk(world, row) for row in told["conversations"]]
    for row in told["aside"]:
        _set_aside(world, row, conversations[row["conversation"]])
    if (absence := told.get("absence")) is not None:
        starts_on = day_of(world.now) + timedelta(days=absence["from"])
        say_absent(
            actor=world.cast.actor(absence["who"]),
            member=world.cast.staff[absence["who"]],
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=absence["days"]),
            deputy=world.cast.staff[absence["deputy"]],
            url=address("conversation_list"),
            now=world.ago(2),
        )


def _talk(world: World, told: dict[str, Any]) -> Conversation:
    cast, (key, place) = world.cast, told["partner"]
    rows = PartnerUser.objects.active().filter(partner=world.partners[key][place], role=PartnerUser.Role.LEAD)
    user = rows.select_related("partner__account_manager__person", "membership__person").order_by("pk")[0]
    them, us = user.membership, cast.staff[told["answers"]]
    first, *more = told["entries"]
    conversation = begin_conversation(
        actor=Actor.of(them),
        author=them,
        user=user,
        kind=told["kind"],
        subject=told["subject"],
        words=_words(first),
        now=world.ago(first["ago"]),
    )
    hand_over(actor=Actor.of(us), conversation=conversation, to=us, now=world.ago(first["ago"]))
    for entry in more:
        author = us if entry["by"] == "us" else them
        moment, words = world.ago(entry["ago"]), _words(entry)
        write(actor=Actor.of(author), author=author, conversation=conversation, words=words, now=moment)
    if "note" in told:
        add_note(actor=Actor.of(us), conversation=conversation, body=told["note"], now=world.ago(1))
    if "closed" in told:
        close_conversation(actor=Actor.of(us), author=us, conversation=conversation, now=world.ago(told["closed"]))
    return conversation


def _words(told: dict[str, Any]) -> Words:
    channel = Entry.Channel.STUDIO if told["by"] == "us" else Entry.Channel.PORTAL
    attached = [Attached(told["file"], "text/csv", _FILE)] if "file" in told else []
    return Words(told["body"], channel=channel, attached=attached)


def _set_aside(world: World, told: dict[str, Any], about: Conversation) -> None:
    InboundMail.objects.create(
        key=hashlib.sha256(told["subject"].encode()).hexdigest(),
        receiver=RECEIVER,
        subject_key=about.public_id,
        member_key=about.person.public_id,
        sender=told["sender"],
        subject=told["subject"],
        text=told["text"],
        outcome=InboundMail.Outcome.ASIDE,
        reason=InboundMail.Reason.OTHER_SENDER,
        received_at=world.ago(1),
    )
