"""Public ids: what addresses carry instead of a database key."""

import secrets

ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789"
LENGTH = 12


def new_public_id() -> str:
    """12 random characters out of 32 (60 bits); unique together with the organization."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
