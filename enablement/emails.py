"""What the mails about recall say, and whether they are still wanted when they are to be sent."""

from datetime import datetime

from django.utils.translation import gettext as _

from enablement import rules
from enablement.models import Nudge, Rhythm
from enablement.queries.gates import memories_open_to
from enablement.queries.nudges import PURPOSE
from enablement.queries.questions import question_of, seed_of_nudge
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def nudged(message: Message) -> Mail:
    """One question with its choices as links; each opens the same page with that choice preselected."""
    nudge = _nudge(message)
    token = message.token(PURPOSE)
    link = address("recall", token, absolute=True)
    question = question_of(nudge.variant, seed_of_nudge(nudge))
    choices = {f"choice_{option.number}": option.text for option in question.options}
    links = {f"link_{number}": f"{link}?choice={number}" for number in range(rules.MOST_OPTIONS + 1)}
    return Mail(
        template="enablement/emails/nudged",
        context={
            "first_name": _recipient(message).person.first_name,
            "question": question.text,
            "source": nudge.item.content.title if nudge.item.content else "",
            "pause": address("recall_pause", token, absolute=True),
            **choices,
            **links,
        },
    )


def is_still_due(message: Message, now: datetime) -> bool:
    """Not answered, not too late, not taken back, not paused, and still this member's to know."""
    nudge = _nudge(message)
    if rules.nudge_problem(nudge, nudge.item, True, now) is not None:
        return False
    rhythm = Rhythm.objects.filter(membership=nudge.membership_id).first()
    if rhythm is not None and rhythm.is_paused(now):
        return False
    return memories_open_to(_recipient(message), now).filter(item=nudge.item_id).exists()


def nudges_paused(message: Message) -> Mail:
    """After three questions without an answer: are they still useful? Then quiet."""
    token = message.token(PURPOSE)
    return Mail(
        template="enablement/emails/nudges_paused",
        context={
            "first_name": _recipient(message).person.first_name,
            "portal": current_organization().label,
            "practice": address("practice", absolute=True),
        },
        button=(_("Yes, send them again"), address("recall_pause", token, absolute=True)),
    )


def is_still_paused(message: Message, now: datetime) -> bool:
    rhythm = Rhythm.objects.filter(membership=message.recipient_id).first()
    return rhythm is not None and rhythm.is_paused(now)


def _nudge(message: Message) -> Nudge:
    found: Nudge = Nudge.objects.select_related("item__content", "variant").get(pk=message.subject_id)
    return found


def _recipient(message: Message) -> Membership:
    assert message.recipient is not None
    recipient: Membership = message.recipient
    return recipient
