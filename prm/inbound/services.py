"""Taking in a mail: placed once under the person who wrote it, or set aside for a colleague. Nothing is answered."""

import logging
from datetime import datetime
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.inbound.addresses import ReplyAddress, read_reply_address
from prm.inbound.kinds import Reply, reply_receivers
from prm.inbound.models import InboundMail
from prm.inbound.reading import Nature, Received, read_mail
from prm.problems import Problem, Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization, scope

logger = logging.getLogger(__name__)

_Outcome, _Reason = InboundMail.Outcome, InboundMail.Reason
_NATURES = {Nature.AUTOMATIC: _Outcome.AUTOMATIC, Nature.BOUNCE: _Outcome.BOUNCE}


class Fate(StrEnum):
    """What became of a mail. An unknown one names no organization: it stays where it came from."""

    PLACED = "placed"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    ASIDE = "aside"
    REPEATED = "repeated"
    UNKNOWN = "unknown"


def take_in(raw: bytes, now: datetime, *, is_cut: bool = False) -> Fate:
    """Take in a mail, in the scope of the organization that its address names. The same mail twice is once."""
    mail = read_mail(raw, is_cut=is_cut)
    where = read_reply_address(mail.recipients)
    organization = Organization.objects.filter(pk=where.organization_id).first() if where else None
    if where is None or organization is None:
        logger.warning("an inbound mail names no address of ours and stays where it is")
        return Fate.UNKNOWN
    with scope(organization):
        return _take_in(mail, where, now)


def _take_in(mail: Received, where: ReplyAddress, now: datetime) -> Fate:
    row = InboundMail(
        key=mail.key,
        receiver=where.receiver,
        subject_key=where.subject_id,
        member_key=where.member_id,
        sender=mail.senders[0][:254] if mail.senders else "",
        subject=mail.subject,
        outcome=_NATURES.get(mail.nature, _Outcome.PLACED),
        received_at=now,
    )
    # Whoever takes in the same mail at this moment waits here, and then finds it taken in.
    InboundMail.objects.bulk_create([row], ignore_conflicts=True)
    known = InboundMail.objects.select_for_update().get(key=mail.key)
    if known.public_id != row.public_id:
        return Fate.REPEATED
    if mail.nature == Nature.PERSONAL:
        known.reason = _place(mail, where, now)
        known.outcome = _Outcome.ASIDE if known.reason else _Outcome.PLACED
    if known.outcome != _Outcome.PLACED:
        known.text = mail.text
        known.left_out = "\n".join([*(one.name for one in mail.attached), *mail.left_out])
    known.save(update_fields=["outcome", "reason", "text", "left_out"])
    return Fate(known.outcome)


def _place(mail: Received, where: ReplyAddress, now: datetime) -> str:
    """Enter it where it belongs; returns why it cannot be, or ""."""
    if len(mail.senders) != 1 or mail.is_forged:
        return _Reason.FORGED
    member = _member(where.member_id)
    if member is None or member.state != Membership.State.ACTIVE or not member.person.is_active:
        return _Reason.NO_MEMBER
    if not _is_own(member, mail.senders[0]):
        return _Reason.OTHER_SENDER
    if not mail.text and not mail.attached and not mail.left_out:
        return _Reason.EMPTY
    if where.receiver not in reply_receivers:
        return _Reason.GONE
    return reply_receivers.get(where.receiver).accept(Reply(mail, where.subject_id, member, now))


def _member(public_id: str) -> Membership | None:
    members = Membership.objects.in_organization(current_organization()).with_person()
    found: Membership | None = members.filter(public_id=public_id).first()
    return found


def _is_own(member: Membership, sender: str) -> bool:
    """Whether the address is one that the person proved to be theirs."""
    if sender == member.person.email.lower():
        return True
    return bool(EmailAddress.objects.filter(user=member.person, email__iexact=sender, verified=True).exists())


@transaction.atomic
def place_by_hand(*, actor: Actor, member: Membership, mail: InboundMail, now: datetime) -> None:
    """A colleague vouches for a mail that was set aside: it is entered under its address, under nobody's name.

    Raises `Refused`: settled, gone.
    """
    locked = _locked(mail)
    writer = _member(locked.member_key)
    receiver = reply_receivers.get(locked.receiver) if locked.receiver in reply_receivers else None
    if receiver is None or writer is None or not locked.sender:
        raise Refused(Problem("gone", str(_Reason.GONE.label)))
    told = Received(
        key=locked.key,
        senders=[locked.sender],
        recipients=[],
        subject=locked.subject,
        text=locked.text or locked.subject,
        nature=Nature.PERSONAL,
        left_out=locked.left_out.split("\n") if locked.left_out else [],
    )
    reason = receiver.accept(Reply(told, locked.subject_key, writer, now, sender=locked.sender, placed_by=member))
    if reason:
        raise Refused(Problem("gone", str(_Reason(reason).label)))
    _settle(locked, member, now, outcome=_Outcome.PLACED, text="", left_out="")
    note(actor=actor, verb="inbound.placed", obj=locked, label=locked.sender)


@transaction.atomic
def dismiss(*, actor: Actor, member: Membership, mail: InboundMail, now: datetime) -> None:
    """It needs nothing. Its words stay readable. Raises `Refused`: settled."""
    locked = _locked(mail)
    _settle(locked, member, now)
    note(actor=actor, verb="inbound.dismissed", obj=locked, label=locked.sender)


def _locked(mail: InboundMail) -> InboundMail:
    locked: InboundMail = InboundMail.objects.select_for_update().get(pk=mail.pk)
    if locked.settled_at is not None or locked.outcome != _Outcome.ASIDE:
        raise Refused(Problem("settled", _("A colleague has dealt with it meanwhile.")))
    return locked


def _settle(mail: InboundMail, member: Membership, now: datetime, **changes: object) -> None:
    for name, value in {"settled_at": now, "settled_by": member, **changes}.items():
        setattr(mail, name, value)
    mail.save(update_fields=["settled_at", "settled_by", *changes])
