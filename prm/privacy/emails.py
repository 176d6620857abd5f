"""What the mails about wishes to be erased say."""

from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.privacy.models import ErasureWish
from prm.privacy.queries import ANSWER_WITHIN
from prm.tenancy.scope import current_organization


def erasure_asked(message: Message) -> Mail:
    """To an owner: who asks, and until when they should have an answer."""
    wish = _wish(message)
    person = wish.membership.person
    return Mail(
        template="privacy/emails/erasure_asked",
        context={
            "who": str(person),
            "role": str(wish.membership.role_label),
            "organization": current_organization().name,
            "text": wish.text,
            "until": formats.date_format(wish.asked_at + ANSWER_WITHIN, "DATE_FORMAT"),
        },
        button=(_("Look what is kept"), address("erasure_wish", wish.public_id, absolute=True)),
        from_name=str(person),
        reply_to=person.email,
    )


def is_wish_open(message: Message, now: datetime) -> bool:
    return bool(ErasureWish.objects.open().filter(pk=message.subject_id).exists())


def erasure_answered(message: Message) -> Mail:
    """To who asked: what the organization says to it."""
    wish = _wish(message)
    by = wish.answered_by.person if wish.answered_by else None
    return Mail(
        template="privacy/emails/erasure_answered",
        context={
            "organization": current_organization().name,
            "answer": wish.answer,
            "who": str(by) if by else current_organization().name,
        },
        button=(_("Your data"), address("my_data", absolute=True)),
        from_name=str(by) if by else "",
        reply_to=by.email if by else "",
    )


def is_answer_wanted(message: Message, now: datetime) -> bool:
    return bool(ErasureWish.objects.filter(pk=message.subject_id, state=ErasureWish.State.DECLINED).exists())


def _wish(message: Message) -> ErasureWish:
    rows = ErasureWish.objects.select_related("membership__person", "answered_by__person")
    found: ErasureWish = rows.get(pk=message.subject_id)
    return found
