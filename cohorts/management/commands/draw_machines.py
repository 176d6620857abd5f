from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cohorts.models import MACHINES
from prm.tenancy.states import Machine

PAGE = Path("docs/contributors/state-machines.md")
_HEAD = """# State machines of cohorts

Drawn from the code by `manage.py draw_machines`; a test fails where they differ. An arrow is a verb: the only way in
which a state changes (`Machine.move`), by one conditional UPDATE. Preconditions of verbs stand in `cohorts/rules`.
"""


def drawing(machine: Machine) -> str:
    """The machine as a Mermaid diagram, which code hosts draw."""
    arrows = "\n".join(f"    {source} --> {target}: {verb}" for source, verb, target in machine.arrows())
    return f"## {machine.name.capitalize()}\n\n```mermaid\nstateDiagram-v2\n{arrows}\n```\n"


def page() -> str:
    return "\n".join([_HEAD, *(drawing(machine) for machine in MACHINES)])


class Command(BaseCommand):
    help = "Draw the state machines of cohorts into the contributors' documentation"

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / PAGE).write_text(page(), "utf-8")
