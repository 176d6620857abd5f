"""What allauth asks us: its mails go out by the outbox like every other, and nobody signs up without a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.addresses import site_address
from prm.outbox.services import post_account_mail

# Set in a session by the pages through which an account may begin (starting an organization).
SIGNUP_ALLOWED = "signup_allowed"

# Those of allauth's mails that say one thing that happened; the others have templates of their own.
NOTICES: dict[str, tuple[str | Promise, str | Promise]] = {
    "email_changed": (
        gettext_lazy("Your address was changed"),
        gettext_lazy("the address of your account was changed."),
    ),
    "email_confirm": (gettext_lazy("Your address is confirmed"), gettext_lazy("your address was confirmed.")),
    "email_deleted": (
        gettext_lazy("An address was removed"),
        gettext_lazy("an address was removed from your account."),
    ),
    "password_changed": (gettext_lazy("Your password was changed"), gettext_lazy("your password was changed.")),
    "password_reset": (
        gettext_lazy("You have a new password"),
        gettext_lazy("a new password was set for your account."),
    ),
    "password_set": (gettext_lazy("You have a password now"), gettext_lazy("a password was set for your account.")),
    "totp_activated": (
        gettext_lazy("Signing in asks for a second step now"),
        gettext_lazy("an authenticator app was connected to your account."),
    ),
    "totp_deactivated": (
        gettext_lazy("The second step is off"),
        gettext_lazy("the authenticator app was removed from your account."),
    ),
    "recovery_codes_generated": (
        gettext_lazy("New recovery codes"),
        gettext_lazy("new recovery codes were made for your account; the former ones no longer work."),
    ),
}
OTHER_NOTICE = (gettext_lazy("Your account was changed"), gettext_lazy("something about your account was changed."))

WORDED = frozenset(
    [
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "login_code",
        "password_reset_code",
        "password_reset_key",
        "unknown_account",
    ]
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin by starting an organization or by accepting an invitation; the open sign-up page stays closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        session = getattr(request, "session", None)
        return bool(session is not None and session.get(SIGNUP_ALLOWED))

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Store the mail instead of sending it: a known and an unknown address take the same time."""
        name = template_prefix.rpartition("/")[2]
        values = _flat(context)
        if name in WORDED:
            values |= _button(name, values)
        else:
            what, told = NOTICES.get(name, OTHER_NOTICE)
            values |= {"what": str(what), "told": str(told)}
            name = "notice"
        post_account_mail(template=f"account/{name}", address=email, values=values, now=timezone.now())


def _flat(context: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(value) for name, value in context.items() if isinstance(value, str | int)}
    moment = context.get("timestamp")
    if isinstance(moment, datetime):
        values["at"] = moment.strftime("%Y-%m-%d %H:%M UTC")
    person = context.get("user")
    values["name"] = getattr(person, "first_name", "") if getattr(person, "name", "") else ""
    return values


def _button(name: str, values: Mapping[str, str]) -> dict[str, str]:
    if name == "password_reset_key":
        return {"button_label": _("Set a new password"), "button_url": values["password_reset_url"]}
    if name == "account_already_exists":
        return {"button_label": _("Sign in"), "button_url": site_address("account_login")}
    return {}
