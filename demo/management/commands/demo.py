from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo.cast import renew_address
from demo.loading import is_loaded, load


class Command(BaseCommand):
    help = "Loads two organizations that look real. Their people and passwords are written to demo.json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing where the demo is loaded")
        parser.add_argument("--scale", type=int, default=0, help="thousands of partners beside the named ones")
        parser.add_argument("--seed", type=int, default=1, help="another seed gives other companies")

    def handle(self, *args: Any, once: bool, scale: int, seed: int, **options: Any) -> None:
        if is_loaded():
            if once:
                renew_address()
                return
            raise CommandError("The demo is loaded already; `python -m prm.embedded reset` empties the database.")
        if scale < 0:
            raise CommandError("--scale is 0 or more.")
        people = load(scale=scale, seed=seed, now=timezone.now())
        self.stdout.write(f"Demo loaded: {len(people)} people to sign in as.")
