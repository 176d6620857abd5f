"""Lists of partners: what an address asks for, who fulfills it, how many there are, and their rows."""

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partners.conditions.checking import rule_problems
from partners.conditions.compiling import Compiler
from partners.conditions.grammar import Block, Malformed, read, written
from partners.conditions.keeping import KeptRule
from partners.conditions.subjects import Subjects
from partners.conditions.wording import rule_sentence
from partners.models import Group, Partner
from partners.models.partners import PartnerQuerySet
from partners.queries.groups import groups_for_choice
from partners.queries.partner_columns import MOST_SHOWN, USUAL, Columns, Order, in_order, with_details
from prm.addresses import address
from prm.cells import Cell
from prm.tenancy.numbers import number_up_to
from prm.tenancy.prepared import prepared

MOST_COUNTED = 10_000
ARCHIVED = "archived"
_LONGEST_RULE = 20_000


@dataclass(frozen=True, slots=True)
class PartnerFilter:
    """What a list is narrowed to, and how it is shown.

    `status` is one of Partner.Status, `archived`, or "" for everything listed. `rule` is any condition of the grammar
    that groups by rule use, judged at `asked_at`; `subjects` is what it asks about, read once.
    """

    asked_at: datetime
    words: str = ""
    status: str = ""
    group: Group | None = None
    rule: Block | None = None
    sort: str = "name"
    columns: tuple[str, ...] = ()
    subjects: Subjects = field(default_factory=Subjects, compare=False)

    @classmethod
    def of(
        cls, query: str, asked_at: datetime, offered: Sequence[Group] = (), subjects: Subjects | None = None
    ) -> Self:
        """What the query of an address asks for; words that make no sense ask for nothing.

        `offered` are groups that were read already, as `subjects` may be; another one is looked up.
        """
        asked = parse_qs(query, max_num_fields=200)
        status = _one(asked, "status")
        return cls(
            asked_at=asked_at,
            words=_one(asked, "q")[:200],
            status=status if status in {name for name, _label in status_choices()} else "",
            group=_group(_one(asked, "group"), offered),
            rule=read_rule(_one(asked, "where")),
            sort=_one(asked, "sort")[:60] or "name",
            columns=tuple(key[:60] for key in asked.get("column", [])[:MOST_SHOWN]),
            subjects=subjects or Subjects(),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.status or self.group or self.rule)

    @property
    def query(self) -> str:
        """The query of an address that asks for this, "" for everybody in the usual order and columns."""
        return self._query(self.rule)

    @property
    def query_without_rule(self) -> str:
        return self._query(None)

    def narrowed_by(self, rule: Block | None) -> Self:
        return replace(self, rule=rule)

    def _query(self, rule: Block | None) -> str:
        pairs = [
            ("q", self.words),
            ("status", self.status),
            ("group", self.group.public_id if self.group else ""),
            ("where", written_rule(rule) if rule else ""),
            ("sort", self.sort if self.sort != "name" else ""),
            *(("column", key) for key in self.columns if self.columns != USUAL),
        ]
        return urlencode([pair for pair in pairs if pair[1]])

    def words_for_rule(self) -> str:
        """The rule in one sentence, "" for none."""
        return rule_sentence(self.rule, self.subjects) if self.rule else ""

    def rule_problems(self) -> list[str]:
        """What is wrong with the rule by now: things put away since it was written."""
        return [str(problem.message) for problem in rule_problems(self.rule, self.subjects)] if self.rule else []


def _one(asked: dict[str, list[str]], name: str) -> str:
    return asked.get(name, [""])[-1].replace("\0", " ")


def _group(public_id: str, offered: Sequence[Group]) -> Group | None:
    found = next((group for group in offered if group.public_id == public_id), None)
    return found or (groups_for_choice().filter(public_id=public_id).first() if public_id else None)


# ── Rules in addresses ──────────────────────────────────────────────────────────────────────────────────────────────


def written_rule(rule: Block) -> str:
    """The rule as one word of an address: its data, packed."""
    data = json.dumps(written(rule), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


def read_rule(word: str) -> Block | None:
    """The rule that `written_rule` made a word of; None for what is none."""
    try:
        packed = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        # No further than a rule can be long: a few packed bytes may stand for gigabytes.
        block = read(json.loads(zlib.decompressobj().decompress(packed, _LONGEST_RULE)))
    except (ValueError, binascii.Error, zlib.error, Malformed, RecursionError):
        return None
    return block if block.parts else None


# ── Finding ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner as the list shows it: ready strings, so that the template only places them."""

    public_id: str
    name: str
    url: str
    domain: str
    is_test: bool
    cells: tuple[Cell, ...]


def matching_partners(chosen: PartnerFilter) -> PartnerQuerySet:
    """Every partner that a list is narrowed to, in no order."""
    found: PartnerQuerySet = Partner.objects.all()
    found = found.archived() if chosen.status == ARCHIVED else found.listed()
    if chosen.status in Partner.Status.values:
        found = found.filter(status=chosen.status)
    if chosen.group is not None:
        found = found.in_group(chosen.group)
    if chosen.rule is not None:
        found = found.filter(Compiler(chosen.subjects, chosen.asked_at).rule(chosen.rule))
    return found.matching(chosen.words)


class PartnerList:
    """The partners of a list in its order, for pages that read the ids first (prm.web.pages).

    Lists that are narrowed by a status or a group, or not at all, are prepared: that is how the list is opened. One by
    a rule is prepared for that rule, which is opened page by page and sorted otherwise.
    """

    def __init__(self, chosen: PartnerFilter, columns: Columns) -> None:
        self._chosen, self._order, self._needs = chosen, columns.order, columns.needs
        self._is_usual = not chosen.words and chosen.rule is None
        self._group_id = chosen.group.pk if chosen.group else None
        self._total = 0

    def ids(self, start: int, stop: int) -> list[int]:
        """The keys of the partners from one place of the list to another."""
        if self._is_usual:
            shape: dict[str, Any] = {"status": self._chosen.status, "order": self._order}
            return _ids_as_usual(self._group_id, **shape, start=start, stop=stop)
        # Words and rules are judged once: as far as the list is counted, the keys come along.
        found = self._found(max(stop, MOST_COUNTED + 1))
        self._total = min(sum(not is_test for _pk, is_test in found), MOST_COUNTED + 1)
        return [pk for pk, _is_test in found[start:stop]]

    def _found(self, most: int) -> list[tuple[int, bool]]:
        """Whom words or a rule find, in order: the key, and whether it is a test partner."""
        chosen = self._chosen
        if chosen.rule is not None and not chosen.words:
            kept = KeptRule.of(chosen.rule, chosen.subjects, chosen.asked_at)
            shape: dict[str, Any] = {"kept": kept, "status": chosen.status, "order": self._order, "most": most}
            return _found_by_rule.anyhow(self._group_id, *kept.moments(chosen.asked_at), **shape)
        return list(_found_by(matching_partners(chosen), self._order, most))

    def rows(self, pks: list[int]) -> list[Partner]:
        """These partners of `ids`, with what their rows need, and on each `total`: how many the list has."""
        if self._is_usual:
            return _rows_as_usual(pks, self._group_id, status=self._chosen.status, needs=self._needs)
        found: list[Any] = _rows(pks, needs=self._needs)
        for partner in found:
            partner.total = self._total
        return found


def _with_ids(pks: list[int], needs: frozenset[str]) -> PartnerQuerySet:
    return with_details(Partner.objects.filter(pk__in=pks), needs)


@prepared
def _rows(pks: list[int], *, needs: frozenset[str]) -> PartnerQuerySet:
    return _with_ids(pks, needs)


@prepared
def _ids_as_usual(group_id: int | None, *, status: str, order: Order, start: int, stop: int) -> QuerySet[Partner, int]:
    return in_order(_matching_usual(status, group_id), order).values_list("pk", flat=True)[start:stop]


def _found_by(partners: PartnerQuerySet, order: Order, most: int) -> QuerySet[Partner, tuple[int, bool]]:
    return in_order(partners, order).values_list("pk", "is_test")[:most]


@prepared
def _found_by_rule(
    group_id: int | None, *moments: datetime, kept: KeptRule, status: str, order: Order, most: int
) -> QuerySet[Partner, tuple[int, bool]]:
    return _found_by(_matching_usual(status, group_id).filter(kept.condition(moments)), order, most)


@prepared
def _rows_as_usual(pks: list[int], group_id: int | None, *, status: str, needs: frozenset[str]) -> PartnerQuerySet:
    counting = number_up_to(_matching_usual(status, group_id).filter(is_test=False), MOST_COUNTED + 1)
    rows: PartnerQuerySet = _with_ids(pks, needs).annotate(total=counting)
    return rows


def _matching_usual(status: str, group_id: int | None) -> PartnerQuerySet:
    group = None if group_id is None else Group(pk=group_id)
    # Without a rule nothing is judged at any time.
    return matching_partners(PartnerFilter(datetime.min.replace(tzinfo=UTC), status=status, group=group))


def counted(chosen: PartnerFilter) -> int:
    """How many there are, test partners left out, counted no further than MOST_COUNTED + 1."""
    found = matching_partners(chosen).filter(is_test=False)
    return found.order_by().values("pk")[: MOST_COUNTED + 1].count()


def total_of(partners: Sequence[Any]) -> int:
    """How many there are in all, as the rows of a `PartnerList` know it."""
    return int(partners[0].total) if partners else 0


def partner_row(partner: Partner, columns: Columns) -> PartnerRow:
    """The row of a partner of a `PartnerList`."""
    return PartnerRow(
        public_id=partner.public_id,
        name=partner.name,
        url=address("partner_detail", partner.public_id),
        domain=partner.domain,
        is_test=partner.is_test,
        cells=columns.cells(partner),
    )


def status_choices() -> list[tuple[str, str]]:
    """What the list can be narrowed to, in the order of a partner's life, the archive last."""
    return [*((name, str(label)) for name, label in Partner.Status.choices), (ARCHIVED, _("Archived"))]


@dataclass(frozen=True, slots=True)
class FilterPreview:
    """Whom a filter would show: how many, and the first by name."""

    total: int
    is_more: bool
    names: list[tuple[str, str]]


def preview_of(chosen: PartnerFilter, rule: Block, subjects: Subjects, shown: int = 8) -> FilterPreview:
    """What the list would show if it were narrowed by `rule` beside what it is narrowed to: two queries."""
    wanted = replace(chosen, rule=rule, subjects=subjects)
    total = counted(wanted)
    rows = matching_partners(wanted).filter(is_test=False).order_by("normalized_name", "pk")
    first = rows.values_list("name", "public_id")[:shown]
    names = [(name, address("partner_detail", public_id)) for name, public_id in first]
    return FilterPreview(min(total, MOST_COUNTED), total > MOST_COUNTED, names)
