"""Reads of the outbox: for pages, for the sender, for links in mails."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import formats, timezone

from prm.accounts.models import Membership, Person
from prm.addresses import address as address_of
from prm.outbox.kinds import Category, MessageKind, categories, message_kinds
from prm.outbox.models import Attention, Heartbeat, Message, OwnWording, Preference, QuietHours
from prm.outbox.rendering.defaults import Words
from prm.outbox.rendering.previews import Preview
from prm.outbox.rules import explain, is_mandatory
from prm.outbox.wordings import editables
from prm.tenancy.prepared import prepared
from prm.tenancy.public_ids import LENGTH
from prm.tenancy.scope import current_organization

logger = logging.getLogger(__name__)
WEEK = timedelta(days=7)


def message_by_token(purpose: str, token: str) -> Message | None:
    """The message whose link for `purpose` carries this token; None for a token that was not made here."""
    message = Message.objects.filter(public_id=token[:LENGTH]).first()
    return message if message is not None and message.proves(purpose, token) else None


# ── For the sender ──────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Audience:
    """Who a group of messages is for, what these people said about getting them, and the organization's own words by
    template.
    """

    members: dict[int, Membership]
    choices: dict[tuple[int | str, str], str]
    quiet: dict[int, tuple[time, time]]
    own_words: dict[str, Words] = field(default_factory=dict)

    def choice(self, member: Membership | None, address: str, category: str) -> str:
        """The word of the member, else of the address; empty when neither said anything."""
        by_member = self.choices.get((member.pk, category), "") if member else ""
        return by_member or self.choices.get((address, category), "")


def audience_of(messages: Iterable[Message]) -> Audience:
    listed = list(messages)
    wanted = {message.recipient_id for message in listed if message.recipient_id}
    rows = Membership.objects.in_organization(current_organization()).with_person().filter(pk__in=wanted)
    members = {row.pk: row for row in rows}
    for row in members.values():
        row.organization = current_organization()
    addresses = {row.person.email for row in members.values()} | {message.address for message in listed} - {""}
    said = Preference.objects.filter(Q(membership__in=wanted) | Q(membership=None, address__in=addresses))
    choices = {
        (membership or address, category): choice
        for membership, address, category, choice in said.values_list("membership", "address", "category", "choice")
    }
    hours = QuietHours.objects.filter(membership__in=wanted).values_list("membership", "starts", "ends")
    quiet = {membership: (starts, ends) for membership, starts, ends in hours}
    return Audience(members, choices, quiet, own_words())


def own_words() -> dict[str, Words]:
    """What the organization says in its mails in place of the house's words, by template."""
    return {template: Words(*said) for template, *said in _own_words()}


def own_wording(template: str) -> OwnWording | None:
    """The organization's words for a mail, also those that were put back."""
    found: OwnWording | None = OwnWording.objects.filter(template=template).first()
    return found


def own_words_of(template: str) -> Words | None:
    return own_words().get(template)


@prepared
def _own_words() -> QuerySet[OwnWording, tuple[str, str, str, str]]:
    found: QuerySet[OwnWording, tuple[str, str, str, str]] = (
        OwnWording.objects.filter(put_back_at=None)
        .order_by("pk")
        .values_list("template", "subject", "preheader", "body")
    )
    return found


# ── For the studio ──────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class MessageRow:
    """A line of the list of messages, ready to be placed."""

    url: str
    subject: str
    recipient: str
    kind: str
    state: str
    state_label: str
    reason: str
    at: str


def messages_for_staff(state: str = "", kind: str = "", text: str = "") -> "QuerySet[Message]":
    """Newest first; `text` is looked for in subjects, names and addresses."""
    found = Message.objects.select_related("recipient__person").defer("copy", "parameters").newest_first()
    if state in Message.State:
        found = found.filter(state=state)
    if kind in message_kinds:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(_mentions(text))
    return found


def _mentions(text: str) -> Q:
    people = Membership.objects.in_organization(current_organization())
    named = people.filter(Q(person__name__icontains=text) | Q(person__email__icontains=text)).values("pk")
    words = Q(subject__icontains=text) | Q(address__icontains=text) | Q(name__icontains=text)
    return words | Q(recipient__in=named)


def message_row(message: Message) -> MessageRow:
    return MessageRow(
        url=address_of("message_detail", message.public_id),
        subject=message.subject,
        recipient=recipient_label(message),
        kind=kind_label(message),
        state=message.state,
        state_label=str(message.get_state_display()),
        reason=explain(message.reason),
        at=_short(message.settled_at or max(message.not_before, message.created_at)),
    )


def recipient_label(message: Message) -> str:
    if message.recipient is not None:
        return str(message.recipient.person)
    return message.name or message.address


def kind_label(message: Message) -> str:
    definition = message.definition
    return str(definition.label) if definition else message.kind


def _short(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j M, H:i T")


@dataclass(frozen=True, slots=True)
class WordingRow:
    """A mail in the list of wordings. `changed` is the day of one's own words."""

    url: str
    label: str
    hint: str
    is_own: bool
    changed: str


def wording_groups() -> list[tuple[str, list[WordingRow]]]:
    """Every mail whose words may be changed, by what it is about; one query."""
    own = {row.template: row for row in OwnWording.objects.filter(put_back_at=None).only("template", "changed_at")}
    groups: dict[str, list[WordingRow]] = {}
    for one in editables():
        row = own.get(one.template)
        changed = formats.date_format(timezone.localtime(row.changed_at), "j M Y") if row else ""
        url = address_of("wording_edit", one.key)
        groups.setdefault(one.category, []).append(WordingRow(url, one.label, one.hint, row is not None, changed))
    return list(groups.items())


def kinds_by_label() -> list[tuple[str, str]]:
    """(name, label) of every kind, for a filter."""
    return sorted(((kind.name, str(kind.label)) for kind in message_kinds.all()), key=lambda pair: pair[1])


def message_for_staff(public_id: str) -> Message:
    """Raises `Message.DoesNotExist`."""
    found: Message = Message.objects.select_related("recipient__person").by_public_id(public_id)
    if found.recipient is not None:
        found.recipient.organization = current_organization()
    return found


def preview_of(message: Message) -> Preview | None:
    """The copy of what was sent or, before that, what would be sent now; None where it cannot be worded."""
    if message.copy:
        return Preview.of_copy(message)
    definition = message.definition
    if definition is None:
        return None
    try:
        with transaction.atomic():
            mail = definition.word(message)
            return Preview.of_mail(mail, own_words_of(mail.template))
    except Exception:
        logger.info("message %s cannot be previewed", message.pk, exc_info=True)
        return None


def mail_trouble() -> str:
    """The mail server's words when it did not answer last time; empty when all is well."""
    return Heartbeat.objects.filter(name="mail").values_list("note", flat=True).first() or ""


# ── For the person ──────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """A category with what the member chose; mandatory ones come by mail whatever is chosen."""

    category: Category
    choice: str
    is_mandatory: bool


def category_choices(membership: Membership) -> list[CategoryChoice]:
    """Every category that something is sent about."""
    said = dict(Preference.objects.filter(membership=membership).values_list("category", "choice"))
    kinds: list[MessageKind] = message_kinds.all()
    used = {kind.category for kind in kinds}
    return [
        CategoryChoice(category, said.get(category.name, Preference.Choice.MAIL), is_mandatory(category, kinds))
        for category in categories.all()
        if category.name in used
    ]


def quiet_hours_of(membership: Membership) -> QuietHours | None:
    found: QuietHours | None = QuietHours.objects.filter(membership=membership).first()
    return found


def mails_this_week(person: Person, now: datetime) -> int:
    """How many mails that count as attention all organizations together sent the person in seven days."""
    return int(Attention.objects.filter(person=person, is_letter=True, at__gt=now - WEEK).count())
