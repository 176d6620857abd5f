"""Partners from a spreadsheet: what the columns are, who is there already, how rows become partners and back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import facts, rules
from partners.countries import country_code
from partners.models import AudienceMember, Group, GroupMember, Partner, PartnerUser
from partners.models.partners import Source
from partners.names import company_domain, comparable, fold, is_free_mail, normalize_domain, normalize_name
from partners.queries.imports import GROUPED
from partners.queries.invitations import KIND
from partners.queries.searching import PARTNERS
from partners.services.groups import Added, GroupDetails, add_to_group, create_group
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import NewFact, record_many
from prm.addresses import address
from prm.imports.models import Import, ImportRow
from prm.imports.schema import ImportedRow, ImportField, ImportSchema, Likeness
from prm.invitations.models import Invitation
from prm.search.services import refresh
from prm.tenancy.scope import current_organization

_is_url = URLValidator(schemes=["http", "https"])


def clean_name(text: str) -> str:
    return " ".join(text.split())


def clean_domain(text: str) -> str:
    """A domain out of whatever names one; raises ValueError for what does not. Free mail names no company: ""."""
    domain = normalize_domain(text)
    if not domain and not is_free_mail(text):
        raise ValueError(_("“%s” is not a domain. One looks like nordwind.example.") % text)
    return domain


def clean_country(text: str) -> str:
    code = country_code(text)
    if not code:
        raise ValueError(_("“%s” is no country. Use its name or its code, such as DE.") % text)
    return code


def clean_website(text: str) -> str:
    url = text if "//" in text else f"https://{text}"
    try:
        _is_url(url)
    except ValidationError:
        raise ValueError(_("“%s” is not a web address.") % text) from None
    return url


def clean_status(text: str) -> str:
    """A status by its word, in English or in the reader's language."""
    wanted = fold(text)
    for status in Partner.Status:
        if wanted in (status.value, fold(str(status.label))):
            return status.value
    words = ", ".join(str(status.label) for status in Partner.Status)
    raise ValueError(_("“%(text)s” is no status. There are: %(words)s.") % {"text": text, "words": words})


def _field(name: str, label: Any, *synonyms: str, clean: Callable[[str], Any] = clean_name, **more: Any) -> ImportField:
    return ImportField(name, label, synonyms=synonyms, clean=clean, **more)


FIELDS = (
    _field(
        "name", gettext_lazy("Company"), "name", "company name", "partner", "partner name", "account", "account name",
        "organization", "organisation", "firma", "unternehmen", "société", "empresa",
        is_required=True, longest=120, example="Nordwind GmbH",
    ),
    _field(
        "domain", gettext_lazy("Domain"), "e-mail domain", "email domain", "email", "e-mail", "mail",
        clean=clean_domain, longest=253, example="nordwind.example",
    ),
    _field(
        "website", gettext_lazy("Website"), "web", "url", "homepage", "webseite", "site",
        clean=clean_website, example="https://nordwind.example",
    ),
    _field(
        "country", gettext_lazy("Country"), "country code", "land", "pays", "país", "iso",
        clean=clean_country, example="Germany",
    ),
    _field("region", gettext_lazy("Region"), "area", "territory", "gebiet", "state", longest=80, example="DACH"),
    _field("status", gettext_lazy("Status"), "partner status", "stage", clean=clean_status, example="Active"),
    _field(
        "account_manager", gettext_lazy("Account manager"), "manager", "owner", "account owner", "cam", "pam",
        "partner manager", "betreuer", longest=254,
    ),
    _field("notes", gettext_lazy("Notes"), "note", "comment", "comments", "remarks", "notiz", "notizen", longest=4000),
)  # fmt: skip


class PartnerImport(ImportSchema):
    """Tables of partners. Nobody gets a mail from them."""

    name = "partners.partners"
    label = gettext_lazy("Partners")
    fields = FIELDS
    order = 10

    def page(self, row_import: Import) -> str:
        return address("partner_import_detail", row_import.public_id)

    def identities(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        domain = _domain(values)
        return (normalize_name(values["name"]), *([domain] if domain else []))

    def match(self, rows: Sequence[ImportedRow]) -> Mapping[int, Likeness]:
        names = {row.number: normalize_name(row.values["name"]) for row in rows}
        domains = {row.number: _domain(row.values) for row in rows}
        by_name = {found.normalized_name: found for found in Partner.objects.filter(normalized_name__in=names.values())}
        known = {domain for domain in domains.values() if domain}
        by_domain = {found.domain: found for found in Partner.objects.filter(domain__in=known)} if known else {}
        like = {row.number: by_name.get(names[row.number]) or by_domain.get(domains[row.number]) for row in rows}
        return {
            number: Likeness(found.pk, rules.described(found), address("partner_detail", found.public_id))
            for number, found in like.items()
            if found is not None
        }

    def create(
        self, rows: Sequence[ImportedRow], *, options: Mapping[str, Any], actor: Actor, now: datetime
    ) -> Sequence[int]:
        managers = _colleagues([row.values.get("account_manager", "") for row in rows])
        made = Partner.objects.bulk_create([_partner(row.values, managers, now) for row in rows])
        record_many([NewFact(facts.CREATED, now, partner_id=partner.pk) for partner in made])
        refresh(PARTNERS, [partner.pk for partner in made])
        return [partner.pk for partner in made]

    def remove(self, ids: Sequence[int], *, actor: Actor, now: datetime) -> Mapping[int, str]:
        kept = _in_use(ids)
        gone = [pk for pk in ids if pk not in kept]
        kept |= _delete(gone)
        record_many([NewFact(facts.ARCHIVED, now, partner_id=pk) for pk in gone if pk not in kept])
        refresh(PARTNERS, gone)
        return kept


def _domain(values: Mapping[str, Any]) -> str:
    return company_domain(values.get("domain") or "", values.get("website") or "")


def _partner(values: Mapping[str, Any], managers: Mapping[str, int], now: datetime) -> Partner:
    name, domain = values["name"], _domain(values)
    manager = values.get("account_manager") or ""
    manager_id = managers.get(manager.lower())
    return Partner(
        name=name,
        domain=domain,
        **Partner.derived(name, domain),
        website=values.get("website") or "",
        country=values.get("country") or "",
        region=values.get("region") or "",
        status=values.get("status") or Partner.Status.ACTIVE,
        notes=_notes(values.get("notes") or "", "" if manager_id else manager),
        account_manager_id=manager_id,
        source=Source.IMPORT,
        created_at=now,
    )


def _notes(text: str, unknown_manager: str) -> str:
    """The row's notes, with the name of an account manager whom nobody here is called: nothing is lost."""
    if not unknown_manager:
        return text
    line = _("Account manager in the spreadsheet: %s") % unknown_manager
    return f"{text}\n{line}".strip()


def _colleagues(named: Sequence[str]) -> dict[str, int]:
    """Active colleagues by address and by name, in lower case; whom nobody is called is left out."""
    if not any(named):
        return {}
    colleagues = Membership.objects.in_organization(current_organization()).active().staff().with_person()
    found = {}
    for colleague in colleagues:
        found[colleague.person.name.lower()] = colleague.pk
        found[colleague.person.email] = colleague.pk
    return found


def _in_use(ids: Sequence[int]) -> dict[int, str]:
    """Partners that somebody did something with since the import, and what."""
    changed = Partner.objects.filter(pk__in=ids, revision__gt=1).values_list("pk", flat=True)
    grouped = GroupMember.objects.filter(partner__in=ids).exclude(source=GroupMember.Source.IMPORT)
    invited = Invitation.objects.filter(kind=KIND, target_id__in=ids).values_list("target_id", flat=True)
    joined = PartnerUser.objects.filter(partner__in=ids).values_list("partner", flat=True)
    return {
        **dict.fromkeys(changed, _("It was edited since.")),
        **dict.fromkeys(grouped.values_list("partner", flat=True), _("It was put into a group since.")),
        **dict.fromkeys(filter(None, invited), _("Its people were invited since.")),
        **dict.fromkeys(joined, _("Its people are in already.")),
    }


def _delete(ids: Sequence[int]) -> dict[int, str]:
    """Delete partners with what their import wrote about them; those that something else refers to stay."""
    kept = {}
    for group in (ids, *([pk] for pk in ids)):
        try:
            with transaction.atomic():
                AudienceMember.objects.filter(partner__in=group).delete()
                GroupMember.objects.filter(partner__in=group).delete()
                Partner.objects.filter(pk__in=group).delete()
        except (ProtectedError, IntegrityError):
            if len(group) == 1:
                kept[group[0]] = _("It is in use.")
            continue
        if group is ids:
            break
    return kept


def make_groups(
    *, actor: Actor, row_import: Import, column: int, names: Mapping[str, str], now: datetime
) -> list[tuple[Group, Added]]:
    """Put the partners of an import into groups by what stands in one of its columns.

    `names` gives each value its group's name; a group of that name is used, else made.
    """
    title = row_import.columns[column]
    made = []
    for value, name in names.items():
        rows = ImportRow.objects.filter(row_import=row_import, object_id__isnull=False, **{f"cells__{column}": value})
        ids = [pk for pk in rows.values_list("object_id", flat=True) if pk is not None]
        group = Group.objects.listed().filter(normalized_name=comparable(name)).first()
        if group is None:
            group = create_group(actor=actor, details=GroupDetails(name=name), now=now)
        added = add_to_group(
            actor=actor,
            group=group,
            partner_ids=ids,
            reason=_("%(column)s: %(value)s") % {"column": title, "value": value},
            source=GroupMember.Source.IMPORT,
            now=now,
        )
        made.append((group, added))
    row_import.options = {**row_import.options, GROUPED: [*row_import.options.get(GROUPED, []), column]}
    row_import.save(update_fields=["options"])
    return made
