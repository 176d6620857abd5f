"""People who are known and not invited yet: they are invited when a colleague says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from partners.models import PreparedPerson
from partners.services.inviting import Invitee, invite_people
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.problems import Refused

MOST_AT_ONCE = 200


@dataclass
class Invited:
    """How many invitations went out, and (name, why) of those that did not."""

    sent: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def invite_prepared(*, actor: Actor, inviter: Membership, people: Sequence[PreparedPerson], now: datetime) -> Invited:
    """Invite each of these people; one who cannot be invited stops no other."""
    done = Invited()
    for person in people:
        invitee = Invitee(person.email, person.name)
        try:
            with transaction.atomic():
                locked = PreparedPerson.objects.select_for_update().filter(pk=person.pk, invited_at=None)
                if not locked.update(invited_at=now):
                    continue
                invite_people(actor=actor, inviter=inviter, partner=person.partner, invitees=[invitee], now=now)
        except Refused as refusal:
            done.refused.append((str(person), str(refusal)))
        else:
            done.sent += 1
    return done
