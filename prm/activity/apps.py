from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ActivityConfig(AppConfig):
    name = "prm.activity"
    label = "activity"
    verbose_name = "Activity"

    def ready(self) -> None:
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="prm.activity.partitions")


def _after_migrate(using: str, **kwargs: Any) -> None:
    from django.db import connections, transaction
    from django.utils import timezone

    from prm.activity import partitions

    connection = connections[using]
    if partitions.TABLE not in connection.introspection.table_names():
        return
    with transaction.atomic(using=using):
        partitions.ensure_partitions(connection, timezone.now())
        partitions.continue_stream(connection)
