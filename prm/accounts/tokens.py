"""Tokens in links: derived when a link is made, stored only as their hash."""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings


def new_nonce() -> str:
    """128 random bits that a token is derived from; worthless without the installation's SECRET_KEY."""
    return secrets.token_hex(16)


def derive(purpose: str, nonce: str) -> str:
    """The token of `nonce` for one purpose: 160 bits of HMAC-SHA256, in 32 lower-case base32 characters."""
    key = hashlib.sha256(b"canopy.token." + settings.SECRET_KEY.encode()).digest()
    mac = hmac.new(key, f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:20]).decode().lower()


def digest(token: str) -> str:
    """What is stored and looked up: the token's SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
