"""What the pages of an import of partners show beside what prm.imports finds."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Contact, Partner, PartnerUser
from partners.queries.invitations import KIND
from prm.accounts.models import Membership
from prm.addresses import address
from prm.imports.models import Import, ImportRow
from prm.imports.queries import mapped_fields
from prm.imports.schema import ImportedRow
from prm.invitations.models import Invitation
from prm.jobs.models import Job
from prm.tenancy.scope import current_organization

PARTNERS, PEOPLE = "partners.partners", "partners.people"
# The option of an import that lists the columns that groups were made of.
GROUPED = "grouped_columns"
FEWEST, MOST = 2, 8
# A column with a value in fewer rows than this share says nothing about partners as such.
_SHARE = 0.6
_SHOWN_AT_ONCE = 20
_Outcome = ImportRow.Outcome


@dataclass(frozen=True, slots=True)
class GroupProposal:
    """A column that divides the imported partners: its number and title, and (value, how many) with the most first."""

    column: int
    title: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CellToMend:
    """A cell of a row that cannot be read; `problem` is empty for the cells that are only shown for orientation."""

    column: int
    label: str
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class RowToMend:
    number: int
    cells: tuple[CellToMend, ...]
    other_problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FreshRow:
    """A row that will become a partner unless it is left out."""

    number: int
    cells: tuple[str, ...]
    is_left_out: bool
    url: str


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """A row that looks like somebody: `url` leads there, empty where it is another row of the same file."""

    number: int
    name: str
    like: str
    url: str
    is_wanted: bool


def is_working(row_import: Import) -> bool:
    """Whether a job of this import is under way."""
    job = row_import.job
    return job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING)


def recent_imports() -> list[Import]:
    """The last few imports that were applied or begun, newest first."""
    rows = Import.objects.filter(schema__in=[PARTNERS, PEOPLE])
    return list(rows.select_related("file", "created_by__person").latest_first()[:5])


def shown_columns(row_import: Import) -> list[tuple[str, int]]:
    """(label, column) of what the preview has room for, in the schema's order."""
    return [(label, column) for name, label, column in mapped_fields(row_import) if name != "notes"][:5]


def fresh_row(row_import: Import, row: ImportRow, columns: list[tuple[str, int]]) -> FreshRow:
    cells = tuple(_cell(row, column) for _label, column in columns)
    url = address("partner_import_row", row_import.public_id, row.number)
    return FreshRow(row.number, cells, row.outcome == _Outcome.SKIPPED, url)


def rows_to_mend(row_import: Import) -> list[RowToMend]:
    """The first rows that cannot be read, each with its name and with the cells that are wrong."""
    rows = ImportRow.objects.of(row_import).filter(outcome=_Outcome.PROBLEM)[:_SHOWN_AT_ONCE]
    fields = mapped_fields(row_import)
    return [_row_to_mend(row, fields) for row in rows]


def _row_to_mend(row: ImportRow, fields: list[tuple[str, str, int]]) -> RowToMend:
    wrong = {problem["field"]: problem["message"] for problem in row.problems}
    cells = tuple(
        CellToMend(column, label, _cell(row, column), wrong.pop(name, ""))
        for name, label, column in fields
        if name in wrong or name in ("name", "domain")
    )
    return RowToMend(row.number, cells, tuple(wrong.values()))


def rows_alike(row_import: Import) -> list[AlikeRow]:
    """The first rows that look like a partner who is there, or like an earlier row."""
    name = row_import.mapping.get("name", 0)
    rows = ImportRow.objects.of(row_import).filter(outcome=_Outcome.LIKE)[:_SHOWN_AT_ONCE]
    return [
        AlikeRow(row.number, _cell(row, name), row.like.get("label", ""), row.like.get("address", ""), row.is_wanted)
        for row in rows
    ]


def _cell(row: ImportRow, column: int) -> str:
    return str(row.cells[column]) if column < len(row.cells) else ""


def decisions(row_import: Import) -> tuple[set[int], set[int]]:
    """The numbers of rows that are wanted although they look like somebody, and of new ones that are left out."""
    rows = ImportRow.objects.filter(row_import=row_import)
    wanted = rows.filter(outcome=_Outcome.LIKE, is_wanted=True)
    left_out = rows.filter(outcome=_Outcome.SKIPPED)
    return set(wanted.values_list("number", flat=True)), set(left_out.values_list("number", flat=True))


def headline(row_import: Import) -> str:
    """What was found, in one line: "18 new, 1 looks like Nordwind, 1 has no name"."""
    counts = row_import.counts
    parts = [_("%d new") % int(counts.get("new", 0)), _alike(row_import, counts), _unreadable(row_import, counts)]
    if counts.get("skipped"):
        parts.append(_("%d left out") % counts["skipped"])
    return ", ".join(part for part in parts if part)


def _alike(row_import: Import, counts: dict[str, Any]) -> str:
    number = counts.get("like", 0)
    if number != 1:
        return _("%d look like somebody who is there") % number if number else ""
    row = ImportRow.objects.of(row_import).filter(outcome=_Outcome.LIKE).first()
    return _("1 looks like %s") % row.like.get("label", "") if row else ""


def _unreadable(row_import: Import, counts: dict[str, Any]) -> str:
    number: int = counts.get("problem", 0)
    if not number:
        return ""
    nameless = ImportRow.objects.of(row_import).filter(outcome=_Outcome.PROBLEM, problems__contains=[{"field": "name"}])
    if nameless.count() == number:
        return ngettext("%d has no name", "%d have no name", number) % number
    return ngettext("%d cannot be read", "%d cannot be read", number) % number


def columns_in_words(row_import: Import) -> list[tuple[str, str]]:
    """(label of the field, title of the column that it is read from)."""
    titles = row_import.columns
    return [
        (label, titles[column] or _("Column %d") % (column + 1)) for _name, label, column in mapped_fields(row_import)
    ]


def kept_rows(row_import: Import) -> list[tuple[str, str]]:
    """(name, why) of the partners that an undo left, fifty at most."""
    name = row_import.mapping.get("name", 0)
    rows = ImportRow.objects.of(row_import).filter(object_id__isnull=False)[:50]
    return [(_cell(row, name), "; ".join(problem["message"] for problem in row.problems)) for row in rows]


def group_proposals(row_import: Import) -> list[GroupProposal]:
    """Columns with few values, each in several rows: candidates for groups, the fewest values first, three at most.

    Columns that were made groups of already are left out.
    """
    made = ImportRow.objects.filter(row_import=row_import, object_id__isnull=False)
    total = made.count()
    taken = {row_import.mapping.get(name) for name in ("name", "domain", "website", "notes")}
    taken |= set(row_import.options.get(GROUPED, ()))
    found = []
    for column, title in enumerate(row_import.columns):
        if column in taken or not title.strip():
            continue
        values = _values(made, column)
        if _divides(values, total):
            found.append(GroupProposal(column, title, tuple(values.most_common())))
    return sorted(found, key=lambda proposal: (len(proposal.values), proposal.column))[:3]


def _values(made: QuerySet[ImportRow], column: int) -> Counter[str]:
    """How often each value stands in the column; nothing where there are too few or too many different ones."""
    texts = made.annotate(text=KeyTextTransform(str(column), F("cells"))).exclude(text="").exclude(text__isnull=True)
    different = list(texts.order_by().values_list("text", flat=True).distinct()[: MOST + 1])
    if not FEWEST <= len(different) <= MOST:
        return Counter()
    return Counter(texts.values_list("text", flat=True).iterator())


def _divides(values: Counter[str], total: int) -> bool:
    return bool(values) and min(values.values()) >= 2 and values.total() >= total * _SHARE


def colleagues_by_word() -> dict[str, int]:
    """Active colleagues by address and by name, in lower case."""
    found = {}
    for colleague in Membership.objects.in_organization(current_organization()).active().staff().with_person():
        found[colleague.person.name.lower()] = colleague.pk
        found[colleague.person.email] = colleague.pk
    found.pop("", None)
    return found


def names_of_colleagues(keys: Collection[int]) -> dict[int, str]:
    """Key of a membership → the person's name."""
    rows = Membership.objects.in_organization(current_organization()).filter(pk__in=keys).with_person()
    return {row.pk: str(row.person) for row in rows}


def companies_of(rows: Iterable[ImportedRow]) -> dict[int, list[int]]:
    """By row number, the partners that a row of people may name: by domain where it says one, else by name."""
    said = [(row.number, row.values["company_domain"], row.values["company_name"]) for row in rows]
    listed = Partner.objects.listed()
    by_domain = _keys_by(listed.filter(domain__in={domain for _number, domain, _name in said if domain}), "domain")
    names = {name for _number, domain, name in said if not domain}
    by_name = _keys_by(listed.filter(normalized_name__in=names), "normalized_name")
    return {number: by_domain.get(domain, []) if domain else by_name.get(name, []) for number, domain, name in said}


def _keys_by(partners: "QuerySet[Partner]", column: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for text, key in partners.values_list(column, "pk"):
        found.setdefault(text, []).append(key)
    return found


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Whose address it is already. `values` are a contact's, as rows of a table name them."""

    object_id: int
    label: str
    address: str
    why_fixed: str
    values: Mapping[str, str] = field(default_factory=dict)


def known_addresses(emails: Sequence[str]) -> dict[str, KnownPerson]:
    """By address, contacts, partners' people, colleagues and people who were invited."""
    found = {
        contact.email: KnownPerson(
            contact.pk,
            f"{contact} ({contact.partner.name})",
            address("partner_detail", contact.partner.public_id),
            "",
            {"name": contact.name, "job": contact.job_title, "role": contact.role},
        )
        for contact in Contact.objects.filter(email__in=emails).select_related("partner")
    }
    for invitation in Invitation.objects.filter(email__in=emails, kind=KIND, state=Invitation.State.OPEN).order_by(
        "pk"
    ):
        found.setdefault(
            invitation.email, KnownPerson(invitation.pk, invitation.email, "", _("They were invited already."))
        )
    members = Membership.objects.in_organization(current_organization()).filter(person__email__in=emails).with_person()
    partners = {
        user.membership_id: user.partner
        for user in PartnerUser.objects.filter(membership__in=[member.pk for member in members]).select_related(
            "partner"
        )
    }
    for member in members:
        partner = partners.get(member.pk)
        label = f"{member.person} ({partner.name})" if partner else str(member.person)
        place = address("partner_detail", partner.public_id) if partner else ""
        why = _("They are in already.") if partner else _("They are a colleague of yours.")
        found[member.person.email] = KnownPerson(member.pk, label, place, why)
    return found
