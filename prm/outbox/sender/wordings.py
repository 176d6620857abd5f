"""From a claimed message to a letter, or to the reason why there will be none."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone, translation

from prm.accounts.models import Membership
from prm.addresses import address as address_of
from prm.outbox.kinds import Mail, MessageKind
from prm.outbox.models import Message
from prm.outbox.queries import Audience
from prm.outbox.rendering.defaults import Words
from prm.outbox.rendering.letters import Envelope, Letter, make_letter, message_id
from prm.outbox.rendering.masking import mask_tokens
from prm.outbox.rendering.merging import Part
from prm.outbox.rendering.presentation import footer_for, look_of, unsubscribe_headers
from prm.outbox.rendering.wording import Wording, word
from prm.outbox.rules import BELL_ONLY, hold_until, refusal
from prm.tenancy.scope import current_organization

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """A letter of its own; `part` is there where one mail may tell it together with others."""

    message: Message
    letter: Letter
    address: str
    copy: str
    kind: MessageKind
    part: Part | None = None


@dataclass(frozen=True)
class Dropped:
    message: Message
    reason: str


@dataclass(frozen=True)
class Rung:
    """No mail but a line behind the bell, as the recipient chose."""

    message: Message
    member: Membership
    title: str
    url: str


@dataclass(frozen=True)
class Held:
    message: Message
    until: datetime


@dataclass(frozen=True)
class Broken:
    message: Message


type Outlook = Ready | Dropped | Rung | Held | Broken


def look_at(message: Message, audience: Audience, now: datetime) -> Outlook:
    """Ask everything again that was true when the message was stored, then word it. Runs inside the scope."""
    message.organization = current_organization()
    member = audience.members.get(message.recipient_id) if message.recipient_id else None
    address = message.address or (member.person.email if member else "")
    kind = message.definition
    reason = refusal(kind, member, audience.choice(member, address, kind.category if kind else ""))
    if message.recipient_id and member is None:
        reason = "no_member"
    bell_only = reason == BELL_ONLY and member is not None
    if kind is None or (reason and not bell_only):
        return Dropped(message, reason)
    zone = member.zone if member else ZoneInfo(current_organization().zone)
    until = hold_until(kind, audience.quiet.get(message.recipient_id or 0), zone, now)
    if until > now:
        return Held(message, until)
    with timezone.override(zone):
        return _worded(message, kind, member, "" if bell_only else address, audience.own_words, now)


def _worded(
    message: Message,
    kind: MessageKind,
    member: Membership | None,
    address: str,
    own: Mapping[str, Words],
    now: datetime,
) -> Outlook:
    """In the recipient's words; without an address what is said goes behind the bell."""
    language = (member.person.language if member else "") or current_organization().language
    try:
        if address:
            validate_email(address)
        with transaction.atomic(), translation.override(language):
            if not kind.still_wanted(message, now):
                return Dropped(message, "not_needed")
            message.recipient = member
            mail = kind.word(message)
            words = own.get(mail.template)
            if member is not None and not address:
                return _line(message, member, mail, words)
            return _letter(message, kind, mail, words, member, address)
    except ValidationError:
        return Dropped(message, "no_address")
    except Exception:
        logger.exception("message %s of kind %s could not be worded", message.pk, message.kind)
        return Broken(message)


def _line(message: Message, member: Membership, mail: Mail, words: Words | None) -> Rung:
    """The subject, leading to what the mail's button leads to within this organization."""
    target = mail.page or (mail.button[1] if mail.button else "")
    home = address_of("studio_home" if member.is_staff else "portal_home")
    return Rung(message, member, mask_tokens(word(mail.template, mail.context, words).subject), _path(target) or home)


def _path(url: str) -> str:
    """Of an address of this installation what a link within it says; nothing of another."""
    parts, own = urlsplit(url), urlsplit(settings.PUBLIC_BASE_URL)
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _letter(
    message: Message, kind: MessageKind, mail: Mail, words: Words | None, member: Membership | None, address: str
) -> Ready:
    organization = current_organization()
    wording = word(mail.template, mail.context, words)
    envelope = Envelope(
        to=address,
        to_name=message.name or (member.person.name if member else ""),
        from_name=organization.sender_label(mail.from_name),
        message_id=message_id(f"{message.public_id}.{organization.pk}"),
        reply_to=mail.reply_to or organization.reply_to,
        headers={} if kind.mandatory else unsubscribe_headers(message),
    )
    footer = footer_for(message, kind, member, address)
    letter = make_letter(envelope, wording, look_of(organization), footer, mail.button, mail.attachments)
    message.subject = mask_tokens(wording.subject)
    part = None
    if member is not None and kind.may_be_merged and not (mail.attachments or mail.reply_to or mail.from_name):
        part = Part(message, kind, member, mail, wording, words)
    return Ready(message, letter, address, json.dumps(_copy(envelope, wording, mail)), kind, part)


def _copy(envelope: Envelope, wording: Wording, mail: Mail) -> dict[str, object]:
    """What staff may read later: the same words, but no link in it opens anything."""
    return {
        "sender": envelope.from_name,
        "reply_to": mask_tokens(envelope.reply_to),
        "preheader": mask_tokens(wording.preheader),
        "source": mask_tokens(wording.source),
        "button": [mail.button[0], mask_tokens(mail.button[1])] if mail.button else None,
        "attachments": [attachment.name for attachment in mail.attachments],
    }
