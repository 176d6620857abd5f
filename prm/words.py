"""Words as people compare them: pure text, no database."""

import re
import unicodedata

# Endings that say how a company is organized and not which one it is.
_LEGAL_FORMS = """
    ab ag aps as asa bv bvba co company corp corporation cv doo dooel eood gbr gmbh inc incorporated kft kg kk lda
    limited llc llp lp ltd ltda mbh nv ohg oy oyj plc pte pty pvt sa sarl sas se sl spa sp srl sro ug zoo zrt
"""
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}", re.UNICODE)
_APART = re.compile(r"[\W_]+", re.UNICODE)
# Characters that NFKD leaves whole although people type them in two.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "\0": ""})


def fold(text: str) -> str:
    """Lower case, no accents, no signs, words apart by one blank: "Škoda-Nord A.G." → "skoda nord ag"."""
    joined = _DOTTED.sub(lambda found: found[0].replace(".", "") + " ", text) if "." in text else text
    return _APART.sub(" ", _plain(joined)).strip()


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower().replace("\0", "")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_LETTERS)
