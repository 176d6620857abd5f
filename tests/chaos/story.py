"""What is sent while processes die, and what must be true afterwards."""

import time
from collections import Counter
from dataclasses import dataclass

from django.utils import timezone

from prm.accounts.models import Membership
from prm.outbox import services
from prm.outbox.models import Message
from prm.outbox.rendering.letters import message_id
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.chaos import kinds
from tests.chaos.rig import Rig
from tests.factories import OrganizationFactory, member

FINAL = {"sent", "failed", "unknown", "suppressed", "cancelled"}


@dataclass(frozen=True)
class Told:
    """A message of the story: its Message-ID, its kind, and its state."""

    message_id: str
    kind: str
    state: str


def people(organizations: int, each: int) -> list[Membership]:
    found = []
    for number in range(organizations):
        organization = OrganizationFactory.create(slug=f"chaos-{number}")
        found += [member(organization, f"p{index}@c{number}.example", f"Person {index}") for index in range(each)]
    return found


def post_wave(recipients: list[Membership], subject_id: int) -> None:
    """One nudge and one decision to everybody."""
    for recipient in recipients:
        with scope(recipient.organization):
            for kind in (kinds.NUDGE, kinds.DECISION):
                services.post(kind=kind, subject_id=subject_id, recipient=recipient, now=timezone.now())


def told() -> list[Told]:
    found = []
    for organization in Organization.objects.all():
        with scope(organization):
            rows = Message.objects.values_list("public_id", "kind", "state")
            found += [Told(message_id(f"{name}.{organization.pk}"), kind, state) for name, kind, state in rows]
    return found


def all_final() -> bool:
    return all(message.state in FINAL for message in told())


def hurt(rig: Rig, *, seconds: float, kills: int, whole_every: int) -> None:
    """Kill until there were so many more deaths, spread over `seconds`; each `whole_every`th takes a whole worker."""
    wanted = rig.kills + kills
    turn = 0
    while rig.kills < wanted:
        turn += 1
        if turn % whole_every == 0:
            rig.kill_whole(f"worker{(turn // whole_every) % 2}")
        else:
            rig.kill_children()
        time.sleep(rig.random.uniform(0.5, 1.5) * seconds / kills)


def check(rig: Rig) -> dict[str, int]:
    """Nothing of the at-least-once class is lost, nothing of the at-most-once class came twice; returns counts."""
    messages = told()
    taken = rig.sink.taken
    nudges = [message for message in messages if message.kind == kinds.NUDGE]
    decisions = [message for message in messages if message.kind == kinds.DECISION]
    lost = [message for message in decisions if message.state != "sent" or not taken[message.message_id]]
    doubled = [message for message in nudges if taken[message.message_id] > 1]
    claimed_only = [message for message in nudges if message.state == "sent" and not taken[message.message_id]]
    unexpected = {message.state for message in nudges} - {"sent", "unknown"}
    assert not lost, f"{len(lost)} decisions lost\n{rig.logs()}"
    assert not doubled, f"{len(doubled)} nudges doubled\n{rig.logs()}"
    assert not claimed_only, f"{len(claimed_only)} nudges called sent that no server took"
    assert not unexpected, f"nudges ended as {unexpected}\n{rig.logs()}"
    assert set(taken) <= {message.message_id for message in messages}
    return {
        "mails": sum(taken.values()),
        "kills": rig.kills,
        "in_doubt": Counter(message.state for message in nudges)["unknown"],
        "repeated": sum(taken[message.message_id] - 1 for message in decisions),
    }
