"""Planning beside plain SQL, and sending beside a plain loop over one kept connection; by two processes each."""

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db import connection, transaction
from django.db.models import CharField, DateTimeField, F, Value
from django.test import override_settings
from django.urls import get_resolver
from django.utils import timezone

from partners.models import PartnerUser
from prm.outbox.models import Message
from prm.outbox.sender import deliver
from prm.outbox.sender.claims import BATCH
from prm.outbox.services import post_due
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.bench.measuring import Figure, wait_for

KIND = "outbox.test_mail"
MAILS = 1_000
_PLAIN = """
INSERT INTO outbox_message (organization_id, public_id, recipient_id, address, name, channel, kind, subject_id, slot,
    parameters, nonce, state, reason, not_before, attempts, crashes, created_at, sent_to, subject, copy)
SELECT organization_id, left(replace(gen_random_uuid()::text, '-', ''), 12), membership_id, '', '', 1, %s, id, 'plain',
    '{}', replace(gen_random_uuid()::text, '-', ''), 'queued', '', %s, 0, 0, %s, '', '', '{}'
FROM partners_partneruser WHERE organization_id = %s ON CONFLICT DO NOTHING
"""


def measure_messages() -> list[Figure]:
    organization = Organization.objects.get(slug="stratus")
    now = timezone.now()
    return [*_planning(organization, now), _sending(organization, now)]


def _planning(organization: Organization, now: datetime) -> Iterator[Figure]:
    """The first plan for everybody, then a pass in which all exist; both are rolled back."""
    due = PartnerUser.objects
    with scope(organization):
        with transaction.atomic():
            plain, rows = _timed_plain(organization, now)
            transaction.set_rollback(True)
        with transaction.atomic():
            listed = due.order_by().values_list(
                "membership_id",
                F("pk"),
                Value("bench", output_field=CharField()),
                Value(now + timedelta(days=300), output_field=DateTimeField()),
            )
            first = _timed(lambda: post_due(kind=KIND, due=listed, now=now))
            again = _timed(lambda: post_due(kind=KIND, due=listed, now=now))
            transaction.set_rollback(True)
    yield _rate("planning: first plan", rows, first, plain / first, "≥ 0.5 × plain SQL", plain / first >= 0.5)
    yield _rate("planning: all exist", rows, again, again / plain, "≤ 1.5 × plain SQL's time", again / plain <= 1.5)


def _timed_plain(organization: Organization, now: datetime) -> tuple[float, int]:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN, [KIND, now, now, organization.pk])
        rows = cursor.rowcount
    return time.perf_counter() - started, rows


def _timed(call: object) -> float:
    started = time.perf_counter()
    call()  # type: ignore[operator]
    return time.perf_counter() - started


def _rate(name: str, rows: int, seconds: float, ratio: float, target: str, ok: bool) -> Figure:
    return Figure(
        name, p50_ms=round(seconds * 1000, 1), rate=round(rows / seconds), ratio=round(ratio, 2), target=target, ok=ok
    )


@contextmanager
def _mail_server(port: int) -> Iterator[None]:
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.sink", str(port)], cwd=settings.BASE_DIR)
    options = {"host": "127.0.0.1", "port": port}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    try:
        wait_for(port)
        with override_settings(MAILERS={"default": {"BACKEND": backend, "OPTIONS": options}}, MAIL_CONNECTED=True):
            yield
    finally:
        server.kill()
        server.wait()


def _sending(organization: Organization, now: datetime) -> Figure:
    """Two processes through the outbox, against two that call Django's mail over a kept connection each."""
    with _mail_server(18925):
        plain = MAILS / _together(_plain_loop)
        with scope(organization):
            # Letters to real people of the demo, most of whom were made by the thousand.
            users = PartnerUser.objects.order_by("pk").values_list("membership_id", F("pk"), Value("bench"), Value(now))
            stored = post_due(kind=KIND, due=users[:MAILS], now=now)
        rate = stored / _together(_outbox_loop)
        with scope(organization):
            left = Message.objects.filter(kind=KIND, slot="bench").exclude(state=Message.State.SENT).count()
            _forget()
    if left:
        raise SystemExit(f"{left} of {stored} mails were not sent")
    target = f"≥ 0.5 × two plain loops; {BATCH} mails a task"
    return _rate("sending: two processes", stored, stored / rate, rate / plain, target, rate / plain >= 0.5)


def _forget() -> None:
    """So that the next run on the same data sends again."""
    Message.objects.filter(kind=KIND).update(slot=F("public_id"))


def _together(work: Callable[[], None]) -> float:
    """Seconds that two processes need which do the same at once."""
    # A worker has the addresses of all pages at hand before its first mail.
    get_resolver().reverse_dict  # noqa: B018
    connection.close()
    fork = multiprocessing.get_context("fork")
    both = [fork.Process(target=work) for _number in range(2)]
    started = time.perf_counter()
    for process in both:
        process.start()
    for process in both:
        process.join()
    return time.perf_counter() - started


def _outbox_loop() -> None:
    organization = Organization.objects.get(slug="stratus")
    while (report := deliver(organization)).more:
        if report.is_unreachable:
            raise SystemExit("the mail server is gone")


def _plain_loop() -> None:
    mailer = mailers.default
    mailer.open()
    for number in range(MAILS // 2):
        letter = EmailMultiAlternatives(
            f"Hello {number}", "Some words.\n" * 30, settings.DEFAULT_FROM_EMAIL, [f"p{number}@example.com"]
        )
        letter.attach_alternative("<p>Some words.</p>" * 60, "text/html")
        mailer.send_messages([letter])
    mailer.close()
