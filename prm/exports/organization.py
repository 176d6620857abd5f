"""Everything of an organization as one archive: a CSV file for each table, every file, and a README.

Tables are found from the models, so that a new one is never forgotten; what stays out stands below with its reason
(tests/prm/test_exports.py holds the two against each other).
"""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy

from prm.accounts.models import Membership
from prm.exports.kinds import ExportKind, Parameters, Piece
from prm.exports.models import Export
from prm.files import storage
from prm.files.models import StoredFile
from prm.spreadsheets import safe_cell
from prm.tenancy.models import Organization
from prm.tenancy.policies import is_tenant_model
from prm.tenancy.scope import current_organization

WHOLE = "organization"
FILES_AT_ONCE = 100

# Tables that stay out, each with the reason.
LEFT_OUT = {
    "exports.export": "exports themselves, which are gone after a day",
    "jobs.job": "the machinery of work in the background",
    "search.entry": "what search keeps in order to find things; it is made of the other tables",
    "search.posting": "what search keeps in order to find things; it is made of the other tables",
    "search.progress": "what search keeps in order to find things; it is made of the other tables",
    "search.spelling": "what search keeps in order to find things; it is made of the other tables",
    "imports.importrow": "rows of files that were imported; the files themselves are in the archive",
}
# Columns that open something for whoever holds them.
SECRETS = frozenset({"nonce", "token_digest", "copy_digest", "token", "secret", "lease", "leased_until", "claimed_by"})
_README = gettext_lazy(
    """{organization}: everything that Canopy keeps for you, as of {moment}.

tables/   One CSV file (UTF-8, separated by commas) for each kind of data. The first line names the columns.
          Every row has its id. A column that ends in _id holds the id of a row of another table: partner_id is an id
          of tables/partners.partner.csv, and so on. people.csv lists the members of the organization:
          membership_id, created_by_id and the like are its ids.
          Times are in UTC. Lists and nested values are written as JSON.
          A text that a spreadsheet program could take for a formula has an apostrophe before it.
files/    Every file that was uploaded, under its id. tables/files.storedfile.csv tells their names.

Left out:
{left_out}
- passwords, tokens of links and other secrets: they are of no use outside and dangerous in other hands
"""
)


def exported_models() -> list[type[models.Model]]:
    """Every tenant table that is in the archive."""
    found = [model for model in apps.get_models() if is_tenant_model(model)]
    return sorted(
        (model for model in found if model._meta.label_lower not in LEFT_OUT), key=lambda model: model._meta.label_lower
    )


def exported_columns(model: type[models.Model]) -> list[str]:
    """The columns of a table that are in the archive, in its own order."""
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if name not in SECRETS and name != "organization_id"]


class OrganizationExport(ExportKind):
    name = WHOLE
    label = gettext_lazy("Everything of the organization")
    permission = "organization.manage"

    def total(self, parameters: Parameters) -> int:
        return len(exported_models()) + StoredFile.objects.count() + 2

    def write_piece(self, export: Export, path: Path, position: Mapping[str, Any]) -> Piece:
        # What a piece wrote that was undone is written over.
        with path.open("r+b") as file:
            file.truncate(position.get("size", 0))
        tables, step = exported_models(), position.get("step", 0)
        last = number = 0
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            if step == 0:
                _write_words(archive, export)
            elif step <= len(tables):
                _write_table(archive, tables[step - 1])
            else:
                last, number = _write_files(archive, position.get("after", 0))
        if step <= len(tables):
            return Piece(1, {"step": step + 1, "size": path.stat().st_size})
        if number < FILES_AT_ONCE:
            return Piece(number + 1, None)
        return Piece(number, {"step": step, "after": last, "size": path.stat().st_size})


def _write_words(archive: zipfile.ZipFile, export: Export) -> None:
    """The README, the organization's own settings and its members."""
    left_out = "\n".join(f"- {label}: {why}" for label, why in LEFT_OUT.items())
    moment = f"{export.created_at:%Y-%m-%d %H:%M} UTC"
    text = str(_README).format(organization=current_organization(), moment=moment, left_out=left_out)
    archive.writestr("README.txt", text)
    own = [field.attname for field in Organization._meta.concrete_fields]
    organizations = Organization.objects.filter(pk=current_organization().pk).values_list(*own)
    _write_rows(archive, "tables/organization.csv", own, organizations)
    people = ["id", "public_id", "person_id", "person__name", "person__email", "kind", "roles", "state", "created_at"]
    members = Membership.objects.in_organization(current_organization()).order_by("pk").values_list(*people)
    _write_rows(archive, "tables/people.csv", people, members)


def _write_table(archive: zipfile.ZipFile, model: type[models.Model]) -> None:
    columns = exported_columns(model)
    rows = model._default_manager.order_by("pk").values_list(*columns)
    _write_rows(archive, f"tables/{model._meta.label_lower}.csv", columns, rows)


def _write_rows(archive: zipfile.ZipFile, name: str, columns: Sequence[str], rows: "models.QuerySet[Any, Any]") -> None:
    with archive.open(name, "w", force_zip64=True) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.replace("__", "_") for column in columns])
        writer.writerows([_cell(value) for value in row] for row in rows.iterator(chunk_size=2000))


def _cell(value: Any) -> str:
    if isinstance(value, list | dict):
        return safe_cell(json.dumps(value, ensure_ascii=False, default=str))
    return safe_cell(value)


def _write_files(archive: zipfile.ZipFile, after: int) -> tuple[int, int]:
    """Put the next files in; returns the key of the last one and how many they were."""
    made_here = Export.objects.filter(file__isnull=False).values("file")
    files = list(StoredFile.objects.filter(pk__gt=after).exclude(pk__in=made_here).order_by("pk")[:FILES_AT_ONCE])
    for stored in files:
        path = storage.path_of(stored.key)
        if path.is_file():
            archive.write(path, f"files/{stored.pk}-{_plain(stored.name)}")
    return (files[-1].pk if files else after), len(files)


def _plain(name: str) -> str:
    """A file's name without what leads elsewhere."""
    return name.replace("/", "_").replace("\\", "_").lstrip(".") or "file"
