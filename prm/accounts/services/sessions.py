"""Ending sign-ins."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest

from prm.accounts.models import Membership, Person


def end_sessions(*, person: Person, keep: str = "") -> int:
    """Sign the person out everywhere, except where the session key is `keep`; returns how many sessions ended."""
    sessions = UserSession.objects.filter(user=person).exclude(session_key=keep)
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    sessions.delete()
    return len(keys)


def living_sessions(*, person: Person, now: datetime) -> "QuerySet[UserSession]":
    """Where the person is signed in, the newest first; what ended by itself is left out."""
    living = Session.objects.filter(expire_date__gt=now).values("session_key")
    rows: QuerySet[UserSession] = UserSession.objects.filter(user=person, session_key__in=living)
    return rows.order_by("-created_at")


def end_session(*, person: Person, number: int) -> None:
    """Sign the person out of one listed session; another person's number does nothing."""
    session = UserSession.objects.filter(user=person, pk=number).first()
    if session is not None:
        Session.objects.filter(session_key=session.session_key).delete()
        session.delete()


def end_sessions_without_home(*, person: Person) -> None:
    """Sign somebody out who belongs to no organization any more.

    Others lose a removed access with their next request and stay signed in where they still belong.
    """
    if not Membership.objects.for_person(person).active().exists():
        end_sessions(person=person)


def remember_session(request: HttpRequest) -> None:
    """List this sign-in among the person's sessions, whichever way it came about."""
    if request.META.get("REMOTE_ADDR"):
        UserSession.objects.create_from_request(request)
