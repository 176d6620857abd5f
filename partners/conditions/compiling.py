"""From a rule to one query over partners: `Partner.objects.listed().filter(Compiler(subjects, now).rule(block))`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from partners.conditions.grammar import Block, Condition
from partners.conditions.operators import operator_of
from partners.conditions.subjects import HEAD_GROUP, Subject, Subjects
from partners.conditions.values import day_of, days_of, number_of
from partners.models import AttributeValue, GroupMember, PartnerLink, PartnerTier
from partners.models.attributes import COLUMNS
from partners.models.products import PartnerProduct
from prm.activity.models import Fact
from prm.tenancy.scope import current_organization

NOBODY = Q(pk__in=())
# An empty Q would vanish beside an "or".
EVERYBODY = ~NOBODY


@dataclass(frozen=True, slots=True)
class Moments:
    """When a rule is asked: the moment, the organization's zone, its day there, and starts of windows of so many days
    that are known already.
    """

    now: datetime
    zone: ZoneInfo
    today: date
    starts: Mapping[int, datetime] = field(default_factory=dict)

    @classmethod
    def at(cls, now: datetime) -> Self:
        zone = ZoneInfo(current_organization().zone)
        return cls(now, zone, now.astimezone(zone).date())

    def start_of(self, days: int) -> datetime:
        """The moment so many days ago."""
        return self.starts[days] if days in self.starts else self.now - timedelta(days=days)


class Compiler:
    """Makes conditions of a rule at `now`. With `among` only these partners are looked at, which is quicker for few.

    A condition over something that does not exist any more holds for nobody; rules with such a one are not evaluated
    (see `checking`). Days are those of the organization's zone. `at` are the moments of `now` where they are known.
    """

    def __init__(
        self, subjects: Subjects, now: datetime, among: Collection[int] | None = None, at: Moments | None = None
    ) -> None:
        self.subjects, self.now, self.among = subjects, now, among
        self.at = at or Moments.at(now)
        self.zone, self.today = self.at.zone, self.at.today

    def rule(self, part: Block | Condition) -> Q:
        """The part as a condition on partners."""
        if isinstance(part, Condition):
            return self.condition(part)
        if not part.parts:
            return EVERYBODY if part.join != "any" else NOBODY
        # Postgres looks no further than it must: what the record itself answers comes before what is looked up.
        parts = [self.rule(each) for each in sorted(part.parts, key=self._lookups)]
        match part.join:
            case "all":
                return reduce(and_, parts)
            case "any":
                return reduce(or_, parts)
            case "none":
                return ~reduce(or_, parts)

    def _lookups(self, part: Block | Condition) -> int:
        """How many other tables a part asks."""
        if isinstance(part, Block):
            return sum(self._lookups(each) for each in part.parts)
        subject = self.subjects.get(part.about)
        return 0 if subject is None or self._source(subject) in ("column", "moment") else 1

    def condition(self, condition: Condition) -> Q:
        subject = self.subjects.get(condition.about)
        operator = operator_of(subject.kind, condition.operator) if subject else None
        if subject is None or operator is None:
            return NOBODY
        make: Callable[[Subject, Condition], Q] = getattr(self, f"_{self._source(subject)}")
        return make(subject, condition)

    @staticmethod
    def _source(subject: Subject) -> str:
        if subject.pk and subject.key.startswith("attribute:"):
            return "attribute"
        if subject.key == HEAD_GROUP:
            return HEAD_GROUP
        if subject.kind in ("group", "tier", "product", "measure"):
            return subject.kind
        return "moment" if subject.kind == "date" else "column"

    # ── The record ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _column(self, subject: Subject, condition: Condition) -> Q:
        column = subject.key
        is_reference = bool(subject.pks) or column == "account_manager"
        unknown = Q(**{f"{column}__isnull": True}) if is_reference else Q(**{column: ""})
        keys: Any = self._keys(subject, condition) if is_reference else condition.values
        one_of = Q(**{f"{column}__in": keys}) & ~unknown
        return {"one_of": one_of, "not_one_of": ~one_of, "known": ~unknown, "unknown": unknown}[condition.operator]

    def _moment(self, subject: Subject, condition: Condition) -> Q:
        """A column that is an instant, compared by the day it is where the organization is."""
        first, after = self._days(condition)
        asked = EVERYBODY
        if first is not None:
            asked &= Q(created_at__gte=datetime.combine(first, time(), self.zone))
        if after is not None:
            asked &= Q(created_at__lt=datetime.combine(after, time(), self.zone))
        return NOBODY if condition.operator == "unknown" else asked

    # ── Attributes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _attribute(self, subject: Subject, condition: Condition) -> Q:
        rows = AttributeValue.objects.filter(attribute=subject.pk)
        positive = {"not_one_of": "one_of", "none_of": "any_of", "unknown": "known"}
        name = positive.get(condition.operator, condition.operator)
        found = self._those(rows.filter(self._value(subject, condition, name)))
        return ~found if condition.operator in positive else found

    def _value(self, subject: Subject, condition: Condition, name: str) -> Q:
        column, text = COLUMNS[subject.kind], str(condition.value or "")
        number = number_of(text) or Decimal(0)
        first, after = self._days(condition)
        asked: dict[str, Any] = {
            "known": {},
            "one_of": {"text__in": condition.values},
            "any_of": {"choices__overlap": list(condition.values)},
            "all_of": {"choices__contains": list(condition.values)},
            "contains": {f"{column}__icontains": text.strip()},
            "at_least": {f"{column}__gte": number},
            "at_most": {f"{column}__lte": number},
            "is": {"number": number} if subject.kind == "number" else {"text__iexact": text.strip()},
            "yes": {"flag": True},
            "no": {"flag": False},
        }
        if name in asked:
            # The same again, as the indexes of what is known say it.
            known = ~Q(**{column: ""}) if column == "text" else ~Q(choices=[]) if column == "choices" else Q()
            return Q(**asked[name]) & known if asked[name] else Q()
        between = Q(day__gte=first) if first is not None else Q()
        return between & Q(day__lt=after) if after is not None else between

    # ── What stands elsewhere ───────────────────────────────────────────────────────────────────────────────────────

    def _group(self, subject: Subject, condition: Condition) -> Q:
        rows = GroupMember.objects.open().filter(group__in=self._keys(subject, condition))
        found = self._those(rows)
        return ~found if condition.operator == "in_none" else found

    def _head_group(self, subject: Subject, condition: Condition) -> Q:
        """Whether any company above, which the partner belongs to today, is in the group."""
        links = PartnerLink.objects.holding(self.today).belonging()
        members = GroupMember.objects.open().filter(group__in=self._keys(subject, condition), partner__archived_at=None)
        # Few companies have any below them: the others need not be looked at.
        links = links.below(members.filter(partner__in=links.values("parent")).values("partner"))
        if self.among is not None:
            links = links.filter(child__in=self.among)
        found = Q(pk__in=links.order_by().values("child"))
        return ~found if condition.operator == "in_none" else found

    def _tier(self, subject: Subject, condition: Condition) -> Q:
        rows = PartnerTier.objects.open().filter(ladder=subject.pk)
        if condition.operator in ("one_of", "not_one_of"):
            rows = rows.filter(tier__in=self._keys(subject, condition))
        found = self._those(rows)
        return ~found if condition.operator in ("not_one_of", "unknown") else found

    def _product(self, subject: Subject, condition: Condition) -> Q:
        right = subject.key.removeprefix("product:")
        rows = PartnerProduct.objects.holding(self.today).filter(right=right)
        keys = self._keys(subject, condition)
        if condition.operator == "all_of":
            return reduce(and_, (self._those(rows.filter(product=key)) for key in keys), Q()) if keys else NOBODY
        found = self._those(rows.filter(product__in=keys))
        return ~found if condition.operator == "none_of" else found

    def _measure(self, subject: Subject, condition: Condition) -> Q:
        """A sum over facts, which is 0 for whom nothing happened to."""
        measure, number = subject.measure, number_of(str(condition.value or ""))
        if measure is None or number is None:
            return NOBODY
        rows = Fact.objects.filter(kind__in=measure.kind_names, unit=measure.unit, partner_id__isnull=False)
        if condition.days is not None:
            rows = rows.filter(at__gt=self.at.start_of(condition.days), at__lte=self.now)
        if self.among is not None:
            rows = rows.filter(partner_id__in=self.among)
        sums = rows.order_by().values("partner_id").annotate(total=Sum("amount"))
        is_least = condition.operator == "at_least"
        # What 0 fulfils is fulfilled by all but those whose sum says otherwise.
        if (number <= 0) if is_least else (number >= 0):
            other = sums.filter(total__lt=number) if is_least else sums.filter(total__gt=number)
            return ~Q(pk__in=other.values("partner_id"))
        found = sums.filter(total__gte=number) if is_least else sums.filter(total__lte=number)
        return Q(pk__in=found.values("partner_id"))

    # ── Pieces ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _those(self, rows: "QuerySet[Any, Any]") -> Q:
        """Partners that any of the rows is of."""
        if self.among is not None:
            rows = rows.filter(partner__in=self.among)
        return Q(pk__in=rows.order_by().values("partner"))

    @staticmethod
    def _keys(subject: Subject, condition: Condition) -> list[int]:
        return [subject.pks[key] for key in condition.values if key in subject.pks]

    def _days(self, condition: Condition) -> tuple[Any, Any]:
        """The first day that fulfils the condition and the first one after those; None for no limit."""
        text = str(condition.value or "")
        day, days, one = day_of(text), timedelta(days=days_of(text) or 0), timedelta(days=1)
        match condition.operator:
            case "on_or_after":
                return day, None
            case "on_or_before":
                return None, day + one if day else None
            case "in_last":
                return self.today - days, self.today + one
            case "longer_ago":
                return None, self.today - days
            case "in_next":
                return self.today, self.today + days + one
        return None, None
