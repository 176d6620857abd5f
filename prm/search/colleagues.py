"""Colleagues as a kind of what can be found: by whoever may see the list of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from prm.accounts import queries
from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.addresses import address
from prm.search.sources import Hit, Reach, Text
from prm.tenancy.scope import current_organization

KIND = "colleagues"


def rows() -> Any:
    return queries.colleagues(current_organization()).values_list("pk", "person__name", "person__email", "state")


def text(row: tuple[Any, ...]) -> Text:
    key, name, email, state = row
    return Text(key, name or email, email, is_last=state != Membership.State.ACTIVE)


def reach(member: Membership) -> Reach | None:
    return Reach() if may(member, "people.view") else None


def hits(member: Membership, keys: Sequence[int]) -> Mapping[int, Hit]:
    """Owners get to the colleague's own page, others to the list of all."""
    found = queries.colleagues(current_organization()).filter(pk__in=keys) if reach(member) else ()
    manages = may(member, "people.manage")
    return {
        colleague.pk: Hit(
            label=str(colleague.person),
            url=address("person_detail", colleague.public_id) if manages else address("people_list"),
            hint=f"{colleague.role_label} · {colleague.person.email}",
            mark="" if colleague.state == Membership.State.ACTIVE else str(colleague.get_state_display()),
            has_avatar=True,
        )
        for colleague in found
    }


def of_member(member: Membership) -> Sequence[int]:
    return [member.pk]
