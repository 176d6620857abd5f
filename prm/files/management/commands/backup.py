from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from prm.files.backups import BackupError, back_up


class Command(BaseCommand):
    help = "Writes a backup of the database and the stored files into a new folder, while the site runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            made = back_up(folder, timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(count for count, _checksum in made["tables"].values())
        self.stdout.write(f"{folder}: {rows} rows of {len(made['tables'])} tables, {made['files']} files.")
