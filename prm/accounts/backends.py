"""Who a request is: the session's row and its person, which every page reads, by prepared queries."""

from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend as Allauth
from django.contrib.sessions.backends.db import SessionStore as Store
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from prm.accounts.models import Person
from prm.tenancy.prepared import prepared


class AuthenticationBackend(Allauth):  # type: ignore[misc]
    """allauth's, with a person found in a fifth of the time."""

    def get_user(self, user_id: Any) -> Person | None:
        person = _person.first(int(user_id))
        return person if person is not None and self.user_can_authenticate(person) else None


@prepared
def _person(pk: int) -> QuerySet[Person]:
    return Person.objects.filter(pk=pk)


@prepared
def _session(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(Store):
    """Django's sessions in the database, with the row found in a fifth of the time."""

    def _get_session_from_db(self) -> Session | None:
        session = _session.first(self.session_key, timezone.now()) if self.session_key else None
        if session is None:
            self._session_key = None
        return session
