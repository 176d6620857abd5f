"""Addresses that take a reply: one for each thing that can be answered and each person who may.

`reply+<letter><subject><member><proof><organization>@INBOUND_DOMAIN`: two public ids, 130 bits of HMAC over all of it,
and the organization's number. At most 64 characters, lower case, as mail servers want them. Nothing of it is stored.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare

from prm.tenancy.public_ids import LENGTH
from prm.tenancy.scope import current_organization

_PROOF = 26
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST_NUMBER = 7
_LOCAL = re.compile(
    rf"reply\+([a-z])([a-z0-9]{{{LENGTH}}})([a-z0-9]{{{LENGTH}}})([a-z2-7]{{{_PROOF}}})([0-9a-z]{{1,{_LONGEST_NUMBER}}})"
)


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """What a proved address says: the receiver's letter, what is answered, by whom, in which organization."""

    receiver: str
    subject_id: str
    member_id: str
    organization_id: int


def is_inbound_open() -> bool:
    """Whether replies by mail reach this installation."""
    return bool(settings.INBOUND_DOMAIN)


def reply_address(receiver: str, subject_id: str, member_id: str) -> str:
    """The address at which this member of the current organization answers this; "" where no mail comes in."""
    if not is_inbound_open():
        return ""
    number = _in_letters(current_organization().pk)
    proof = _proof(settings.SECRET_KEY, receiver, subject_id, member_id, number)
    return f"reply+{receiver}{subject_id}{member_id}{proof}{number}@{settings.INBOUND_DOMAIN}"


def read_reply_address(recipients: Iterable[str]) -> ReplyAddress | None:
    """The first of these addresses that is ours and proves itself; those made with a former key are good, too."""
    for recipient in recipients:
        local, _, domain = recipient.strip().lower().rpartition("@")
        found = _LOCAL.fullmatch(local)
        if not found or domain != settings.INBOUND_DOMAIN:
            continue
        receiver, subject_id, member_id, proof, number = found.groups()
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        made = [_proof(key, receiver, subject_id, member_id, number) for key in keys]
        if any(constant_time_compare(one, proof) for one in made):
            return ReplyAddress(receiver, subject_id, member_id, int(number, 36))
    return None


def _proof(secret: str, *said: str) -> str:
    key = hashlib.sha256(b"canopy.reply." + secret.encode()).digest()
    mac = hmac.new(key, ":".join(said).encode(), hashlib.sha256).digest()
    return base64.b32encode(mac).decode().lower()[:_PROOF]


def _in_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number, 36)
        letters = _DIGITS[rest] + letters
    return letters or "0"
