"""Reads of the outbox: for pages, for the sender, for links in mails."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from django.db.models import Q

from prm.accounts.models import Membership
from prm.outbox.models import Message, Preference, QuietHours
from prm.tenancy.public_ids import LENGTH
from prm.tenancy.scope import current_organization


def message_by_token(purpose: str, token: str) -> Message | None:
    """The message whose link for `purpose` carries this token; None for a token that was not made here."""
    message = Message.objects.filter(public_id=token[:LENGTH]).first()
    return message if message is not None and message.proves(purpose, token) else None


@dataclass(frozen=True)
class Audience:
    """Who a group of messages is for, and what these people said about getting them."""

    members: dict[int, Membership]
    choices: dict[tuple[int | str, str], str]
    quiet: dict[int, tuple[time, time]]

    def choice(self, member: Membership | None, address: str, category: str) -> str:
        """The word of the member, else of the address; empty when neither said anything."""
        by_member = self.choices.get((member.pk, category), "") if member else ""
        return by_member or self.choices.get((address, category), "")


def audience_of(messages: Iterable[Message]) -> Audience:
    listed = list(messages)
    wanted = {message.recipient_id for message in listed if message.recipient_id}
    rows = Membership.objects.in_organization(current_organization()).with_person().filter(pk__in=wanted)
    members = {row.pk: row for row in rows}
    for row in members.values():
        row.organization = current_organization()
    addresses = {row.person.email for row in members.values()} | {message.address for message in listed} - {""}
    said = Preference.objects.filter(Q(membership__in=wanted) | Q(membership=None, address__in=addresses))
    choices = {
        (membership or address, category): choice
        for membership, address, category, choice in said.values_list("membership", "address", "category", "choice")
    }
    hours = QuietHours.objects.filter(membership__in=wanted).values_list("membership", "starts", "ends")
    return Audience(members, choices, {membership: (starts, ends) for membership, starts, ends in hours})
