"""Builders of partners, groups and partners' people. Used inside the scope of the organization they belong to."""

from typing import Any

import factory

from partners.models import Group, Partner, PartnerUser
from partners.names import comparable
from prm.accounts.models import Membership
from prm.tenancy.scope import current_organization
from tests.factories import NOW, member


class PartnerFactory(factory.django.DjangoModelFactory[Partner]):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda number: f"Partner {number:04}")
    domain = factory.LazyAttribute(lambda row: f"{comparable(row.name).replace(' ', '-')}.example")
    country = "DE"
    created_at = NOW


class GroupFactory(factory.django.DjangoModelFactory[Group]):
    class Meta:
        model = Group

    name = factory.Sequence(lambda number: f"Group {number:03}")
    normalized_name = factory.LazyAttribute(lambda row: comparable(row.name))
    created_at = NOW


def partner_user(
    partner: Partner,
    email: str = "",
    name: str = "",
    role: str = "member",
    *,
    membership: Membership | None = None,
    **fields: Any,
) -> PartnerUser:
    """A person of the partner: a new account with this address, or an existing membership (`lena` of the fixtures)."""
    membership = membership or member(current_organization(), email, name)
    return PartnerUser.objects.create(partner=partner, membership=membership, role=role, joined_at=NOW, **fields)
