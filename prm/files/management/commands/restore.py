from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from prm.files.backups import BackupError, restore


class Command(BaseCommand):
    help = "Puts a backup into an empty database and an empty folder of files, compares, and sets policies and grants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            made = restore(folder)
        except BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0)
        call_command("isolation", stdout=self.stdout, stderr=self.stderr)
        rows = sum(count for count, _checksum in made["tables"].values())
        self.stdout.write(
            f"Restored: {rows} rows of {len(made['tables'])} tables, {made['files']} files, all as backed up."
        )
