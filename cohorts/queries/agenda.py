"""What happens in a session, item by item: for the builder, the guide, participants, and in words for mails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cohorts import rules
from cohorts.models import AgendaItem, AgendaKind, Session, Speaker
from prm.addresses import address
from prm.tenancy.prepared import prepared

ICONS = {
    AgendaKind.RITUAL: "sparkles",
    AgendaKind.ICEBREAKER: "party-popper",
    AgendaKind.PAIRS: "users",
    AgendaKind.BREAKOUT: "users-round",
    AgendaKind.WORK: "hammer",
    AgendaKind.POLL: "chart-column",
    AgendaKind.DEMO: "monitor",
    AgendaKind.GUEST: "star",
    AgendaKind.REFLECTION: "message-circle",
    AgendaKind.HOMEWORK: "notebook-pen",
    AgendaKind.OTHER: "circle",
}


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """An item with the clock time at which it begins, in the reader's or the session's zone."""

    item: AgendaItem
    at: str
    url: str
    icon: str

    @property
    def kind_label(self) -> str:
        return str(AgendaKind(self.item.kind).label)

    @property
    def speaker_label(self) -> str:
        return str(Speaker(self.item.speaker).label)


@dataclass(frozen=True)
class Agenda:
    """A session's agenda with its meters and checks; `ends` is when it is over by its own minutes."""

    rows: list[AgendaRow] = field(default_factory=list)
    meters: rules.Meters = field(default_factory=lambda: rules.Meters(0, 0, 0, 0))
    checks: list[rules.Check] = field(default_factory=list)
    ends: str = ""


def items_of(session: Session) -> list[AgendaItem]:
    return _items(session.pk)


@prepared
def _items(session_id: int) -> QuerySet[AgendaItem]:
    rows: QuerySet[AgendaItem] = AgendaItem.objects.filter(session=session_id).in_order()
    return rows


def agenda_of(session: Session, items: Sequence[AgendaItem] | None = None) -> Agenda:
    """The agenda by the clock of the session's own zone, for those who lead it; one query."""
    items = items_of(session) if items is None else items
    rows, at = _timed(session, items, by_session=True)
    return Agenda(
        rows=rows,
        meters=rules.meters(items, session.minutes),
        checks=rules.agenda_checks(items, session.leaves_with),
        ends=at,
    )


def agenda_for_participant(session: Session) -> list[AgendaRow]:
    """What happens when, by the reader's clock; one query."""
    return _timed(session, items_of(session), by_session=False)[0]


def _timed(session: Session, items: Sequence[AgendaItem], *, by_session: bool) -> tuple[list[AgendaRow], str]:
    zone = session.tz if by_session else None
    rows, begun = [], 0
    for item in items:
        url = address("agenda_item_edit", session.cohort.public_id, session.public_id, item.public_id)
        rows.append(
            AgendaRow(item, _clock(session.starts_at + timedelta(minutes=begun), zone), url, ICONS[_kind(item)])
        )
        begun += item.minutes
    return rows, _clock(session.starts_at + timedelta(minutes=begun), zone)


def _kind(item: AgendaItem) -> AgendaKind:
    return AgendaKind(item.kind)


def _clock(at: datetime, zone: object) -> str:
    return formats.date_format(timezone.localtime(at, zone), "H:i")  # type: ignore[arg-type]


def worded_agenda(items: Iterable[AgendaItem], *, is_markdown: bool = True) -> str:
    """The items as a list in words, a line each: for recaps, and without marks for calendars."""
    return "\n".join(_worded(item, is_markdown) for item in items)


def _worded(item: AgendaItem, is_markdown: bool) -> str:
    minutes = _("%(n)d min") % {"n": item.minutes} if item.minutes else ""
    if not is_markdown:
        return f"- {minutes}: {item.title}" if minutes else f"- {item.title}"
    return f"- **{minutes}** {item.title}" if minutes else f"- {item.title}"


def agendas_in_words(sessions: Iterable[Session]) -> dict[int, str]:
    """The plain words of the agendas of these sessions by the session's key; one query."""
    found: dict[int, list[AgendaItem]] = {}
    for item in AgendaItem.objects.filter(session__in=[session.pk for session in sessions]).in_order():
        found.setdefault(item.session_id, []).append(item)
    return {pk: worded_agenda(items, is_markdown=False) for pk, items in found.items()}


@dataclass(frozen=True)
class Meanwhile:
    """What became of an agenda while somebody looked at an older one."""

    added: list[str]
    removed: int
    order: list[str]


def changed_meanwhile(session: Session, seen: Sequence[str]) -> Meanwhile:
    """The difference between the items that somebody saw, by their public ids, and those that there are."""
    now = items_of(session)
    known = {item.public_id for item in now}
    return Meanwhile(
        added=[item.title for item in now if item.public_id not in seen],
        removed=sum(public_id not in known for public_id in seen),
        order=[item.title for item in now],
    )
