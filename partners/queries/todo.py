"""The to-do list of colleagues: tasks by hand and everything that waits for somebody, in one query.

Each source (`prm.waiting`) gives its first rows, as many as the page may need; the database puts them in one order
and hands over those of the page, with all that their words need.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    CharField,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf, TruncDate
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.days import day_of
from partners.models import Snooze, Task
from prm.accounts.models import Membership
from prm.accounts.permissions import Role, may
from prm.addresses import address
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization
from prm.waiting import WaitingSource, waiting

MINE, PARTNERS, TEAM = "mine", "partners", "team"
PER_PAGE = 20
# As many rows are asked for, so that few statements serve every page. Nobody reads further than the last; whoever has
# more takes a filter.
_STEPS = (8, 32, 64, 128, 256, 512)
TASKS = "partners.tasks"


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of the list in ready strings. `due` is when it is to be done, or else since when it waits.

    `settle_url` is where a task by hand is done from the list itself.
    """

    title: str
    icon: str
    url: str
    button: str
    hint: str
    partner: str
    partner_url: str
    who: str
    due: str
    is_overdue: bool
    due_on: date | None
    snooze_url: str
    wake_url: str
    settle_url: str


@dataclass(frozen=True)
class Asked:
    """Whose list it is and how far it is narrowed: `whose` is MINE, PARTNERS or TEAM, `partner_id` one partner's.

    With `is_snoozed` it is what the reader put off.
    """

    member: Membership
    now: datetime
    whose: str = MINE
    partner_id: int | None = None
    is_snoozed: bool = False


def todo_lines(asked: Asked, start: int, stop: int) -> list[Todo]:
    """The list from one place to another, what is due soonest first. One query."""
    limit = next((step for step in _STEPS if step >= stop), _STEPS[-1])
    rows = _rows(asked, limit) if start < limit else []
    today = day_of(asked.now)
    return [_line(row, today) for row in rows[start:stop]]


def _rows(asked: Asked, limit: int) -> Sequence[tuple[Any, ...]]:
    narrowed = [asked.partner_id] if asked.partner_id is not None else []
    return _lines(
        asked.member.pk,
        asked.now,
        *narrowed,
        names=tuple(source.name for source in sources_for(asked.member)),
        whose=asked.whose,
        is_owner=Role.OWNER in asked.member.roles,
        is_snoozed=asked.is_snoozed,
        zone=current_organization().zone,
        limit=limit,
    )


def sources_for(member: Membership) -> list[WaitingSource]:
    """Those of which this colleague may do what waits."""
    return [source for source in waiting.all() if may(member, source.permission)]


@prepared
def _lines(
    membership_id: int,
    now: datetime,
    partner_id: int | None = None,
    *,
    names: tuple[str, ...],
    whose: str,
    is_owner: bool,
    is_snoozed: bool,
    zone: str,
    limit: int,
) -> QuerySet[Any, tuple[Any, ...]]:
    parts = []
    for source in _narrowed(names, whose, partner_id):
        rows = source.rows(membership_id, now)
        if whose == MINE:
            rows = rows.filter(source.own(membership_id, is_owner=is_owner))
        elif whose == PARTNERS:
            rows = rows.filter(source.managed(membership_id))
        if partner_id is not None:
            rows = rows.filter(**{source.partner: partner_id})
        is_off = Exists(_snoozes(source.name, membership_id, now))
        rows = rows.filter(is_off if is_snoozed else ~is_off)
        parts.append(_columns(source, rows, zone).order_by("w_at", "w_since", "pk"))
    if len(parts) == 1:
        return parts[0][:limit]
    first, *rest = (part[:limit] for part in parts)
    return first.union(*rest, all=True).order_by("w_at", "w_since", "w_source", "w_id")[:limit]


def _narrowed(names: Iterable[str], whose: str, partner_id: int | None) -> list[WaitingSource]:
    asked = [waiting.get(name) for name in names]
    is_about_partners = whose == PARTNERS or partner_id is not None
    return [source for source in asked if source.partner] if is_about_partners else asked


def _snoozes(source: str, membership_id: int, now: datetime) -> QuerySet[Snooze]:
    rows: QuerySet[Snooze] = Snooze.objects.lasting(now).filter(
        membership=membership_id, source=source, object_id=OuterRef("pk")
    )
    return rows


def _columns(source: WaitingSource, rows: QuerySet[Any], zone: str) -> QuerySet[Any, tuple[Any, ...]]:
    """The same columns of every source."""
    tz = ZoneInfo(zone)
    due: Any = Cast(Value(None), DateField())
    if source.due:
        due = F(source.due) if source.is_due_day else TruncDate(source.due, tzinfo=tz)
    nothing = Value("", CharField())
    columns = {
        "w_source": Value(source.name, CharField()),
        "w_id": F("pk"),
        "w_public": F("public_id"),
        "w_partner": _or_nothing(f"{source.partner}__public_id") if source.partner else nothing,
        "w_company": _or_nothing(f"{source.partner}__name") if source.partner else nothing,
        "w_who": _name_of(source) or nothing,
        "w_since": F(source.since),
        "w_due": due,
        "w_at": Coalesce(due, TruncDate(source.since, tzinfo=tz)),
        "w_tells": JSONObject(**source.tells),
    }
    found: QuerySet[Any, tuple[Any, ...]] = rows.annotate(**columns).values_list(*columns)
    return found


def _or_nothing(lookup: str) -> Coalesce:
    return Coalesce(F(lookup), Value(""), output_field=CharField())


def _name_of(source: WaitingSource) -> Coalesce | None:
    """Who does it: whom it was given to, else the partner's account manager."""
    lookups = [source.doer] if source.doer else []
    lookups += [f"{source.partner}__account_manager"] if source.partner else []
    names = [
        NullIf(Cast(F(f"{lookup}__person__{column}"), CharField()), Value(""))
        for lookup in lookups
        for column in ("name", "email")
    ]
    return Coalesce(*names, Value(""), output_field=CharField()) if names else None


def _line(row: tuple[Any, ...], today: date) -> Todo:
    name, _pk, public_id, partner, company, who, since, due, _at, tells = row
    source = waiting.get(name)
    words = source.word(tells)
    return Todo(
        title=words.title,
        icon=source.icon,
        url=words.url,
        button=words.button,
        hint=words.hint,
        partner=company,
        partner_url=address("partner_detail", partner) if partner else "",
        who=who,
        due=_when(due, since, today),
        is_overdue=due is not None and due < today,
        due_on=due,
        snooze_url=address("todo_snooze", name, public_id),
        wake_url=address("todo_wake", name, public_id),
        settle_url=address("task_settle", public_id) if name == TASKS else "",
    )


def _when(due: date | None, since: datetime, today: date) -> str:
    """ "today", "until 3 Dec", "was due 30 Nov" or "since 12 Nov"."""
    if due == today:
        return _("today")
    if due is not None:
        return (_("was due %s") if due < today else _("until %s")) % _day(due, today)
    day = day_of(since)
    return _("since today") if day >= today else _("since %s") % _day(day, today)


def _day(day: date, today: date) -> str:
    return date_format(day, "j M" if day.year == today.year else "j M Y")


@dataclass(frozen=True, slots=True)
class DoneTask:
    """A task by hand that is done, in ready strings."""

    title: str
    url: str
    partner: str
    partner_url: str
    outcome: str
    told: str


def tasks_done(member: Membership, whose: str) -> QuerySet[Task]:
    """Tasks by hand that are done, the latest first: one's own are those one did, or was given."""
    rows = Task.objects.done().latest_first().select_related("partner", "done_by__person")
    if whose == PARTNERS:
        return rows.filter(partner__account_manager=member)
    return rows if whose == TEAM else rows.filter(Q(assignee=member) | Q(done_by=member))


def done_row(task: Task) -> DoneTask:
    at = date_format(day_of(task.done_at), "j M Y") if task.done_at else ""
    return DoneTask(
        title=task.title,
        url=address("task_edit", task.public_id),
        partner=task.partner.name if task.partner else "",
        partner_url=address("partner_detail", task.partner.public_id) if task.partner else "",
        outcome=task.outcome,
        told=", ".join([at, *([str(task.done_by.person)] if task.done_by else [])]),
    )


def object_behind(member: Membership, name: str, public_id: str, now: datetime) -> int | None:
    """The key of what waits under this public id of a source; None where this colleague knows nothing like that."""
    known = {source.name: source for source in sources_for(member)}
    if name not in known:
        return None
    rows = known[name].rows(member.pk, now).filter(public_id=public_id)
    pk: int | None = rows.values_list("pk", flat=True).first()
    return pk
