"""Signs of life: worker and scheduler say that they are there, and readiness asks when they last did."""

from datetime import datetime, timedelta

from django.utils import timezone

from prm.outbox.models import Heartbeat

WORKER, SCHEDULER = "worker", "scheduler"

# The scheduler sends a tick every 10 seconds and a heartbeat every 15.
SILENT_AFTER = timedelta(seconds=60)


def beat(name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})


def last_beat(name: str) -> datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()


def is_alive(name: str, now: datetime) -> bool:
    """Whether this part was heard of within the last minute."""
    seen = last_beat(name)
    return seen is not None and now - seen <= SILENT_AFTER
