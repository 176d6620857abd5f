from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "prm.tenancy"
    label = "tenancy"
    verbose_name = "Tenancy"

    def ready(self) -> None:
        post_migrate.connect(_guard_tables, dispatch_uid="prm.tenancy.policies")


def _guard_tables(sender: AppConfig, using: str, **kwargs: Any) -> None:
    # The signal comes once for each app that has models; the last one of the list sees every table.
    from django.apps import apps
    from django.db import connections

    from prm.tenancy.policies import sync_policies, sync_sequences

    if sender is not [app for app in apps.get_app_configs() if app.models_module is not None][-1]:
        return
    sync_policies(connections[using])
    sync_sequences(connections[using])
