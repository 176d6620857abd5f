"""Hard criteria of a selection, kept as plain values: groups that a company must be in, answers that must be given.

Whatever a rule can say about a company (tier, certificate, product, country) makes a group by rule, so groups are all
that is asked about companies here. Criteria are checked anew each time they are shown; they advise, people decide.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _

from cohorts.questions import LISTED, Question, asked, shown_answer


@dataclass(frozen=True)
class Criteria:
    """`groups` are public ids; `answers` gives for a question's key the options one of which is wanted."""

    groups: tuple[str, ...] = ()
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        answers = {str(key): tuple(wanted) for key, wanted in dict(kept.get("answers", {})).items() if wanted}
        return cls(tuple(kept.get("groups", ())), answers)

    def kept(self) -> dict[str, Any]:
        return {"groups": list(self.groups), "answers": {key: list(wanted) for key, wanted in self.answers.items()}}

    def __bool__(self) -> bool:
        return bool(self.groups or self.answers)


@dataclass(frozen=True, slots=True)
class Checked:
    """One criterion and whether an application meets it, with the reason."""

    is_met: bool
    why: str


def checked(
    criteria: Criteria,
    questions: Sequence[Question],
    *,
    group_names: Mapping[str, str],
    inside: Collection[str],
    answers: Mapping[str, Any],
) -> list[Checked]:
    """Every criterion against one application. `group_names` are those that exist still, `inside` those of the
    applicant's company. A question that is asked no longer, and a group that is gone, ask for nothing.
    """
    rows = [_group(group_names[key], is_met=key in inside) for key in criteria.groups if key in group_names]
    by_key = {row.key: row for row in asked(questions) if row.kind in LISTED}
    for key, wanted in criteria.answers.items():
        if key in by_key:
            rows.append(_answer(by_key[key], wanted, answers.get(key)))
    return rows


def _group(name: str, *, is_met: bool) -> Checked:
    words = _("The company is in the group “%s”.") if is_met else _("The company is not in the group “%s”.")
    return Checked(is_met, words % name)


def _answer(question: Question, wanted: Collection[str], value: Any) -> Checked:
    given = value if isinstance(value, list) else [value]
    is_met = any(key in wanted for key in given)
    said = shown_answer(question, value) or _("nothing")
    return Checked(is_met, _("“%(question)s”: %(answer)s.") % {"question": question.label, "answer": said})
