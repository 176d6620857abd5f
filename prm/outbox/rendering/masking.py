"""Copies that staff may read do not open doors: what looks like a token in an address is masked. Pure."""

import re

MASK = "•••"

# Tokens are longer than any public id, without hyphens, and stand as a part of a path or as a value of a query.
_TOKEN = re.compile(r"(?<=[/=])[A-Za-z0-9_]{28,}(?![A-Za-z0-9_])")
# Or as the part of an address of our own behind the plus: whoever knows it may answer.
_ADDRESS = re.compile(r"(?<=\+)[a-z0-9]{28,}(?=@)")


def mask_tokens(text: str) -> str:
    """`text` with the token of every link and every address for replies in it replaced by dots."""
    return _ADDRESS.sub(MASK, _TOKEN.sub(MASK, text))
