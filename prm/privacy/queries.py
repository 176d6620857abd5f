"""What an organization holds about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, When

from prm.accounts import queries as accounts
from prm.accounts.models import Membership, Person, normalize_email
from prm.privacy import rules
from prm.privacy.holdings import Holding, Whom, held_about, holdings, names_of_others
from prm.privacy.models import Erasure, ErasureWish
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
    """What an erasure would do, before anybody says so.

    `names` are taken out of every text, `words` only where they stand alone as somebody's name. Of `left_names` a
    person has to read where they stand.
    """

    membership: Membership | None
    held: list[Held]
    names: list[str]
    words: list[str]
    left_names: list[str]
    problems: list[Problem]


def prospect_of(whom: Whom, reader: Membership, erasures: Sequence[Erasure]) -> Prospect:
    """`erasures` are the latest ones, those that are going on among them."""
    erased = [holding for holding in holdings.all() if holding.blank or holding.is_deleted or holding.files]
    counts, names = held_about(erased, whom)
    shared = names_of_others(whom, names)
    searchable = rules.searchable_names(names, shared)
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
    words = rules.exact_names(names, searchable, shared)
    return Prospect(member, held, searchable, words, sorted(names - set(searchable)), problems)


def recent_erasures() -> list[Erasure]:
    """Those that are going on, then the latest."""
    going_on = Case(When(finished_at=None, then=0), default=1)
    return list(Erasure.objects.select_related("begun_by__person").order_by(going_on, "-id")[:50])


# ── Wishes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# Who asks has a right to an answer within a month.
ANSWER_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish that waits, as owners read it; `days` is for how many it has waited."""

    public_id: str
    name: str
    role: str
    email: str
    text: str
    asked_at: datetime
    days: int
    is_late: bool


def open_wishes(now: datetime) -> list[WishRow]:
    """Wishes that wait for an answer, the longest waiting first."""
    rows = ErasureWish.objects.open().select_related("membership__person").order_by("asked_at", "pk")[:50]
    return [wish_row(wish, now) for wish in rows]


def wish_row(wish: ErasureWish, now: datetime) -> WishRow:
    return WishRow(
        public_id=wish.public_id,
        name=str(wish.membership.person),
        role=str(wish.membership.role_label),
        email=wish.membership.person.email,
        text=wish.text,
        asked_at=wish.asked_at,
        days=(now - wish.asked_at).days,
        is_late=now - wish.asked_at > ANSWER_WITHIN,
    )


def last_wish(membership: Membership) -> ErasureWish | None:
    """What this member asked last, and what became of it."""
    rows = ErasureWish.objects.filter(membership=membership).select_related("answered_by__person")
    found: ErasureWish | None = rows.order_by("-asked_at", "-pk").first()
    return found


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
