"""Conversations as a partner's person sees them: their own, and a lead all of the company's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partners.models import Conversation, PartnerUser
from partners.queries.answering import answering
from partners.queries.threads import moment
from prm.addresses import address
from prm.tenancy.prepared import prepared

PER_PAGE = 25
_MOST_TURNS = 5
_COLUMNS = (
    "public_id",
    "subject",
    "kind",
    "state",
    "person",
    "person__person__name",
    "waiting_since",
    "due_at",
    "latest_at",
)


@dataclass(frozen=True, slots=True)
class MyRow:
    """A line of the list in ready strings; `tone` is its badge's."""

    subject: str
    url: str
    kind: str
    person: str
    turn: str
    when: str
    tone: str


def my_conversations(user: PartnerUser) -> QuerySet[Conversation]:
    """Those that this person may read, with all that their pages show."""
    rows = Conversation.objects.filter(partner=user.partner_id)
    if not user.is_lead:
        rows = rows.filter(person=user.membership_id)
    return rows.select_related("partner__account_manager__person", "person__person", "responsible__person")


def my_rows(user: PartnerUser, now: datetime, start: int, stop: int) -> list[MyRow]:
    """From one place of the list to another, what was written last first."""
    whose = [] if user.is_lead else [user.membership_id]
    return [_row(row, user, now) for row in _rows(user.partner_id, *whose, start=start, stop=stop)]


@prepared
def _rows(
    partner_id: int, person_id: int | None = None, *, start: int, stop: int
) -> QuerySet[Conversation, tuple[Any, ...]]:
    rows = Conversation.objects.filter(partner=partner_id)
    if person_id is not None:
        rows = rows.filter(person=person_id)
    found: QuerySet[Conversation, tuple[Any, ...]] = rows.latest_first().values_list(*_COLUMNS)
    return found[start:stop]


def _row(row: tuple[Any, ...], user: PartnerUser, now: datetime) -> MyRow:
    public_id, subject, kind, state, person_id, person, since, due, latest = row
    if state == Conversation.State.OPEN:
        is_late = due < now
        turn, tone = (_("Answer overdue"), "danger") if is_late else (_("We answer"), "warning")
        when = (_("was due %s") if is_late else _("by %s")) % moment(due)
    elif state == Conversation.State.ANSWERED:
        turn, tone, when = _("Your turn"), "info", _("since %s") % moment(since) if since else ""
    else:
        turn, tone, when = _("Closed"), "neutral", moment(latest)
    return MyRow(
        subject=subject,
        url=address("my_conversation_detail", public_id),
        kind=str(Conversation.Kind(kind).label),
        person="" if person_id == user.membership_id else person,
        turn=turn,
        when=when,
        tone=tone,
    )


def who_reads(user: PartnerUser, now: datetime) -> Any:
    """The colleague who answers this person's company today (`answering.Answerer`), or None."""
    return answering(user.partner.account_manager, user.partner, now)


def my_turns(membership_id: int) -> list[tuple[str, str, str]]:
    """(public id, subject, what it is) of the person's own conversations in which they write next, the oldest first."""
    return _my_turns(membership_id)


@prepared
def _my_turns(membership_id: int) -> QuerySet[Conversation, tuple[str, str, str]]:
    rows = Conversation.objects.filter(person=membership_id, state=Conversation.State.ANSWERED)
    found: QuerySet[Conversation, tuple[str, str, str]] = rows.order_by("latest_at", "pk").values_list(
        "public_id", "subject", "kind"
    )
    return found[:_MOST_TURNS]
