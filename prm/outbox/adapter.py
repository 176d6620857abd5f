"""What allauth asks us: its mails go out by the outbox like every other, and nobody signs up without a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from prm.addresses import site_address
from prm.outbox.services import post_account_mail

# Set in a session by the pages through which an account may begin (starting an organization).
SIGNUP_ALLOWED = "signup_allowed"

# Those of allauth's mails that say one thing that happened; the others have templates of their own.
NOTICES: dict[str, tuple[str | Promise, str | Promise]] = {
    "email_changed": (
        _("Your address was changed"),
        _("the address of your account was changed."),
    ),
    "email_confirm": (_("Your address is confirmed"), _("your address was confirmed.")),
    "email_deleted": (
        _("An address was removed"),
        _("an address was removed from your account."),
    ),
    "password_changed": (_("Your password was changed"), _("your password was changed.")),
    "password_reset": (
        _("You have a new password"),
        _("a new password was set for your account."),
    ),
    "password_set": (_("You have a password now"), _("a password was set for your account.")),
    "totp_activated": (
        _("Signing in asks for a second step now"),
        _("an authenticator app was connected to your account."),
    ),
    "totp_deactivated": (
        _("The second step is off"),
        _("the authenticator app was removed from your account."),
    ),
    "recovery_codes_generated": (
        _("New recovery codes"),
        _("new recovery codes were made for your account; the former ones no longer work."),
    ),
}
OTHER_NOTICE = (_("Your account was changed"), _("something about your account was changed."))

WORDED = {
    "account_already_exists",
    "email_confirmation",
    "email_confirmation_signup",
    "login_code",
    "password_reset_code",
    "password_reset_key",
    "unknown_account",
}


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
        return {"button_label": gettext("Set a new password"), "button_url": values["password_reset_url"]}
    if name == "account_already_exists":
        return {"button_label": gettext("Sign in"), "button_url": site_address("account_login")}
    return {}
