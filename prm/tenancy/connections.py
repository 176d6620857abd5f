"""Connecting as another role than the application's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.db import connections


def _login(url: str) -> dict[str, Any]:
    return {name: value for name, value in environ.Env.db_url_config(url).items() if name in ("USER", "PASSWORD")}


@contextmanager
def connected_as(url: str, using: str = "default") -> Iterator[None]:
    """Have `using` log in with the user and password of `url` for a while. The database stays the same one."""
    if not url:
        raise ImproperlyConfigured("DATABASE_MIGRATE_URL is not set: migrations need the role that owns the tables")
    connection = connections[using]
    former = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(_login(url))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(former)
