"""Builders of rows for tests. Each is used inside the scope of the organization that the row belongs to."""

from datetime import UTC, datetime
from typing import Any

import factory

from prm.accounts.models import Membership, Person
from prm.tenancy.models import Organization

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class OrganizationFactory(factory.django.DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    slug = factory.Sequence(lambda number: f"organization-{number}")
    name = factory.LazyAttribute(lambda row: row.slug.replace("-", " ").title())
    zone = "Europe/Berlin"
    created_at = NOW


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    class Meta:
        model = Person

    email = factory.Sequence(lambda number: f"person{number}@example.com")
    name = factory.Faker("name")
    # No limit: tests that are about the weekly budget set one.
    mails_a_week = 0


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    kind = Membership.Kind.STAFF
    roles = factory.LazyAttribute(lambda row: ["manager"] if row.kind == Membership.Kind.STAFF else [])
    created_at = NOW


def staff(organization: Organization, email: str, name: str, *roles: str) -> Membership:
    return MembershipFactory.create(
        organization=organization, person=PersonFactory.create(email=email, name=name), roles=list(roles)
    )


def member(organization: Organization, email: str, name: str, **fields: Any) -> Membership:
    """A partner's person, as far as accounts know one; `partner_user` in tests.partners gives it a company."""
    fields.setdefault("kind", Membership.Kind.PARTNER)
    return MembershipFactory.create(
        organization=organization, person=PersonFactory.create(email=email, name=name), **fields
    )
