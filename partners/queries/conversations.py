"""Conversations as colleagues work through them: the queue, one of them, those of a partner."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.days import day_of
from partners.models import Conversation
from partners.queries.answering import answered_by, with_stand_in
from partners.queries.threads import moment
from partners.queries.todo import MINE, PARTNERS, TEAM
from prm.accounts.models import Membership
from prm.accounts.permissions import Role
from prm.addresses import address
from prm.tenancy.prepared import prepared

WAITING, ANSWERED, CLOSED = "open", "answered", "closed"
PER_PAGE = 25
_ON_PARTNER = 5
_COLUMNS = (
    "public_id",
    "subject",
    "kind",
    "state",
    "partner__public_id",
    "partner__name",
    "person__person__name",
    "person__person__email",
    "responsible__person__name",
    "stand_in",
    "waiting_since",
    "due_at",
    "latest_at",
)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the queue in ready strings; `brief` says how it stands where there is little room."""

    subject: str
    url: str
    kind: str
    partner: str
    partner_url: str
    person: str
    who: str
    when: str
    brief: str
    is_overdue: bool


@dataclass(frozen=True)
class Queue:
    """Whose conversations (MINE, PARTNERS, TEAM) in which state."""

    member: Membership
    now: datetime
    whose: str = MINE
    show: str = WAITING


def queue_rows(queue: Queue, start: int, stop: int) -> list[QueueRow]:
    """What waits, the longest overdue first; what is answered or closed, the latest first. One query."""
    whose = [] if queue.whose == TEAM else [queue.member.pk]
    rows = _queue(
        day_of(queue.now),
        *whose,
        whose=queue.whose,
        show=queue.show,
        is_owner=Role.OWNER in queue.member.roles,
        start=start,
        stop=stop,
    )
    return [_row(row, queue.now) for row in rows]


@prepared
def _queue(
    today: date, membership_id: int | None = None, *, whose: str, show: str, is_owner: bool, start: int, stop: int
) -> QuerySet[Conversation, tuple[Any, ...]]:
    rows = Conversation.objects.filter(state=show, partner__archived_at=None)
    if whose == MINE:
        own = answered_by(membership_id, today)
        # What nobody would answer otherwise is an owner's.
        orphaned = (Q(responsible=None) | ~Q(responsible__state="active")) & Q(partner__account_manager=None)
        rows = rows.filter(own | orphaned if is_owner else own)
    elif whose == PARTNERS:
        rows = rows.filter(partner__account_manager=membership_id)
    rows = rows.order_by("due_at", "pk") if show == WAITING else rows.latest_first()
    found: QuerySet[Conversation, tuple[Any, ...]] = with_stand_in(rows, today).values_list(*_COLUMNS)
    return found[start:stop]


def _row(row: tuple[Any, ...], now: datetime) -> QueueRow:
    public_id, subject, kind, state, partner_id, partner, name, email, who, stand_in, since, due, latest = row
    is_overdue = due is not None and due < now
    if state == WAITING:
        when = (_("was due %s") if is_overdue else _("by %s")) % moment(due)
        brief = (_("was due %s") if is_overdue else _("until %s")) % date_format(timezone.localtime(due), "j M")
    else:
        brief = str(Conversation.State(state).label)
        when = _("since %s") % moment(since) if state == ANSWERED and since else moment(latest)
    return QueueRow(
        subject=subject,
        url=address("conversation_detail", public_id),
        kind=str(Conversation.Kind(kind).label),
        partner=partner,
        partner_url=address("partner_detail", partner_id),
        person=name or email,
        who=_("%(deputy)s for %(name)s") % {"deputy": stand_in, "name": who} if stand_in else who or "",
        when=when,
        brief=brief,
        is_overdue=is_overdue,
    )


def with_conversations(partners: Any, today: date) -> Any:
    """Partners with what `conversations_of` reads, so that a page which loads one asks no query more."""
    rows = Conversation.objects.filter(partner=OuterRef("pk"))
    rows = with_stand_in(rows, today).order_by(F("due_at").asc(nulls_last=True), "-latest_at", "-pk")
    told = JSONObject(**{name: name for name in _COLUMNS})
    return partners.annotate(conversations_told=ArraySubquery(rows.values(told=told)[:_ON_PARTNER]))


def conversations_of(partner: Any, now: datetime) -> list[QueueRow]:
    """The latest few of a partner `with_conversations`, what waits for us first."""
    return [_row(_from_json(told), now) for told in partner.conversations_told]


def _from_json(told: dict[str, Any]) -> tuple[Any, ...]:
    moments = ("waiting_since", "due_at", "latest_at")
    return tuple(parse_datetime(told[name]) if name in moments and told[name] else told[name] for name in _COLUMNS)


def conversations_to_read() -> QuerySet[Conversation]:
    """Conversations with all that their pages show."""
    return Conversation.objects.select_related(
        "partner__account_manager__person", "person__person", "responsible__person"
    )
