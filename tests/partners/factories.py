"""Builders of partners, groups and partners' people. Used inside the scope of the organization they belong to."""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

import factory

from partners.models import Attribute, AudienceMember, Group, GroupMember, Partner, PartnerUser, Product
from partners.models.audiences import GROUP
from partners.names import comparable
from partners.services.audiences import ensure_audience
from prm.accounts.models import Membership, Person
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


class ProductFactory(factory.django.DjangoModelFactory[Product]):
    class Meta:
        model = Product

    name = factory.Sequence(lambda number: f"Product {number:03}")
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


def crowd(contact: Membership, rows: int, *, in_groups: Collection[Group] = (), joined: Partner | None = None) -> None:
    """So many more partners with everything that lists show, by one INSERT for each table.

    Each is in all the groups and has one person, who is at `joined` where that is given.
    """
    first = Partner.objects.count()
    names = [f"A company with quite a long name {number:05} GmbH" for number in range(first, first + rows)]
    partners = Partner.objects.bulk_create(
        Partner(name=name, domain="p.example", account_manager=contact, country="US", created_at=NOW, **columns)
        for name in names
        if (columns := Partner.derived(name, "p.example"))
    )
    people = Person.objects.bulk_create(Person(email=f"{uuid4().hex[:12]}@p.example", name=name) for name in names)
    members = Membership.everywhere.bulk_create(
        Membership(organization=current_organization(), person=person, kind="partner", created_at=NOW)
        for person in people
    )
    PartnerUser.objects.bulk_create(
        PartnerUser(partner=joined or partner, membership=membership, joined_at=NOW)
        for partner, membership in zip(partners, members, strict=True)
    )
    for group in in_groups:
        GroupMember.objects.bulk_create(
            GroupMember(group=group, partner=partner, starts_at=NOW, added_by=contact, reason="By Acme’s own list")
            for partner in partners
        )
        audience = ensure_audience(kind=GROUP, source_id=group.pk, label=group.name)
        AudienceMember.objects.bulk_create(
            AudienceMember(audience=audience, partner=partner, starts_at=NOW) for partner in partners
        )


class AttributeFactory(factory.django.DjangoModelFactory[Attribute]):
    class Meta:
        model = Attribute

    name = factory.Sequence(lambda number: f"Attribute {number}")
    normalized_name = factory.LazyAttribute(lambda row: comparable(row.name))
    kind = "text"
    created_at = NOW


def choices(*labels: str) -> list[dict[str, Any]]:
    """Choices whose keys are their labels in lower case."""
    return [{"key": label.lower(), "label": label, "is_retired": False} for label in labels]
