"""Reads of people and organizations for pages and services."""

from django.db.models import Q

from prm.accounts.models import Membership, MembershipQuerySet, Person
from prm.accounts.permissions import Role
from prm.tenancy.models import FormerSlug, Organization


def colleagues(organization: Organization) -> MembershipQuerySet:
    """Staff who are here, active or suspended, by name."""
    rows = Membership.objects.in_organization(organization).staff().with_person()
    return rows.exclude(state=Membership.State.REMOVED).order_by("person__name", "person__email", "pk")


def owners(organization: Organization) -> MembershipQuerySet:
    return colleagues(organization).active().filter(roles__contains=[Role.OWNER])


def possible_successors(owner: Membership) -> MembershipQuerySet:
    """Active colleagues to whom an owner can hand the organization."""
    return colleagues(owner.organization).active().exclude(pk=owner.pk)


def other_owners(member: Membership) -> int:
    """How many active owners there are beside this member."""
    rows = Membership.objects.in_organization(member.organization).active().staff()
    return rows.filter(roles__contains=[Role.OWNER]).exclude(pk=member.pk).count()


def membership_in(organization: Organization, person: Person | None) -> Membership | None:
    """What this person is or was here."""
    if person is None:
        return None
    rows = Membership.objects.in_organization(organization).with_person().select_related("organization")
    return rows.filter(person=person).first()


def memberships_of(person: Person) -> MembershipQuerySet:
    """The organizations of a person, for the home page and the switcher."""
    return Membership.objects.for_person(person).active().select_related("organization").order_by("organization__name")


def is_slug_taken(slug: str, by_other_than: Organization | None = None) -> bool:
    """Whether another organization has this address, or had it and is still redirected from it."""
    present, former = Organization.objects.filter(slug=slug), FormerSlug.objects.filter(slug=slug)
    if by_other_than is not None:
        present, former = present.exclude(pk=by_other_than.pk), former.exclude(organization=by_other_than)
    return present.exists() or former.exists()


def person_is(user: object, person: Person) -> bool:
    """Whether a request's user is this person."""
    return isinstance(user, Person) and user.pk == person.pk


def partner_people(organization: Organization, words: str = "") -> MembershipQuerySet:
    """People of partners who can sign in, the newest first; those whose name or address contains the words."""
    rows = Membership.objects.in_organization(organization).active().with_person()
    rows = rows.filter(kind=Membership.Kind.PARTNER).order_by("-pk")
    if words:
        rows = rows.filter(Q(person__name__icontains=words) | Q(person__email__icontains=words))
    return rows
