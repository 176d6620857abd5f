"""Spreadsheets that were imported, and somebody of them who asked to be forgotten."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from demo.ecosystem import World
from partners.models import Partner
from prm.accounts.actors import Actor
from prm.imports.models import Import
from prm.imports.services import apply_import, begin_import, choose_mode, map_columns
from prm.jobs.worker import work_piece
from prm.privacy.services import erase_person
from prm.privacy.wishing import ask_for_erasure
from prm.tenancy.scope import current_organization

_JOBS = ("Head of alliances", "Presales lead", "Sales manager", "Support lead")
_LANGUAGES = {
    "DE": "de",
    "AT": "de",
    "CH": "de",
    "ES": "es",
    "FR": "fr",
    "IT": "it",
    "NL": "nl",
    "PL": "pl",
    "SE": "sv",
}
_NAMES = ("Mara Lindqvist", "Tomás Rivera", "Ines Carvalho", "Pieter de Wit", "Hanna Virtanen", "Luca Ferrero")


def tell(world: World) -> None:
    """What the CRM knew better, and whom it named, brought in last week."""
    named = [partner for partners in world.partners.values() for partner in partners]
    _bring(world, "crm-partners.csv", "partners.partners", _partners(named[:14]), mode=Import.Mode.UPDATE)
    _bring(world, "crm-contacts.csv", "partners.people", _people(named[3 : 3 + len(_NAMES)]))

    _erase(world, named[3 + len(_NAMES) - 1])
    _wish(world)


def _erase(world: World, partner: Partner) -> None:
    """The last of these contacts asked to be forgotten."""
    erase_person(
        actor=world.cast.actor(world.lead),
        reader=world.cast.staff[world.lead],
        email=_address(_NAMES[-1], partner),
        reason="Asked by mail not to be kept",
        now=world.ago(2),
    )
    while work_piece(current_organization(), world.now):
        pass


def _wish(world: World) -> None:
    """Somebody who is still there asks, and waits for the owners."""
    member = [member for people in world.cast.people.values() for member in people][-1]
    text = "I have another job since this month. Please keep nothing about me."
    ask_for_erasure(actor=Actor.of(member), membership=member, text=text, now=world.ago(12))


def _address(name: str, partner: Partner) -> str:
    return f"{name.split()[-1].lower()}@{partner.domain}"


def _partners(partners: list[Partner]) -> list[list[str]]:
    """The languages as the CRM knows them, with one company that was not there yet."""
    rows = [
        [partner.name, partner.domain, partner.country, _LANGUAGES.get(partner.country, "en")] for partner in partners
    ]
    return [["Company", "Domain", "Country", "Language"], *rows, ["Halden Data", "halden.example", "NO", "nb"]]


def _people(partners: list[Partner]) -> list[list[str]]:
    rows = []
    for number, (partner, name) in enumerate(zip(partners, _NAMES, strict=True)):
        rows.append([name, _address(name, partner), partner.name, _JOBS[number % len(_JOBS)], "Member"])
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
