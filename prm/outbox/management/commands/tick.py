from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from prm.outbox.moments import Happening, parse_moment, run_moment


class Command(BaseCommand):
    help = "Plan and send for a moment, now or the one given: what reminders, nudges and recaps would go out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", default="", help="ISO date and time; without an offset it is UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEV_PAGES:
            raise CommandError("This changes what time it is: only the embedded set-up and tests can do it.")
        try:
            at = parse_moment(options["at"]) if options["at"] else timezone.now()
        except ValueError as error:
            raise CommandError(f"{options['at']!r} is not a moment such as 2026-11-23T09:00") from error
        happenings = run_moment(at)
        self.stdout.write(f"{at:%Y-%m-%d %H:%M %Z}")
        for happening in happenings:
            self.stdout.write(f"  {happening.organization.name}: {_told(happening)}")


def _told(happening: Happening) -> str:
    if not happening.anything:
        return "nothing due"
    parts = [f"{happening.planned} planned"] if happening.planned else []
    parts += [f"{number} {state}" for state, number in sorted(happening.counts.items())]
    if happening.is_unreachable:
        parts.append("the mail server does not answer")
    return ", ".join(parts)
