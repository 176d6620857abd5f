"""Whose person somebody is, who helps them, and who else is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import JSONObject, Lower

from partners.models import GroupMember, Journey, Partner, PartnerUser, PreparedPerson
from partners.models.partners import PartnerUserQuerySet
from prm.accounts.models import Membership
from prm.accounts.permissions import Role
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization

_REMEMBERED = "_canopy_partner_user"


@dataclass(frozen=True, slots=True)
class Contact:
    """The colleague whom a partner's people write to. `mailto` opens a mail to them, addressed and with a subject."""

    membership_id: int
    name: str
    first_name: str
    email: str
    mailto: str


class Told(Protocol):
    """What is read of a person, as far as lists show it."""

    @property
    def job_title(self) -> str: ...
    @property
    def photo(self) -> str: ...
    @property
    def url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A partner's person as lists show one. `state` is the membership's: active, suspended or removed."""

    public_id: str
    membership_public_id: str
    name: str
    email: str
    role: str
    role_label: str
    job_title: str
    photo: str
    profile_url: str
    state: str
    joined_at: object
    revision: int


def partner_user_of(membership: Membership) -> PartnerUser | None:
    """The partner's side of a membership, with its partner and whose account that is; None for staff and guests.

    `is_traveler` tells whether the person is or was on a journey, since every page of the portal asks for that and for
    nothing else. Asked once a request.
    """
    if membership.kind != Membership.Kind.PARTNER:
        return None
    if not hasattr(membership, _REMEMBERED):
        found = _user_of.first(membership.pk)
        if found is not None:
            found.membership = membership
        setattr(membership, _REMEMBERED, found)
    remembered: PartnerUser | None = getattr(membership, _REMEMBERED)
    return remembered


@prepared
def _user_of(membership_id: int) -> QuerySet[PartnerUser]:
    journeys = Journey.objects.exclude(state=Journey.State.STOPPED).filter(partner=OuterRef("partner"))
    own = Q(membership=None) | Q(membership=OuterRef("membership"))
    rows = PartnerUser.objects.filter(membership=membership_id).annotate(is_traveler=Exists(journeys.filter(own)))
    return rows.select_related("partner__account_manager__person")


def contact_of(partner_user: PartnerUser) -> Contact | None:
    return contact_of_partner(partner_user.partner)


def contact_of_partner(partner: Partner) -> Contact | None:
    """The partner's account manager; while it has none, whom one of its groups names, else the oldest owner."""
    found = own_contact(partner) or colleagues_for(partner).first()
    return None if found is None else contact_card(found, partner.name)


def newest_people(since: datetime) -> list[PartnerUser]:
    """The first four of those who joined after `since`, the newest first, with their partners."""
    return _newest_people(since)


@prepared
def _newest_people(since: datetime) -> QuerySet[PartnerUser]:
    rows: PartnerUserQuerySet = PartnerUser.objects.real().filter(joined_at__gt=since)
    return rows.select_related("partner").with_person().order_by("-joined_at", "-pk")[:4]


def own_contact(partner: Partner) -> Membership | None:
    """The account manager, while that is somebody who still works here."""
    manager: Membership | None = partner.account_manager
    return manager if manager is not None and manager.is_staff else None


def colleagues_for(partner: Partner | int) -> QuerySet[Membership]:
    """Who answers a partner without account manager, the first one first."""
    groups = GroupMember.objects.open().filter(partner=partner, group__archived_at=None)
    named = Q(pk__in=groups.filter(group__contact__isnull=False).values("group__contact"))
    colleagues = Membership.objects.in_organization(current_organization().pk).active().staff().with_person()
    asked = colleagues.filter(named | Q(roles__contains=[Role.OWNER]))
    return asked.order_by(Case(When(named, then=0), default=1), "created_at", "pk")


def contact_card(colleague: Membership, partner_name: str) -> Contact:
    person = colleague.person
    mailto = f"mailto:{quote(person.email, safe='@')}?subject={quote(partner_name)}"
    return Contact(colleague.pk, str(person), person.first_name, person.email, mailto)


def partner_people(partner: Partner | int) -> PartnerUserQuerySet:
    """Everybody who is or was at the partner: leads first, then by name; those who left last."""
    people: PartnerUserQuerySet = PartnerUser.objects.filter(partner=partner).with_person()
    ended = Case(When(membership__state=Membership.State.ACTIVE, then=0), default=1)
    return people.order_by(ended, "role", Lower("membership__person__name"), "membership__person__email", "pk")


def person_row(user: PartnerUser, profile: Told) -> PersonRow:
    """The line of somebody whom `partner_people` gave, with what whoever looks reads of them (queries/profiles.py)."""
    person = user.membership.person
    return PersonRow(
        public_id=user.public_id,
        membership_public_id=user.membership.public_id,
        name=str(person),
        email=person.email,
        role=user.role,
        role_label=user.get_role_display(),
        job_title=profile.job_title,
        photo=profile.photo,
        profile_url=profile.url,
        state=user.membership.state,
        joined_at=user.joined_at,
        revision=user.revision,
    )


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """Somebody who is known and not invited yet."""

    label: str
    email: str
    job_title: str

    def __str__(self) -> str:
        return self.label


def with_prepared(partners: Any) -> Any:
    """Partners with what `prepared_of` reads, so that a page which loads one asks no query more."""
    people = PreparedPerson.objects.filter(partner=OuterRef("pk"), invited_at=None).order_by("name", "email")
    told = JSONObject(name="name", email="email", job_title="job_title")
    return partners.annotate(prepared_told=ArraySubquery(people.values(told=told)[:20]))


def prepared_of(partner: Any) -> list[PreparedRow]:
    """People of a partner `with_prepared`, by name, twenty at most."""
    return [
        PreparedRow(told["name"] or told["email"], told["email"], told["job_title"]) for told in partner.prepared_told
    ]


def prepared_lines(partners: Sequence[Partner], most: int = 50) -> dict[int, list[str]]:
    """By partner's key, the addresses of people who are known and not invited yet, as a mail program writes them."""
    rows = PreparedPerson.objects.filter(partner__in=partners, invited_at=None).order_by("pk")
    found: dict[int, list[str]] = {}
    for person in rows[: most * max(1, len(partners))]:
        name = person.name.replace("<", "").replace(">", "").replace('"', "")
        line = f"{name} <{person.email}>" if name else person.email
        if len(found.setdefault(person.partner_id, [])) < most:
            found[person.partner_id].append(line)
    return found


def active_leads(partner: Partner) -> int:
    """How many people may act for the company now."""
    return partner.users.active().filter(role=PartnerUser.Role.LEAD).count()
