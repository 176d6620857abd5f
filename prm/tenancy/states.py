"""State machines declared as data, each with one gate through which every change of state goes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from prm.problems import Problem, Refused


@dataclass(frozen=True)
class Machine:
    """`moves` names each verb with the states it starts from and the state it leads to.

    `field` is the model's field that holds the state. Documentation draws the machine from `moves`.
    """

    name: str
    field: str
    moves: Mapping[str, tuple[tuple[str, ...], str]]

    def can(self, row: models.Model, verb: str) -> bool:
        return getattr(row, self.field) in self.moves[verb][0]

    def possible(self, row: models.Model) -> list[str]:
        return [verb for verb in self.moves if self.can(row, verb)]

    def move(self, row: models.Model, verb: str, **changes: Any) -> None:
        """Change the state, and `changes` with it, by one conditional UPDATE: of two who try, one wins.

        Raises `Refused` with code `wrong_state` where the row's present state does not allow the verb.
        """
        sources, target = self.moves[verb]
        values = {self.field: target, **changes}
        won = type(row)._base_manager.filter(pk=row.pk, **{f"{self.field}__in": sources}).update(**values)
        if not won:
            row.refresh_from_db()
            raise Refused(
                Problem("wrong_state", _("This is no longer possible: meanwhile it is “%s”.") % self.label(row))
            )
        for name, value in values.items():
            setattr(row, name, value)

    def label(self, row: models.Model) -> str:
        display = getattr(row, f"get_{self.field}_display", None)
        return str(display()) if display else str(getattr(row, self.field))

    def arrows(self) -> Iterable[tuple[str, str, str]]:
        """(from, verb, to) of every transition, for drawings and tests."""
        for verb, (sources, target) in self.moves.items():
            for source in sources:
                yield source, verb, target
