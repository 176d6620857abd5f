"""People are renamed, let in and let go below: whatever carries their name follows at once."""

from typing import Any

from allauth.account.signals import email_changed
from django.db import models
from django.dispatch import receiver

from prm.accounts.models import Membership, Person
from prm.accounts.signals import changed, renamed
from prm.search.services import refresh
from prm.search.sources import search_sources
from prm.tenancy.scope import scope


@receiver(changed)
def member_changed(sender: Any, *, obj: models.Model, **kwargs: Any) -> None:
    """Called inside the organization's scope."""
    if isinstance(obj, Membership):
        _refresh_member(obj)


@receiver(renamed)
def person_renamed(sender: Any, *, person: Person, **kwargs: Any) -> None:
    """Called outside organizations: every one that the person is in has the name."""
    for membership in Membership.objects.for_person(person).select_related("organization"):
        with scope(membership.organization):
            _refresh_member(membership)


@receiver(email_changed)
def address_changed(sender: Any, *, user: Person, **kwargs: Any) -> None:
    person_renamed(sender, person=user)


def _refresh_member(membership: Membership) -> None:
    for source in search_sources.all():
        if source.of_member is not None:
            refresh(source.name, source.of_member(membership))
