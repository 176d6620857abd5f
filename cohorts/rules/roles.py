"""What each role inside a cohort may see and do: the one table, asked by every page that starts from a seat.

Facilitators are colleagues with rights in the studio (`CohortFacilitator`) and hold no seat.
"""

from dataclasses import dataclass

from cohorts.models import Seat


@dataclass(frozen=True, slots=True)
class Rights:
    """Everybody with a confirmed seat sees the cohort's page, its sessions and their calendar."""

    sees_people: bool = True
    sees_homework: bool = False
    hands_in: bool = False
    reads_recaps: bool = False
    # Is in the cohort's audience: reads what is attached to its sessions.
    reads_content: bool = False
    counts: bool = False
    graduates: bool = False


RIGHTS: dict[str, Rights] = {
    Seat.Role.PARTICIPANT: Rights(
        sees_homework=True, hands_in=True, reads_recaps=True, reads_content=True, counts=True, graduates=True
    ),
    Seat.Role.MENTOR: Rights(sees_homework=True, reads_recaps=True, reads_content=True),
    # Comes for an hour: knows with whom, and nothing of what is worked on in the group.
    Seat.Role.GUEST_STAR: Rights(),
    # Follows what happens, and nobody's work or profile.
    Seat.Role.OBSERVER: Rights(sees_people=False, reads_recaps=True),
}


def roles_with(right: str) -> list[str]:
    """The roles that have this right, a field of `Rights`: for queries that ask for all who may read something."""
    return [str(role) for role, rights in RIGHTS.items() if getattr(rights, right)]


def rights_of(seat: Seat) -> Rights:
    return RIGHTS[Seat.Role(seat.role)]
