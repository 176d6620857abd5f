"""Who gets what: policy over loaded rows. No query, no clock."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.outbox.clocks import Quiet, next_allowed
from prm.outbox.kinds import Category, MessageKind
from prm.outbox.models import Preference

BELL_ONLY = "bell_only"
# Why a message is where it is, as it stands in its row; other reasons are a mail server's own words.
REASONS: dict[str, str | Promise] = {
    "no_such_kind": _("The part of Canopy that would word it is not installed"),
    "no_member": _("The recipient is no longer an active member"),
    "turned_off": _("The recipient turned this kind of message off"),
    BELL_ONLY: _("The recipient reads this kind of message behind the bell only"),
    "not_needed": _("No longer needed when it was to be sent"),
    "no_address": _("The address cannot receive mail"),
    "quiet_hours": _("Waits for the end of the recipient's quiet hours"),
    "wording_failed": _("It could not be worded; the log says why"),
    "poisoned": _("Workers ended each time they held it"),
    "worker_ended": _("The worker ended while this was being sent: whether it arrived is not known"),
    "line_broke": _("The line to the mail server broke while this was being sent: whether it arrived is not known"),
    "kept_here": _("Kept on this machine: no mail server is connected"),
    "unreachable": _("The mail server does not answer; tried again shortly"),
    "budget": _("Waits: the recipient chose how many mails arrive in a week"),
    "merged": _("Sent in one mail with others that were due"),
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
    return "turned_off" if choice == Preference.Choice.OFF else BELL_ONLY


def hold_until(kind: MessageKind, quiet: Quiet | None, zone: ZoneInfo, now: datetime) -> datetime:
    """`now`, or the end of the recipient's quiet hours for what can wait that long."""
    return next_allowed(now, quiet, zone) if kind.waits_for_morning else now


def has_room(*, most: int, sent: Mapping[int | None, int], organization_id: int | None, organizations: int) -> bool:
    """Whether one more mail fits into a person's week, of which every organization keeps a fair share.

    `sent` counts the week's mails by organization. An organization within its share may always write; beyond it only
    what the others leave, their own shares left untouched. `most` 0 means no limit.
    """
    if most == 0:
        return True
    share = max(1, most // max(1, organizations))
    if sent.get(organization_id, 0) < share:
        return True
    others = [count for other, count in sent.items() if other not in (organization_id, None)]
    silent = max(0, organizations - 1 - len(others))
    kept = share * silent + sum(max(0, share - count) for count in others)
    return sum(sent.values()) + kept < most


def is_mandatory(category: Category, kinds: list[MessageKind]) -> bool:
    """Whether a category holds service mails only, so that there is nothing to choose."""
    of_category = [kind for kind in kinds if kind.category == category.name]
    return bool(of_category) and all(kind.mandatory for kind in of_category)
