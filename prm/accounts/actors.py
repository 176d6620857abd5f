"""Who acts: a frozen value that services, facts and the audit trail carry instead of a request."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from prm.accounts.models import Membership, Person


@dataclass(frozen=True, slots=True)
class Actor:
    """`label` is what a reader of the audit trail sees; `address` is the network address of a request, where there
    is one.
    """

    kind: Literal["member", "guest", "system", "operator"]
    label: str
    membership_id: int | None = None
    person_id: int | None = None
    address: str = ""

    @classmethod
    def of(cls, membership: "Membership", address: str = "") -> "Actor":
        return cls("member", str(membership.person), membership.pk, membership.person_id, address)

    @classmethod
    def system(cls, label: str) -> "Actor":
        return cls("system", label)

    @classmethod
    def guest(cls, label: str, address: str = "") -> "Actor":
        """Somebody without a membership yet, for example an addressee who opens an invitation."""
        return cls("guest", label, address=address)

    @classmethod
    def operator(cls, person: "Person", address: str = "") -> "Actor":
        return cls("operator", str(person), person_id=person.pk, address=address)
