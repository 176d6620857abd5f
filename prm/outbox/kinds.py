"""Kinds of messages: what an app registers so that the outbox can word, check and deliver its mails.

message_kinds.register(
    MessageKind("cohorts.seat_offered", _("Seat offered"), "sessions", AT_LEAST_ONCE, word=emails.seat_offered)
)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from prm.registry import Registry

if TYPE_CHECKING:
    from prm.outbox.models import Message


class Delivery(StrEnum):
    """What a crash in the middle of sending leads to: a mail server cannot be asked whether it got a message.

    At least once: it is sent again under the same Message-ID (invitations, codes, decisions). At most once: it is left
    in doubt, for staff to see (nudges, digests, reminders).
    """

    AT_LEAST_ONCE = "at_least_once"
    AT_MOST_ONCE = "at_most_once"


AT_LEAST_ONCE = Delivery.AT_LEAST_ONCE
AT_MOST_ONCE = Delivery.AT_MOST_ONCE


@dataclass(frozen=True)
class Category:
    """What a person can choose about. `hint` says in a few words what arrives."""

    name: str
    label: str | Promise
    hint: str | Promise
    order: int = 0


categories: Registry[Category] = Registry("message category")
categories.register(
    Category("invitations", _("Invitations and nominations"), _("Somebody asks you to join or to apply"), 10),
    Category("todo", _("To do"), _("What waits for you"), 20),
    Category("week", _("Your week"), _("Once a week, the list of everything that waits for you"), 25),
    Category("sessions", _("Sessions"), _("Seats, dates, reminders and recaps"), 30),
    Category("homework", _("Homework"), _("What is due and what was said about yours"), 40),
    Category("discussions", _("Discussions"), _("Replies to what you wrote"), 50),
    Category("recall", _("Recall"), _("A question or two, so that what you learned stays"), 60),
    Category("content", _("New content"), _("Files, articles and paths that are new for you"), 70),
    Category("announcements", _("Announcements"), _("News from the organization"), 80),
    Category("requests", _("Requests and answers"), _("What you asked for, and what others ask of you"), 90),
    Category("groups", _("Groups and tiers"), _("Where your company stands"), 100),
    Category("deals", _("Deals"), _("Registrations, decisions and payments"), 110),
)


@dataclass(frozen=True)
class Attachment:
    """A file in a mail: `mime` such as `text/calendar; method=REQUEST`."""

    name: str
    mime: str
    content: bytes


class Markdown(str):
    """A value of a mail that staff wrote in Markdown, and that is placed as such: a recap, the words of a decision."""

    __slots__ = ()


@dataclass(frozen=True)
class Mail:
    """What one message says: a template and the flat strings it places, with at most one thing to press.

    `template` without `.md`: templates/<app>/emails/<name>.md, whose first line is `Subject: …`, its second
    `Preheader: …`, and after an empty line a body in Markdown. Values are placed as text, never as markup, unless they
    are `Markdown`; links in them are absolute. `from_name` stands before the organization's name in the sender. `page`
    is the absolute address of what it is about, where the button leads elsewhere.
    """

    template: str
    context: Mapping[str, str] = field(default_factory=dict)
    button: tuple[str, str] | None = None
    attachments: Sequence[Attachment] = ()
    reply_to: str = ""
    from_name: str = ""
    page: str = ""


def always(message: "Message", now: datetime) -> bool:
    return True


@dataclass(frozen=True)
class MessageKind:
    """A kind of message.

    `word` fetches what the mail says, inside the organization's scope, when it is sent; `still_wanted` is asked just
    before and drops what moved, was done or was cancelled meanwhile. `mandatory` ones are service mails that a person
    cannot turn off. `keeps_quiet` says whether it waits for the end of the recipient's quiet hours: by default what is
    sent at most once does. What waits for the morning is also what the weekly budget may hold back, and what goes into
    one mail with others that are due, unless it `stands_alone`.

    `template` is named after the kind where nothing else is said ("cohorts.recap" is cohorts/emails/recap); `also` are
    further ones, each with when it is used. Nobody edits the words of one that `is_fixed`.
    """

    name: str
    label: str | Promise
    category: str
    delivery: Delivery
    word: Callable[["Message"], Mail]
    still_wanted: Callable[["Message", datetime], bool] = always
    mandatory: bool = False
    keeps_quiet: bool | None = None
    stands_alone: bool = False
    order: int = 0
    template: str = ""
    also: Mapping[str, str | Promise] = field(default_factory=dict)
    is_fixed: bool = False

    def __post_init__(self) -> None:
        categories.get(self.category)

    @property
    def templates(self) -> dict[str, str | Promise]:
        """Every template that `word` may choose, with when it does."""
        app, _dot, name = self.name.partition(".")
        return {self.template or f"{app}/emails/{name}": "", **self.also}

    @property
    def waits_for_morning(self) -> bool:
        if self.keeps_quiet is not None:
            return self.keeps_quiet
        return not self.mandatory and self.delivery == Delivery.AT_MOST_ONCE

    @property
    def is_budgeted(self) -> bool:
        """Whether it may wait until the recipient's week has room for it."""
        return self.waits_for_morning and not self.mandatory

    @property
    def may_be_merged(self) -> bool:
        """Whether one mail may tell it together with others: they then arrive, or are in doubt, together."""
        return self.is_budgeted and self.delivery == Delivery.AT_MOST_ONCE and not self.stands_alone


message_kinds: Registry[MessageKind] = Registry("message kind")
