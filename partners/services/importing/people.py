"""Tables of partners' people. They are prepared: known, and neither invited nor written to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import facts
from partners.models import PartnerUser, PreparedPerson
from partners.models.partners import Source
from partners.names import company_domain, fold, normalize_name
from partners.queries.imports import PEOPLE, companies_of, known_addresses
from partners.services.importing.fields import clean_domain, clean_name
from prm.accounts.actors import Actor
from prm.accounts.models import normalize_email
from prm.activity.services import NewFact, record_many
from prm.addresses import address
from prm.audit.services import NewNote, note_many
from prm.imports.models import Import
from prm.imports.schema import Changes, ImportedRow, ImportField, ImportSchema, Likeness, RowSet
from prm.problems import Problem, Refused

# Of a prepared person, what a row can update.
UPDATED = {"name": "name", "job": "job_title", "role": "role"}
_LEADS = frozenset(["lead", "leads", "leader", "owner", "admin", "primary", "main", "hauptkontakt", "leitung"])
_MEMBERS = frozenset(["member", "members", "user", "contact", "colleague", "mitglied", "kollege"])


def clean_email(text: str) -> str:
    email = normalize_email(text.removeprefix("mailto:"))
    try:
        validate_email(email)
    except ValidationError:
        raise ValueError(_("“%s” is no e-mail address.") % text) from None
    return email


def clean_role(text: str) -> str:
    word = fold(text)
    labels = {fold(str(role.label)): role.value for role in PartnerUser.Role}
    if word in _LEADS or labels.get(word) == PartnerUser.Role.LEAD:
        return PartnerUser.Role.LEAD.value
    if word in _MEMBERS or word in labels:
        return PartnerUser.Role.MEMBER.value
    raise ValueError(_("“%s” is no role. There are: lead, member.") % text)


class PeopleImport(ImportSchema):
    """Tables of partners' people, each with their company by name or domain."""

    name = PEOPLE
    label = gettext_lazy("Partners’ people")
    order = 20
    fields = (
        ImportField(
            "email", gettext_lazy("E-mail"), ("email", "e-mail", "mail", "e-mail address", "email address"),
            is_required=True, clean=clean_email, longest=254, example="lena@nordwind.example",
        ),
        ImportField(
            "name", gettext_lazy("Name"), ("full name", "contact", "contact name", "person", "ansprechpartner"),
            clean=clean_name, longest=120, example="Lena Brandt",
        ),
        ImportField(
            "company", gettext_lazy("Company"), ("company name", "partner", "account", "organization", "firma"),
            clean=clean_name, longest=120, example="Nordwind GmbH",
        ),
        ImportField(
            "domain", gettext_lazy("Company’s domain"), ("domain", "website", "web", "company domain"),
            clean=clean_domain, longest=253, example="nordwind.example",
        ),
        ImportField(
            "job", gettext_lazy("Job title"), ("job", "title", "position", "function", "funktion"),
            clean=clean_name, longest=120, example="Head of sales",
        ),
        ImportField("role", gettext_lazy("Role"), ("portal role",), clean=clean_role, example="Lead"),
    )  # fmt: skip

    def page(self, row_import: Import) -> str:
        return address("partner_import_detail", row_import.public_id)

    def derived(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        name, domain = values.get("company") or "", values.get("domain") or ""
        return {
            "company_name": normalize_name(name) if name else "",
            # Whoever names no company is of the one whose domain they write from.
            "company_domain": domain or ("" if name else company_domain(values["email"], "")),
        }

    def identities(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return (values["email"],)

    def problems_among(self, rows: RowSet) -> Mapping[int, Problem]:
        found = {}
        for number, companies in companies_of(rows).items():
            if not companies:
                words = _("No partner is called so or has this domain. Add the partner first, or mend the row.")
                found[number] = Problem("no_partner", words, "company")
            elif len(companies) > 1:
                words = _("Several partners are called so. Write the domain of the one that is meant.")
                found[number] = Problem("many_partners", words, "company")
        return found

    def match(self, rows: RowSet) -> Mapping[int, Likeness]:
        said = {row.number: row.values for row in rows}
        known = known_addresses([values["email"] for values in said.values()])
        found = {}
        for number, values in said.items():
            if person := known.get(values["email"]):
                changes = {} if person.why_fixed else _changes(values, rows.row_import, person.values)
                found[number] = Likeness(
                    person.object_id, person.label, person.address, changes, person.why_fixed, person.kind
                )
        return found

    def create(self, rows: RowSet, *, actor: Actor, now: datetime) -> Sequence[int]:
        companies = companies_of(rows)
        made = PreparedPerson.objects.bulk_create(
            [_prepared(row, companies[row.number], actor, now) for row in rows], batch_size=1000
        )
        _record(made, now)
        return [person.pk for person in made]

    def update(
        self, wanted: Mapping[int, Changes], *, row_import: Import, actor: Actor, now: datetime
    ) -> Mapping[int, Changes]:
        written: dict[int, Changes] = {}
        people = list(PreparedPerson.objects.filter(pk__in=wanted).select_for_update(no_key=True).order_by("pk"))
        for person in people:
            changes = {
                name: pair for name, pair in wanted[person.pk].items() if getattr(person, UPDATED[name]) == pair[0]
            }
            for name, (_before, after) in changes.items():
                setattr(person, UPDATED[name], after)
            if changes:
                person.revision += 1
                written[person.pk] = changes
        changed = [person for person in people if person.pk in written]
        PreparedPerson.objects.bulk_update(changed, [*UPDATED.values(), "revision"], batch_size=500)
        notes = [
            NewNote(person, {UPDATED[name]: pair for name, pair in written[person.pk].items()}) for person in changed
        ]
        note_many(actor=actor, verb="partners.prepared_changed", notes=notes, reason=str(row_import.file))
        return written

    def remove(self, ids: Sequence[int], *, actor: Actor, now: datetime) -> Mapping[int, str]:
        people = list(PreparedPerson.objects.filter(pk__in=ids).select_for_update())
        kept = {person.pk: why for person in people if (why := _why_kept(person))}
        gone = [person for person in people if person.pk not in kept]
        _record(gone, now, facts.PERSON_DROPPED)
        PreparedPerson.objects.filter(pk__in=[person.pk for person in gone]).delete()
        here = {person.pk for person in people}
        return kept | {pk: _("They have joined, or somebody removed them.") for pk in ids if pk not in here}

    def wording(self, row_import: Import) -> Callable[[str, Any], str]:
        roles = {str(role.value): str(role.label) for role in PartnerUser.Role}
        return lambda name, value: roles.get(value, "") if name == "role" else str(value or "")


def _changes(values: Mapping[str, Any], row_import: Import, known: Mapping[str, Any]) -> dict[str, list[Any]]:
    said = {name: values.get(name) for name in UPDATED if name in row_import.mapping}
    return {name: [known[name], value] for name, value in said.items() if value and value != known[name]}


def _prepared(row: ImportedRow, companies: Sequence[int], actor: Actor, now: datetime) -> PreparedPerson:
    if len(companies) != 1:
        raise Refused(Problem("no_partner", _("Its partner cannot be told any more."), "company"))
    values = row.values
    return PreparedPerson(
        partner_id=companies[0],
        email=values["email"],
        name=values.get("name") or "",
        job_title=values.get("job") or "",
        role=values.get("role") or PartnerUser.Role.MEMBER,
        source=Source.IMPORT,
        created_at=now,
        created_by_id=actor.membership_id,
    )


def _record(people: Sequence[PreparedPerson], now: datetime, kind: Any = facts.PERSON_PREPARED) -> None:
    record_many(NewFact(kind, now, partner_id=person.partner_id, object_id=person.pk) for person in people)


def _why_kept(person: PreparedPerson) -> str:
    if person.invited_at is not None:
        return _("They were invited since.")
    return _("It was edited since.") if person.revision > 1 else ""
