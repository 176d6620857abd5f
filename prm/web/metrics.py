"""What `/metrics` tells Prometheus: figures of the whole installation, of no organization and of nobody."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import redis
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min

from prm.outbox import planning
from prm.outbox.models import AccountMessage, Heartbeat
from prm.tenancy.models import Organization, Wakeup
from prm.web.health import findings

logger = logging.getLogger(__name__)
QUEUES = ("interactive", "messages", "planning", "analytics")

type Values = dict[str, float]


@dataclass(frozen=True)
class Gauge:
    """`values` by the one label's value; without a label its only key is ""."""

    name: str
    told: str
    label: str = ""
    values: Values = field(default_factory=dict)

    def lines(self) -> Iterable[str]:
        yield f"# HELP canopy_{self.name} {self.told}"
        yield f"# TYPE canopy_{self.name} gauge"
        for key, value in sorted(self.values.items()):
            label = f'{{{self.label}="{key}"}}' if self.label else ""
            yield f"canopy_{self.name}{label} {value:g}"


def exposition(now: datetime) -> str:
    """The text that Prometheus reads. Where database or broker are away their figures are missing, not wrong."""
    up = {name: float(found.ok) for name, found in findings(now).items()}
    gauges = [Gauge("part_up", "Whether a part of the installation works (see /readyz).", "part", up)]
    for make in (_from_database, _from_broker):
        gauges += _unless_away(make, now)
    return "".join(f"{line}\n" for gauge in gauges for line in gauge.lines())


def _unless_away(make: Callable[[datetime], list[Gauge]], now: datetime) -> list[Gauge]:
    try:
        return make(now)
    except (DatabaseError, redis.RedisError) as error:
        logger.warning("metrics are incomplete: %s", type(error).__name__)
        return []


def _from_database(now: datetime) -> list[Gauge]:
    due = Wakeup.objects.filter(due_at__lte=now).values_list("queue").annotate(n=Count("*"), since=Min("due_at"))
    waiting, oldest = dict.fromkeys(planning.QUEUES, 0.0), dict.fromkeys(planning.QUEUES, 0.0)
    for queue, number, since in due:
        waiting[queue], oldest[queue] = number, (now - since).total_seconds()
    beats = Heartbeat.objects.values_list("name", "beat_at")
    mails = AccountMessage.objects.values_list("state").annotate(n=Count("*"))
    active = Organization.objects.filter(state=Organization.State.ACTIVE).count()
    return [
        Gauge("organizations", "Active organizations.", values={"": active}),
        Gauge("wakeups_due", "Organizations for which a queue has work now.", "queue", waiting),
        Gauge("wakeup_oldest_seconds", "How long the longest waiting of them has waited.", "queue", oldest),
        Gauge(
            "heartbeat_age_seconds",
            "Since a part was last heard of.",
            "part",
            {name: (now - at).total_seconds() for name, at in beats},
        ),
        Gauge(
            "account_mails",
            "Mails about accounts, of the last days.",
            "state",
            {state: float(number) for state, number in mails},
        ),
    ]


def _from_broker(_now: datetime) -> list[Gauge]:
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
        lengths = {queue: float(client.llen(f"{prefix}{queue}")) for queue in QUEUES}
    return [Gauge("broker_tasks", "Tasks that no worker has taken yet.", "queue", lengths)]
