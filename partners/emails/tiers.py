"""What the mails about tiers say, fetched when they are sent, and whether they are still wanted then."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import PartnerTier, TierAppeal, TierBenefit, TierMove
from partners.queries.people import contact_of, partner_user_of
from partners.queries.tier_words import unmet
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def tier_raised(message: Message) -> Mail:
    """To a partner's leads: what they reached, and what it gives them."""
    standing = _standing(message)
    benefits = TierBenefit.objects.filter(tier=standing.tier_id).order_by("position")[:6]
    lines = "\n".join(f"{row.label}: {row.value}" if row.value else row.label for row in benefits)
    return _to_partner(
        message,
        "tier_raised",
        {"tier": standing.tier.name, "ladder": standing.ladder.name, "partner": standing.partner.name, "gives": lines},
        _("See what it gives you"),
    )


def tier_lowered(message: Message) -> Mail:
    """To a partner's leads: what holds from now on, and the way back."""
    standing = _standing(message)
    return _to_partner(
        message,
        "tier_lowered",
        {"tier": standing.tier.name, "ladder": standing.ladder.name, "partner": standing.partner.name},
        _("See the way back"),
    )


def is_present_standing(message: Message, now: datetime) -> bool:
    return PartnerTier.objects.open().filter(pk=message.subject_id).exists()


def tier_notice(message: Message) -> Mail:
    """To a partner's leads: what is missing, until when, and that they can appeal."""
    move = _move(message)
    return _to_partner(message, "tier_notice", _notice(move), _("See what keeps it"))


def is_notice_open(message: Message, now: datetime) -> bool:
    return TierMove.objects.filter(pk=message.subject_id, state=TierMove.State.TOLD).exists()


def tier_notice_sent(message: Message) -> Mail:
    """To the account manager: this partner has heard."""
    move = _move(message)
    return Mail(
        template="partners/emails/tier_notice_sent",
        context={"first_name": _recipient(message).person.first_name, **_notice(move)},
        button=(_("Open the partner"), address("partner_detail", move.partner.public_id, absolute=True)),
    )


def tier_kept(message: Message) -> Mail:
    """To a partner's leads who had a notice: the tier stays."""
    move = _move(message)
    values = {"tier": move.from_tier.name, "partner": move.partner.name, "reason": move.reason}
    return _to_partner(message, "tier_kept", values, _("See where you stand"))


def tier_declined(message: Message) -> Mail:
    """To a partner's leads: not this time, and why."""
    move = _move(message)
    values = {"tier": move.to_tier.name, "partner": move.partner.name, "reason": move.reason}
    return _to_partner(message, "tier_declined", values, _("See where you stand"))


def tier_appeal_answered(message: Message) -> Mail:
    """To a partner's leads: what came of their appeal."""
    appeal = _appeal(message)
    is_kept = appeal.outcome == TierAppeal.Outcome.KEPT
    values = {
        "tier": appeal.move.from_tier.name,
        "answer": appeal.answer,
        "kept": "1" if is_kept else "",
        "day": _day(appeal.move.effective_at),
    }
    return _to_partner(message, "tier_appeal_answered", values, _("See where you stand"))


def tier_appeal_sent(message: Message) -> Mail:
    """To whoever looks after the partner: an appeal waits for an answer."""
    appeal = _appeal(message)
    return Mail(
        template="partners/emails/tier_appeal_sent",
        context={
            "first_name": _recipient(message).person.first_name,
            "partner": appeal.move.partner.name,
            "tier": appeal.move.from_tier.name,
            "text": appeal.text,
            "until": _day(appeal.answer_due_at),
        },
        button=(_("Answer"), address("appeal_answer", appeal.public_id, absolute=True)),
    )


def is_appeal_open(message: Message, now: datetime) -> bool:
    return TierAppeal.objects.filter(pk=message.subject_id, answered_at=None).exists()


def tier_list(message: Message) -> Mail:
    """To an account manager: who will hear about their tier, before they do."""
    moves = _prepared(message)
    ladder = moves[0].ladder
    lines = "\n".join(
        _("%(partner)s: %(from)s, would be %(to)s. %(missing)s")
        % {
            "partner": move.partner.name,
            "from": move.from_tier.name,
            "to": move.to_tier.name,
            "missing": "; ".join(unmet(move)),
        }
        for move in moves[:20]
    )
    return Mail(
        template="partners/emails/tier_list",
        context={
            "first_name": _recipient(message).person.first_name,
            "n": str(len(moves)),
            "ladder": ladder.name,
            "lines": lines,
            "day": _day(min(move.tell_at for move in moves if move.tell_at)),
        },
        button=(_("Add your words"), address("ladder_notices", ladder.public_id, absolute=True)),
    )


def is_list_open(message: Message, now: datetime) -> bool:
    return bool(_prepared(message))


def _prepared(message: Message) -> list[TierMove]:
    """The notices of this colleague's partners that nobody has been told yet."""
    rows = TierMove.objects.filter(ladder=message.subject_id, state=TierMove.State.PREPARED)
    found = list(rows.select_related("ladder", "partner", "from_tier", "to_tier").order_by("partner__normalized_name"))
    mine = [move for move in found if move.partner.account_manager_id == message.recipient_id]
    return mine or [move for move in found if move.ladder.owner_id == message.recipient_id]


def _to_partner(message: Message, template: str, values: dict[str, str], button: str) -> Mail:
    recipient = _recipient(message)
    user = partner_user_of(recipient)
    contact = contact_of(user) if user else None
    return Mail(
        template=f"partners/emails/{template}",
        context={"first_name": recipient.person.first_name, "contact": contact.first_name if contact else "", **values},
        button=(button, address("my_group_list", absolute=True)),
        from_name=contact.name if contact else "",
        reply_to=contact.email if contact else "",
    )


def _notice(move: TierMove) -> dict[str, str]:
    return {
        "partner": move.partner.name,
        "tier": move.from_tier.name,
        "to": move.to_tier.name,
        "missing": "\n".join(unmet(move)),
        "words": move.words,
        "period_end": _day(move.period_ends_at),
        "day": _day(move.effective_at),
    }


def _day(at: datetime | None) -> str:
    return date_format(at.astimezone(ZoneInfo(current_organization().zone)), "j F Y") if at else ""


def _standing(message: Message) -> PartnerTier:
    found: PartnerTier = PartnerTier.objects.select_related("partner", "tier", "ladder").get(pk=message.subject_id)
    return found


def _move(message: Message) -> TierMove:
    rows = TierMove.objects.select_related("partner", "from_tier", "to_tier", "ladder")
    found: TierMove = rows.get(pk=message.subject_id)
    return found


def _appeal(message: Message) -> TierAppeal:
    found: TierAppeal = TierAppeal.objects.select_related("move__partner", "move__from_tier").get(pk=message.subject_id)
    return found


def _recipient(message: Message) -> Membership:
    assert message.recipient is not None
    recipient: Membership = message.recipient
    return recipient
