"""Builders of cohorts at any stage. Used inside the scope of the organization they belong to.

The rows are made directly, in the state they are needed in; what leads there is tested by the services' own tests.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

import factory

from cohorts import walltime
from cohorts.models import (
    AgendaItem,
    Application,
    Cohort,
    CohortFacilitator,
    Homework,
    Program,
    Seat,
    Session,
    SessionContent,
)
from cohorts.services.audiences import audience_of
from enablement.models import Content
from partners.models import Partner
from partners.queries.people import partner_user_of
from partners.services.audiences import add_member
from prm.accounts.models import Membership
from prm.tenancy.scope import current_organization
from tests.factories import NOW, member
from tests.partners.factories import PartnerFactory, partner_user

ZONE = "Europe/Berlin"
CLOSES_ON = date(2026, 12, 4)
# A Tuesday, two weeks and a day after NOW.
FIRST_ON = date(2026, 12, 8)
AT = time(10)


class ProgramFactory(factory.django.DjangoModelFactory[Program]):
    class Meta:
        model = Program

    title = factory.Sequence(lambda number: f"First three deals {number}")
    promise = "You have had three discovery conversations with customers of your own."
    for_whom = "People who talk to customers every week."
    expectations = "You come to all four sessions and show your work half-finished."
    gains = "A group that does the same work."
    created_at = NOW


class CohortFactory(factory.django.DjangoModelFactory[Cohort]):
    class Meta:
        model = Cohort

    program = factory.SubFactory(ProgramFactory)
    title = factory.Sequence(lambda number: f"Winter {number}")
    zone = ZONE
    capacity = 12
    applications_close_on = CLOSES_ON
    applications_close_at = walltime.end_of_day(CLOSES_ON, ZONE)
    created_at = NOW


def session(cohort: Cohort, number: int = 1, on: date | None = None, at: time = AT, **fields: Any) -> Session:
    """One session; without a day the first is on FIRST_ON and each further one a week later."""
    day = on or FIRST_ON + timedelta(weeks=number - 1)
    zone = fields.pop("zone", cohort.zone)
    minutes = fields.pop("minutes", 60)
    fields.setdefault("link", "https://meet.example/acme")
    return Session.objects.create(
        cohort=cohort,
        number=number,
        title=fields.pop("title", f"Session {number}"),
        starts_on=day,
        starts_time=at,
        zone=zone,
        minutes=minutes,
        **Session.derived(day, at, zone, minutes),
        **fields,
    )


def homework(cohort: Cohort, on: date = FIRST_ON, at: time = time(18), **fields: Any) -> Homework:
    return Homework.objects.create(
        cohort=cohort,
        title=fields.pop("title", "Describe what you will build"),
        brief=fields.pop("brief", "Half a page."),
        due_on=on,
        due_time=at,
        created_at=NOW,
        **Homework.derived(on, at, cohort.zone),
        **fields,
    )


def cohort(state: str = "open", *, sessions: int = 4, facilitator: Membership | None = None, **fields: Any) -> Cohort:
    """A cohort at this stage with weekly sessions, led by `facilitator`."""
    made = CohortFactory.create(state=state, **fields)
    for number in range(1, sessions + 1):
        session(made, number)
    if facilitator is not None:
        CohortFacilitator.objects.create(cohort=made, membership=facilitator)
    return made


def applicant(name: str, partner: Partner | None = None) -> Membership:
    """A person of a partner who could apply."""
    first = name.split(" ")[0].lower()
    partner = partner or PartnerFactory.create()
    made = member(current_organization(), f"{first}@{partner.domain}", name)
    partner_user(partner, membership=made)
    return made


def application(of: Cohort, membership: Membership, state: str = "submitted", **fields: Any) -> Application:
    user = partner_user_of(membership)
    answers = {
        "why": "We sell to the same five customers every year.",
        "project": "Win one new customer in the Harz.",
        "experience": "some",
        **{key: fields.pop(key) for key in ("why", "project", "experience", "avoids") if key in fields},
    }
    fields.setdefault("answers", answers)
    if state in Application.HANDED_IN:
        fields.setdefault("submitted_at", NOW)
    return Application.objects.create(
        cohort=of,
        membership=membership,
        partner=user.partner if user else None,
        state=state,
        agrees=True,
        created_at=NOW,
        saved_at=NOW,
        **fields,
    )


def seat(of: Cohort, membership: Membership, state: str = "confirmed", **fields: Any) -> Seat:
    """A seat in any state, counted and in the cohort's audience where it is confirmed."""
    user = partner_user_of(membership)
    match state:
        case "confirmed":
            fields.setdefault("confirmed_at", NOW - timedelta(days=1))
            Cohort.objects.filter(pk=of.pk).update(seats_taken=of.seats_taken + 1)
            of.seats_taken += 1
            add_member(audience_of(of), membership, NOW - timedelta(days=1))
        case "offered":
            fields.setdefault("offered_at", NOW)
            fields.setdefault("confirm_by", NOW + timedelta(hours=72))
        case "waiting":
            fields.setdefault("position", Seat.objects.waiting().filter(cohort=of).count() + 1)
    partner = user.partner if user else None
    return Seat.objects.create(cohort=of, membership=membership, partner=partner, state=state, **fields)


def item(of: Session, title: str, minutes: int = 10, **fields: Any) -> AgendaItem:
    """One more item of the session's agenda."""
    return AgendaItem.objects.create(
        session=of, title=title, minutes=minutes, position=AgendaItem.objects.filter(session=of).count(), **fields
    )


def attach(to: Session, content: Content) -> SessionContent:
    return SessionContent.objects.create(session=to, content=content)


def berlin(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    """A moment of the winter of 2026 by Berlin's clocks."""
    return walltime.instant(date(2026, month, day), time(hour, minute), ZONE)
