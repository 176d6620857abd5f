"""How alike two company names are, and the keys by which alike ones are found: pure text, no database.

Names that a person would take for one company (a typo, words in another order, another legal form, an abbreviation, a
word such as "Group" more or less) share at least one key, so that candidates are found by comparing keys with `=`.
"""

from dataclasses import dataclass

from partners.names import LEGAL_FORMS, comparable

# What two names need to be called alike, 0 to 1.
ALIKE = 0.86
# A key that so many partners share says nothing.
CROWD = 40
_SAME_CORE = 0.9
_CORES_ALIKE = 0.8
_SHORTEST = 4
_LONGEST = 60
# Words of the same meaning, as they are compared.
_SAME = {
    "intl": "international",
    "int": "international",
    "tech": "technology",
    "technologies": "technology",
    "technologie": "technology",
    "technik": "technology",
    "sys": "system",
    "systems": "system",
    "systeme": "system",
    "systemes": "system",
    "solutions": "solution",
    "loesungen": "solution",
    "losungen": "solution",
    "services": "service",
    "svc": "service",
    "svcs": "service",
    "grp": "group",
    "gruppe": "group",
    "groupe": "group",
    "gruppo": "group",
    "mfg": "manufacturing",
    "mgmt": "management",
    "bros": "brothers",
    "gebr": "brothers",
    "gebruder": "brothers",
    "assoc": "associates",
    "cons": "consulting",
    "engg": "engineering",
    "eng": "engineering",
    "univ": "university",
}
_WORDS_LEFT_OUT = "and und et y e the der die das la le les el of von de des du da do dos"
_SILENT = frozenset(_WORDS_LEFT_OUT.split())
# Words that many names have beside the one that tells the company.
_WORDS_OF_MANY = """
    group holding holdings international technology system solution service consulting engineering management partners
    partner global europe deutschland germany france austria schweiz uk usa nederland italia espana it digital software
"""
_COMMON = frozenset(_WORDS_OF_MANY.split())


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared. `numbers` must be the same for two names to be alike: Studio 54 is not Studio 45."""

    words: tuple[str, ...]
    numbers: str

    @property
    def joined(self) -> str:
        return "".join(self.words)

    @property
    def ordered(self) -> str:
        return "".join(sorted(self.words))

    @property
    def core(self) -> str:
        """The words that tell the company; all of them where none is left."""
        telling = [word for word in self.words if word not in _COMMON]
        return "".join(sorted(telling or self.words))

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words)


def read_name(name: str) -> Name:
    """A name's words in their common form, without legal forms and words that are dropped as often as they are said."""
    plain = comparable(name).split()
    words = [_SAME.get(word, word) for word in plain]
    kept = [word for place, word in enumerate(words) if word not in _SILENT and not (place and word in LEGAL_FORMS)]
    kept = [_plain(word) for word in kept or words]
    numbers = "".join(letter for word in kept for letter in (*word, " ") if letter.isdigit() or letter == " ").split()
    letters = ["".join(letter for letter in word if not letter.isdigit()) for word in kept]
    return Name(tuple(word for word in letters if word) or tuple(kept), ".".join(sorted(numbers)))


def _plain(word: str) -> str:
    """Müller is typed Mueller as well as Muller."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def keys_of(name: str) -> set[str]:
    """The keys of a name, some six of them.

    A single typo leaves one half of the name whole; as it may make the name one letter longer or shorter, both ways of
    halving are kept. The letters in order find words and letters that changed places.
    """
    read = read_name(name)
    found = {f"a{''.join(sorted(read.joined))}", f"c{read.core}"}
    for text in {read.joined, read.ordered}:
        for half in {len(text) // 2, (len(text) + 1) // 2}:
            if half >= _SHORTEST - 1:
                found |= {f"f{text[:half]}", f"b{text[-half:]}"}
    if len(read.words) > 2:
        found.add(f"i{read.initials}")
    if len(read.words) == 1 and 3 <= len(read.joined) <= 5:
        found.add(f"i{read.joined}")
    return {f"{read.numbers}{key}"[:_LONGEST] for key in found}


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 (different) to 1 (the same but for legal form and spelling of common words)."""
    first, second = read_name(one), read_name(other)
    if first.numbers != second.numbers:
        return 0.0
    if first.ordered == second.ordered or first.joined == second.joined:
        return 1.0
    if _abbreviates(first, second) or _abbreviates(second, first):
        return ALIKE
    whole = max(_closeness(first.joined, second.joined), _closeness(first.ordered, second.ordered))
    if first.core == second.core:
        return max(whole, _SAME_CORE) if len(first.core) >= _SHORTEST else whole
    # "ABC Solutions" and "ABD Solutions" are alike in what many have in common, and differ in what tells them apart.
    return whole if _closeness(first.core, second.core) >= _CORES_ALIKE else 0.0


def _abbreviates(short: Name, long: Name) -> bool:
    """Whether one is the other's initials: NVS for Northern Valley Systems."""
    return len(short.words) == 1 and len(long.words) > 2 and short.joined == long.initials


def _closeness(one: str, other: str) -> float:
    """1 less the share of letters that have to change. Short names must be the same: half of them is one letter."""
    longer = max(len(one), len(other))
    if min(len(one), len(other)) < _SHORTEST or abs(len(one) - len(other)) > longer * (1 - ALIKE):
        return 0.0
    return 1 - _distance(one, other) / longer


def _distance(one: str, other: str) -> int:
    """How many letters are put in, left out, changed, or changed places with their neighbor."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, met in enumerate(other, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != met))
            if row > 1 and column > 1 and letter == other[column - 2] and met == one[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
