"""Calls for partners: as anybody reads them, as colleagues list them, and what they have brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import (
    Attribute,
    AttributeValue,
    DeclineReason,
    Group,
    Partner,
    PartnerApplication,
    Product,
    RecruitmentCall,
)
from partners.queries.coverage import COUNTED, Axis, cell_asked, counts_by_cell, known_regions
from partners.queries.coverage import PRODUCTS as BY_PRODUCT
from partners.recruiting.gap import Gap
from partners.recruiting.questions import ATTRIBUTE, COUNTRY, LANGUAGE, PRODUCTS, REGION, Kind, Question, questions_of
from partners.recruiting.scoring import Criterion, Gaps, Test, gap_key
from prm.addresses import address

KINDS = {
    Attribute.Kind.TEXT: Kind.SHORT,
    Attribute.Kind.NUMBER: Kind.NUMBER,
    Attribute.Kind.DATE: Kind.DATE,
    Attribute.Kind.CHOICE: Kind.CHOICE,
    Attribute.Kind.CHOICES: Kind.CHOICES,
    Attribute.Kind.YES_NO: Kind.YES_NO,
}
_PRESENT = (Partner.Status.ONBOARDING, Partner.Status.ACTIVE)


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as colleagues list it."""

    title: str
    url: str
    page_url: str
    group: str
    state: str
    state_label: str
    period: str
    waiting: int
    received: int


def calls_for_list() -> "QuerySet[RecruitmentCall]":
    """Every call with how many applications came and how many wait for a colleague."""
    of_state = Q(applications__state__in=PartnerApplication.OURS)
    received = ~Q(applications__state=PartnerApplication.State.DRAFT) & Q(applications__isnull=False)
    found: QuerySet[RecruitmentCall] = (
        RecruitmentCall.objects.select_related("group")
        .annotate(waiting=Count("applications", filter=of_state), received=Count("applications", filter=received))
        .by_title()
    )
    return found


def call_row(call: Any) -> CallRow:
    """The row of a call that `calls_for_list` gave."""
    return CallRow(
        title=call.title,
        url=address("recruitment_call", call.public_id),
        page_url=address("recruitment_page", call.public_id),
        group=call.group.name if call.group else "",
        state=call.state,
        state_label=call.get_state_display(),
        period=period_words(call),
        waiting=call.waiting,
        received=call.received,
    )


def period_words(call: RecruitmentCall) -> str:
    """From when until when a call takes applications; empty for one without days."""
    begins = date_format(call.opens_on, "j F Y") if call.opens_on else ""
    ends = date_format(call.closes_on, "j F Y") if call.closes_on else ""
    if begins and ends:
        return _("%(from)s to %(until)s") % {"from": begins, "until": ends}
    if begins:
        return _("from %s") % begins
    return _("until %s") % ends if ends else ""


def open_calls(day: date) -> list[RecruitmentCall]:
    """What the public page offers: calls of the organization first, then those of groups."""
    rows = RecruitmentCall.objects.open_on(day).select_related("group")
    return list(rows.order_by(F("group").asc(nulls_first=True), "title", "pk"))


def targets_of(call: RecruitmentCall) -> list[Group]:
    """The groups into which an accepted applicant of this call comes."""
    own = Q(pk=call.group_id) | Q(pk__in=call.targets.values("group"))
    return list(Group.objects.listed().filter(own).by_name())


def attributes_for_questions() -> list[Attribute]:
    return list(Attribute.objects.listed().in_order())


def products_for_questions() -> list[tuple[str, str]]:
    """What applicants may say they would sell or service: public id and name of each product that is offered."""
    return list(Product.objects.offered().by_name().values_list("public_id", "name")[:60])


def gap_asked(by: str, column_key: str, region: str) -> Gap | None:
    """The gap that the address of a new call names; None where it names none."""
    found = cell_asked(by, column_key) if by and column_key else None
    if found is None:
        return None
    axis, column = found
    if axis.attribute is None:
        words = _("Which of these would you sell or service?")
        choices = tuple(dict([*products_for_questions(), (column.key, column.label)]).items())
        question = Question("", words, Kind.CHOICES, target=PRODUCTS, choices=choices)
    else:
        kind, choices = KINDS[Attribute.Kind(axis.attribute.kind)], tuple(axis.attribute.offered())
        question = Question("", axis.label, kind, target=f"{ATTRIBUTE}{axis.attribute.public_id}", choices=choices)
    return Gap(" ".join(region.split())[:80], column.key, column.label, question)


def gaps_for(criteria: Sequence[Criterion], questions: Sequence[Question], day: date) -> Gaps:
    """How many partners there are on this day of what the criteria over gaps ask about; two queries at most for each.

    A region that the profile looks for is known even while no partner is in it.
    """
    targets = {question.key: question.target for question in questions}
    wanted = {
        test: {targets.get(row.question, "") for row in criteria if row.test == test} - {""}
        for test in (Test.GAP, Test.CELL)
    }
    regions: set[str] = set()
    if wanted[Test.CELL]:
        looked_for = [row.wanted for row in criteria if targets.get(row.question) == REGION]
        regions = known_regions().union(*looked_for)
    return Gaps(
        answers={target: _counts(target) for target in sorted(wanted[Test.GAP])},
        cells={target: _cells(target, day) for target in sorted(wanted[Test.CELL])},
        regions={gap_key(region): region for region in sorted(regions)},
    )


def _cells(target: str, day: date) -> dict[tuple[str, str], int]:
    axis = axis_of(target)
    found: dict[tuple[str, str], int] = {}
    if axis is not None:
        for (region, key), number in counts_by_cell(axis, COUNTED["any"], day).items():
            cell = gap_key(region), key
            found[cell] = found.get(cell, 0) + number
    return found


def axis_of(target: str) -> Axis | None:
    """The axis of the coverage grid whose columns a question's answers are; None where there is none any more."""
    if target == PRODUCTS:
        return Axis(BY_PRODUCT, "")
    attribute = Attribute.objects.listed().filter(public_id=target.removeprefix(ATTRIBUTE)).first()
    return Axis(attribute.public_id, attribute.name, attribute) if attribute else None


def _counts(target: str) -> dict[str, int]:
    present = Partner.objects.real().filter(status__in=_PRESENT)
    if target in (COUNTRY, REGION, LANGUAGE):
        pairs = present.order_by().values_list(target).annotate(n=Count("*"))
        return _summed(pairs)
    values = AttributeValue.objects.filter(
        attribute__public_id=target.removeprefix(ATTRIBUTE), partner__in=present.values("pk")
    )
    counts = _summed(values.exclude(text="").values_list("text").annotate(n=Count("*")))
    for keys in values.exclude(choices=[]).values_list("choices", flat=True):
        for key in keys:
            counts[gap_key(key)] = counts.get(gap_key(key), 0) + 1
    return counts


def _summed(pairs: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value, number in pairs:
        counts[gap_key(value)] = counts.get(gap_key(value), 0) + number
    return counts


class _Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Funnel:
    """What came of applications so far. `median_days` is from receipt to the first answer; None before there is one."""

    begun: int
    received: int
    waiting: int
    accepted: int
    declined: int
    withdrawn: int
    median_days: int | None
    reasons: list[tuple[str, int]]
    sources: list[tuple[str, int, int]]

    @property
    def accepted_share(self) -> float:
        decided = self.accepted + self.declined
        return self.accepted / decided if decided else 0


def funnel(call: RecruitmentCall | None = None) -> Funnel:
    """The figures of one call or of all, from the rows: erased applications are still counted. Three queries."""
    rows = PartnerApplication.objects.all()
    if call is not None:
        rows = rows.filter(call=call)
    state = PartnerApplication.State
    counted = rows.aggregate(
        begun=Count("*"),
        received=Count("pk", filter=Q(submitted_at__isnull=False)),
        waiting=Count("pk", filter=Q(state__in=PartnerApplication.UNDECIDED)),
        accepted=Count("pk", filter=Q(state=state.ACCEPTED)),
        declined=Count("pk", filter=Q(state=state.DECLINED)),
        withdrawn=Count("pk", filter=Q(state=state.WITHDRAWN)),
        median=_Median(F("answered_at") - F("submitted_at"), filter=Q(answered_at__isnull=False)),
    )
    median = counted.pop("median")
    labels = dict(DeclineReason.choices)
    reasons = rows.filter(state=state.DECLINED).values_list("decline_reason").annotate(n=Count("*")).order_by("-n")
    received = rows.filter(submitted_at__isnull=False).values_list("source")
    sources = received.annotate(n=Count("*"), won=Count("pk", filter=Q(state=state.ACCEPTED))).order_by("-n", "source")
    return Funnel(
        **counted,
        median_days=None if median is None else round(median.total_seconds() / 86_400),
        reasons=[(str(labels.get(reason, reason)), number) for reason, number in reasons],
        sources=[(source_words(source), number, won) for source, number, won in sources[:8]],
    )


def source_words(source: str) -> str:
    """A source as people read it: the word that the link carried, or that there was none."""
    return source.replace("-", " ").capitalize() if source else _("Found the page")


def profile_of(call: RecruitmentCall) -> tuple[list[Criterion], list[Question]]:
    return [Criterion.of(row) for row in call.profile], questions_of(call.questions)
