"""Kinds of messages that exist for the length of a test."""

from collections.abc import Callable
from typing import Any

import pytest
from django.template import engines

from prm.outbox.kinds import AT_LEAST_ONCE, AT_MOST_ONCE, Mail, MessageKind, message_kinds
from prm.outbox.models import Message
from prm.outbox.rendering import wording

TEMPLATE = "Subject: {{ subject }}\nPreheader: {{ preheader }}\n\nHello **{{ name }}**,\n\n{{ text }}\n"


def say(message: Message) -> Mail:
    """Whatever the message's parameters say; for a member by name."""
    said = {"subject": f"Hello {message.subject_id}", "preheader": "A word", "name": "you", "text": "Good to see you."}
    return Mail("tests/hello", {**said, **message.parameters.get("context", {})}, button=("Open", "https://x.example/"))


NUDGE = MessageKind("tests.nudge", "Nudge", "recall", AT_MOST_ONCE, word=say, stands_alone=True)
DECISION = MessageKind("tests.decision", "Decision", "sessions", AT_LEAST_ONCE, word=say)
NOTICE = MessageKind("tests.notice", "Service notice", "sessions", AT_LEAST_ONCE, word=say, mandatory=True)


class Kinds:
    """The kinds above, and any a test makes up; all gone after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        for kind in (NUDGE, DECISION, NOTICE):
            self.add(kind)
        self.template(TEMPLATE)

    def add(self, kind: MessageKind) -> MessageKind:
        self._monkeypatch.setitem(message_kinds._items, kind.name, kind)
        return kind

    def make(self, name: str, word: Callable[[Message], Mail] = say, **fields: Any) -> MessageKind:
        fields = {"label": name, "category": "recall", "delivery": AT_LEAST_ONCE, **fields}
        return self.add(MessageKind(name, word=word, **fields))

    def template(self, source: str) -> None:
        known = wording.get_template

        def found(name: str) -> Any:
            return engines["django"].from_string(source) if name == "tests/hello.md" else known(name)

        self._monkeypatch.setattr(wording, "get_template", found)


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Kinds:
    return Kinds(monkeypatch)
