"""Accounts of people who have just proved that an address is theirs."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from prm.accounts.models import Person, normalize_email
from prm.accounts.services.sessions import end_sessions
from prm.accounts.signals import renamed
from prm.problems import Problem, Refused


def person_of(email: str) -> Person | None:
    """Whose address this is: the account's own, or one that the person has verified besides."""
    email = normalize_email(email)
    person = Person.objects.filter(email=email).first()
    if person is None:
        verified = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
        person = verified.user if verified else None
    return person


def welcome_person(*, email: str, name: str, now: datetime, zone: str = "", language: str = "") -> Person:
    """The account of somebody who has just proved that `email` is theirs, made where there is none.

    An account that somebody opened under this address without ever proving it loses its password and its sessions:
    whoever set them was not the owner of the address. Raises `Refused` with `account_closed` for an inactive account.
    """
    email = normalize_email(email)
    with transaction.atomic():
        person = person_of(email)
        if person is None:
            person = Person.objects.create_user(email, name=name, zone=zone, language=language)
        if not person.is_active:
            raise Refused(Problem("account_closed", _("This account is closed. Write to whoever runs this site.")))
        if not person.name and name:
            person.name = name
            person.save(update_fields=["name"])
            renamed.send(sender=Person, person=person)
        _prove(person, email)
    return person


def _prove(person: Person, email: str) -> None:
    known = EmailAddress.objects.filter(email=email, user=person).first()
    if known is not None and known.verified:
        return
    if known is None and EmailAddress.objects.filter(user=person, verified=True).exists():
        EmailAddress.objects.create(user=person, email=email, verified=True)
        return
    if person.has_usable_password():
        person.set_unusable_password()
        person.save(update_fields=["password"])
    end_sessions(person=person)
    EmailAddress.objects.filter(user=person, primary=True).exclude(email=email).update(primary=False)
    EmailAddress.objects.update_or_create(user=person, email=email, defaults={"verified": True, "primary": True})


def change_person(*, person: Person, name: str, zone: str, language: str) -> None:
    """What a person says about themselves, in all organizations."""
    is_renamed = name != Person.objects.values_list("name", flat=True).get(pk=person.pk)
    with transaction.atomic():
        person.name, person.zone, person.language = name, zone, language
        person.save(update_fields=["name", "zone", "language"])
        if is_renamed:
            renamed.send(sender=Person, person=person)
