"""Planning beside plain SQL, and sending beside a plain loop over one kept connection; each in one process."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db import connection, transaction
from django.db.models import CharField, DateTimeField, F, Value
from django.test import override_settings
from django.utils import timezone

from partners.models import PartnerUser
from prm.outbox.sender import deliver
from prm.outbox.services import post_due
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.bench.measuring import Figure

KIND = "outbox.test_mail"
MAILS = 400
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


class _Sink:
    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        return "250 kept"


def _serve(port: int) -> None:
    Controller(_Sink(), hostname="127.0.0.1", port=port).start()
    time.sleep(600)


@contextmanager
def _mail_server(port: int) -> Iterator[None]:
    """A mail server in a process of its own, so that its work is nobody's time here."""
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(port,), daemon=True)
    server.start()
    options = {"host": "127.0.0.1", "port": port}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(MAILERS={"default": {"BACKEND": backend, "OPTIONS": options}}, MAIL_CONNECTED=True):
        for _attempt in range(100):
            try:
                mailers.default.open()
                break
            except OSError:
                time.sleep(0.1)
        yield
    server.terminate()


def _sending(organization: Organization, now: datetime) -> Figure:
    with _mail_server(18925):
        plain = _plain_loop()
        with scope(organization):
            # Real letters of the demo's stories, queued once more.
            users = PartnerUser.objects.order_by("pk").values_list("membership_id", F("pk"), Value("bench"), Value(now))
            stored = post_due(kind=KIND, due=users[:MAILS], now=now)
        started = time.perf_counter()
        while deliver(organization).more:
            pass
        seconds = time.perf_counter() - started
    ratio = (stored / seconds) / plain
    return _rate("sending: one process", stored, seconds, ratio, "≥ 0.5 × a plain loop", ratio >= 0.5)


def _plain_loop() -> float:
    """Mails a second of Django's own mail over one kept connection."""
    mailer = mailers.default
    mailer.open()
    started = time.perf_counter()
    for number in range(MAILS):
        letter = EmailMultiAlternatives(
            f"Hello {number}", "Some words.\n" * 30, settings.DEFAULT_FROM_EMAIL, [f"p{number}@example.com"]
        )
        letter.attach_alternative("<p>Some words.</p>" * 60, "text/html")
        mailer.send_messages([letter])
    seconds = time.perf_counter() - started
    mailer.close()
    return MAILS / seconds
