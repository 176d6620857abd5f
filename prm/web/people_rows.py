"""Lines of the list of colleagues."""

from dataclasses import dataclass
from datetime import datetime

from prm.accounts.models import Membership
from prm.addresses import address


@dataclass(frozen=True, slots=True)
class ColleagueRow:
    url: str
    name: str
    email: str
    roles: str
    state: str
    state_label: str
    since: datetime
    is_self: bool


def colleague_row(colleague: Membership, viewer: Membership) -> ColleagueRow:
    return ColleagueRow(
        url=address("person_detail", colleague.public_id),
        name=str(colleague.person),
        email=colleague.person.email,
        roles=colleague.role_label,
        state=str(colleague.state),
        state_label=str(colleague.get_state_display()),
        since=colleague.created_at,
        is_self=colleague.pk == viewer.pk,
    )
