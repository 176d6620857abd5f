"""Who competes with whom: for everybody who brings partners into one room. Nothing of it is ever shown to partners."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners import rules
from partners.conditions.checking import rule_problems
from partners.conditions.compiling import Compiler
from partners.conditions.grammar import Block, read
from partners.conditions.keeping import KeptRules
from partners.conditions.subjects import Subjects
from partners.countries import country_name
from partners.models import Attribute, AttributeValue, Competition, Group, GroupMember, Partner
from partners.models.attributes import COLUMNS
from prm.addresses import address
from prm.problems import Problem
from prm.tenancy.prepared import prepared

_Grade = Competition.Grade
# The stricter, the higher.
_STRICTNESS = {str(_Grade.FINE): 0, str(_Grade.APART): 1, str(_Grade.NEVER): 2}
TONES: dict[str, str] = {_Grade.FINE: "success", _Grade.APART: "warning", _Grade.NEVER: "danger"}
type Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rivalry:
    """How much room two partners need, and why, in words for colleagues."""

    grade: str
    why: str

    @property
    def label(self) -> str:
        return str(_Grade(self.grade).label)


def rivalries_among(partner_ids: Collection[int], now: datetime) -> dict[Pair, str]:
    """(lower id, higher id) → grade, of every pair of these partners of which anything is marked.

    One query where nothing is marked by rule, two where no rule has conditions.

    A pair that somebody marked says more than any rule; of rules the strictest counts.
    """
    return {pair: rivalry.grade for pair, rivalry in rivalries_with_reasons(partner_ids, now).items()}


def rivalries_with_reasons(
    partner_ids: Collection[int], now: datetime, about: int | None = None
) -> dict[Pair, Rivalry]:
    """The same with the reasons, for colleagues only; with `about` only the pairs that this partner is one of."""
    ids = set(partner_ids)
    if len(ids) < 2:
        return {}
    marks = _marks(sorted(ids))
    by_rule = [mark for mark in marks if mark.kind != Competition.Kind.PAIR]
    found: dict[Pair, Rivalry] = {}
    for rivalry, members in _by_rules(by_rule, ids, now):
        strictness = _STRICTNESS[rivalry.grade]
        for pair in _pairs(members, about):
            known = found.get(pair)
            if known is None or strictness > _STRICTNESS[known.grade]:
                found[pair] = rivalry
    for mark in marks:
        if mark.kind == Competition.Kind.PAIR and (about is None or about in _pair_of(mark)):
            found[_pair_of(mark)] = Rivalry(mark.grade, mark.reason or _("Marked as a pair"))
    return found


def _pairs(members: list[int], about: int | None) -> Iterable[Pair]:
    if about is None:
        return combinations(sorted(members), 2)
    others = (member for member in members if member != about)
    return ((min(about, one), max(about, one)) for one in others) if about in members else ()


def _pair_of(mark: Any) -> Pair:
    return mark.first_id, mark.second_id


@prepared
def _marks(partner_ids: list[int]) -> QuerySet[Competition]:
    """All rules, and what was marked of pairs among these partners."""
    pairs = Q(kind=Competition.Kind.PAIR, first__in=partner_ids, second__in=partner_ids)
    rows: QuerySet[Competition] = Competition.objects.filter(~Q(kind=Competition.Kind.PAIR) | pairs)
    return rows.select_related("group", "attribute")


def meeting_problems(
    names: Mapping[int, str], newcomers: Collection[int], found: Mapping[Pair, Rivalry]
) -> list[Problem]:
    """Why these newcomers must not meet the others of `names` (by partner id), or each other."""
    never = {pair: rivalry.why for pair, rivalry in found.items() if rivalry.grade == _Grade.NEVER}
    return rules.meeting_problems(names, newcomers, never)


@dataclass(frozen=True, slots=True)
class RivalRow:
    """Two partners that meet or would meet, in ready strings."""

    first: str
    second: str
    label: str
    tone: str
    why: str


def rivals_shown(names: Mapping[int, str], found: Mapping[Pair, Rivalry], most: int | None = None) -> list[RivalRow]:
    """The first `most` pairs among these partners (id → name) that need room, the strictest first."""
    shown = [
        (-_STRICTNESS[rivalry.grade], sorted((names[pair[0]], names[pair[1]])), pair)
        for pair, rivalry in found.items()
        if rivalry.grade != _Grade.FINE
    ]
    shown.sort()
    return [_rival_row(both, found[pair]) for _strict, both, pair in shown[:most]]


def _rival_row(both: list[str], rivalry: Rivalry) -> RivalRow:
    first, second = both
    return RivalRow(first, second, rivalry.label, TONES[rivalry.grade], rivalry.why)


def _by_rules(marks: list[Competition], ids: Collection[int], now: datetime) -> Iterator[tuple[Rivalry, list[int]]]:
    """Everybody who is alike by a rule, and what that makes of each pair of them."""
    if not marks:
        return
    groups = sorted({rule.group_id for rule in marks if rule.group_id})
    attributes = sorted({rule.attribute_id for rule in marks if rule.attribute_id})
    kept = _kept(marks, now)
    asked: tuple[Any, ...] = (sorted(ids), groups, attributes, *kept.moments(now))
    partners: list[Any] = _traits.anyhow(*asked, kept=kept)
    for rule in marks:
        together: dict[str, list[int]] = defaultdict(list)
        for partner in partners:
            for value in _values_of(rule, partner):
                together[value].append(partner.pk)
        for value, members in together.items():
            yield Rivalry(rule.grade, rule.reason or _why(rule, value)), members


@prepared
def _traits(
    ids: list[int], groups: list[int], attributes: list[int], *moments: datetime, kept: KeptRules
) -> QuerySet[Any, Any]:
    """What rules look at, of each of these partners."""
    held = GroupMember.objects.open().filter(partner=OuterRef("pk"), group__in=groups)
    values = AttributeValue.objects.filter(partner=OuterRef("pk"), attribute__in=attributes)
    fulfilled = kept.answers(moments, ids)
    rows: Any = Partner.objects.filter(pk__in=ids).annotate(
        in_groups=ArraySubquery(held.values("group")),
        has_values=ArraySubquery(values.values(one=JSONObject(attribute="attribute", **_columns()))),
        **fulfilled,
    )
    told: QuerySet[Any, Any] = rows.values_list(
        "pk", "country", "region", "in_groups", "has_values", *fulfilled, named=True
    )
    return told


def _kept(marks: list[Competition], now: datetime) -> KeptRules:
    """The rules with conditions, each as `fulfills_…`. One that asks about things put away says nothing."""
    asked = {f"fulfills_{rule.pk}": read(rule.definition) for rule in marks if rule.kind == Competition.Kind.RULE}
    return KeptRules.of(asked, now)


def _columns() -> dict[str, str]:
    return {column: column for column in sorted(set(COLUMNS.values()))}


def _values_of(rule: Competition, partner: Any) -> list[str]:
    """What the rule looks at, of one partner; nothing where it is not known."""
    if rule.kind == Competition.Kind.GROUP:
        return [rule.group.name] if rule.group_id in partner.in_groups else []
    if rule.kind == Competition.Kind.RULE:
        return [rule.sentence] if getattr(partner, f"fulfills_{rule.pk}", False) else []
    if rule.field:
        value = getattr(partner, rule.field)
        return [value] if value else []
    for held in partner.has_values:
        if held["attribute"] == rule.attribute_id:
            value = held[COLUMNS[rule.attribute.kind]]
            return [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return []


def _why(rule: Competition, value: str) -> str:
    if rule.kind == Competition.Kind.GROUP:
        return _("Both are in %s") % value
    if rule.kind == Competition.Kind.RULE:
        return _("Of both it is so: %s") % value
    return _("Both: %(what)s %(value)s") % {"what": what_of(rule), "value": _value_in_words(rule, value)}


def what_of(rule: Competition) -> str:
    """What partners have in common by this rule."""
    if rule.kind == Competition.Kind.GROUP:
        return str(rule.group)
    if rule.kind == Competition.Kind.RULE:
        return rule.sentence
    return str(rule.attribute.name if rule.attribute_id else rule.get_field_display())


def _value_in_words(rule: Competition, value: str) -> str:
    if rule.field == Competition.Field.COUNTRY:
        return country_name(value)
    if rule.attribute_id:
        return str(rule.attribute.labels().get(value, value))
    return value


# ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RuleRow:
    public_id: str
    what: str
    grade: str
    grade_label: str
    tone: str
    reason: str
    touches: str


@dataclass(frozen=True, slots=True)
class PairOfRivals:
    public_id: str
    first: str
    first_url: str
    second: str
    second_url: str
    grade_label: str
    tone: str
    reason: str


@dataclass(frozen=True, slots=True)
class Touch:
    """Whom a rule touches: how many partners, in how many pairs, and some of them in words."""

    partners: int
    pairs: int
    examples: tuple[str, ...]

    @property
    def in_words(self) -> str:
        if not self.pairs:
            return ngettext("%d partner, nobody to meet", "%d partners, nobody to meet", self.partners) % self.partners
        words = ngettext("%(n)s partners in %(pairs)s pair", "%(n)s partners in %(pairs)s pairs", self.pairs)
        return words % {"n": f"{self.partners:,}", "pairs": f"{self.pairs:,}"}


def rules_listed(now: datetime) -> list[RuleRow]:
    """Every rule with whom it touches; there are a handful."""
    rows = Competition.objects.exclude(kind=Competition.Kind.PAIR).select_related("group", "attribute")
    return [_rule_row(rule, now) for rule in rows.order_by("kind", "pk")[:50]]


def _rule_row(rule: Competition, now: datetime) -> RuleRow:
    if rule.kind == Competition.Kind.GROUP:
        what = _("Partners of %s among themselves") % rule.group
    elif rule.kind == Competition.Kind.RULE:
        what = _("Partners of whom this is so: %s") % rule.sentence
    else:
        what = _("Partners with the same %s") % what_of(rule)
    return RuleRow(
        public_id=rule.public_id,
        what=what,
        grade=rule.grade,
        grade_label=str(rule.get_grade_display()),
        tone=TONES[rule.grade],
        reason=rule.reason,
        touches=touched_by(rule, now).in_words,
    )


def pairs_listed() -> QuerySet[Competition]:
    rows: QuerySet[Competition] = Competition.objects.filter(kind=Competition.Kind.PAIR)
    return rows.select_related("first", "second").order_by("first__normalized_name", "second__normalized_name", "pk")


def pair_of_rivals(row: Competition) -> PairOfRivals:
    return PairOfRivals(
        public_id=row.public_id,
        first=row.first.name,
        first_url=address("partner_detail", row.first.public_id),
        second=row.second.name,
        second_url=address("partner_detail", row.second.public_id),
        grade_label=str(row.get_grade_display()),
        tone=TONES[row.grade],
        reason=row.reason,
    )


def touched_by(rule: Competition, now: datetime) -> Touch:
    """Whom a rule touches, also one that is not saved yet: one query."""
    counts = sorted(_crowds(rule, now), key=lambda found: -found[1])
    together = [(value, n) for value, n in counts if n > 1]
    examples = tuple(
        _("%(value)s: %(n)s partners") % {"value": _value_in_words(rule, str(value)), "n": n}
        for value, n in together[:5]
    )
    return Touch(sum(n for _value, n in together), sum(n * (n - 1) // 2 for _value, n in together), examples)


def _crowds(rule: Competition, now: datetime) -> Iterable[tuple[Any, int]]:
    """(value, how many real partners have it)."""
    real = Partner.objects.real()
    if rule.kind == Competition.Kind.GROUP:
        members = GroupMember.objects.open().filter(group=rule.group_id, partner__in=real.values("pk"))
        return [(str(rule.group), members.count())]
    if rule.kind == Competition.Kind.RULE:
        return [(rule.sentence, len(_fulfilling(read(rule.definition), now, Subjects())))]
    if rule.field:
        rows: Any = real.exclude(**{rule.field: ""}).order_by().values_list(rule.field)
        return list(rows.annotate(n=Count("*")))
    held: Any = AttributeValue.objects.filter(
        attribute=rule.attribute_id, partner__archived_at=None, partner__is_test=False
    ).order_by()
    column = COLUMNS[rule.attribute.kind]
    if rule.attribute.kind == Attribute.Kind.CHOICES:
        each = held.annotate(one=Func(F("choices"), function="unnest", output_field=CharField()))
        return list(each.values_list("one").annotate(n=Count("*")))
    return list(held.annotate(one=Cast(column, CharField())).values_list("one").annotate(n=Count("*")))


def touch_of(block: Block, now: datetime, subjects: Subjects) -> Touch:
    """Whom conditions touch that are being built, with some of them by name."""
    ids = _fulfilling(block, now, subjects)
    names = Partner.objects.filter(pk__in=ids).order_by("normalized_name", "pk").values_list("name", flat=True)[:5]
    return Touch(len(ids), len(ids) * (len(ids) - 1) // 2, tuple(names))


def _fulfilling(block: Block, now: datetime, subjects: Subjects) -> list[int]:
    """The real partners that fulfill conditions; nobody where these ask about something that was put away."""
    if rule_problems(block, subjects):
        return []
    return list(Partner.objects.real().filter(Compiler(subjects, now).rule(block)).values_list("pk", flat=True))


def rivals_of(partner: Partner) -> list[tuple[str, str, Rivalry, str]]:
    """(name, address, how, public id of the mark) of those whom a pair names beside the partner, by name."""
    rows = Competition.objects.filter(Q(first=partner) | Q(second=partner)).select_related("first", "second")
    found = []
    for row in rows[:100]:
        other = row.second if row.first_id == partner.pk else row.first
        found.append(
            (other.name, address("partner_detail", other.public_id), Rivalry(row.grade, row.reason), row.public_id)
        )
    return sorted(found, key=lambda told: told[0])


def groups_to_choose() -> list[Group]:
    return list(Group.objects.listed().by_name())
