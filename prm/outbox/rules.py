"""Who gets what: policy over loaded rows. No query, no clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.outbox.clocks import Quiet, next_allowed
from prm.outbox.kinds import Category, MessageKind
from prm.outbox.models import Preference

# Why a message is where it is, as it stands in its row; other reasons are a mail server's own words.
REASONS: dict[str, str | Promise] = {
    "no_such_kind": _("The part of Canopy that would word it is not installed"),
    "no_member": _("The recipient is no longer an active member"),
    "turned_off": _("The recipient turned this kind of message off"),
    "bell_only": _("The recipient reads this kind of message behind the bell only"),
    "not_needed": _("No longer needed when it was to be sent"),
    "no_address": _("The address cannot receive mail"),
    "quiet_hours": _("Waits for the end of the recipient's quiet hours"),
    "wording_failed": _("It could not be worded; the log says why"),
    "poisoned": _("Workers ended each time they held it"),
    "worker_ended": _("The worker ended while this was being sent: whether it arrived is not known"),
    "line_broke": _("The line to the mail server broke while this was being sent: whether it arrived is not known"),
    "kept_here": _("Kept on this machine: no mail server is connected"),
    "unreachable": _("The mail server does not answer; tried again shortly"),
    "by_staff": _("Cancelled by a colleague"),
}


def explain(reason: str) -> str:
    return str(REASONS.get(reason, reason))


def refusal(kind: MessageKind | None, recipient: Membership | None, choice: str) -> str:
    """Why this must not be sent, as a key of REASONS; empty when it may be.

    `choice` is what the person set for the category, empty when nothing. A service mail ignores it.
    """
    if kind is None:
        return "no_such_kind"
    if recipient is not None and not (recipient.state == Membership.State.ACTIVE and recipient.person.is_active):
        return "no_member"
    if kind.mandatory or choice in ("", Preference.Choice.MAIL):
        return ""
    return "turned_off" if choice == Preference.Choice.OFF else "bell_only"


def hold_until(kind: MessageKind, quiet: Quiet | None, zone: ZoneInfo, now: datetime) -> datetime:
    """`now`, or the end of the recipient's quiet hours for what can wait that long."""
    return next_allowed(now, quiet, zone) if kind.waits_for_morning else now


def is_mandatory(category: Category, kinds: list[MessageKind]) -> bool:
    """Whether a category holds service mails only, so that there is nothing to choose."""
    of_category = [kind for kind in kinds if kind.category == category.name]
    return bool(of_category) and all(kind.mandatory for kind in of_category)
