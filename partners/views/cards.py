"""What partners show on the home pages. Each gives the values of its template, or None for nothing to show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import Expression, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest

from partners.days import day_of
from partners.models import Partner, PartnerUser, ProposedValue
from partners.queries.journeys.days import morning_of
from partners.queries.journeys.pages import staff_row
from partners.queries.journeys.todo import first_staff_steps, open_lines, steps_of_colleague, todo_list
from partners.queries.open_questions import Open, open_from, question_values
from partners.queries.people import colleagues_for, contact_card, newest_people, own_contact, partner_user_of
from partners.queries.tier_cards import answers_within
from partners.rules import may_manage_team
from prm.accounts.models import Membership, Person
from prm.accounts.permissions import Role, may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.tenancy.numbers import number_up_to
from prm.web.due import DueItem

RECENT = timedelta(days=14)
MOST_COUNTED = 1000


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


def question_values_of(request: Request) -> tuple[Any, ...] | None:
    """What the card `questions` stands on, for who is asked: a company's lead."""
    user = partner_user_of(request.membership)
    return question_values(user.partner, request.now) if user is not None and may_manage_team(user) else None


def questions(request: Request, **found: Any) -> dict[str, Any] | None:
    """What a lead's company is asked now; nothing for colleagues, and nothing where all is known."""
    user = partner_user_of(request.membership)
    return _asked(open_from(user.partner, request.now, found)) if user is not None and found else None


def _asked(found: Open) -> dict[str, Any] | None:
    if not found:
        return None
    first = ", ".join(question.label for question in found.next)
    return {"missing": len(found.missing), "due": len(found.due), "first": first}


def proposal_counts() -> dict[str, Expression]:
    """The number on the card `proposals_card`."""
    return {"count": number_up_to(ProposedValue.objects.waiting(), MOST_COUNTED + 1)}


def proposals_card(_request: Request, count: int) -> dict[str, Any] | None:
    """How many changes by partners wait for somebody here."""
    return {"count": count} if count else None


def my_steps(request: Request) -> dict[str, Any] | None:
    """What to do next in one's journeys, and how far one is; nothing for who is on none."""
    user = partner_user_of(request.membership)
    if user is None or not has_steps(request.membership):
        return None
    todo = todo_list(user, request.now, is_cheap=True)
    if not todo.ways:
        return None
    return {"todo": todo, "lines": todo.lines[:3], "ours": todo.ours[:1], "left": len(todo.lines)}


def our_step_counts(membership_id: int, is_owner: bool) -> dict[str, Expression]:
    """The number on the card `our_steps`."""
    return {"waiting": number_up_to(steps_of_colleague(membership_id, is_owner=is_owner), MOST_COUNTED)}


def colleague(request: Request) -> tuple[int, bool]:
    """Who looks, and whether as an owner."""
    return request.membership.pk, Role.OWNER in request.membership.roles


def our_steps(request: Request, waiting: int) -> dict[str, Any] | None:
    """A colleague's own steps for partners; nothing where there are none."""
    if not waiting:
        return None
    rows = [staff_row(step, request.now) for step in first_staff_steps(request.membership, 4)]
    return {"rows": rows[:3], "has_more": len(rows) > 3} if rows else None


def applications_card(request: Request, mine: int, unassigned: int) -> dict[str, Any] | None:
    """Applications that wait for this colleague, and those that wait for anybody; nothing where none does."""
    return {"mine": mine, "unassigned": unassigned} if mine or unassigned else None


def steps_due(request: HttpRequest) -> list[DueItem]:
    """The lines of steps for every to-do list."""
    inside = cast(Request, request)
    if inside.membership.is_staff:
        steps = first_staff_steps(inside.membership, 5)
        return [
            DueItem(row.title, row.url, "milestone", _moment(step.due_on), f"our-step:{step.pk}", row.partner)
            for step, row in ((step, staff_row(step, inside.now)) for step in steps)
        ]
    user = partner_user_of(inside.membership)
    lines = open_lines(user, day_of(inside.now)) if user and has_steps(inside.membership) else []
    return [DueItem(line.title, line.url, line.icon, _moment(line.due_on), line.key, line.journeys) for line in lines]


def _moment(day: date | None) -> datetime | None:
    """The morning of a due day, so that days and moments stand in one order."""
    return morning_of(day) if day else None


def has_steps(member: Membership) -> bool:
    """Whether the portal's menu shows steps; every page asks, and it is a part of the query that says whose it is."""
    return bool(getattr(partner_user_of(member), "is_traveler", False))
