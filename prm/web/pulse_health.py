"""Whether worker and scheduler were heard of lately."""

from datetime import datetime

from prm.outbox import pulses
from prm.web.health import Finding


def scheduler_beats(now: datetime) -> Finding:
    return _finding(pulses.SCHEDULER, now)


def worker_beats(now: datetime) -> Finding:
    """The worker beats when the scheduler asks for it, so a silent scheduler says nothing about it."""
    found = _finding(pulses.WORKER, now)
    if not found.ok and not pulses.is_alive(pulses.SCHEDULER, now):
        return Finding(False, "not asked, since the scheduler is silent")
    return found


def _finding(name: str, now: datetime) -> Finding:
    seen = pulses.last_beat(name)
    if seen is None:
        return Finding(False, "never seen")
    return Finding(pulses.is_alive(name, now), f"last seen {max(int((now - seen).total_seconds()), 0)} s ago")
