from typing import Any

from django.conf import settings
from django.core.management.commands import migrate

from prm.tenancy.connections import connected_as


class Command(migrate.Command):
    help = "Migrates as canopy_migrate, the role that owns the tables, then sets policies and grants."

    def handle(self, *args: Any, **options: Any) -> None:
        with connected_as(settings.DATABASE_MIGRATE_URL, options["database"]):
            super().handle(*args, **options)
