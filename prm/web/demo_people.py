"""The demo's people, as `.canopy/demo.json` lists them for sign-in buttons, tests and pictures."""

import json
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`email` is who signs in, `url` where they land, `key` unique; the rest is for reading."""

    key: str
    email: str
    name: str
    organization: str
    role: str
    partner: str
    url: str


def demo_people() -> list[DemoPerson]:
    """Everybody in the demo's list; nobody where there is no demo or no embedded set-up."""
    path = settings.CANOPY_HOME / "demo.json"
    if not settings.DEV_PAGES or not path.is_file():
        return []
    try:
        listed = json.loads(path.read_text("utf-8")).get("people", [])
    except (ValueError, AttributeError):
        return []
    return [_person(entry) for entry in listed if isinstance(entry, dict) and entry.get("email")]


def _person(entry: dict[str, Any]) -> DemoPerson:
    words = {field.name: str(entry.get(field.name, "")) for field in fields(DemoPerson)}
    return DemoPerson(**{**words, "key": words["key"] or words["email"], "name": words["name"] or words["email"]})
