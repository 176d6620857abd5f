"""Whether a program is fit to be opened, and what its syllabus refuses."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Program, Subject
from cohorts.rules.stages import RECOMMENDED_SEATS, SHORTEST_PROMISE
from prm.problems import Problem

MOST_SUBJECTS = 26
# Words that promise to know instead of to have: what somebody "understands" nobody can see.
_VAGUE = frozenset({"understand", "understands", "learn", "learned", "know", "knows", "familiar", "aware", "verstehen"})
_JOINING = (" and ", " und ", " sowie ", " as well as ", ";")


@dataclass(frozen=True)
class ProgramFacts:
    """What the fitness of a program is about, counted once. `capacities` are the seats of cohorts not yet open."""

    subjects: int = 0
    subjects_without_content: tuple[str, ...] = ()
    capacities: tuple[int, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Fitness:
    """One line of the fitness check: what is looked at, whether it is well, and what to do where it is not."""

    code: str
    label: str
    advice: str = ""

    @property
    def is_met(self) -> bool:
        return not self.advice


def fitness(program: Program, facts: ProgramFacts) -> list[Fitness]:
    """Everything that makes a program worth opening, in the order in which one mends it. Advice, never a lock."""
    return [
        Fitness("promise", _("The promise is concrete"), _promise_advice(program.promise)),
        Fitness("one_topic", _("It is about one topic"), _topic_advice(program.promise)),
        Fitness("basic", _("It is basic enough"), _basic_advice(program.stumbling_blocks)),
        Fitness("capacity", _("8 to 15 seats"), _capacity_advice(facts.capacities)),
        Fitness("homework", _("There is homework"), _homework_advice(program.homework_title)),
        Fitness(
            "syllabus", _("There is a syllabus"), "" if facts.subjects else _("Write down what each session is about.")
        ),
        Fitness("content", _("Live time is no lecture"), _content_advice(facts.subjects_without_content)),
    ]


def _promise_advice(promise: str) -> str:
    if not promise.strip():
        return _("Write what a participant will have built: something that one can show.")
    if len(promise.strip()) < SHORTEST_PROMISE:
        return _("Say it so that somebody outside could check it: how many, what, by when.")
    vague = sorted(_VAGUE & set(promise.casefold().replace(".", " ").replace(",", " ").split()))
    if vague:
        return _("“%s” cannot be seen. Say what there will be to show.") % vague[0]
    return ""


def _topic_advice(promise: str) -> str:
    joined = promise.casefold()
    if sum(joined.count(word) for word in _JOINING) > 2:
        return _("The promise joins several things. Two topics are two cohorts.")
    return "" if promise.strip() else _("One topic follows from one promise.")


def _basic_advice(stumbling_blocks: str) -> str:
    if stumbling_blocks.strip():
        return ""
    return _("Ask newcomers and former participants what they stumbled over first, and write it down.")


def _capacity_advice(capacities: Sequence[int]) -> str:
    odd = [seats for seats in capacities if seats not in RECOMMENDED_SEATS]
    if not odd:
        return ""
    return _("A draft cohort has %d seats. Fewer than 8 is too quiet, more than 15 leaves somebody unheard.") % odd[0]


def _homework_advice(title: str) -> str:
    return "" if title.strip() else _("Say what people do between two sessions: that is where it is learned.")


def _syllabus_advice(subjects: int) -> str:
    return "" if subjects else _("Write down what each session is about.")


def _content_advice(without: Sequence[str]) -> str:
    if not without:
        return ""
    text = ngettext(
        "Attach something to read to %(names)s.", "Attach something to read to each of %(names)s.", len(without)
    )
    return text % {"names": ", ".join(f"“{title}”" for title in without)}


def subject_problems(*, others: Sequence[Subject], day_offset: int) -> list[Problem]:
    """Why a subject cannot stand on this day of the syllabus."""
    problems = []
    if any(other.day_offset == day_offset for other in others):
        text = _("There is a session on this day already.")
        problems.append(Problem("same_day", text, field="day_offset"))
    if len(others) >= MOST_SUBJECTS:
        problems.append(Problem("too_many", _("A syllabus has %d sessions at most.") % MOST_SUBJECTS))
    return problems
