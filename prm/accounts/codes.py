"""Codes by mail that prove an address: six characters, kept in the visitor's session as a keyed hash.

A code belongs to one session, one purpose and one address, lives a quarter of an hour and takes five tries.
"""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _

from prm.problems import Problem, Refused

LIFETIME = timedelta(minutes=15)
TRIES = 5
# Without vowels no words, without 0, O, 1, I, L no doubts.
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
_LENGTH = 6

type Session = MutableMapping[str, Any]


def issue(session: Session, purpose: str, email: str, now: datetime) -> str:
    """A new code for the address, to be mailed there; the former one of this purpose is void. Reads "BCD-F23"."""
    code = get_random_string(_LENGTH, _LETTERS)
    session[_key(purpose)] = {
        "email": email,
        "hash": _hash(purpose, email, code),
        "until": (now + LIFETIME).timestamp(),
        "tries": TRIES,
    }
    return f"{code[:3]}-{code[3:]}"


def pending_email(session: Session, purpose: str) -> str:
    """The address to which a code was sent from this session; empty where none is waited for."""
    return str(session.get(_key(purpose), {}).get("email", ""))


def redeem(session: Session, purpose: str, typed: str, now: datetime) -> str:
    """The address that the code proves; the code is used up. Raises `Refused` for a wrong, old or overtried one."""
    issued = session.get(_key(purpose))
    if not issued or issued["until"] < now.timestamp():
        raise Refused(Problem("code_expired", _("This code has expired. Have a new one sent."), "code"))
    if issued["tries"] < 1:
        raise Refused(Problem("code_used_up", _("That was tried too often. Have a new code sent."), "code"))
    email = str(issued["email"])
    if constant_time_compare(issued["hash"], _hash(purpose, email, _plain(typed))):
        del session[_key(purpose)]
        return email
    left = issued["tries"] - 1
    session[_key(purpose)] = {**issued, "tries": left}
    raise Refused(_wrong(left))


def forget(session: Session, purpose: str) -> None:
    session.pop(_key(purpose), None)


def _wrong(left: int) -> Problem:
    if not left:
        return Problem("code_used_up", _("That was tried too often. Have a new code sent."), "code")
    return Problem("code_wrong", _("This is not the code in the newest mail. Compare it letter by letter."), "code")


def _key(purpose: str) -> str:
    return f"code.{purpose}"


def _plain(typed: str) -> str:
    return "".join(character for character in typed.upper() if character.isalnum())


def _hash(purpose: str, email: str, code: str) -> str:
    return salted_hmac(f"canopy.code.{purpose}", f"{email}:{code}", algorithm="sha256").hexdigest()
