"""Reactions to what Django's own authentication tells."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from prm.accounts.services.sessions import remember_session


@receiver(user_logged_in)
def list_session(sender: Any, request: Any, **kwargs: Any) -> None:
    """Every sign-in is listed, so that it can be ended from elsewhere."""
    if request is not None:
        remember_session(request)
