"""Taking somebody's account away from them, because their data is erased."""

import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from prm.accounts.models import Membership, Person
from prm.accounts.services.sessions import end_sessions


def erase_member(*, membership: Membership, now: datetime) -> bool:
    """End a membership and leave nobody in particular behind it; returns whether the account itself is gone.

    The account is emptied unless it belongs to another organization too, or to an operator: then a nameless one takes
    its place in this organization only.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=membership.person_id)
        elsewhere = Membership.objects.for_person(person).exclude(pk=membership.pk).exists()
        is_kept = elsewhere or person.is_staff or person.is_superuser
        if is_kept:
            membership.person = _emptied(Person(), membership)
        else:
            EmailAddress.objects.filter(user=person).delete()
            Authenticator.objects.filter(user=person).delete()
            end_sessions(person=person)
            _emptied(person, membership)
        membership.state, membership.ended_at = Membership.State.REMOVED, membership.ended_at or now
        membership.save(update_fields=["person", "state", "ended_at"])
    return not is_kept


def _emptied(person: Person, membership: Membership) -> Person:
    """Nobody: an address that leads nowhere, no password, no way in."""
    with translation.override(membership.organization.language):
        person.name = _("Erased person")
    person.email = f"{secrets.token_hex(12)}@erased.invalid"
    person.zone, person.language, person.is_active, person.last_login = "", "", False, None
    person.set_unusable_password()
    person.save()
    return person
