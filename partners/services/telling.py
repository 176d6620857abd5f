"""What partners tell of themselves: values they keep, changes that wait for a colleague, questions put aside."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from partners import rules
from partners.consequences import moved_by
from partners.models import Attribute, Partner, ProposedValue, QuestionPause, RecordConfirmation
from partners.models.partners import Source
from partners.queries.attributes import values_held
from partners.queries.completeness import RECORD_FIELDS, TOLD_BY_PARTNERS
from partners.queries.history import record_words
from partners.queries.questions import questions_named
from partners.services.values import confirm_values, keep_changes, write_values
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.outbox.services import post
from prm.problems import Problem, Refused

DECIDED_MAIL = "partners.proposal_decided"
SKIPPED_FOR = timedelta(days=7)
UNKNOWN_FOR = timedelta(days=180)
_TELLABLE = frozenset(TOLD_BY_PARTNERS)

# A column of the record by its name, or an attribute.
Told = Mapping[str | Attribute, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What telling came to: how many values are written, and how many wait for a colleague."""

    saved: int
    waiting: int


@transaction.atomic
def tell(*, actor: Actor, partner: Partner, told: Told, source: str = Source.PARTNER, now: datetime) -> Outcome:
    """Write what a partner tells of itself; what would move a group or tier is proposed instead.

    What is told again as it is counts as confirmed; an empty value clears. Raises `Refused` (not_yours, wrong_value)
    and writes nothing.
    """
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    attributes = {field: value for field, value in told.items() if isinstance(field, Attribute)}
    record = {field: value or "" for field, value in told.items() if isinstance(field, str)}
    held = values_held(locked, attributes)
    _refuse_wrong(attributes, record, held)
    changes = _changes(locked, attributes, record, held)
    waiting = _waiting(locked, changes, now)
    for field, moves in waiting.items():
        _propose(actor, locked, field, changes[field], moves, now)
    written = {key: value for key, value in attributes.items() if key.field not in waiting}
    in_words = write_values(actor=actor, partner=locked, values=written, source=source, now=now)
    columns = {field: value for field, value in record.items() if field in changes and field not in waiting}
    in_words |= change_columns(actor=actor, partner=locked, columns=columns, source=source, now=now)
    QuestionPause.objects.filter(partner=locked, field__in=[*changes]).delete()
    if in_words:
        note(actor=actor, verb="partners.told", obj=locked, changes=in_words)
    return Outcome(len(changes) - len(waiting), len(waiting))


def _refuse_wrong(attributes: Mapping[Attribute, Any], record: Mapping[str, Any], held: Mapping[int, Any]) -> None:
    problems = rules.values_problems(attributes, held)
    for attribute in attributes:
        problems += rules.telling_problems(attribute, attribute.field, _TELLABLE)
    for field in record:
        problems += rules.telling_problems(None, field, _TELLABLE)
    if problems:
        raise Refused(problems)


def _changes(
    partner: Partner, attributes: Mapping[Attribute, Any], record: Mapping[str, Any], held: Mapping[int, Any]
) -> dict[str, tuple[Any, Any]]:
    """{field: (before, after)} of what is not as it was, as the history keeps it."""
    sides = {
        attribute.field: (
            rules.as_json(held.get(attribute.pk)),
            rules.as_json(rules.clean_value(attribute, value, held.get(attribute.pk))),
        )
        for attribute, value in attributes.items()
    }
    sides |= {field: (getattr(partner, field) or None, value or None) for field, value in record.items()}
    return {field: (before, after) for field, (before, after) in sides.items() if before != after}


def _waiting(partner: Partner, changes: Mapping[str, tuple[Any, Any]], now: datetime) -> dict[str, list[str]]:
    """The fields whose change waits for a colleague, each with what it would move, in words."""
    wanted = {field: after for field, (_before, after) in changes.items()}
    moved = moved_by(partner, wanted, now) if wanted else {}
    careful = [field for field, after in wanted.items() if rules.is_careful(partner, field, after)]
    return {field: moved.get(field, []) for field in (*careful, *moved)}


def _propose(
    actor: Actor, partner: Partner, field: str, sides: tuple[Any, Any], moves: list[str], now: datetime
) -> None:
    before, after = sides
    values: dict[str, Any] = {
        "value": after,
        "before": before,
        "moves": moves,
        "proposed_by_id": actor.membership_id,
        "proposed_at": now,
    }
    proposal, _is_new = ProposedValue.objects.update_or_create(
        partner=partner, field=field, state=ProposedValue.State.WAITING, defaults=values
    )
    note(actor=actor, verb="partners.value_proposed", obj=proposal, label=partner.name)


def change_columns(
    *, actor: Actor, partner: Partner, columns: Mapping[str, Any], source: str, now: datetime
) -> dict[str, list[str]]:
    """Write columns of a locked record with their history; returns {label: [before, after]} of what changed."""
    changed = {field: value for field, value in columns.items() if getattr(partner, field) != value}
    if not changed:
        return {}
    before = {field: getattr(partner, field) for field in changed}
    Partner.objects.filter(pk=partner.pk).update(**changed, revision=F("revision") + 1)
    for field, value in changed.items():
        setattr(partner, field, value)
    sides = {field: (before[field] or None, value or None) for field, value in changed.items()}
    keep_changes(actor=actor, partner=partner, changes=sides, source=source, now=now)
    return {
        str(RECORD_FIELDS[field]): [record_words(field, before[field], {}), record_words(field, value, {})]
        for field, value in changed.items()
    }


@transaction.atomic
def put_aside(*, actor: Actor, partner: Partner, fields: Iterable[str], is_unknown: bool, now: datetime) -> None:
    """Keep these questions for later: for some days where they were skipped, for half a year where they cannot be
    answered, which answers requests as well."""
    until = now + (UNKNOWN_FOR if is_unknown else SKIPPED_FOR)
    said = {"is_unknown": is_unknown, "until": until, "said_at": now, "said_by_id": actor.membership_id}
    for field in fields:
        QuestionPause.objects.update_or_create(partner=partner, field=field, defaults=said)


@transaction.atomic
def still_right(*, actor: Actor, partner: Partner, fields: Collection[str], now: datetime) -> int:
    """A partner confirms what it keeps, columns of its record among it; returns how many values that are.

    What it cannot tell, and what is not known, is left out.
    """
    own = questions_named(fields)
    attributes = [question.attribute for question in own if question.attribute is not None]
    confirmed = confirm_values(actor=actor, partner=partner, attributes=attributes, now=now)
    columns = [question for question in own if question.attribute is None and getattr(partner, question.field)]
    for question in columns:
        said = {"at": now, "confirmed_by_id": actor.membership_id}
        RecordConfirmation.objects.update_or_create(partner=partner, field=question.field, defaults=said)
    if columns:
        names = ", ".join(question.label for question in columns)
        note(actor=actor, verb="partners.values_confirmed", obj=partner, changes={"confirmed": ["", names]})
    return confirmed + len(columns)


@transaction.atomic
def accept_proposal(*, actor: Actor, proposal: ProposedValue, now: datetime) -> None:
    """Write what the partner proposed. Raises `Refused`: decided (somebody was faster), wrong_value, archived."""
    _decide(actor, proposal, ProposedValue.State.ACCEPTED, "", now)
    partner = Partner.objects.select_for_update(no_key=True).get(pk=proposal.partner_id)
    attribute = attribute_of(proposal.field)
    if attribute is None:
        columns = {proposal.field: proposal.value or ""}
        change_columns(actor=actor, partner=partner, columns=columns, source=Source.PARTNER, now=now)
        return
    value = rules.from_json(attribute, proposal.value)
    write_values(actor=actor, partner=partner, values={attribute: value}, source=Source.PARTNER, now=now)


@transaction.atomic
def decline_proposal(*, actor: Actor, proposal: ProposedValue, reason: str, now: datetime) -> None:
    """Leave the value as it is and tell the partner why. Raises `Refused`: no_reason, decided."""
    if not reason.strip():
        raise Refused(Problem("no_reason", _("Tell them why, in a sentence."), "reason"))
    _decide(actor, proposal, ProposedValue.State.DECLINED, reason.strip()[:300], now)


def _decide(actor: Actor, proposal: ProposedValue, state: str, reason: str, now: datetime) -> None:
    decided = {"state": state, "reason": reason, "decided_at": now, "decided_by_id": actor.membership_id}
    if not ProposedValue.objects.waiting().filter(pk=proposal.pk).update(**decided):
        raise Refused(Problem("decided", _("Somebody has decided about this meanwhile.")))
    for name, value in decided.items():
        setattr(proposal, name, value)
    changes = {"state": [ProposedValue.State.WAITING.value, str(state)]}
    verb = "partners.proposal_decided"
    note(actor=actor, verb=verb, obj=proposal, label=proposal.partner.name, changes=changes, reason=reason)
    if proposal.proposed_by is not None:
        post(kind=DECIDED_MAIL, subject_id=proposal.pk, recipient=proposal.proposed_by, now=now)


def attribute_of(field: str) -> Attribute | None:
    """The attribute that a field names, None for a column of the record."""
    if not field.startswith("attribute:"):
        return None
    found: Attribute = Attribute.objects.get(pk=int(field.partition(":")[2]))
    return found
