from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.search.services import rebuild
from prm.search.sources import search_sources
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope


class Command(BaseCommand):
    help = "Read anew what can be found: of every organization or one, of every kind or one. Repeating it is harmless."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", default="", help="the address of one organization, such as acme")
        parser.add_argument("--kind", default="", help="one kind, such as partners")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, slug = options["kind"], options["organization"]
        if kind and kind not in search_sources:
            names = ", ".join(source.name for source in search_sources.all())
            raise CommandError(f"There is nothing called {kind!r} to find. There are: {names}.")
        organizations = Organization.objects.filter(slug=slug) if slug else Organization.objects.order_by("pk")
        if not organizations:
            raise CommandError(f"No organization has the address {slug!r}.")
        for organization in organizations:
            with scope(organization):
                self.stdout.write(f"{organization.slug}: {rebuild(kind or None)} can be found")
