"""What people say about how they want to be reached."""

from collections.abc import Mapping
from datetime import datetime, time

from prm.accounts.models import Membership, Person
from prm.outbox.kinds import categories
from prm.outbox.models import Message, Preference, QuietHours
from prm.tenancy.wakeups import wake


def set_preferences(*, membership: Membership, choices: Mapping[str, str], now: datetime) -> None:
    """Store a member's choice for each category named; others stay as they are. What is due now is planned anew."""
    for category, choice in choices.items():
        categories.get(category)
        Preference.objects.update_or_create(
            membership=membership,
            address="",
            category=category,
            defaults={"choice": Preference.Choice(choice), "changed_at": now},
        )
    wake("plan", now)


def set_quiet_hours(*, membership: Membership, starts: time | None, ends: time | None) -> None:
    """Keep these hours of the member's day quiet; None for either ends the quiet."""
    if starts is None or ends is None or starts == ends:
        QuietHours.objects.filter(membership=membership).delete()
        return
    QuietHours.objects.update_or_create(membership=membership, defaults={"starts": starts, "ends": ends})


def set_mails_a_week(*, person: Person, most: int) -> None:
    """How many mails that can wait a person wants in a week, over all organizations; 0 for no limit."""
    Person.objects.filter(pk=person.pk).update(mails_a_week=most)


def unsubscribe(*, message: Message, now: datetime, everything: bool = False) -> None:
    """No more mails like `message` to whoever got it: its category goes to the bell, or to nothing without one.

    With `everything` that holds for all that its mail was about.
    """
    choice = Preference.Choice.IN_APP if message.recipient_id else Preference.Choice.OFF
    for told in told_with(message) if everything else [message]:
        _choose(told, choice, now)


def resubscribe(*, message: Message, now: datetime, everything: bool = False) -> None:
    """Take an unsubscription back."""
    for told in told_with(message) if everything else [message]:
        _choose(told, Preference.Choice.MAIL, now)


def told_with(message: Message) -> list[Message]:
    """The message and all others that its mail told."""
    others = Message.objects.filter(recipient=message.recipient_id, merged_with=message.pk).exclude(pk=message.pk)
    return [message, *others.order_by("pk")]


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
