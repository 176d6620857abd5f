"""What an organization holds about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, When

from prm.accounts import queries as accounts
from prm.accounts.models import Membership, Person, normalize_email
from prm.privacy import rules
from prm.privacy.holdings import Holding, Whom, held_about, holdings, names_of_others
from prm.privacy.models import Erasure
from prm.problems import Problem
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization


def whom_of(email: str) -> Whom:
    """Somebody by an address, with their other addresses where they are a member of the open organization."""
    email = normalize_email(email)
    verified = EmailAddress.objects.filter(user=OuterRef("person"), verified=True)
    own = Case(When(person__email=email, then=0), default=1)
    members = _with_addresses().filter(Q(person__email=email) | Exists(verified.filter(email=email)))
    member = members.order_by(own, "pk").first()
    return _whom(member, email) if member is not None else Whom(None, (email,))


def whom_of_member(membership: Membership) -> Whom:
    return _whom(_with_addresses().get(pk=membership.pk))


def _with_addresses() -> Any:
    verified = EmailAddress.objects.filter(user=OuterRef("person"), verified=True).values("email")
    members = Membership.objects.in_organization(current_organization()).select_related("person", "organization")
    return members.annotate(addresses=ArraySubquery(verified))


def _whom(member: Any, email: str = "") -> Whom:
    person: Person = member.person
    addresses = {email, person.email, *map(normalize_email, member.addresses)} - {""}
    return Whom(member, tuple(sorted(addresses)), (person.name,) if person.name else ())


@dataclass(frozen=True, slots=True)
class Held:
    """How much of one kind is held, and what becomes of it."""

    label: str
    number: int
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Prospect:
    """What an erasure would do, before anybody says so."""

    membership: Membership | None
    held: list[Held]
    names: list[str]
    left_names: list[str]
    problems: list[Problem]


def prospect_of(whom: Whom, reader: Membership, erasures: Sequence[Erasure]) -> Prospect:
    """`erasures` are the latest ones, those that are going on among them."""
    erased = [holding for holding in holdings.all() if holding.blank or holding.is_deleted or holding.files]
    counts, names = held_about(erased, whom)
    searchable = rules.searchable_names(names, names_of_others(whom, names))
    member = whom.membership
    problems = rules.erasure_problems(
        member,
        rows=sum(counts.values()),
        actor_id=reader.pk,
        other_owners=accounts.other_owners(member) if member is not None and member.is_owner else 0,
        is_running=any(set(whom.addresses) & set(erasure.sought.get("addresses", ())) for erasure in erasures),
    )
    held = [Held(str(one.label), counts[one.name], one.is_deleted) for one in erased if one.name in counts]
    held.sort(key=lambda one: not one.is_deleted)
    return Prospect(member, held, searchable, sorted(names - set(searchable)), problems)


def recent_erasures() -> list[Erasure]:
    """Those that are going on, then the latest."""
    going_on = Case(When(finished_at=None, then=0), default=1)
    return list(Erasure.objects.select_related("begun_by__person").order_by(going_on, "-id")[:50])


# ── One's own ───────────────────────────────────────────────────────────────────────────────────────────────────────


def own_data(membership: Membership, organization: Organization, now: datetime) -> dict[str, Any]:
    """Everything that the person may take along from this organization, ready for JSON."""
    whom, person = whom_of_member(membership), membership.person
    return {
        "organization": organization.name,
        "as_of": now,
        "account": {
            "name": person.name,
            "addresses": list(whom.addresses),
            "time_zone": person.zone,
            "language": person.language,
            "account_since": person.date_joined,
            "last_sign_in": person.last_login,
        },
        "membership": {
            "role": membership.role_label,
            "state": membership.get_state_display(),
            "since": membership.created_at,
        },
        "data": {str(holding.label): rows for holding in holdings.all() if (rows := _told(holding, whom))},
    }


def own_counts(membership: Membership) -> list[tuple[str, int]]:
    told = [holding for holding in holdings.all() if holding.told]
    counts, _names = held_about(told, whom_of_member(membership))
    return [(str(holding.label), counts[holding.name]) for holding in told if holding.name in counts]


def _told(holding: Holding, whom: Whom) -> Sequence[dict[str, Any]]:
    if not holding.told:
        return []
    return [
        {column.replace("__", "_"): value for column, value in row.items()}
        for row in holding.rows(whom).order_by("pk").values(*holding.told)
    ]
