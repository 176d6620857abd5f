"""Cohorts at their largest: a selection of 500 by six reviewers, applying from first page to last, and the pages
of a cohort under way. Rows that are made here are taken away again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from cohorts.models import (
    Application,
    Cohort,
    CohortFacilitator,
    Decision,
    Program,
    Review,
    Reviewer,
    Seat,
    SelectionPlan,
    Session,
)
from cohorts.parts import Part
from cohorts.rubric import first_rubric
from partners.models import PartnerUser
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization, scope
from prm.wsgi import application
from tests.bench.measuring import Browser, Figure, measure_beside, yardstick_call
from tests.bench.pages import DETAIL, LIST, QUERIES, cookie_of

APPLICATIONS, REVIEWERS, EACH = 500, 6, 3
BOARD, APPLYING = 1.0, 1.5
TITLE = "Bench of selection"
_TABLES = ("review", "reviewer", "decision", "application", "selectionplan", "cohortfacilitator", "cohort")


def measure_cohorts(people: dict[str, str], rounds: int) -> Iterator[Figure]:
    organization = Organization.objects.get(slug="stratus")
    yardstick = yardstick_call()
    with scope(organization):
        addresses = list(_under_way(people["lena"]))
    for name, path, who, goal in addresses:
        yield _page(name, path, people[who], goal, yardstick, rounds)
    with _selection(organization, people["frida"]) as (cohort, some):
        for name, url_name, args, goal in (
            (f"selection: board of {APPLICATIONS}", "application_list", (), BOARD),
            ("selection: one application", "application_decide", (some,), DETAIL),
            ("selection: reviews", "review_list", (), LIST),
            ("selection: one review", "review_write", (some,), DETAIL),
        ):
            path = address(url_name, cohort.public_id, *args, organization=organization)
            yield _page(name, path, people["frida"], goal, yardstick, rounds)
        yield _applying(organization, cohort, yardstick, rounds)


def _page(name: str, path: str, email: str, goal: float, yardstick: Callable[[], Any], rounds: int) -> Figure:
    browser = Browser(application, cookie_of(email))
    figure = measure_beside(name, lambda: browser.get(path), yardstick, rounds)
    figure.target = f"≤ {goal} ×, ≤ {QUERIES} queries"
    figure.ok = figure.ratio <= goal and figure.queries <= QUERIES
    return figure


def _under_way(participant: str) -> Iterator[tuple[str, str, str, float]]:
    """(name, path, whose, goal) of the pages of a cohort in which the demo's first participant is."""
    seats = Seat.objects.confirmed().filter(membership__person__email=participant)
    cohort = Cohort.objects.filter(pk__in=seats.values("cohort")).order_by("-pk")[0]
    session = Session.objects.filter(cohort=cohort).order_by("number")[0].public_id
    opened = Cohort.objects.filter(state=Cohort.State.OPEN).order_by("pk")[0].public_id
    for name, url_name, args, who, goal in (
        ("cohort: home", "cohort_home", (cohort.public_id,), "lena", DETAIL),
        ("cohort: session, portal", "session_detail", (cohort.public_id, session), "lena", DETAIL),
        ("cohort: invitation", "cohort_invitation", (opened,), "lena", DETAIL),
        ("cohort: mine", "my_cohorts", (), "lena", LIST),
        ("cohort: people", "participant_list", (cohort.public_id,), "frida", LIST),
        ("cohort: sessions", "cohort_session_list", (cohort.public_id,), "frida", LIST),
        ("cohort: agenda", "session_agenda", (cohort.public_id, session), "frida", DETAIL),
        ("cohort: homework", "homework_list", (cohort.public_id,), "frida", LIST),
        ("cohort: whom it suits", "nominee_finder", (opened,), "frida", LIST),
        ("program: page", "program_detail", (cohort.program.public_id,), "frida", DETAIL),
        ("programs: list", "program_list", (), "frida", LIST),
    ):
        yield name, address(url_name, *args), who, goal


@contextmanager
def _selection(organization: Organization, leader: str) -> Iterator[tuple[Cohort, str]]:
    """A cohort that selects among so many, all of whom are reviewed; and one of its applications."""
    with scope(organization):
        cohort = _made(leader)
    with scope(organization):
        applied = list(Application.objects.filter(cohort=cohort).order_by("pk").values_list("public_id", flat=True))
        some = applied[len(applied) // 2]
    yield cohort, some
    with scope(organization), connection.cursor() as cursor:
        for table in _TABLES:
            column = "id" if table == "cohort" else "cohort_id"
            cursor.execute(f"DELETE FROM cohorts_{table} WHERE {column} = %s", [cohort.pk])  # nosec B608: constants


def _made(leader: str) -> Cohort:
    now = timezone.now()
    here = Membership.objects.in_organization(current_organization())
    colleagues = list(here.active().staff().with_person().order_by("pk"))
    facilitator = next(member for member in colleagues if member.person.email == leader)
    cohort = Cohort.objects.create(
        program=Program.objects.order_by("pk")[0],
        title=f"{TITLE} {now:%H%M%S}",
        state=Cohort.State.SELECTING,
        parts=[Part.REVIEWS],
        capacity=APPLICATIONS // 4,
        zone="Europe/Berlin",
        created_at=now,
    )
    CohortFacilitator.objects.create(cohort=cohort, membership=facilitator)
    SelectionPlan.objects.create(cohort=cohort, reviews_wanted=EACH, compare_at=now - timedelta(hours=1))
    reviewers = [facilitator, *(member for member in colleagues if member != facilitator)][:REVIEWERS]
    Reviewer.objects.bulk_create(Reviewer(cohort=cohort, membership=member) for member in reviewers)
    # Some are left over, to apply while it is measured.
    users = list(PartnerUser.objects.select_related("membership", "partner").order_by("pk"))[:-30][:APPLICATIONS]
    applied = Application.objects.bulk_create(_application(cohort, user, now) for user in users)
    Decision.objects.bulk_create(
        Decision(application=row, cohort=cohort, kind="accept", wording="Yes.", decided_by=facilitator, drafted_at=now)
        for row in applied[: APPLICATIONS // 5]
    )
    Review.objects.bulk_create(
        Review(
            cohort=cohort,
            application=row,
            membership=reviewers[(place + turn) % len(reviewers)],
            state="written",
            points={line.key: (place + turn) % 5 + 1 for line in first_rubric()},
            comment="Names a customer.",
            asked_at=now,
            written_at=now,
        )
        for place, row in enumerate(applied)
        for turn in range(min(EACH, len(reviewers)))
    )
    return cohort


def _application(cohort: Cohort, user: PartnerUser, now: Any) -> Application:
    answers = {"why": "We sell to the same five customers.", "project": "Win one more.", "experience": "some"}
    return Application(
        cohort=cohort,
        membership=user.membership,
        partner=user.partner,
        state="submitted",
        answers=answers,
        agrees=True,
        created_at=now,
        saved_at=now,
        submitted_at=now,
    )


def _applying(organization: Organization, cohort: Cohort, yardstick: Callable[[], Any], rounds: int) -> Figure:
    """Everything that one applicant's browser asks for, from the invitation to "your application is in"."""
    rounds = min(rounds, 20)
    with scope(organization):
        Cohort.objects.filter(pk=cohort.pk).update(state=Cohort.State.OPEN, parts=[])
        applied = Application.objects.filter(cohort=cohort).values("membership")
        users = PartnerUser.objects.exclude(membership__in=applied).filter(membership__state="active")
        people = list(users.order_by("pk").values_list("membership__person__email", flat=True)[: rounds + 9])
    # Signing in is not part of applying.
    browsers = iter([Browser(application, cookie_of(email)) for email in people])
    names = ("cohort_invitation", "application_create", "application_save")
    invitation, create, save = (address(name, cohort.public_id, organization=organization) for name in names)
    form = {"why": "I sell.", "project": "One customer.", "experience": "new", "agrees": "on"}

    def call() -> tuple[int, bytes]:
        browser = next(browsers)
        seen = [browser.get(invitation), browser.get(create), browser.post(save, form), browser.post(create, form)]
        body = b"".join(body for _status, body in seen)
        return (200, body) if [status for status, _body in seen] == [200, 200, 204, 200] else (500, body)

    figure = measure_beside("applying, in all its requests", call, yardstick, rounds)
    figure.target = f"≤ {APPLYING} ×"
    figure.ok = figure.ratio <= APPLYING
    return figure
