"""How well what was found fits what was asked for: pure text, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prm.search.terms import SEPARATOR, Term

# Beyond this two words are not the same word badly typed.
FAR = 99
# More mistakes than these in all, and it is luck what else is found.
MANY = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry, read because some word of it may fit."""

    kind: str
    object_id: int
    words: str
    is_last: bool


@dataclass(frozen=True, slots=True, order=True)
class Ranked:
    """A candidate that fits, the best first. `mistakes` counts letters that are wrong in what was asked for."""

    mistakes: int
    is_last: bool
    misplaced: int
    length: int
    words: str
    kind: str = field(compare=False)
    object_id: int = field(compare=False)


def tolerance(text: str) -> int:
    """How many mistakes a word may have; none in numbers, and in addresses only when they are looked at in parts."""
    if len(text) < 3 or text.isdigit() or not text.isalnum():
        return 0
    return 1 if len(text) < 6 else 2


def distance(asked: str, word: str, most: int, begins: bool = False) -> int:
    """Letters missing, too many, wrong or in the wrong order; more than `most` is FAR.

    With `begins` the word may go on after what was asked for, as it does while somebody types.
    """
    if not begins and abs(len(asked) - len(word)) > most:
        return FAR
    word = word[: len(asked) + most]
    width = len(word) + 1
    before: list[int] = []
    last = [column if column <= most else FAR for column in range(width)]
    for row, letter in enumerate(asked, start=1):
        present = [FAR] * width
        present[0] = row
        # Farther from the diagonal than `most` nothing can come back.
        for column in range(max(1, row - most), min(width, row + most + 1)):
            other = word[column - 1]
            cost = min(last[column] + 1, present[column - 1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == word[column - 2] and asked[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            present[column] = cost
        if min(present) > most:
            return FAR
        before, last = last, present
    found = min(last) if begins else last[-1]
    return found if found <= most else FAR


class Ranking:
    """Puts candidates in order for one query; what a word has to do with a term is looked at once.

    `most_mistakes` is for each word. With `is_lenient` blanks may stand elsewhere, and half of the words may be wrong.
    """

    def __init__(self, terms: Sequence[Term], most_mistakes: int, is_lenient: bool = False) -> None:
        self._terms = terms
        self._most = most_mistakes
        self._is_lenient = is_lenient
        self._seen: dict[tuple[str, str], int] = {}
        self._together = "".join(term.text for term in terms)

    def best(self, candidates: Iterable[Candidate]) -> list[Ranked]:
        """Those that fit, the best first."""
        seen = {(candidate.kind, candidate.object_id): candidate for candidate in candidates}
        found = sorted(filter(None, map(self._ranked, seen.values())))
        if not found or not self._is_lenient:
            return found
        # What comes as close as the best does, and not whatever else shares a word with what was asked for.
        most = max(found[0].mistakes, MANY)
        return [row for row in found if row.mistakes <= most]

    def _ranked(self, candidate: Candidate) -> Ranked | None:
        name, _bar, other = candidate.words.partition(SEPARATOR)
        names, others = name.split(), other.split()
        fits = [(term, *self._fit(term.text, names, others)) for term in self._terms]
        missing = [place for place, (term, wrong, _) in enumerate(fits) if wrong == FAR and term.needed]
        mistakes = sum(wrong for _, wrong, _ in fits if wrong < FAR)
        if missing:
            missed = self._missed(names, missing)
            if missed is None:
                return None
            mistakes += missed
        misplaced = sum(place for _, wrong, place in fits if wrong < FAR)
        return Ranked(
            mistakes, candidate.is_last, misplaced, len(name), candidate.words, candidate.kind, candidate.object_id
        )

    def _fit(self, asked: str, names: list[str], others: list[str]) -> tuple[int, int]:
        """Mistakes of the word that fits best, and how far it is from the first word of the name, exactly so."""
        best = (FAR, 0)
        for place, word in enumerate((*names, *others)):
            score = self._compared(asked, word)
            if score < FAR:
                beside = min(place, 3) + 3 * (place >= len(names))
                best = min(best, (score // 2, 2 * beside + score % 2))
        return best

    def _compared(self, asked: str, word: str) -> int:
        """Twice the mistakes, and one more where the word goes on after what was asked for."""
        known = self._seen.get((asked, word))
        if known is None:
            known = self._seen[asked, word] = self._look(asked, word)
        return known

    def _look(self, asked: str, word: str) -> int:
        if word.startswith(asked):
            return int(word != asked)
        most = min(self._most, tolerance(asked))
        # A mistake brings in one letter at most: few words come as far as being compared.
        if not most or len(set(asked) - set(word)) > most:
            return FAR
        wrong = distance(asked, word, most)
        if wrong < FAR:
            return 2 * wrong
        wrong = distance(asked, word, most, begins=True) if len(asked) > 3 else FAR
        return FAR if wrong == FAR else 2 * wrong + 1

    def _missed(self, names: list[str], missing: list[int]) -> int | None:
        """What it counts that these terms have no word: as mistakes, the first term more; None where it is too much."""
        if not self._is_lenient:
            return None
        wrong = distance(self._together, "".join(names), tolerance(self._together), begins=True)
        if wrong < FAR:
            return max(wrong, 1)  # "alpinecloud" and "al pinecloud" are Alpine Cloud
        if 2 * len(missing) > len(self._terms):
            return None
        return (MANY + 1) * len(missing) + (0 in missing)
