"""Public ids: what addresses carry instead of a database key."""

import base64
import os
import secrets

ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789"
LENGTH = 12
_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)


def new_public_id() -> str:
    """12 random characters out of 32 (60 bits); unique together with the organization."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_public_ids(count: int) -> list[str]:
    """As many of them as a large INSERT needs, at once."""
    # 15 bytes are 24 letters, which are two ids.
    text = base64.b32encode(os.urandom(15 * ((count + 1) // 2))).decode().translate(_LETTERS)
    return [text[start : start + LENGTH] for start in range(0, count * LENGTH, LENGTH)]
