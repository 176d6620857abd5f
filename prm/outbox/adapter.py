"""What allauth asks us: its mails go out by the outbox like every other, and nobody signs up without a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from prm.outbox.services import post_account_mail

# Set in a session by the pages through which an account may begin (starting an organization).
SIGNUP_ALLOWED = "signup_allowed"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin by starting an organization or by accepting an invitation; the open sign-up page stays closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        session = getattr(request, "session", None)
        return bool(session is not None and session.get(SIGNUP_ALLOWED))

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Store the mail instead of sending it: a known and an unknown address take the same time."""
        name = template_prefix.rpartition("/")[2]
        post_account_mail(template=f"account/{name}", address=email, values=_flat(context), now=timezone.now())


def _flat(context: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(value) for name, value in context.items() if isinstance(value, str | int)}
    moment = context.get("timestamp")
    if isinstance(moment, datetime):
        values["at"] = moment.strftime("%Y-%m-%d %H:%M UTC")
    person = context.get("user")
    values["name"] = getattr(person, "first_name", "") if getattr(person, "name", "") else ""
    return values
