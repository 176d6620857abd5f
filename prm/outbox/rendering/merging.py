"""One mail that tells several things which are due at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prm.accounts.models import Membership
from prm.outbox.kinds import Mail, MessageKind
from prm.outbox.models import Message
from prm.outbox.rendering.defaults import Words
from prm.outbox.rendering.escaping import escape_markdown
from prm.outbox.rendering.letters import Envelope, Letter, make_letter, message_id
from prm.outbox.rendering.presentation import UNSUBSCRIBE_ALL, footer_for, look_of, unsubscribe_headers
from prm.outbox.rendering.wording import LONGEST_SUBJECT, Wording, word
from prm.tenancy.scope import current_organization


@dataclass(frozen=True)
class Part:
    """One thing that a mail to this member may tell together with others."""

    message: Message
    kind: MessageKind
    member: Membership
    mail: Mail
    wording: Wording
    own: Words | None = None


def merged_letter(parts: Sequence[Part], address: str) -> Letter:
    """A letter that tells each in full, under its subject, in the order given; the first gives it its Message-ID."""
    leader = parts[0]
    organization = current_organization()
    language = leader.member.person.language or organization.language
    with translation.override(language), timezone.override(leader.member.zone):
        envelope = Envelope(
            to=address,
            to_name=leader.member.person.name,
            from_name=organization.sender_label(),
            message_id=message_id(f"{leader.message.public_id}.{organization.pk}"),
            reply_to=organization.reply_to,
            headers=unsubscribe_headers(leader.message, UNSUBSCRIBE_ALL),
        )
        others = {part.kind.category: part.message for part in parts if part.kind.category != leader.kind.category}
        footer = footer_for(leader.message, leader.kind, leader.member, address, others)
        return make_letter(envelope, _wording(parts), look_of(organization), footer)


def _wording(parts: Sequence[Part]) -> Wording:
    first, more = parts[0].wording.subject, len(parts) - 1
    tail = ngettext("and %(n)d more thing", "and %(n)d more things", more) % {"n": more}
    greeting = parts[0].mail.context.get("greeting", "")
    sections = [escape_markdown(greeting)] if greeting else []
    sections += [_section(part) for part in parts]
    preheader = " · ".join(part.wording.subject for part in parts[1:])
    subject = f"{first[: LONGEST_SUBJECT - len(tail) - 2]}, {tail}"
    return Wording(subject, preheader[:LONGEST_SUBJECT], "\n\n".join(sections))


def _section(part: Part) -> str:
    """Its subject, its words without another greeting, and its button as a link."""
    ungreeted = {**part.mail.context, "greeting": ""} if "greeting" in part.mail.context else part.mail.context
    lines = [f"## {escape_markdown(part.wording.subject)}", word(part.mail.template, ungreeted, part.own).source]
    if part.mail.button:
        label, url = part.mail.button
        lines.append(f"[{escape_markdown(label or _('Open'))}]({url})")
    return "\n\n".join(line for line in lines if line)
