"""What is measured, against which goal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort
from demo.loading import load
from enablement.models import Content
from partners.models import Group, Partner
from prm.accounts.models import Person
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests import database
from tests.bench.measuring import Browser, Figure, measure, measure_yardstick, yardstick_handler
from tests.bench.messages import measure_messages

LIST, DETAIL, EMPTY = 0.6, 0.5, 0.15
QUERIES, LIST_BYTES = 12, 60_000
ROUNDS = 30


@dataclass(frozen=True)
class Page:
    """A page as one person opens it, with the ratio to the yardstick that it may take."""

    name: str
    path: str
    who: str
    goal: float
    most_bytes: int = 0


def run(scale: int) -> list[Figure]:
    """Load what is missing, measure everything, print the table."""
    name = f"canopy_bench_{scale}"
    database.create(name)
    people = {entry.key: entry.email for entry in load(scale=scale, seed=1, now=timezone.now())}
    analyze()
    yard = yardstick_handler()
    handler = WSGIHandler()
    figures = [measure_yardstick(yard, ROUNDS)]
    for page in pages():
        cookie = cookie_of(people[page.who])
        figure = measure(page.name, _opened(handler, cookie, page.path), ROUNDS)
        # The yardstick is measured again beside each page: the machine's speed wanders.
        beside = measure_yardstick(yard, 8)
        figure.ratio = round(figure.p50_ms / beside.p50_ms, 3)
        cpu_ratio = figure.cpu_ms / beside.cpu_ms
        figure.target = f"≤ {page.goal} ×, ≤ {QUERIES} queries"
        figure.ok = max(figure.ratio, cpu_ratio) <= page.goal and figure.queries <= QUERIES
        if page.most_bytes:
            figure.target += f", ≤ {page.most_bytes // 1000} KB"
            figure.ok = figure.ok and figure.bytes <= page.most_bytes
        figures.append(figure)
    figures += measure_messages()
    figures.append(_memory())
    show(figures)
    database.drop(name)
    return figures


def _opened(handler: WSGIHandler, cookie: str, path: str) -> Callable[[], tuple[int, bytes]]:
    browser = Browser(handler, cookie)
    return lambda: browser.get(path)


def cookie_of(email: str) -> str:
    client = Client()
    client.force_login(Person.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def analyze() -> None:
    """Give the planner its statistics at once, as autovacuum would within minutes."""
    from django.db import connection

    from prm.tenancy.connections import connected_as

    with connected_as(settings.DATABASE_MIGRATE_URL), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pages() -> Iterator[Page]:
    organization = Organization.objects.get(slug="stratus")
    with scope(organization):
        partner = Partner.objects.filter(normalized_name__startswith="nordwind").get()
        group = Group.objects.order_by("pk").first()
        running = Cohort.objects.filter(state="running").first()
        selecting = Cohort.objects.filter(state="selecting").first()
        article = Content.objects.filter(title__startswith="The security conversation").first()
        assert group
        assert running
        assert selecting
        assert article
        for name, url_name, args, who, goal, most in (
            ("partners: list of 50", "partner_list", (), "bob", LIST, LIST_BYTES),
            ("partner: page", "partner_detail", (partner.public_id,), "bob", DETAIL, 0),
            ("groups: list", "group_list", (), "bob", LIST, LIST_BYTES),
            ("group: page", "group_detail", (group.public_id,), "bob", LIST, LIST_BYTES),
            ("library: list", "content_list", (), "bob", LIST, LIST_BYTES),
            ("cohorts: list", "cohort_list", (), "frida", LIST, LIST_BYTES),
            ("cohort: page", "cohort_detail", (running.public_id,), "frida", DETAIL, 0),
            ("cohort: applications", "application_list", (selecting.public_id,), "frida", LIST, LIST_BYTES),
            ("outbox: list of 50", "message_list", (), "bob", LIST, LIST_BYTES),
            ("invitations: list", "invitation_list", (), "bob", LIST, LIST_BYTES),
            ("studio: home", "studio_home", (), "alice", LIST, 0),
            ("portal: home", "portal_home", (), "lena", LIST, 0),
            ("portal: library", "learn", (), "lena", LIST, LIST_BYTES),
            ("portal: article", "learn_detail", (article.public_id,), "lena", DETAIL, 0),
            ("empty page, signed in", "notification_list", (), "bob", EMPTY, 0),
        ):
            yield Page(name, address(url_name, *args), who, goal, most)


def _memory() -> Figure:
    resident = psutil.Process().memory_info().rss / 1_000_000
    return Figure("memory of this process, MB", bytes=int(resident), target="≤ 200", ok=resident <= 200)


def show(figures: list[Figure]) -> None:
    head = ("what", "p50 ms", "p95 ms", "cpu ms", "queries", "bytes", "ratio", "rate/s", "goal", "")
    print("{:34} {:>8} {:>8} {:>8} {:>8} {:>9} {:>7} {:>9}  {:34} {}".format(*head))
    for row in figures:
        print(
            f"{row.name:34} {row.p50_ms:8.1f} {row.p95_ms:8.1f} {row.cpu_ms:8.1f} {row.queries:8} {row.bytes:9}"
            f" {row.ratio:7.2f} {row.rate:9.0f}  {row.target:34} {'ok' if row.ok else 'MISSED'}"
        )
