"""The survey at the end of a cohort: when it is open, what it asks, what was answered beside what was said before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from cohorts import questions as grammar
from cohorts import rules
from cohorts.models import ClosingAnswer, ClosingSurvey, Cohort, Launch, Seat, SurveyAnswer
from cohorts.models.closing import MOST_DAYS, closes_at
from cohorts.parts import Part
from cohorts.queries.launch import Summed, questions_with_answers, summed
from cohorts.questions import Question
from prm.accounts.models import Membership

# Reminded so long before it closes at midnight: at nine in the morning, and not within a day of being asked.
REMINDED_BEFORE = timedelta(days=2, hours=15)
RESTS = timedelta(days=1)
# No survey is open longer than this: the last day is a whole one, and may have 25 hours.
LONGEST_OPEN = timedelta(days=MOST_DAYS + 2)


@dataclass(frozen=True, slots=True)
class Window:
    """When a survey can be answered; both moments are None where the cohort has no session."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @classmethod
    def of(cls, opens_at: datetime | None, days_open: int, cohort: Cohort) -> "Window":
        return cls(opens_at, closes_at(opens_at, days_open, cohort.tz)) if opens_at else cls()

    def is_open(self, now: datetime) -> bool:
        return self.opens_at is not None and self.closes_at is not None and self.opens_at <= now < self.closes_at

    def is_over(self, now: datetime) -> bool:
        return self.closes_at is not None and now >= self.closes_at

    @property
    def until(self) -> datetime | None:
        """The last minute, as people are told it: a day that ends at midnight is not called by the next one's name."""
        return self.closes_at - timedelta(minutes=1) if self.closes_at else None

    @property
    def reminds_at(self) -> datetime | None:
        if self.opens_at is None or self.closes_at is None:
            return None
        return max(self.closes_at - REMINDED_BEFORE, self.opens_at + RESTS)


def closing_of(cohort: Cohort) -> ClosingSurvey:
    """The cohort's closing survey with `opens_at`, or one that nobody has saved yet."""
    found: ClosingSurvey | None = ClosingSurvey.objects.with_opening().filter(cohort=cohort).first()
    if found is None:
        found = ClosingSurvey(cohort=cohort, revision=0)
        found.opens_at = None  # type: ignore[attr-defined]
    return found


def window_of(survey: Any, cohort: Cohort) -> Window:
    """When a survey read by `with_opening` can be answered."""
    return Window.of(survey.opens_at, survey.days_open, cohort)


def asked_in(survey: ClosingSurvey) -> list[Question]:
    return grammar.asked(grammar.questions_of(survey.questions))


def last_closing(cohort: Cohort) -> ClosingSurvey | None:
    """What the program's last cohort before this one was asked at its end, if it asked anything."""
    earlier = ClosingSurvey.objects.asking().filter(cohort__program=cohort.program_id, cohort__lt=cohort.pk)
    found: ClosingSurvey | None = earlier.order_by("-cohort_id").first()
    return found


def asked_before(cohort: Cohort, asked: Sequence[Question]) -> list[Question]:
    """What was asked before the course and could be asked again: what is no question of the closing survey yet."""
    if not cohort.uses(Part.LAUNCH):
        return []
    launch = Launch.objects.filter(cohort=cohort).first()
    before = grammar.asked(grammar.questions_of(launch.questions)) if launch else []
    fit = [row for row in before if not rules.closing_question_problems(row)]
    return [row for row in fit if not any(rules.is_same_question(row, question) for question in asked)]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that could be chosen: how many did, now and before the course (None where it was not asked then)."""

    label: str
    number: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One question with all answers to it, beside those before the course where the same was asked then."""

    label: str
    answered: int
    lines: list[Line] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    average: str = ""
    is_confidential: bool = False
    answered_before: int = 0
    average_before: str = ""
    texts_before: list[str] = field(default_factory=list)

    @property
    def is_compared(self) -> bool:
        return self.answered_before > 0


def results(cohort: Cohort, *, with_confidential: bool) -> list[Result]:
    """All answers summed up, without names, question by question; what was asked no longer is left out. Two queries."""
    now_asked, answers = questions_with_answers(ClosingSurvey, ClosingAnswer, cohort)
    then_asked, before = questions_with_answers(Launch, SurveyAnswer, cohort) if cohort.uses(Part.LAUNCH) else ([], [])
    rows = []
    for question in grammar.asked(now_asked):
        if question.is_confidential and not with_confidential:
            continue
        same = next((row for row in then_asked if rules.is_same_question(row, question)), None)
        then = summed(same, [row.get(same.key) for row in before]) if same else None
        rows.append(_result(question, summed(question, [row.get(question.key) for row in answers]), then))
    return rows


def _result(question: Question, now: Summed, then: Summed | None) -> Result:
    # Options are matched by their words: two forms give them keys of their own.
    before = {bar.label: bar.number for bar in then.bars} if then and then.answered else {}
    is_scale = question.kind == grammar.Kind.SCALE
    numbers = list(before.values())
    lines = [
        Line(bar.label, bar.number, (numbers[at] if is_scale else before.get(bar.label)) if before else None)
        for at, bar in enumerate(now.bars)
    ]
    return Result(
        label=question.label,
        answered=now.answered,
        lines=lines,
        texts=now.texts,
        average=now.average,
        is_confidential=question.is_confidential,
        answered_before=then.answered if then else 0,
        average_before=then.average if then else "",
        texts_before=then.texts if then else [],
    )


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who has not answered."""

    name: str
    company: str
    email: str


@dataclass(frozen=True, slots=True)
class Turnout:
    answered: int
    silent: list[Silent]

    @property
    def people(self) -> int:
        return self.answered + len(self.silent)


def turnout(cohort: Cohort) -> Turnout:
    """How many participants have answered, and who has not, by name; two queries."""
    seats = _participants(cohort).select_related("membership__person", "partner")
    said = set(ClosingAnswer.objects.filter(cohort=cohort).values_list("membership_id", flat=True))
    rows = list(seats)
    silent = [
        Silent(str(seat.membership.person), seat.partner.name if seat.partner else "", seat.membership.person.email)
        for seat in rows
        if seat.membership_id not in said
    ]
    return Turnout(len(rows) - len(silent), sorted(silent, key=lambda row: row.name.casefold()))


def _participants(cohort: Cohort) -> "QuerySet[Seat]":
    rows: QuerySet[Seat] = Seat.objects.confirmed().filter(cohort=cohort, role__in=rules.roles_with("counts"))
    return rows


def seats_without_answer(cohort: Cohort) -> "QuerySet[Seat]":
    """The confirmed seats of participants who can sign in and have not answered."""
    said = ClosingAnswer.objects.filter(cohort=cohort).values("membership")
    return _participants(cohort).filter(membership__state=Membership.State.ACTIVE).exclude(membership__in=said)
