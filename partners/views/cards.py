"""What partners show on the home pages. Each gives the values of its template, or None for nothing to show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import Expression, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils.translation import gettext as _

from partners.models import Conversation, Partner, PartnerUser
from partners.queries.journeys.days import morning_of
from partners.queries.journeys.todo import Line, TodoList, todo_list
from partners.queries.my_conversations import my_turns
from partners.queries.open_questions import Open, open_from, open_questions, question_parts, question_values
from partners.queries.people import colleagues_for, contact_card, newest_people, own_contact, partner_user_of
from partners.queries.tier_cards import answers_within
from partners.queries.todo import Asked, todo_lines
from partners.rules import may_manage_team
from partners.views.tier_cards import NOTICES, notices_part
from prm.accounts.models import Membership, Person
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.tenancy.numbers import number_up_to
from prm.web.due import PRACTICE, DueItem, all_due, due_line

RECENT = timedelta(days=14)
MOST_COUNTED = 1000
_TODO_SHOWN = 6
_REMEMBERED = "_canopy_todo"
_QUESTIONS = "_canopy_questions"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who joined lately, where their company is, and a mail to them."""

    name: str
    partner: str
    url: str
    mailto: str
    joined_at: Any


def partner_counts() -> dict[str, Expression]:
    """The number on the card `partners_card`."""
    return {"count": number_up_to(Partner.objects.real(), MOST_COUNTED + 1)}


def partners_card(request: Request, count: int) -> dict[str, Any] | None:
    """How many partners there are, and who joined in the last two weeks."""
    if not count:
        return None
    newest = newest_people(request.now - RECENT)
    return {
        "count": min(count, MOST_COUNTED),
        "has_more": count > MOST_COUNTED,
        "arrivals": [_arrival(user) for user in newest],
        "now": request.now,
        "may_invite": may(request.membership, "people.invite"),
    }


def _arrival(user: PartnerUser) -> Arrival:
    card = contact_card(user.membership, user.partner.name)
    url = address("partner_detail", user.partner.public_id)
    return Arrival(card.first_name, user.partner.name, url, card.mailto, user.joined_at)


def contact_values(request: Request) -> tuple[int, bool] | None:
    """The partner, and whether it has a contact of its own."""
    user = partner_user_of(request.membership)
    return (user.partner_id, own_contact(user.partner) is not None) if user else None


def contact_parts(partner_id: int, has_contact: bool) -> dict[str, Any]:
    """What the card `contact` asks: the promised answer, and who stands in."""
    found: dict[str, Any] = {"answers_within": answers_within(partner_id)}
    if not has_contact:
        person = JSONObject(pk="pk", name="person__name", email="person__email")
        found["stand_in"] = Subquery(colleagues_for(partner_id).values(row=person)[:1])
    return found


def contact(
    request: Request, answers_within: int | None = None, stand_in: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    """ "Your contact: Alice [write]"."""
    user = partner_user_of(request.membership)
    colleague = own_contact(user.partner) if user else None
    if colleague is None and stand_in is not None:
        colleague = Membership(pk=stand_in["pk"], person=Person(name=stand_in["name"], email=stand_in["email"]))
    if user is None or colleague is None:
        return None
    found = contact_card(colleague, user.partner.name)
    return {"contact": found, "answers_within": answers_within, "is_aside": True}


def questions_due(request: HttpRequest) -> list[DueItem]:
    """One line for what a lead's company is asked now, and one for what it is to confirm."""
    inside = cast(Request, request)
    user = partner_user_of(inside.membership)
    if user is None or not may_manage_team(user):
        return []
    found: Open = getattr(request, _QUESTIONS, None) or open_questions(user.partner, inside.now)
    items, url = [], address("my_questions")
    if n := len(found.missing):
        words = _("Tell one thing about your company") if n == 1 else _("Tell %d things about your company") % n
        first = ", ".join(question.label for question in found.next)
        items.append(DueItem(words, url, "clipboard-list", hint=first, can_wait=not found.is_asked))
    if n := len(found.due):
        words = _("Confirm one fact about your company") if n == 1 else _("Confirm %d facts about your company") % n
        items.append(DueItem(words, url, "clipboard-check", can_wait=True))
    return items


def portal_parts(partner_id: int, *values: Any) -> dict[str, Any]:
    """What the card `portal_todo` asks for a lead in the page's one query."""
    return {"notices": notices_part(partner_id), **question_parts(partner_id, *values)}


def portal_values(request: Request) -> tuple[Any, ...] | None:
    """What that stands on; colleagues of a lead are asked nothing."""
    user = partner_user_of(request.membership)
    return question_values(user.partner, request.now) if user is not None and may_manage_team(user) else None


def portal_todo(request: Request, notices: Any = (), **found: Any) -> dict[str, Any] | None:
    """A partner's person, or a guest: everything that waits, in one list. Practice has a card of its own beside it."""
    user = partner_user_of(request.membership)
    if user is not None and found:
        setattr(request, _QUESTIONS, open_from(user.partner, request.now, found))
        setattr(request, NOTICES, notices)
    items = all_due(request, but=PRACTICE)
    if not items:
        return None
    lines = [due_line(item, request.now) for item in items[:_TODO_SHOWN]]
    return {"lines": lines, "left": len(items), "has_page": user is not None}


def my_steps(request: Request) -> dict[str, Any] | None:
    """How far one is on one's journeys, and whose turn it is; nothing for who is on none."""
    user = partner_user_of(request.membership)
    if user is None or not has_steps(request.membership):
        return None
    todo = todo_of(request, user)
    return {"todo": todo, "ours": [] if todo.lines else todo.ours[:1]} if todo.ways else None


def todo_of(request: Any, user: PartnerUser, is_cheap: bool = True) -> TodoList:
    """The person's steps, asked once a request; the first call says whether the objects are asked for, too."""
    if not hasattr(request, _REMEMBERED):
        setattr(request, _REMEMBERED, todo_list(user, request.now, is_cheap))
    todo: TodoList = getattr(request, _REMEMBERED)
    return todo


def my_todo(request: Request) -> dict[str, Any] | None:
    """The first lines of a colleague's to-do list; nothing where nothing waits."""
    rows = todo_lines(Asked(request.membership, request.now), 0, _TODO_SHOWN + 1)
    return {"rows": rows[:_TODO_SHOWN], "has_more": len(rows) > _TODO_SHOWN} if rows else None


def todo_due(request: HttpRequest) -> list[DueItem]:
    """The same for the page over all organizations."""
    inside = cast(Request, request)
    if not inside.membership.is_staff:
        return []
    rows = todo_lines(Asked(inside.membership, inside.now), 0, _TODO_SHOWN)
    return [
        DueItem(row.title, row.url, row.icon, _moment(row.due_on), row.snooze_url, row.partner or row.hint, is_day=True)
        for row in rows
    ]


def turns_due(request: HttpRequest) -> list[DueItem]:
    """The person's conversations in which we have answered."""
    inside = cast(Request, request)
    if inside.membership.kind != Membership.Kind.PARTNER:
        return []
    return [
        DueItem(
            _("We answered: %s") % subject,
            address("my_conversation_detail", public_id),
            "message-circle",
            hint=str(Conversation.Kind(kind).label),
        )
        for public_id, subject, kind in my_turns(inside.membership.pk)
    ]


def steps_due(request: HttpRequest) -> list[DueItem]:
    """The lines of steps for every to-do list."""
    inside = cast(Request, request)
    user = partner_user_of(inside.membership)
    lines = todo_of(inside, user).lines if user and has_steps(inside.membership) else []
    return [
        DueItem(line.title, line.url, line.icon, _moment(line.due_on), line.key, _hint(line), is_day=True)
        for line in lines
    ]


def _hint(line: Line) -> str:
    """What kind of step it is and which journeys ask for it."""
    return " · ".join(words for words in (line.kind, line.journeys) if words)


def _moment(day: date | None) -> datetime | None:
    """The morning of a due day, so that days and moments stand in one order."""
    return morning_of(day) if day else None


def has_steps(member: Membership) -> bool:
    """Whether the portal's menu shows steps; every page asks, and it is a part of the query that says whose it is."""
    return bool(getattr(partner_user_of(member), "is_traveler", False))
