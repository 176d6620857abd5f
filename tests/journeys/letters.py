"""What people do with their mails: find the newest, read the code, follow the button."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMessage


class Mailbox:
    """All that was delivered so far, by address."""

    def __init__(self, sent: list[Any]) -> None:
        self._sent = sent

    def of(self, email: str) -> list[EmailMessage]:
        """Everything that this person got, oldest first."""
        return [mail for mail in self._sent if any(email in recipient for recipient in mail.to)]

    def newest(self, email: str) -> EmailMessage:
        found = self.of(email)
        assert found, f"nothing for {email}; there is mail for {[mail.to for mail in self._sent]}"
        return found[-1]

    def about(self, email: str, words: str) -> list[EmailMessage]:
        """Those whose subject has these words."""
        return [mail for mail in self.of(email) if words in mail.subject]

    def code(self, email: str) -> str:
        found = re.search(r"[2-9B-Z]{3}-[2-9B-Z]{3}", str(self.newest(email).body))
        assert found, self.newest(email).body
        return found.group()


def link(mail: EmailMessage, part: str) -> str:
    """The path and query of the first link in a mail that has `part` in it."""
    for found in re.findall(r"https?://[^\s<>()\[\]]+", str(mail.body)):
        address = urlsplit(found.rstrip(".,"))
        if part in address.path:
            return address.path + (f"?{address.query}" if address.query else "")
    raise AssertionError(f"no link with {part!r} in:\n{mail.body}")


def button(mail: EmailMessage) -> str:
    """The path and query that the mail's one button leads to."""
    found = re.search(r":\n(https?://\S+)$", str(mail.body), re.MULTILINE)
    assert found, mail.body
    address = urlsplit(found[1])
    return address.path + (f"?{address.query}" if address.query else "")
