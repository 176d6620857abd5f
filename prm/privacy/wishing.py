"""A member asks to be erased; owners erase them (`services.erase_person`) or answer why not."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from prm.accounts import queries as accounts
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.services import note
from prm.outbox.notifications import notify
from prm.outbox.services import post
from prm.privacy import rules
from prm.privacy.models import ErasureWish
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization

ASKED_MAIL = "privacy.erasure_asked"
ANSWERED_MAIL = "privacy.erasure_answered"


@transaction.atomic
def ask_for_erasure(*, actor: Actor, membership: Membership, text: str = "", now: datetime) -> bool:
    """Ask the owners of the open organization to erase this member; each hears of it by mail and behind the bell.

    Returns whether that is new: asking twice is once. Raises `Refused` with last_owner.
    """
    refuse_if(rules.wish_problems(membership, accounts.other_owners(membership) if membership.is_owner else 0))
    said = {"text": text.strip()[:1000], "asked_at": now}
    wish, is_new = ErasureWish.objects.get_or_create(membership=membership, state=ErasureWish.State.OPEN, defaults=said)
    if not is_new:
        return False
    note(actor=actor, verb="privacy.erasure_asked", obj=wish)
    for owner in accounts.owners(current_organization()).exclude(pk=membership.pk):
        post(kind=ASKED_MAIL, subject_id=wish.pk, recipient=owner, now=now)
        with translation.override(owner.person.language or current_organization().language):
            title = _("%(name)s asks to have their data erased") % {"name": membership.person}
        notify(membership=owner, kind=ASKED_MAIL, title=title, url=address("erasure_wish", wish.public_id), now=now)
    return True


@transaction.atomic
def withdraw_wish(*, actor: Actor, membership: Membership, now: datetime) -> bool:
    """Take one's own open wish back; returns whether there was one."""
    wish = ErasureWish.objects.open().filter(membership=membership).first()
    if wish is None or not _close(wish, state=ErasureWish.State.WITHDRAWN, text="", answered_at=now):
        return False
    note(actor=actor, verb="privacy.erasure_withdrawn", obj=wish)
    return True


@transaction.atomic
def answer_wish(*, actor: Actor, wish: ErasureWish, text: str, now: datetime) -> None:
    """Tell who asked why their data is not erased, or what to do first. Raises `Refused` with answered where it does
    not wait any more."""
    said = {"answer": text.strip()[:2000], "answered_at": now, "answered_by_id": actor.membership_id}
    if not _close(wish, state=ErasureWish.State.DECLINED, **said):
        raise Refused(Problem("answered", _("This does not wait any more: somebody was faster, or it was withdrawn.")))
    post(kind=ANSWERED_MAIL, subject_id=wish.pk, recipient=wish.membership, now=now)
    language = wish.membership.person.language or current_organization().language
    with translation.override(language):
        title = _("Your wish to be erased is answered")
    notify(membership=wish.membership, kind=ANSWERED_MAIL, title=title, url=address("my_data"), now=now)
    note(actor=actor, verb="privacy.erasure_answered", obj=wish)


def _close(wish: ErasureWish, **changes: object) -> bool:
    return bool(ErasureWish.objects.open().filter(pk=wish.pk).update(**changes))
