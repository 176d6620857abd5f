"""The pages that are measured, each with the ratio to the yardstick that it may take."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort
from enablement.models import Content
from partners.conditions.subjects import Subjects
from partners.models import Attribute, Group, Ladder, Partner, Task, Tier
from partners.queries.partner_lists import written_rule
from prm.accounts.models import Membership, Person
from prm.accounts.permissions import Role
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from prm.wsgi import application
from tests.bench.measuring import Browser, Figure, measure, measure_beside, yardstick_call
from tests.bench.rules import CONDITIONS, rule_of

LIST, DETAIL, EMPTY = 0.6, 0.5, 0.15
QUERIES, LIST_BYTES = 12, 60_000
PARTNERS_MANAGED, OPEN_TASKS = 2000, 500


@dataclass(frozen=True)
class Page:
    """A page as one person opens it; `goal` is a ratio to the yardstick."""

    name: str
    path: str
    who: str
    goal: float
    most_bytes: int = 0


def pages() -> list[Page]:
    with scope(Organization.objects.get(slug="stratus")):
        return list(_pages())


def _pages() -> Iterator[Page]:
    partner = Partner.objects.get(normalized_name__startswith="nordwind").public_id
    group = Group.objects.order_by("pk")[0].public_id
    ladder = Ladder.objects.order_by("pk")[0].public_id
    tier = Tier.objects.get(rank=1).public_id
    running = Cohort.objects.filter(state="running")[0].public_id
    selecting = Cohort.objects.filter(state="selecting")[0].public_id
    article = Content.objects.filter(title__startswith="The security conversation")[0].public_id
    for name, url_name, args, who, goal, most in (
        ("partners: list of 50", "partner_list", (), "bob", LIST, LIST_BYTES),
        ("partner: page", "partner_detail", (partner,), "bob", DETAIL, 0),
        *_filtered_lists(ladder),
        ("groups: list", "group_list", (), "bob", LIST, LIST_BYTES),
        ("group: page", "group_detail", (group,), "bob", LIST, LIST_BYTES),
        ("ladder: page", "ladder_detail", (ladder,), "bob", DETAIL, 0),
        ("ladder: who is close", "ladder_outlook", (ladder,), "bob", LIST, LIST_BYTES),
        ("recruitment: board", "recruitment_board", (), "alice", LIST, 0),
        ("conversations: queue", "conversation_list?whose=team", (), "bob", LIST, LIST_BYTES),
        ("coverage: grid", "coverage", (), "bob", LIST, 0),
        ("products: list", "product_list", (), "bob", LIST, LIST_BYTES),
        ("attributes: list", "attribute_list", (), "bob", LIST, LIST_BYTES),
        ("tier: list of 50", "tier_detail", (tier,), "bob", LIST, LIST_BYTES),
        ("library: list", "content_list", (), "bob", LIST, LIST_BYTES),
        ("cohorts: list", "cohort_list", (), "frida", LIST, LIST_BYTES),
        ("cohort: page", "cohort_detail", (running,), "frida", DETAIL, 0),
        ("cohort: applications", "application_list", (selecting,), "frida", LIST, LIST_BYTES),
        ("outbox: list of 50", "message_list", (), "bob", LIST, LIST_BYTES),
        ("invitations: list", "invitation_list", (), "bob", LIST, LIST_BYTES),
        ("studio: home", "studio_home", (), "alice", LIST, 0),
        ("studio: home of a manager", "studio_home", (), "burdened", LIST, 0),
        ("to do: list of a manager", "todo_list", (), "burdened", LIST, LIST_BYTES),
        ("portal: home", "portal_home", (), "lena", LIST, 0),
        ("portal: library", "learn", (), "lena", LIST, LIST_BYTES),
        ("portal: article", "learn_detail", (article,), "lena", DETAIL, 0),
        ("empty page, signed in", "notification_list", (), "giulia", EMPTY, 0),
    ):
        path, _, query = url_name.partition("?")
        yield Page(name, address(path, *args) + (f"?{query}" if query else ""), who, goal, most)


def _filtered_lists(ladder: str) -> Iterator[tuple[str, str, tuple[str, ...], str, float, int]]:
    """The list of partners as it is narrowed, sorted and shown otherwise."""
    attribute = Attribute.objects.listed().in_order().filter(kind=Attribute.Kind.CHOICE)[0].public_id
    group = Group.objects.order_by("pk")[0].public_id
    columns = [("column", key) for key in ("status", f"tier:{ladder}", f"attribute:{attribute}", "manager")]
    for name, query in (
        ("by words", [("q", "nimbus con")]),
        ("by status", [("status", "dormant")]),
        ("by group, by date", [("group", group), ("sort", "-added")]),
        ("by 20 conditions", [("where", written_rule(rule_of(CONDITIONS, Subjects())))]),
        ("by 4 conditions, columns", [("where", written_rule(rule_of(4, Subjects()))), *columns]),
        ("sorted by attribute", [("sort", f"attribute:{attribute}"), *columns]),
        ("sorted by tier", [("sort", f"-tier:{ladder}"), *columns]),
    ):
        yield f"list {name}", f"partner_list?{urlencode(query)}", (), "bob", LIST, LIST_BYTES


def with_burdened(people: dict[str, str]) -> dict[str, str]:
    """The people of the demo, and a manager with very much to do."""
    return {**people, "burdened": _burdened(Organization.objects.get(slug="stratus"))}


def _burdened(organization: Organization) -> str:
    """The e-mail address of an account manager with 2,000 partners and 500 open tasks; made once a database."""
    email = "burdened@stratus.example"
    with scope(organization):
        person, is_new = Person.objects.get_or_create(email=email, defaults={"name": "Burdened Manager"})
        if not is_new:
            return email
        now = timezone.now()
        roles = [Role.ACCOUNT_MANAGER.value]
        manager = Membership.objects.create(
            organization=organization, person=person, kind=Membership.Kind.STAFF, roles=roles, created_at=now
        )
        theirs = list(Partner.objects.real().order_by("-pk").values_list("pk", flat=True)[:PARTNERS_MANAGED])
        Partner.objects.filter(pk__in=theirs).update(account_manager=manager)
        Task.objects.bulk_create(
            Task(
                title=f"Call number {number}",
                partner_id=theirs[number % len(theirs)],
                assignee=manager if number % 2 else None,
                due_on=(now + timedelta(days=number % 60 - 20)).date(),
                created_at=now,
            )
            for number in range(OPEN_TASKS)
        )
    return email


def measure_pages(people: dict[str, str], rounds: int) -> Iterator[Figure]:
    """The yardstick, then each page beside it."""
    yardstick = yardstick_call()
    yield measure("yardstick", yardstick, rounds)
    for page in pages():
        opened = _opened(application, cookie_of(people[page.who]), page.path)
        figure = measure_beside(page.name, opened, yardstick, rounds)
        figure.target = f"≤ {page.goal} ×, ≤ {QUERIES} queries"
        figure.ok = figure.ratio <= page.goal and figure.queries <= QUERIES
        if page.most_bytes:
            figure.target += f", ≤ {page.most_bytes // 1000} KB"
            figure.ok = figure.ok and figure.bytes <= page.most_bytes
        yield figure


def _opened(handler: Any, cookie: str, path: str) -> Callable[[], tuple[int, bytes]]:
    browser = Browser(handler, cookie)
    return lambda: browser.get(path)


def cookie_of(email: str) -> str:
    """The Cookie header of somebody who has just signed in."""
    client = Client()
    client.force_login(Person.objects.get(email=email), backend="prm.accounts.backends.AuthenticationBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
