"""An expected "no": the one shape in which rules, services, forms and pages speak of refusals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["blocker", "approval", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why something cannot be done (blocker), needs somebody's consent (approval) or deserves a look
    (warning).

    `code` is stable and for programs, `message` is translated and for people, `field` names the form field it
    belongs to."""

    code: str
    message: str
    field: str = ""
    level: Level = "blocker"


class Refused(Exception):
    """A service's "no". Nothing was changed; `problems` says why."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: list[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("; ".join(str(problem.message) for problem in self.problems))

    @property
    def codes(self) -> set[str]:
        return {problem.code for problem in self.problems}


def blockers(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.level == "blocker"]


def refuse_if(problems: Iterable[Problem]) -> None:
    """Raise `Refused` with all problems when at least one of them is a blocker."""
    listed = list(problems)
    if blockers(listed):
        raise Refused(listed)
