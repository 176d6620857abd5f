"""Each state machine, transition by transition: a verb leads where it says, or is refused and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import models

from cohorts.management.commands.draw_machines import PAGE, page
from cohorts.models import (
    APPLICATION_MACHINE,
    COHORT_MACHINE,
    NOMINATION_MACHINE,
    RECAP_MACHINE,
    REVIEW_MACHINE,
    SEAT_MACHINE,
    SESSION_MACHINE,
    TEAM_MACHINE,
    TEAM_MEMBER_MACHINE,
    Application,
    Cohort,
    Nomination,
    Recap,
    Review,
    Seat,
    Session,
    Team,
    TeamMember,
)
from partners.models import Partner
from prm.accounts.models import Membership
from prm.problems import Refused
from prm.tenancy.states import Machine
from tests.cohorts import factories
from tests.cohorts.teams import team
from tests.factories import NOW

MACHINES: list[tuple[Machine, type[models.Model]]] = [
    (COHORT_MACHINE, Cohort),
    (SESSION_MACHINE, Session),
    (NOMINATION_MACHINE, Nomination),
    (APPLICATION_MACHINE, Application),
    (SEAT_MACHINE, Seat),
    (TEAM_MACHINE, Team),
    (TEAM_MEMBER_MACHINE, TeamMember),
    (RECAP_MACHINE, Recap),
    (REVIEW_MACHINE, Review),
]
# What a row carries in a state, where the database asks for it.
BEFORE: dict[tuple[str, str], dict[str, Any]] = {
    ("seat", "waiting"): {"position": 1},
    ("seat", "offered"): {"confirm_by": NOW},
    ("team", "waiting"): {"position": 1},
    ("team", "offered"): {"confirm_by": NOW},
    ("recap", "scheduled"): {"send_at": NOW},
}
WITH: dict[tuple[str, str], dict[str, Any]] = {
    ("seat", "offer"): {"confirm_by": NOW, "position": None},
    ("seat", "queue"): {"position": 1},
    ("seat", "requeue"): {"position": 1},
    ("seat", "decline"): {"position": None},
    ("seat", "release"): {"position": None},
    ("team", "offer"): {"confirm_by": NOW, "position": None},
    ("team", "queue"): {"position": 1},
    ("team", "end"): {"position": None},
    ("recap", "schedule"): {"send_at": NOW},
}


@pytest.fixture
def row_of(winter: Cohort, nordwind: Partner, lena: Membership, frida: Membership) -> Callable[[str], models.Model]:
    def made(machine: str) -> models.Model:
        session = winter.sessions.get(number=1)
        match machine:
            case "cohort":
                return winter
            case "session":
                return session
            case "application":
                return factories.application(winter, lena)
            case "seat":
                return factories.seat(winter, lena, "offered")
            case "review":
                application = factories.application(winter, lena)
                return Review.objects.create(cohort=winter, application=application, membership=frida, asked_at=NOW)
            case "team" | "team_member":
                made = team(winter, nordwind, lena)
                return made if machine == "team" else made.members.get()
            case "recap":
                return Recap.objects.create(session=session, body="We met.", drafted_at=NOW)
        return Nomination.objects.create(
            cohort=winter, email="x@y.example", nominated_by=frida, token_digest="x", created_at=NOW
        )

    return made


def _put(row: models.Model, machine: Machine, state: str) -> None:
    plain: dict[str, Any] = {"position": None} if machine.name in ("seat", "team") else {}
    type(row)._base_manager.filter(pk=row.pk).update(
        **{machine.field: state, **plain, **BEFORE.get((machine.name, state), {})}
    )
    row.refresh_from_db()


@pytest.mark.parametrize(("machine", "model"), MACHINES, ids=lambda value: getattr(value, "name", ""))
def test_every_verb_from_every_state(
    machine: Machine, model: type[models.Model], row_of: Callable[[str], models.Model]
) -> None:
    row = row_of(machine.name)
    for state in model.State.values:  # type: ignore[attr-defined]
        for verb, (sources, target) in machine.moves.items():
            _put(row, machine, state)
            changes = WITH.get((machine.name, verb), {})
            if state in sources:
                machine.move(row, verb, **changes)
                row.refresh_from_db()
                assert getattr(row, machine.field) == target, (state, verb)
            else:
                with pytest.raises(Refused) as refusal:
                    machine.move(row, verb, **changes)
                assert refusal.value.codes == {"wrong_state"}, (state, verb)
                row.refresh_from_db()
                assert getattr(row, machine.field) == state, (state, verb)


@pytest.mark.parametrize(("machine", "model"), MACHINES, ids=lambda value: getattr(value, "name", ""))
def test_every_state_can_be_reached(machine: Machine, model: type[models.Model]) -> None:
    states = set(model.State.values)  # type: ignore[attr-defined]
    # A seat begins as an offer or on the waiting list, by the decision.
    reached = {"offered", "waiting"} if model is Seat else {str(model.State.values[0])}  # type: ignore[attr-defined]
    for _step in states:
        reached |= {target for source, _verb, target in machine.arrows() if source in reached}
    assert reached == states


def test_the_documentation_draws_the_machines_as_they_are() -> None:
    assert (settings.BASE_DIR / PAGE).read_text("utf-8") == page(), "Type: .venv/bin/python manage.py draw_machines"
