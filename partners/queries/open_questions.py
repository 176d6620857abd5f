"""What a partner is asked now: everything that this hangs on is read in one query, or as parts of a page's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, Func, Value

from partners import rules
from partners.models import Attribute, DataRequest, Partner, ProposedValue, QuestionPause
from partners.queries.attributes import Known, known_from, known_part
from partners.queries.completeness import RECORD_FIELDS, TOLD_BY_PARTNERS
from partners.queries.history import record_words
from partners.queries.questions import ASKED_RECENTLY, Question, tellable
from partners.queries.record import record_from, record_parts
from prm.tenancy.numbers import asked_at_once

AT_ONCE = 3
MONTH = timedelta(days=30)
# Columns of the record are confirmed once a year.
RECORD_LASTS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A value that was last confirmed long ago, in words."""

    question: Question
    shown: str
    confirmed_at: datetime


@dataclass(frozen=True)
class Open:
    """What a partner is asked now: `missing` in order, what colleagues asked for first, and what to confirm.

    `is_asked` says whether colleagues asked for any of it.
    """

    missing: tuple[Question, ...]
    due: tuple[Confirmation, ...]
    is_asked: bool = False

    @property
    def next(self) -> tuple[Question, ...]:
        return self.missing[:AT_ONCE]

    def __bool__(self) -> bool:
        return bool(self.missing or self.due)


def question_values(partner: Partner, now: datetime) -> tuple[int, datetime, datetime, bool]:
    """What `question_parts` stands on: the last says whether the record may be so old that it is to be confirmed."""
    return partner.pk, now, now - ASKED_RECENTLY, partner.created_at <= now - RECORD_LASTS


def question_parts(partner_id: int, now: datetime, asked_since: datetime, is_old: bool) -> dict[str, Any]:
    """What `open_from` reads, as parts of a query."""
    paused = QuestionPause.objects.filter(partner=partner_id).lasting(now)
    waiting = ProposedValue.objects.waiting().filter(partner=partner_id)
    each = Func(F("fields"), function="unnest", output_field=CharField())
    asked = DataRequest.objects.filter(asked__partner=partner_id, asked_at__gt=asked_since)
    parts: dict[str, Any] = {
        "kept": known_part(Value(partner_id), [Attribute.Keeper.PARTNER]),
        "paused": ArraySubquery(paused.values("field")),
        "waiting": ArraySubquery(waiting.values("field")),
        "asked": ArraySubquery(asked.order_by().annotate(each=each).values("each")),
    }
    if is_old:
        parts |= record_parts(Value(partner_id))
    return parts


def open_questions(partner: Partner, now: datetime) -> Open:
    """What this partner is asked now. One query."""
    return open_from(partner, now, asked_at_once(question_parts(*question_values(partner, now))))


def open_from(partner: Partner, now: datetime, found: Mapping[str, Any]) -> Open:
    """The same out of what a page found for `question_parts`."""
    kept = known_from(found["kept"])
    aside = {*found["paused"], *found["waiting"]}
    empty = {each.attribute.field for each in kept if not each.is_known}
    empty |= {field for field in TOLD_BY_PARTNERS if not getattr(partner, field)}
    questions = tellable([each.attribute for each in kept])
    missing = [question for question in questions if question.field in empty - aside]
    missing.sort(key=lambda question: question.field not in found["asked"])
    due = [*_record_due(partner, now, found), *_due(kept, now)]
    confirmed = tuple(row for row in due if row.question.field not in aside)
    return Open(tuple(missing), confirmed, any(question.field in found["asked"] for question in missing))


def _record_due(partner: Partner, now: datetime, found: Mapping[str, Any]) -> Iterable[Confirmation]:
    """Columns of the record that nobody has changed or confirmed for a year; asked of records that are older."""
    if "record_changes" not in found:
        return
    told = record_from(partner, found["record_changes"], found["record_confirmed"])
    for field in TOLD_BY_PARTNERS:
        at, value = told[field].last_said_at, getattr(partner, field)
        if value and at <= now - RECORD_LASTS:
            yield Confirmation(Question(field, str(RECORD_FIELDS[field])), record_words(field, value, {}), at)


def _due(kept: Iterable[Known], now: datetime) -> Iterable[Confirmation]:
    for each in kept:
        row, at = each.attribute, each.confirmed_at
        if row.confirm_months and at is not None and at + MONTH * row.confirm_months <= now:
            yield Confirmation(Question(row.field, row.name, row.hint, row), rules.display(row, each.value), at)


def asked_now(partner: Partner, now: datetime) -> list[Question]:
    """What colleagues asked this partner for lately and is still open, in order."""
    found = asked_at_once(question_parts(*question_values(partner, now)))
    missing = open_from(partner, now, found).missing
    return [question for question in missing if question.field in found["asked"]]
