"""What `/readyz` asks. An app registers a check for each part that it needs."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import redis
from django.conf import settings
from django.db import connection

from prm.registry import Registry

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """`ok` decides whether the installation is ready; `detail` is a few words for the operator, never a secret."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class HealthCheck:
    name: str
    run: Callable[[datetime], Finding]
    order: int = 100


checks: Registry[HealthCheck] = Registry("health checks")


def findings(now: datetime) -> dict[str, Finding]:
    """What each check found; one that raises has found that its part does not work."""
    return {check.name: _safely(check, now) for check in checks.all()}


def _safely(check: HealthCheck, now: datetime) -> Finding:
    try:
        return check.run(now)
    except Exception as error:
        logger.warning("health check %s failed: %s", check.name, type(error).__name__)
        return Finding(False, type(error).__name__)


def _database(_now: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(True)


def _broker(_now: datetime) -> Finding:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
    try:
        return Finding(bool(client.ping()))
    finally:
        client.close()


checks.register(HealthCheck("database", _database, order=1), HealthCheck("broker", _broker, order=2))
