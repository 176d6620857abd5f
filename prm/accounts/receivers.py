"""Reactions to what Django's own authentication and allauth tell."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from prm.accounts import lasting
from prm.accounts.services.sessions import end_sessions, remember_session


@receiver(user_logged_in)
def list_session(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Every sign-in is listed, so that it can be ended from elsewhere, and lasts for a while."""
    if request is not None:
        remember_session(request)
        lasting.begin(request.session, user, timezone.now(), stays="stay" in request.POST)


@receiver((password_changed, password_set, password_reset))
def end_other_sessions(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """A new password signs out everywhere but here."""
    end_sessions(person=user, keep=request.session.session_key or "")
