"""What people say about how they want to be reached."""

from collections.abc import Mapping
from datetime import datetime, time

from prm.accounts.models import Membership
from prm.outbox.kinds import categories
from prm.outbox.models import Message, Preference, QuietHours


def set_preferences(*, membership: Membership, choices: Mapping[str, str], now: datetime) -> None:
    """Store a member's choice for each category named; others stay as they are."""
    for category, choice in choices.items():
        categories.get(category)
        Preference.objects.update_or_create(
            membership=membership,
            address="",
            category=category,
            defaults={"choice": Preference.Choice(choice), "changed_at": now},
        )


def set_quiet_hours(*, membership: Membership, starts: time | None, ends: time | None) -> None:
    """Keep these hours of the member's day quiet; None for either ends the quiet."""
    if starts is None or ends is None or starts == ends:
        QuietHours.objects.filter(membership=membership).delete()
        return
    QuietHours.objects.update_or_create(membership=membership, defaults={"starts": starts, "ends": ends})


def unsubscribe(*, message: Message, now: datetime) -> None:
    """No more mails like `message` to whoever got it: its category goes to the bell, or to nothing without one."""
    _choose(message, Preference.Choice.IN_APP if message.recipient_id else Preference.Choice.OFF, now)


def resubscribe(*, message: Message, now: datetime) -> None:
    """Take an unsubscription back."""
    _choose(message, Preference.Choice.MAIL, now)


def _choose(message: Message, choice: Preference.Choice, now: datetime) -> None:
    definition = message.definition
    if definition is None or definition.mandatory:
        return
    Preference.objects.update_or_create(
        membership=message.recipient,
        address="" if message.recipient_id else message.address,
        category=definition.category,
        defaults={"choice": choice, "changed_at": now},
    )
