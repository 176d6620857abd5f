"""Whose facts these are."""

from collections.abc import Collection
from dataclasses import dataclass

from partners.models import PartnerUser
from prm.accounts.models import Membership
from prm.tenancy.scope import current_organization


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids that facts carry for a member: the person's and, for a partner's person, the partner's."""

    person_id: int
    partner_id: int | None


def identities_of(membership_ids: Collection[int]) -> dict[int, Identity]:
    """The identities of these members of the organization, by membership."""
    if not membership_ids:
        return {}
    members = Membership.objects.in_organization(current_organization()).filter(pk__in=membership_ids)
    partners = dict(
        PartnerUser.objects.filter(membership__in=membership_ids).values_list("membership_id", "partner_id")
    )
    return {pk: Identity(person_id, partners.get(pk)) for pk, person_id in members.values_list("pk", "person_id")}
