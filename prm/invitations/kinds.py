"""Kinds of invitations: what somebody is invited to, and what happens when they accept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from prm.registry import Registry

if TYPE_CHECKING:
    from prm.accounts.actors import Actor
    from prm.accounts.models import Membership
    from prm.invitations.models import Invitation

type Accept = Callable[["Invitation", "Membership", "Actor", datetime], None]
type PassOn = Callable[["Invitation", str, str, "Actor", datetime], None]
type Wordings = Callable[[Iterable["Invitation"]], Mapping[int, str]]


def _nothing(_invitation: "Invitation") -> list[str]:
    return []


def _no_target(_public_id: str) -> int | None:
    return None


@dataclass(frozen=True)
class InvitationKind:
    """What one kind of invitation means. Everything runs inside the organization's scope.

    `describe(invitation)` names what it is for in a few words ("Nordwind"), as the addressee reads it; `describe_many`
    does so for a list at once (invitation id → words), so that a page of 50 needs no query for each.
    `accept(invitation, membership, actor, now)` runs in the accepting transaction, after the membership was made, and
    hangs in what the kind is about. `sees(invitation)` lists what awaits the addressee, the most useful first; nothing
    there means the inviter is warned. `pass_on(invitation, name, email, actor, now)` runs when the addressee names
    somebody else (or nobody, with an empty address), in the same transaction, and writes to them; without it whoever
    invited decides. `find_target(public_id)` gives the id of what somebody is invited to, None for what does not exist;
    kinds with `needs_target` are opened with it, from the page `choose_url_name`.
    """

    name: str
    label: Any
    describe: Callable[["Invitation"], str]
    accept: Accept
    sees: Callable[["Invitation"], list[str]] = _nothing
    describe_many: Wordings | None = None
    pass_on: PassOn | None = None
    find_target: Callable[[str], int | None] = _no_target
    needs_target: bool = False
    choose_url_name: str = ""
    permission: str = "people.invite"
    membership_kind: str = "partner"
    home_url_name: str = "portal_home"
    order: int = 100

    def describe_all(self, invitations: Iterable["Invitation"]) -> Mapping[int, str]:
        listed = list(invitations)
        if self.describe_many is not None:
            return self.describe_many(listed)
        return {invitation.pk: self.describe(invitation) for invitation in listed}


invitation_kinds: Registry[InvitationKind] = Registry("invitation kinds")
