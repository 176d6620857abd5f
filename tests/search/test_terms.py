"""Words, their stems and keys, and how far two words are apart."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from prm.search.ranking import FAR, Candidate, Ranking, distance, tolerance
from prm.search.terms import (
    STEMS,
    Term,
    asked_terms,
    divided_terms,
    entry_words,
    far_keys,
    keys,
    near_keys,
    stems,
)
from prm.words import fold

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=14)


def edits(word: str, place: int, letter: str, how: str) -> str:
    """The word with one mistake: a letter missing, too many, wrong, or two swapped."""
    before, after = word[:place], word[place:]
    return {
        "missing": before + after[1:],
        "more": before + letter + after,
        "wrong": before + letter + after[1:],
        "swapped": before + after[1:2] + after[:1] + after[2:],
    }[how]


MISTAKES = st.tuples(
    st.integers(0, 13), st.sampled_from("aeioumnrstxyz"), st.sampled_from(["missing", "more", "wrong", "swapped"])
)


@pytest.mark.parametrize(
    ("name", "other", "words", "others"),
    [
        ("Nordwind GmbH", "nordwind.example", ["nordwind"], ["nordwind.example"]),
        ("Škoda-Nord A.G.", "", ["skoda", "nord"], ["skodanord"]),
        ("T-Systems", "", ["t", "systems"], ["tsystems"]),
        ("O’Brien & Söhne Co. KG", "", ["o", "brien", "sohne"], ["obrien"]),
        ("Booking.com", "", ["booking", "com"], ["booking.com"]),
        ("Lena Brandt", "lena.b@nordwind.example", ["lena", "brandt"], ["lena.b@nordwind.example", "b", "nordwind"]),
        ("Weiß", "", ["weiss"], []),
        ("AG", "", ["ag"], []),
        ("!!! | ???", "", ["!!!", "???"], []),
        ("Duran Duran", "", ["duran", "duran"], []),
        ("Łódź Ørsted", "", ["lodz", "orsted"], []),
        ("日本電気", "", ["日本電気"], []),
    ],
)
def test_what_an_entry_is_found_by(name: str, other: str, words: list[str], others: list[str]) -> None:
    assert entry_words(name, other) == (words, others)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("Nordwind GmbH", [("nordwind", True), ("gmbh", False)]),
        ("GmbH", [("gmbh", True)]),
        ("https://www.Nordwind.example/about?x=1", [("nordwind.example", True)]),
        ("“Lena”,  brandt!", [("lena", True), ("brandt", True)]),
        ("lena@nordwind.example", [("lena@nordwind.example", True)]),
        ("!!!", [("!!!", True)]),
        ("  ", []),
        ("\0", []),
        ("nord Nord", [("nord", True)]),
    ],
)
def test_what_is_asked_for(query: str, asked: list[tuple[str, bool]]) -> None:
    assert asked_terms(query) == [Term(*term) for term in asked]


def test_an_address_in_parts() -> None:
    assert divided_terms("lena@nordwnid.example") == [
        Term("lena"),
        Term("nordwnid"),
        Term("example", needed=False),
    ]


def test_numbers_and_very_short_words_have_no_stems() -> None:
    assert stems("2026") == stems("ag") == set()
    assert stems("nordwind") == {"nord", "nordwin"}


@given(WORDS, MISTAKES)
def test_one_mistake_leaves_a_key_in_common(word: str, mistake: tuple[int, str, str]) -> None:
    place, letter, how = mistake
    assume(place < len(word))
    typed = edits(word, place, letter, how)
    assume(len(typed) >= 3)
    assert near_keys(typed) & set().union(*(keys(stem) for stem in stems(word)))


@given(WORDS.filter(lambda word: len(word) >= 8), MISTAKES, MISTAKES)
def test_two_mistakes_leave_a_far_key_in_common(
    word: str, first: tuple[int, str, str], second: tuple[int, str, str]
) -> None:
    assume(first[0] < len(word) and second[0] < len(word))
    typed = edits(edits(word, *first), *second)
    assume(len(typed) >= 6)
    assert far_keys(typed) & keys(word[: STEMS[-1]])


@pytest.mark.parametrize(
    ("asked", "word", "mistakes"),
    [
        ("nordwind", "nordwind", 0),
        ("nordwnid", "nordwind", 1),
        ("nordwnd", "nordwind", 1),
        ("nordwindd", "nordwind", 1),
        ("mordwind", "nordwind", 1),
        ("mordwnid", "nordwind", 2),
        ("kestrel", "nordwind", FAR),
        ("", "ab", 2),
    ],
)
def test_distance(asked: str, word: str, mistakes: int) -> None:
    assert distance(asked, word, 2) == mistakes


@given(WORDS, WORDS)
def test_distance_is_the_same_both_ways(one: str, other: str) -> None:
    assert distance(one, other, 2) == distance(other, one, 2)


@given(WORDS, MISTAKES)
def test_one_mistake_is_one(word: str, mistake: tuple[int, str, str]) -> None:
    assume(mistake[0] < len(word))
    assert distance(edits(word, *mistake), word, 1) <= 1


def test_while_it_is_typed_a_word_may_go_on() -> None:
    assert distance("nrdwi", "nordwind", 1, begins=True) == 1
    assert distance("nrdwi", "nordwind", 1) == FAR


@given(st.text(max_size=40))
@example("0:_0")
def test_any_text_has_words(text: str) -> None:
    names, others = entry_words(text, text)
    assert all(word and " " not in word and "|" not in word for word in [*names, *others])
    assert all(term.text for term in asked_terms(text))
    assert fold(text) == fold(fold(text)) or not text.isascii()


def test_short_words_numbers_and_addresses_are_taken_as_they_are() -> None:
    assert [tolerance(text) for text in ("ag", "sap", "nordwind", "12345678", "a@b.example")] == [0, 1, 2, 0, 0]


def ranked(query: str, mistakes: int, *entries: str, is_lenient: bool = False) -> list[str]:
    candidates = [Candidate("partners", key, words, words.endswith("†")) for key, words in enumerate(entries)]
    return [entries[row.object_id] for row in Ranking(asked_terms(query), mistakes, is_lenient).best(candidates)]


def test_what_is_called_exactly_so_comes_first() -> None:
    entries = ("nordwind systems", "alpine nordwind", "kestrel | nordwind.example", "nordwind", "nordwinder")
    assert ranked("nordwind", 0, *entries) == [
        "nordwind",
        "nordwind systems",
        "nordwinder",
        "alpine nordwind",
        "kestrel | nordwind.example",
    ]


def test_archived_ones_come_last_and_words_stand_in_any_order() -> None:
    assert ranked("systems nord", 0, "nordwind systems †", "systems nordlicht", "nordwind") == [
        "systems nordlicht",
        "nordwind systems †",
    ]


def test_blanks_are_letters_too() -> None:
    for typed in ("alpinecloud", "alp ine cloud", "alpin ecloud", "alpineclud"):
        assert ranked(typed, 2, "alpine cloud", "alpha data", is_lenient=True) == ["alpine cloud"], typed
    assert ranked("alpinecloud", 2, "alpine cloud") == []


def test_half_of_the_words_may_be_wrong_where_nothing_fits_better() -> None:
    entries = ("nordwind it", "opal systems", "kestrel")
    assert ranked("nordwind systems", 2, *entries, is_lenient=True) == ["nordwind it"]
    assert ranked("nordwind systems", 2, *entries) == []
