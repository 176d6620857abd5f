"""What the pages of an import of partners show beside what prm.imports finds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import Attribute, Partner, PartnerUser, PreparedPerson
from partners.names import comparable
from partners.queries.invitations import KIND
from prm.accounts.models import Membership
from prm.addresses import address
from prm.imports import rules
from prm.imports.models import Import, ImportRow
from prm.imports.queries import mapped_fields, shown_fields, unknown_choices
from prm.imports.schema import ImportedRow, import_schemas
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
_Outcome, _Decision = ImportRow.Outcome, ImportRow.Decision
# What a text that is no choice becomes: a new choice, or nothing; else an existing choice by its key.
ADD, EMPTY = "+", "-"


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
class Change:
    """A value that the row says otherwise; `is_written` is whether applying writes it as things stand."""

    label: str
    before: str
    after: str
    is_written: bool


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """A row that looks like somebody: `url` leads there, empty where it is another row of the same file.

    `effect` is what applying does with it as things stand: "add", "update", "fill" or "" for nothing; `offered` are
    (decision, words) of what may be said of it.
    """

    number: int
    name: str
    like: str
    url: str
    why: str
    changes: tuple[Change, ...]
    effect: str
    decision: str
    offered: tuple[tuple[str, str], ...]
    row_url: str


@dataclass(frozen=True, slots=True)
class ModeChoice:
    """One thing that can become of rows that are there already, and how many it touches."""

    value: str
    label: str
    number: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ChoiceToDecide:
    """A text that is none of an attribute's choices: `name` is its form field, `offered` what it may mean."""

    name: str
    attribute: str
    text: str
    rows: int
    offered: tuple[tuple[str, str], ...]


def is_working(row_import: Import) -> bool:
    """Whether a job of this import is under way."""
    job = row_import.job
    return job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING)


def has_failed(row_import: Import) -> bool:
    """Whether the work on this import ended before it was done."""
    job = row_import.job
    unfinished = (Import.State.CHECKING, Import.State.APPLYING, Import.State.UNDOING)
    return job is not None and job.state == Job.State.FAILED and row_import.state in unfinished


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


def first_rows(row_import: Import) -> list[ImportRow]:
    """The first rows that cannot be read, and the first that look like somebody: those that would be changed before
    the others.
    """
    counts, rows = row_import.counts, ImportRow.objects.filter(row_import=row_import)
    place = Case(When(outcome=_Outcome.PROBLEM, then=2), When(changes={}, then=1), default=0)
    parts = [
        rows.filter(outcome=outcome).annotate(place=place).order_by("place", "number")[:_SHOWN_AT_ONCE]
        for outcome in (_Outcome.PROBLEM, _Outcome.LIKE)
        if counts.get(outcome.value)
    ]
    found: list[Any] = list(parts[0].union(*parts[1:], all=True)) if parts else []
    return sorted(found, key=lambda row: (row.place, row.number))


def rows_to_mend(row_import: Import, rows: Sequence[ImportRow]) -> list[RowToMend]:
    """Those of the rows that cannot be read, each with its name and with the cells that are wrong."""
    fields = mapped_fields(row_import)
    return [_row_to_mend(row, fields) for row in rows if row.outcome == _Outcome.PROBLEM]


def _row_to_mend(row: ImportRow, fields: list[tuple[str, str, int]]) -> RowToMend:
    wrong = {problem["field"]: problem["message"] for problem in row.problems}
    cells = tuple(
        CellToMend(column, label, _cell(row, column), wrong.pop(name, ""))
        for name, label, column in fields
        if name in wrong or name in ("name", "domain")
    )
    return RowToMend(row.number, cells, tuple(wrong.values()))


class AlikeRows:
    """Rows that look like a partner who is there, or like an earlier row, as the preview shows them."""

    def __init__(self, row_import: Import) -> None:
        self.row_import = row_import
        self._name = row_import.mapping.get("name", row_import.mapping.get("email", 0))
        self._labels = {known.name: str(known.label) for known in shown_fields(row_import)}
        self._words = import_schemas.get(row_import.schema).wording(row_import)

    def of(self, rows: Sequence[ImportRow]) -> list[AlikeRow]:
        return [self.row(row) for row in rows if row.outcome == _Outcome.LIKE]

    def row(self, row: ImportRow) -> AlikeRow:
        effect = self._effect(row)
        written = rules.chosen_changes(row.changes, only_empty=effect == _Decision.FILL)
        changes = tuple(
            Change(
                self._labels.get(name, name),
                self._words(name, before),
                self._words(name, after),
                effect in (_Decision.UPDATE, _Decision.FILL) and name in written,
            )
            for name, (before, after) in row.changes.items()
        )
        return AlikeRow(
            number=row.number,
            name=_cell(row, self._name),
            like=row.like.get("label", ""),
            url=row.like.get("address", ""),
            why=row.like.get("why", ""),
            changes=changes,
            effect=effect if effect == _Decision.ADD or any(change.is_written for change in changes) else "",
            decision=row.decision,
            offered=self._offered(row),
            row_url=address("partner_import_row", self.row_import.public_id, row.number),
        )

    def _effect(self, row: ImportRow) -> str:
        effect = row.decision or self.row_import.mode
        if row.decision == _Decision.ADD:
            return effect
        return effect if row.changes and effect in (_Decision.UPDATE, _Decision.FILL) else ""

    def _offered(self, row: ImportRow) -> tuple[tuple[str, str], ...]:
        found = []
        mode, is_there = self.row_import.mode, row.target_id is not None and bool(row.changes)
        if is_there and mode != Import.Mode.UPDATE:
            found.append((_Decision.UPDATE, _("Update this one")))
        if is_there and mode != Import.Mode.FILL and row.fills:
            found.append((_Decision.FILL, _("Fill only what is empty")))
        if is_there and mode != Import.Mode.ADD:
            found.append((_Decision.SKIP, _("Leave it as it is")))
        if self.row_import.schema == PARTNERS:
            found.append((_Decision.ADD, _("Somebody else: add it")))
        return tuple((decision.value, words) for decision, words in found if decision != row.decision)


def modes(row_import: Import) -> list[ModeChoice]:
    """What can become of rows that say something else than is known; nothing where no row does."""
    counts = row_import.counts
    most = max(counts.get(f"to_update_{mode}", 0) for mode in Import.Mode.values)
    if not most:
        return []
    return [
        ModeChoice(mode.value, str(mode.label), counts.get(f"to_update_{mode.value}", 0), mode == row_import.mode)
        for mode in Import.Mode
    ]


def choices_to_decide(row_import: Import) -> list[ChoiceToDecide]:
    """Texts that are none of their attribute's choices, each with what it may mean."""
    found = unknown_choices(row_import)
    if not found:
        return []
    attributes = {f"attribute:{known.pk}": known for known in Attribute.objects.listed()}
    return [
        ChoiceToDecide(
            name=f"choice_{place}",
            attribute=attributes[unknown.field].name,
            text=unknown.text,
            rows=unknown.rows,
            offered=(
                (ADD, _("A new choice")),
                *((key, _("The same as “%s”") % label) for key, label in attributes[unknown.field].offered()),
                (EMPTY, _("Leave it empty")),
            ),
        )
        for place, unknown in enumerate(found)
        if unknown.field in attributes
    ]


def decided_choices(row_import: Import, said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """By field and comparable text, what a person said a text means; together with what was said before."""
    decided: dict[str, dict[str, str]] = {
        name: dict(known) for name, known in row_import.options.get("choices", {}).items()
    }
    for place, unknown in enumerate(unknown_choices(row_import)):
        decision = str(said.get(f"choice_{place}", ""))[:20]
        if decision:
            decided.setdefault(unknown.field, {})[comparable(unknown.text)] = decision
    return decided


def _cell(row: ImportRow, column: int) -> str:
    return str(row.cells[column]) if column < len(row.cells) else ""


def headline(row_import: Import, first: Sequence[ImportRow]) -> str:
    """What was found, in one line: "18 new, 1 looks like Nordwind, 1 has no name". `first` are its `first_rows`."""
    counts = row_import.counts
    parts = [
        _("%d new") % int(counts.get("new", 0)),
        _alike(counts, first),
        _unreadable(counts, first),
        _("%d left out") % counts["skipped"] if counts.get("skipped") else "",
    ]
    return ", ".join(part for part in parts if part)


def _alike(counts: dict[str, Any], first: Sequence[ImportRow]) -> str:
    number, changing = counts.get("like", 0), counts.get(f"to_update_{Import.Mode.UPDATE}", 0)
    if number != 1:
        words = _("%d look like somebody who is there") % number if number else ""
        return _("%(alike)s (%(n)d say something new)") % {"alike": words, "n": changing} if changing else words
    labels = [row.like.get("label", "") for row in first if row.outcome == _Outcome.LIKE]
    return _("1 looks like %s") % labels[0] if labels else ""


def _unreadable(counts: dict[str, Any], first: Sequence[ImportRow]) -> str:
    number: int = counts.get("problem", 0)
    if not number:
        return ""
    nameless = [row for row in first if any(problem["field"] == "name" for problem in row.problems)]
    if len(nameless) == number:
        return ngettext("%d has no name", "%d have no name", number) % number
    return ngettext("%d cannot be read", "%d cannot be read", number) % number


def columns_in_words(row_import: Import) -> list[tuple[str, str]]:
    """(label of the field, title of the column that it is read from)."""
    titles = row_import.columns
    return [
        (label, titles[column] or _("Column %d") % (column + 1)) for _name, label, column in mapped_fields(row_import)
    ]


def kept_rows(row_import: Import) -> list[tuple[str, str]]:
    """(name, why) of what an undo left, fifty at most."""
    return _with_reasons(row_import, ImportRow.objects.filter(result=ImportRow.Result.KEPT))


def rows_that_stayed(row_import: Import) -> list[tuple[str, str]]:
    """(name, why) of rows of which not all was written, since somebody changed it after the check; fifty at most."""
    there = ImportRow.objects.filter(outcome=_Outcome.LIKE, target_id__isnull=False)
    return _with_reasons(row_import, there.exclude(problems=[]))


def _with_reasons(row_import: Import, rows: "QuerySet[ImportRow]") -> list[tuple[str, str]]:
    name = row_import.mapping.get("name", row_import.mapping.get("email", 0))
    labels = {known.name: str(known.label) for known in shown_fields(row_import)}
    found = rows.filter(row_import=row_import).order_by("number")[:50]
    return [(_cell(row, name), "; ".join(_reason(problem, labels) for problem in row.problems)) for row in found]


def _reason(problem: Mapping[str, str], labels: Mapping[str, str]) -> str:
    label = labels.get(problem.get("field", ""), "")
    return f"{label}: {problem['message']}" if label else problem["message"]


def prepared_of(row_import: Import) -> "QuerySet[PreparedPerson]":
    """The people whom an import brought and nobody has invited yet."""
    made = ImportRow.objects.filter(row_import=row_import, object_id__isnull=False).values("object_id")
    found = PreparedPerson.objects.filter(pk__in=made, invited_at=None, partner__archived_at=None)
    return found.select_related("partner").order_by("pk")


def uninvited(row_import: Import) -> int:
    return prepared_of(row_import).count()


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


def names_of_colleagues() -> dict[int, str]:
    """Key of a staff membership → the person's name."""
    rows = Membership.objects.in_organization(current_organization()).staff().with_person()
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
    """Whose address it is already. `values` are a person's, as rows name them; `kind` is as in `Likeness`."""

    object_id: int
    label: str
    address: str
    why_fixed: str
    values: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""


def known_addresses(emails: Sequence[str]) -> dict[str, KnownPerson]:
    """By address, people, partners' people, colleagues and people who were invited."""
    found = {
        person.email: KnownPerson(
            person.pk,
            f"{person} ({person.partner.name})",
            address("partner_detail", person.partner.public_id),
            "",
            {"name": person.name, "job": person.job_title, "role": person.role},
        )
        for person in PreparedPerson.objects.filter(email__in=emails).select_related("partner")
    }
    for invitation in Invitation.objects.filter(email__in=emails, kind=KIND, state=Invitation.State.OPEN).order_by(
        "pk"
    ):
        found.setdefault(
            invitation.email,
            KnownPerson(invitation.pk, invitation.email, "", _("They were invited already."), kind="invitation"),
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
        found[member.person.email] = KnownPerson(member.pk, label, place, why, kind="member")
    return found
