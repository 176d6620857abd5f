"""Which names are one company's, and that the keys find them."""

import pytest

from partners.likeness import ALIKE, keys_of, likeness

ALIKE_NAMES = [
    ("Nordwind GmbH", "Nordwnid AG"),
    ("Nordwind GmbH", "Nordwind Systems GmbH"),
    ("Blue Harbor Cloud", "Cloud Blue Harbor Ltd"),
    ("Kestrel", "Kestrell"),
    ("Müller & Söhne GmbH & Co. KG", "Mueller und Soehne"),
    ("Northern Valley Systems", "NVS"),
    ("Intl Business Services", "International Business Service Inc"),
    ("Ledgerline", "Ledger Line"),
    ("Harbor Cloud", "Harbour Cloud"),
    ("Studio 54 GmbH", "Studio 54"),
]
OTHERS = [
    ("Studio 54", "Studio 45"),
    ("Nordic Systems 4711", "Nordic Systems 4712"),
    ("ABC Solutions", "ABD Solutions"),
    ("Acme", "Acne"),
    ("Kestrel", "Petrel"),
    ("ab", "ac"),
    ("Nordwind", "Südwind"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE_NAMES)
def test_names_of_one_company_share_a_key_and_are_alike(one: str, other: str) -> None:
    assert likeness(one, other) >= ALIKE
    assert likeness(other, one) >= ALIKE
    assert keys_of(one) & keys_of(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_other_names_are_not_alike(one: str, other: str) -> None:
    assert likeness(one, other) < ALIKE


@pytest.mark.parametrize("place", range(10))
@pytest.mark.parametrize("change", ["left out", "doubled", "changed", "swapped"])
def test_a_typo_anywhere_shares_a_key(place: int, change: str) -> None:
    name = "ledgerlines"
    letters = list(name)
    match change:
        case "left out":
            del letters[place]
        case "doubled":
            letters.insert(place, letters[place])
        case "changed":
            letters[place] = "x"
        case "swapped":
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
    typed = "".join(letters)
    assert keys_of(name) & keys_of(typed)
    assert likeness(name, typed) >= ALIKE


@pytest.mark.parametrize("name", ["", "!", "123", "GmbH", "und", "日本", "a" * 500])
def test_odd_names_have_keys_and_are_like_themselves(name: str) -> None:
    assert keys_of(name)
    assert all(len(key) <= 80 for key in keys_of(name))
    assert likeness(name, name) == 1.0
