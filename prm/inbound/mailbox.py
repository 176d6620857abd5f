"""Fetching mails from a mailbox by IMAP. A mail that was dealt with is marked as seen; nothing is ever deleted.

What cannot be taken in, because it names no address of ours or because taking it in fails, is flagged and stays: people
find it in the mailbox.
"""

import imaplib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError

from prm.inbound.services import Fate, take_in

logger = logging.getLogger(__name__)

# What is longer is read up to here: the words come first.
MOST_BYTES = 40 * 2**20
BATCH = 100
_TIMEOUT = 30
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class Fetched:
    """How many were taken in, and how many are flagged for people."""

    taken: int = 0
    flagged: int = 0


def fetch_mails(clock: Callable[[], datetime]) -> Fetched:
    """Take in what is unseen in the mailbox of INBOUND_IMAP_URL, the oldest first, a batch at most.

    Raises OSError or `imaplib.IMAP4.error` where the server cannot be reached or refuses.
    """
    taken = flagged = 0
    with _mailbox() as box:
        _state, found = box.uid("SEARCH", "UNSEEN UNFLAGGED")
        for number in (found[0] or b"").split()[:BATCH]:
            uid = number.decode("ascii")
            if _take_in(box, uid, clock):
                taken += 1
            else:
                box.uid("STORE", uid, "+FLAGS", r"(\Flagged)")
                flagged += 1
    return Fetched(taken, flagged)


def _take_in(box: imaplib.IMAP4, uid: str, clock: Callable[[], datetime]) -> bool:
    size = _size(box, uid)
    part = f"BODY.PEEK[]<0.{MOST_BYTES}>" if size > MOST_BYTES else "BODY.PEEK[]"
    _state, answer = box.uid("FETCH", uid, f"({part})")
    raw = next((piece[1] for piece in answer if isinstance(piece, tuple)), b"")
    if not raw:
        # Somebody deleted it meanwhile.
        return True
    try:
        fate = take_in(raw, clock(), is_cut=size > MOST_BYTES)
    except (OperationalError, InterfaceError):
        # The database is away: the mail is as it was, and the next round takes it.
        raise
    except Exception:
        logger.exception("the inbound mail with UID %s could not be taken in", uid)
        return False
    if fate == Fate.UNKNOWN:
        return False
    box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
    return True


def _size(box: imaplib.IMAP4, uid: str) -> int:
    _state, answer = box.uid("FETCH", uid, "(RFC822.SIZE)")
    # Between the answers a server may tell of other mails, and in each the items come in any order.
    said = [found for piece in answer if isinstance(piece, bytes) and (found := _SIZE.search(piece))]
    return max((int(found[1]) for found in said), default=0)


@contextmanager
def _mailbox() -> Iterator[imaplib.IMAP4]:
    """imaps://user:password@host:993/INBOX, or imap://… within one's own network."""
    url = urlsplit(settings.INBOUND_IMAP_URL)
    kind = imaplib.IMAP4_SSL if url.scheme == "imaps" else imaplib.IMAP4
    box = kind(url.hostname or "", url.port or (993 if url.scheme == "imaps" else 143), timeout=_TIMEOUT)
    try:
        box.login(unquote(url.username or ""), unquote(url.password or ""))
        state, answer = box.select(f'"{unquote(url.path.strip("/")) or "INBOX"}"')
        if state != "OK":
            raise imaplib.IMAP4.error(f"the mailbox cannot be opened: {answer!r}")
        yield box
    finally:
        try:
            box.logout()
        except (OSError, imaplib.IMAP4.error):
            logger.info("the mail server had closed the line")
