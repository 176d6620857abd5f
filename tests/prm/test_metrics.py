"""What Prometheus reads, and who may."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from prm.outbox import pulses
from prm.tenancy.models import Organization, Wakeup
from prm.tenancy.scope import scope
from prm.tenancy.wakeups import wake

pytestmark = pytest.mark.django_db
LINE = re.compile(r'^(?:# (?:HELP|TYPE) canopy_\w+ .+|(canopy_\w+(?:\{\w+="[\w.]+"\})?) (-?[\d.e+]+))$')


def figures(client: Client) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [LINE.match(line) for line in answer.content.decode().splitlines()]
    assert all(lines), answer.content.decode()
    return {found[1]: float(found[2]) for found in lines if found and found[1]}


def test_what_waits_and_who_was_heard_of(acme: Organization, umbrella: Organization, client: Client) -> None:
    pulses.beat(pulses.WORKER)
    for organization, minutes in ((acme, 10), (umbrella, 2)):
        with scope(organization):
            wake("outbox", timezone.now() - timedelta(minutes=minutes))
    found = figures(client)
    assert found["canopy_organizations"] == 2
    assert found['canopy_wakeups_due{queue="outbox"}'] == 2
    assert found['canopy_wakeups_due{queue="plan"}'] == 0
    assert 595 < found['canopy_wakeup_oldest_seconds{queue="outbox"}'] < 700
    assert found['canopy_heartbeat_age_seconds{part="worker"}'] < 60
    assert found['canopy_part_up{part="database"}'] == 1
    assert found['canopy_part_up{part="scheduler"}'] == 0
    assert 'canopy_broker_tasks{queue="messages"}' in found
    assert not re.search("acme|umbrella", client.get("/metrics").content.decode(), re.IGNORECASE)


def test_without_a_server_its_figures_are_missing(client: Client, settings: Any, monkeypatch: Any) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(Wakeup.objects, "filter", away)
    found = figures(client)
    assert found['canopy_part_up{part="broker"}'] == 0
    assert all(name.startswith("canopy_part_up") for name in found)


def test_only_with_the_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-long-secret"
    assert client.get("/metrics").status_code == 404
    for wrong in ("Bearer ", "Bearer a-long-secre", "a-long-secret", "Bearer ä"):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-long-secret"}).status_code == 200
    settings.METRICS_TOKEN, settings.DEV_PAGES = "", False
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert not Wakeup.objects.exists()
