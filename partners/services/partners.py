"""Partner records: made, changed, put away and brought back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.db import transaction
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.models import Partner
from partners.models.partners import Source
from partners.names import company_domain, normalize_domain
from partners.queries.partners import alike
from partners.queries.searching import PARTNERS
from partners.services import people
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.audit.services import note
from prm.problems import Problem, Refused
from prm.search.services import refresh
from prm.tenancy.editing import update_if_unchanged


@dataclass(frozen=True)
class PartnerDetails:
    """What people say about a partner. `domain` may be given as any web or mail address."""

    name: str
    domain: str = ""
    website: str = ""
    country: str = ""
    region: str = ""
    language: str = ""
    status: str = Partner.Status.ACTIVE
    account_manager: Membership | None = None
    notes: str = ""

    def columns(self) -> dict[str, Any]:
        """Every column that follows from these details, derived ones included."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values["name"] = " ".join(self.name.split())
        values["domain"] = normalize_domain(self.domain)
        return values | Partner.derived(values["name"], values["domain"])

    def completed(self) -> Self:
        """With the domain that the website tells, where none was given: for partners that are new."""
        return replace(self, domain=self.domain.strip() or company_domain("", self.website))


@transaction.atomic
def create_partner(
    *,
    actor: Actor,
    details: PartnerDetails,
    now: datetime,
    is_another: bool = False,
    is_test: bool = False,
    source: str = Source.HAND,
) -> Partner:
    """Add a partner: row, fact, audit line.

    Raises `Refused` with `looks_like` (level approval) for each partner that may be the same company, unless
    `is_another` says that a person looked and knows better.
    """
    details = details.completed()
    columns = details.columns()
    problems = _problems(details, columns)
    if not is_another:
        problems += rules.duplicate_problems(alike(columns["name"], columns["domain"]))
    if problems:
        raise Refused(problems)
    partner = Partner.objects.create(**columns, is_test=is_test, source=source, created_at=now)
    refresh(PARTNERS, [partner.pk])
    record(kind=facts.CREATED, at=now, partner_id=partner.pk)
    note(actor=actor, verb=facts.CREATED.name, obj=partner)
    return partner


@transaction.atomic
def change_partner(
    *,
    actor: Actor,
    partner: Partner,
    revision: int,
    details: PartnerDetails,
    now: datetime,
    is_another: bool = False,
) -> None:
    """Write new details over those that were read at `revision`; what is the same is not noted.

    Raises `Refused`: `changed_meanwhile` when somebody saved first, `looks_like` when a new name or domain may be
    another partner's.
    """
    columns = details.columns()
    problems = _problems(details, columns)
    is_renamed = (columns["normalized_name"], columns["domain"]) != (partner.normalized_name, partner.domain)
    if is_renamed and not is_another:
        problems += rules.duplicate_problems(alike(columns["name"], columns["domain"], but=partner.pk))
    if problems:
        raise Refused(problems)
    changes = update_if_unchanged(partner, revision, **columns)
    shown = {field: values for field, values in changes.items() if field not in ("normalized_name", "searchable")}
    if not shown:
        return
    if shown.keys() & {"name", "domain"}:
        refresh(PARTNERS, [partner.pk])
    note(actor=actor, verb="partners.changed", obj=partner, changes=shown)
    if "status" in shown:
        before, after = shown["status"]
        record(kind=facts.STATUS_CHANGED, at=now, partner_id=partner.pk, data={"from": str(before), "to": str(after)})


def _problems(details: PartnerDetails, columns: dict[str, Any]) -> list[Problem]:
    problems = rules.account_manager_problems(details.account_manager)
    if not columns["name"]:
        problems.append(Problem("no_name", _("A partner needs a name."), "name"))
    if details.domain.strip() and not columns["domain"]:
        problems.append(Problem("no_domain", _("This is not a domain. One looks like nordwind.example."), "domain"))
    return problems


@transaction.atomic
def archive_partner(*, actor: Actor, partner: Partner, now: datetime) -> None:
    """Put a partner away: out of lists, figures and audiences, and no way in for its people. Twice is once.

    `restore_partner` undoes all of it.
    """
    if Partner.objects.listed().filter(pk=partner.pk).update(archived_at=now):
        partner.archived_at = now
        refresh(PARTNERS, [partner.pk])
        people.send_away(actor=actor, partner=partner, now=now)
        record(kind=facts.ARCHIVED, at=now, partner_id=partner.pk)
        note(actor=actor, verb=facts.ARCHIVED.name, obj=partner)


@transaction.atomic
def restore_partner(*, actor: Actor, partner: Partner, now: datetime) -> None:
    """Bring an archived partner back, with its groups and people as they were. Twice is once."""
    if Partner.objects.archived().filter(pk=partner.pk).update(archived_at=None):
        partner.archived_at = None
        refresh(PARTNERS, [partner.pk])
        people.call_back(actor=actor, partner=partner, now=now)
        record(kind=facts.RESTORED, at=now, partner_id=partner.pk)
        note(actor=actor, verb=facts.RESTORED.name, obj=partner)
