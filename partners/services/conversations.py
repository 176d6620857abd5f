"""Conversations: begun, written in by either side, closed, opened again, handed to somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from partners import facts
from partners.models import CONVERSATION_MACHINE, Conversation, Entry, EntryFile, PartnerUser
from partners.queries.answering import answerer_of, answering, due_at, readers_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.addresses import address
from prm.audit.services import note as note_in_audit
from prm.files.services import store_upload
from prm.inbound.reading import Attached
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.problems import Problem, Refused

WRITTEN_MAIL = "partners.conversation_written"
ANSWERED_MAIL = "partners.conversation_answered"
HANDED_MAIL = "partners.conversation_handed"
# The same words to the same person within this time are one press too many.
_TWICE = timedelta(minutes=10)


@dataclass(frozen=True)
class Words:
    """What somebody writes: `key` is a mail's, `sender` its address where no member has it."""

    body: str
    channel: str = Entry.Channel.STUDIO
    key: str = ""
    sender: str = ""
    attached: Sequence[Attached] = ()
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class Written:
    """The entry, and what colleagues wrote since the writer looked."""

    entry: Entry
    meanwhile: list[Entry] = field(default_factory=list)


@transaction.atomic
def begin_conversation(
    *,
    actor: Actor,
    author: Membership,
    user: PartnerUser,
    kind: str,
    subject: str,
    words: Words,
    now: datetime,
) -> Conversation:
    """Begin a conversation with `user`, by them or by a colleague; the other side hears of it by mail.

    The same once more within ten minutes is the one that is there. Raises `Refused`: empty.
    """
    subject = " ".join(subject.split())
    present = _same(author, user, subject, words, now)
    if present is not None:
        return present
    is_ours = author.is_staff
    contact = answering(user.partner.account_manager, user.partner, now)
    responsible = author if is_ours else (contact.instead_of or contact.member) if contact else None
    conversation: Conversation = Conversation.objects.create(
        partner=user.partner,
        person=user.membership,
        kind=kind,
        subject=subject,
        state=Conversation.State.ANSWERED if is_ours else Conversation.State.OPEN,
        responsible=responsible,
        created_at=now,
        created_by=author,
        waiting_since=now,
        due_at=None if is_ours else due_at(user.partner, now),
        latest_at=now,
    )
    entry = _enter(conversation, author, words, now)
    _record(facts.CONVERSATION_BEGUN, conversation, author, now)
    note_in_audit(actor=actor, verb=facts.CONVERSATION_BEGUN.name, obj=conversation, label=subject)
    _tell(conversation, entry, now)
    return conversation


def _same(author: Membership, user: PartnerUser, subject: str, words: Words, now: datetime) -> Conversation | None:
    lately = Conversation.objects.filter(person=user.membership, subject=subject, created_by=author)
    for found in lately.filter(partner=user.partner, created_at__gt=now - _TWICE):
        if Entry.objects.filter(conversation=found, author=author, body=words.body.strip()).exists():
            return found
    return None


@transaction.atomic
def write(
    *, actor: Actor, author: Membership, conversation: Conversation, words: Words, seen: int = 0, now: datetime
) -> Written:
    """Write in a conversation; what was closed is open again. Of two colleagues who answer at once both are kept.

    `seen` is the last entry that the writer had before them. Raises `Refused`: empty.
    """
    if not words.body.strip() and not words.attached and not words.left_out:
        raise Refused(Problem("empty", _("Write something first."), "body"))
    locked = _locked(conversation)
    is_ours = author.is_staff
    meanwhile = _meanwhile(locked, author, seen) if is_ours and seen else []
    if is_ours:
        changes: dict[str, Any] = {"waiting_since": now, "due_at": None}
    elif locked.state == Conversation.State.OPEN:
        # It waits since the first of them: writing once more does not begin the clock anew.
        changes = {}
    else:
        changes = {"waiting_since": now, "due_at": due_at(locked.partner, now)}
    verb = "answer" if is_ours else "write"
    CONVERSATION_MACHINE.move(locked, verb, latest_at=max(now, locked.latest_at), closed_at=None, **changes)
    entry = _enter(locked, author, words, now)
    kind = facts.CONVERSATION_ANSWERED if is_ours else facts.CONVERSATION_WRITTEN
    _record(kind, locked, author, now)
    note_in_audit(actor=actor, verb=kind.name, obj=locked, label=locked.subject)
    _tell(locked, entry, now)
    return Written(entry, meanwhile)


def _meanwhile(conversation: Conversation, author: Membership, seen: int) -> list[Entry]:
    rows = Entry.objects.filter(conversation=conversation, is_ours=True, pk__gt=seen).exclude(author=author)
    return list(rows.select_related("author__person").in_order())


@transaction.atomic
def close_conversation(*, actor: Actor, author: Membership, conversation: Conversation, now: datetime) -> None:
    """Nothing is left to say. Either side may. Raises `Refused`: wrong_state."""
    locked = _locked(conversation)
    CONVERSATION_MACHINE.move(locked, "close", closed_at=now, waiting_since=None, due_at=None)
    _record(facts.CONVERSATION_CLOSED, locked, author, now)
    note_in_audit(actor=actor, verb=facts.CONVERSATION_CLOSED.name, obj=locked, label=locked.subject)
    _ring(locked, author, _("“%s” is closed") % locked.subject, now)


@transaction.atomic
def reopen_conversation(*, actor: Actor, author: Membership, conversation: Conversation, now: datetime) -> None:
    """It is not settled after all: it waits for us again, from now on. Raises `Refused`: wrong_state."""
    locked = _locked(conversation)
    due = due_at(locked.partner, now)
    CONVERSATION_MACHINE.move(locked, "reopen", closed_at=None, waiting_since=now, due_at=due)
    _record(facts.CONVERSATION_REOPENED, locked, author, now)
    note_in_audit(actor=actor, verb=facts.CONVERSATION_REOPENED.name, obj=locked, label=locked.subject)
    _ring(locked, author, _("“%s” is open again") % locked.subject, now)


@transaction.atomic
def hand_over(*, actor: Actor, conversation: Conversation, to: Membership, now: datetime) -> None:
    """From now on a colleague answers, who hears of it where something waits. Handed to who has it, nothing happens."""
    locked = _locked(conversation)
    if locked.responsible_id == to.pk:
        return
    before = str(locked.responsible.person) if locked.responsible else ""
    Conversation.objects.filter(pk=locked.pk).update(responsible=to)
    note_in_audit(
        actor=actor,
        verb="partners.conversation_handed",
        obj=locked,
        label=locked.subject,
        changes={"responsible": [before, str(to.person)]},
    )
    last = Entry.objects.filter(conversation=locked).order_by("-at", "-pk").first()
    if locked.state == Conversation.State.OPEN and to.pk != actor.membership_id and last is not None:
        post(kind=HANDED_MAIL, subject_id=last.pk, slot=f"{now:%Y-%m-%dT%H:%M:%S}", recipient=to, now=now)
        title = _("%s is yours to answer") % locked.subject
        notify(membership=to, kind=HANDED_MAIL, title=title, url=_staff_url(locked), now=now)


def _locked(conversation: Conversation) -> Conversation:
    rows = Conversation.objects.select_related("partner__account_manager__person", "person__person")
    locked: Conversation = rows.select_for_update(of=("self",)).get(pk=conversation.pk)
    return locked


def _enter(conversation: Conversation, author: Membership, words: Words, now: datetime) -> Entry:
    left_out = list(words.left_out)
    entry: Entry = Entry.objects.create(
        conversation=conversation,
        is_ours=author.is_staff,
        author=None if words.sender else author,
        sender=words.sender,
        body=words.body.strip(),
        channel=words.channel,
        at=now,
        message_key=words.key,
    )
    for attached in words.attached:
        try:
            with transaction.atomic():
                upload = SimpleUploadedFile(attached.name, attached.content, attached.content_type)
                stored = store_upload(actor=Actor.of(author), upload=upload, now=now)
                EntryFile.objects.create(entry=entry, file=stored)
        except Refused:
            left_out.append(attached.name)
    if left_out:
        entry.left_out = "\n".join(left_out)[:2000]
        entry.save(update_fields=["left_out"])
    return entry


def _record(kind: Any, conversation: Conversation, author: Membership, now: datetime) -> None:
    record(
        kind=kind,
        at=now,
        partner_id=conversation.partner_id,
        person_id=author.person_id,
        object_id=conversation.pk,
    )


def _tell(conversation: Conversation, entry: Entry, now: datetime) -> None:
    """The other side hears what was written: who answers next, or whom it is with."""
    if entry.is_ours:
        readers, kind = readers_of(conversation), ANSWERED_MAIL
        title, url = _("An answer to “%s”") % conversation.subject, _portal_url(conversation)
    else:
        answerer = answerer_of(conversation, now)
        readers, kind = [answerer.member] if answerer else [], WRITTEN_MAIL
        told = {"partner": conversation.partner.name, "subject": conversation.subject}
        title, url = _("%(partner)s: %(subject)s") % told, _staff_url(conversation)
    for reader in readers:
        post(kind=kind, subject_id=entry.pk, recipient=reader, now=now)
        notify(membership=reader, kind=kind, title=title, url=url, now=now)


def _ring(conversation: Conversation, author: Membership, title: str, now: datetime) -> None:
    """A line behind the bell of the other side; nobody gets a mail for it."""
    if author.is_staff:
        for reader in readers_of(conversation):
            notify(membership=reader, kind=ANSWERED_MAIL, title=title, url=_portal_url(conversation), now=now)
    elif (answerer := answerer_of(conversation, now)) is not None:
        notify(membership=answerer.member, kind=WRITTEN_MAIL, title=title, url=_staff_url(conversation), now=now)


def _staff_url(conversation: Conversation) -> str:
    return address("conversation_detail", conversation.public_id)


def _portal_url(conversation: Conversation) -> str:
    return address("my_conversation_detail", conversation.public_id)
