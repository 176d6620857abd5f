"""The demo's people: who exists, how they sign in, and what `.canopy/demo.json` says of them."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings

from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.accounts.services.memberships import add_member
from prm.tenancy.scope import current_organization


@dataclass(frozen=True)
class Shown:
    """One entry of demo.json: a person with a sign-in button on the first page."""

    key: str
    name: str
    email: str
    password: str
    organization: str
    slug: str
    role: str
    partner: str = ""
    url: str = ""


@dataclass
class Cast:
    """Everybody whom stories need by name, in one organization."""

    password: str
    staff: dict[str, Membership] = field(default_factory=dict)
    people: dict[str, list[Membership]] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)

    def actor(self, key: str) -> Actor:
        return Actor.of(self.staff[key])

    def show(self, key: str, membership: Membership, role: str, partner: str = "") -> None:
        """Give somebody a button on the first page and the demo's password."""
        membership.person.set_password(self.password)
        membership.person.save(update_fields=["password"])
        organization = current_organization()
        face = "studio/" if membership.is_staff else ""
        self.shown.append(
            Shown(
                key=key,
                name=membership.person.name,
                email=membership.person.email,
                password=self.password,
                organization=organization.name,
                slug=organization.slug,
                role=role,
                partner=partner,
                url=f"/o/{organization.slug}/{face}",
            )
        )


def person_called(name: str, email: str) -> Person:
    """The person with this address, made with a verified address where there is none yet."""
    known = Person.objects.filter(email=email).first()
    if known is not None:
        return known
    person = Person.objects.create_user(email, name=name)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def hire(person: Person, roles: tuple[str, ...], now: datetime) -> Membership:
    """Make somebody a colleague of the current organization."""
    return _join(person, "staff", roles, now)


def welcome(person: Person, now: datetime) -> Membership:
    """Make somebody a partner's person of the current organization."""
    return _join(person, "partner", (), now)


def _join(person: Person, kind: str, roles: tuple[str, ...], now: datetime) -> Membership:
    actor = Actor.system("demo")
    return add_member(actor=actor, organization=current_organization(), person=person, kind=kind, roles=roles, now=now)


def new_password() -> str:
    """One password for all demo people of an installation; it stands in demo.json and nowhere else."""
    return secrets.token_urlsafe(12)


def write_list(shown: list[Shown]) -> Path:
    """Write demo.json, readable by its owner only, for the first page, tests, pictures and measurements."""
    path = settings.CANOPY_HOME / "demo.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    _write(path, [asdict(entry) for entry in shown])
    return path


def renew_address() -> None:
    """Have demo.json tell where the site is now: a later start may listen on another port."""
    path = settings.CANOPY_HOME / "demo.json"
    if path.exists():
        _write(path, json.loads(path.read_text("utf-8"))["people"])


def _write(path: Path, people: list[dict[str, Any]]) -> None:
    entries = {"address": settings.PUBLIC_BASE_URL, "people": people}
    path.write_text(json.dumps(entries, indent=1, ensure_ascii=False), "utf-8")
