"""Partner records: made, changed, put away and brought back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.db import transaction
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.models import Attribute, Partner
from partners.models.partners import Source
from partners.names import company_domain, normalize_domain
from partners.queries.duplicates import Alike, alike, domains_of
from partners.queries.searching import PARTNERS
from partners.services import duplicates, people
from partners.services.values import keep_changes, write_values
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.services import memberships
from prm.activity.services import record
from prm.audit.services import note
from prm.problems import Problem, Refused
from prm.search.services import refresh
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.scope import current_organization


@dataclass(frozen=True)
class PartnerDetails:
    """What people say about a partner. `domain` may be given as any web or mail address.

    `further_domains` are bare domains of the same company; None leaves those that are known.
    """

    name: str
    domain: str = ""
    website: str = ""
    country: str = ""
    region: str = ""
    language: str = ""
    status: str = Partner.Status.ACTIVE
    account_manager: Membership | None = None
    notes: str = ""
    further_domains: tuple[str, ...] | None = None

    @classmethod
    def of(cls, partner: Partner) -> "PartnerDetails":
        """What is known of a partner now, to be changed in part with `dataclasses.replace`."""
        return cls(**{name: getattr(partner, name) for name in cls.__dataclass_fields__ if name != "further_domains"})

    def columns(self) -> dict[str, Any]:
        """Every column that follows from these details, derived ones included."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "further_domains"}
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
    values: Mapping[Attribute, Any] | None = None,
    source: str = Source.HAND,
    now: datetime,
    is_another: bool = False,
    is_test: bool = False,
) -> Partner:
    """Add a partner, with what its attributes are: row, fact, audit line.

    Raises `Refused` with `looks_like` (level approval) for each partner that may be the same company, unless
    `is_another` says that a person looked and knows better.
    """
    details = details.completed()
    columns = details.columns()
    problems = _problems(details, columns)
    known = [] if is_test else alike(columns["name"], columns["domain"], further=details.further_domains or ())
    if not is_another:
        problems += rules.duplicate_problems(row.partner for row in known)
    if problems:
        raise Refused(problems)
    partner = Partner.objects.create(**columns, source=source, is_test=is_test, created_at=now)
    duplicates.write_domains(partner, details.further_domains or ())
    _compare(actor, partner, known, now)
    refresh(PARTNERS, [partner.pk])
    record(kind=facts.CREATED, at=now, partner_id=partner.pk)
    told = write_values(actor=actor, partner=partner, values=values or {}, source=source, now=now)
    note(actor=actor, verb=facts.CREATED.name, obj=partner, changes=told)
    return partner


@transaction.atomic
def change_partner(
    *,
    actor: Actor,
    partner: Partner,
    revision: int,
    details: PartnerDetails,
    values: Mapping[Attribute, Any] | None = None,
    source: str = Source.HAND,
    now: datetime,
    is_another: bool = False,
) -> None:
    """Write new details, and what attributes are, over those that were read at `revision`; what is the same is not
    noted.

    Every value that changes, but for the notes, goes into the history. Raises `Refused`: `changed_meanwhile` when
    somebody saved first, `looks_like` when a new name or domain may be another partner's, `wrong_value`.
    """
    duplicates.refuse_merged(partner)
    columns = details.columns()
    problems = _problems(details, columns)
    further = domains_of(partner) if details.further_domains is None else list(details.further_domains)
    is_renamed = (columns["normalized_name"], columns["domain"]) != (partner.normalized_name, partner.domain)
    is_renamed = is_renamed or not set(further) <= set(domains_of(partner))
    known = alike(columns["name"], columns["domain"], but=partner.pk, further=further) if is_renamed else []
    if not is_another:
        problems += rules.duplicate_problems(row.partner for row in known)
    if problems:
        raise Refused(problems)
    changes = update_if_unchanged(partner, revision, **columns)
    shown = {field: sides for field, sides in changes.items() if field not in ("normalized_name", "searchable")}
    if domains := duplicates.write_domains(partner, further):
        shown["further_domains"] = domains
    if {"name", "domain", "further_domains"} & shown.keys():
        _compare(actor, partner, known, now)
    if shown.keys() & {"name", "domain"}:
        refresh(PARTNERS, [partner.pk])
    keep_changes(actor=actor, partner=partner, changes=_for_history(shown), source=source, now=now)
    told = write_values(actor=actor, partner=partner, values=values or {}, source=source, now=now)
    if shown or told:
        note(actor=actor, verb="partners.changed", obj=partner, changes={**shown, **told})
    if "status" in shown:
        before, after = shown["status"]
        record(kind=facts.STATUS_CHANGED, at=now, partner_id=partner.pk, data={"from": str(before), "to": str(after)})


def _for_history(changes: Mapping[str, list[Any]]) -> dict[str, tuple[Any, Any]]:
    """The changes as JSON has them, colleagues by their key. The notes are free words about people, which a history
    that only grows must not keep."""
    return {field: (_plain(before), _plain(after)) for field, (before, after) in changes.items() if field != "notes"}


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Membership) else (value or None)


def _compare(actor: Actor, partner: Partner, known: list[Alike], now: datetime) -> None:
    """Find who is like this partner; whoever stood there when it was saved all the same is another company."""
    others = [row.partner.pk for row in known]
    duplicates.remember_different(actor=actor, partner_id=partner.pk, others=others, now=now)
    duplicates.compare([partner.pk], now)


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
    memberships.hold(current_organization())
    if Partner.objects.listed().filter(pk=partner.pk).update(archived_at=now):
        partner.archived_at = now
        refresh(PARTNERS, [partner.pk])
        people.send_away(actor=actor, partner=partner, now=now)
        record(kind=facts.ARCHIVED, at=now, partner_id=partner.pk)
        note(actor=actor, verb=facts.ARCHIVED.name, obj=partner)


@transaction.atomic
def restore_partner(*, actor: Actor, partner: Partner, now: datetime) -> None:
    """Bring an archived partner back, with its groups and people as they were. Twice is once.

    Raises `Refused` with `merged` for a record that was merged into another.
    """
    duplicates.refuse_merged(partner)
    memberships.hold(current_organization())
    if Partner.objects.archived().filter(pk=partner.pk).update(archived_at=None):
        partner.archived_at = None
        refresh(PARTNERS, [partner.pk])
        people.call_back(actor=actor, partner=partner, now=now)
        record(kind=facts.RESTORED, at=now, partner_id=partner.pk)
        note(actor=actor, verb=facts.RESTORED.name, obj=partner)
