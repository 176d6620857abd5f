from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from prm.tenancy.catalog import findings


class Command(BaseCommand):
    help = "Reads the database's catalog for anything that could let one organization see another's; exits 1 on a find."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            found = findings(cursor)
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise CommandError(f"{len(found)} holes in the wall between organizations")
        self.stdout.write("The wall between organizations is whole.")
