"""Spreadsheets that were imported: one that updated partners who were there, and one of their people."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from demo.ecosystem import World
from partners.models import Partner
from prm.imports.models import Import
from prm.imports.services import apply_import, begin_import, choose_mode, map_columns
from prm.jobs.worker import work_piece
from prm.tenancy.scope import current_organization

_JOBS = ("Head of alliances", "Presales lead", "Sales manager", "Support lead")
_NAMES = ("Mara Lindqvist", "Tomás Rivera", "Ines Carvalho", "Pieter de Wit", "Hanna Virtanen", "Luca Ferrero")


def tell(world: World) -> None:
    """What the CRM knew better, and whom it named, brought in last week."""
    named = [partner for partners in world.partners.values() for partner in partners]
    _bring(world, "crm-partners.csv", "partners.partners", _partners(named[:14]), mode=Import.Mode.UPDATE)
    _bring(world, "crm-contacts.csv", "partners.people", _people(named[3 : 3 + len(_NAMES)]))


def _partners(partners: list[Partner]) -> list[list[str]]:
    """The regions as the CRM divides them, with one company that was not there yet."""
    rows = [[partner.name, partner.domain, partner.country, f"{partner.region} 1"] for partner in partners]
    return [["Company", "Domain", "Country", "Region"], *rows, ["Halden Data", "halden.example", "NO", "Nordics 1"]]


def _people(partners: list[Partner]) -> list[list[str]]:
    rows = []
    for number, (partner, name) in enumerate(zip(partners, _NAMES, strict=True)):
        email = f"{name.split()[-1].lower()}@{partner.domain}"
        rows.append([name, email, partner.name, _JOBS[number % len(_JOBS)], "Member"])
    return [["Name", "E-mail", "Company", "Job title", "Role"], *rows]


def _bring(world: World, name: str, schema: str, rows: list[list[str]], mode: str = Import.Mode.ADD) -> None:
    text, actor, moment = io.StringIO(), world.cast.actor(world.lead), world.ago(6)
    csv.writer(text).writerows(rows)
    upload = SimpleUploadedFile(name, text.getvalue().encode(), "text/csv")
    row_import = begin_import(actor=actor, schema=schema, upload=upload, now=moment)
    map_columns(actor=actor, row_import=row_import, mapping=row_import.mapping, now=moment)
    choose_mode(row_import=row_import, mode=mode)
    apply_import(actor=actor, row_import=row_import, now=moment)
    while work_piece(current_organization(), moment):
        pass
