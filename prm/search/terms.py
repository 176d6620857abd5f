"""Texts as words, words as what typing mistakes leave of them: pure text, no database.

A word is found by how it begins: exactly, by a range over the words that there are; with one letter wrong, by the keys
of its stems. A stem is how a word begins, its keys are the stem itself and what is left of it when any one letter is
dropped: two stems that differ by one letter, or by two that stand the wrong way round, share a key.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from prm.words import LEGAL_FORMS, fold

LONGEST_WORD = 48
MOST_WORDS = 24
# Words are compared with typing mistakes by these beginnings: the short one finds them while they are being typed.
STEMS = (4, 7)
# Shorter words are found exactly or not at all: half of all there are differ by one letter.
SHORTEST_STEM = 3
SEPARATOR = "|"

# A domain or an address, kept whole beside its parts.
_WHOLE = re.compile(r"^[^\s@|]+@[^\s@|]+$|^(?:[\w-]+\.)+[^\W\d_][\w-]+$", re.UNICODE)
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://(?:www\.)?|^www\.", re.IGNORECASE)
_AROUND = " \t,;:!?()[]{}<>\"'“”„‘’«»"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Term:
    """A word that somebody looks for. What is not `needed` only helps to put what is found in order."""

    text: str
    needed: bool = True


def entry_words(name: str, other: str) -> tuple[list[str], list[str]]:
    """The words of a name in order, without legal forms where there is anything else; and what else finds it.

    That is what signs divide, written together ("T-Systems" is also tsystems), and of `other` texts each domain and
    address whole, and its parts without the last one, such as "com".
    """
    names, others = [], []
    for piece in _pieces(name):
        parts = fold(piece).split()
        names += parts
        others += [piece] if _WHOLE.match(piece) else ["".join(parts)]
    for piece in _pieces(other):
        others += [piece, *_parts(piece)]
    told = [word for word in names if word not in LEGAL_FORMS]
    names = [word[:LONGEST_WORD] for word in told or names or _signs(name)][:MOST_WORDS]
    return names, [word for word in _tidied(others) if word not in names and word not in LEGAL_FORMS]


def asked_terms(query: str) -> list[Term]:
    """What to look for at first: domains and addresses whole."""
    terms = [term for piece in _pieces(query) for term in _asked(piece)]
    return _each_once(terms or [Term(word) for word in _signs(query)])


def divided_terms(query: str) -> list[Term]:
    """What to look for where nothing has a domain or address that was asked for: its parts."""
    terms = []
    for piece in _pieces(query):
        if _WHOLE.match(piece):
            needed = _parts(piece)
            terms += [Term(word) for word in needed]
            terms += [Term(word, needed=False) for word in fold(piece).split() if word not in needed]
        else:
            terms += _asked(piece)
    return _each_once(terms)


def stems(word: str) -> set[str]:
    """How a word begins, as far as mistakes in typing are compared; nothing for numbers and very short words."""
    if len(word) < SHORTEST_STEM or not any(letter.isalpha() for letter in word):
        return set()
    return {word[:length] for length in STEMS}


def keys(stem: str) -> set[int]:
    """What a stem shares with those that differ from it by one letter."""
    return {_number(text) for text in _shortened(stem)}


def near_keys(word: str) -> set[int]:
    """Keys of the stems that a word with one mistake may begin with."""
    short, long = STEMS
    lengths = {long, long + 1, *((short, short + 1) if len(word) < long else ())}
    return {_number(text) for length in lengths for text in _shortened(word[:length])}


def far_keys(word: str) -> set[int]:
    """Keys of the stems that a word with two mistakes may begin with: some thousand.

    Of two letters that are missing a stem has lost two at its end, of two too many it has gained them.
    """
    longest = STEMS[-1]
    once = {
        *_shortened(word[: longest + 1]),
        *_changed(word[:longest]),
        *_lengthened(word[: longest - 1]),
    }
    return {_number(text) for changed in once for text in _shortened(changed)}


def _shortened(text: str) -> set[str]:
    return {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))}


def _changed(text: str) -> Iterator[str]:
    """Everything that one mistake makes of a text, as far as our letters go."""
    yield from _shortened(text)
    yield from _lengthened(text)
    for place in range(len(text)):
        before, letter, after = text[:place], text[place], text[place + 1 :]
        yield before + after[:1] + letter + after[1:]
        yield from (before + other + after for other in _LETTERS)


def _lengthened(text: str) -> Iterator[str]:
    for place in range(len(text) + 1):
        yield from (text[:place] + letter + text[place:] for letter in _LETTERS)


def _number(text: str) -> int:
    """32 bits with a sign, as the database keeps an integer."""
    return zlib.crc32(text.encode()) - 2**31


def _pieces(text: str) -> list[str]:
    """What blanks divide, in lower case, without signs around it and without what only an address begins with."""
    found = []
    for piece in text.replace("\0", "").replace(SEPARATOR, " ").split():
        bare = _ADDRESS.sub("", piece.casefold().strip(_AROUND))
        bare = bare.partition("/")[0] if bare != piece.casefold().strip(_AROUND) else bare
        if bare:
            found.append(bare)
    return found


def _signs(text: str) -> list[str]:
    """The words of a text that has no letters, such as a company called "!!!"."""
    return text.replace("\0", "").replace(SEPARATOR, " ").casefold().split()


def _asked(piece: str) -> list[Term]:
    if _WHOLE.match(piece):
        return [Term(piece)]
    return [Term(word, needed=word not in LEGAL_FORMS) for word in fold(piece).split()]


def _parts(piece: str) -> list[str]:
    """The telling words of a domain or an address."""
    name, _at, domain = piece.rpartition("@")
    return [*fold(name).split(), *fold(domain.rpartition(".")[0] or domain).split()]


def _tidied(words: list[str]) -> list[str]:
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in words if word))[:MOST_WORDS]


def _each_once(terms: list[Term]) -> list[Term]:
    """At most eight terms, each once; where all are optional, such as a legal form alone, all are needed."""
    found = {term.text[:LONGEST_WORD]: term.needed for term in reversed(terms)}
    shown = [Term(text, needed) for text, needed in reversed(found.items())][:8]
    return shown if any(term.needed for term in shown) else [Term(term.text) for term in shown]
