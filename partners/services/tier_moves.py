"""What people decide about a partner's tier: approve, decline, tell, appeal, answer, give and hold."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Ladder, Partner, PartnerTier, PartnerUser, Tier, TierAppeal, TierHold, TierMove
from partners.queries.ladders import version_at
from partners.rules import tiers as rules
from partners.services.tier_reviews import tell_notices, withdraw_notices
from partners.services.tier_standings import Change, What, lock_ladder, set_standings, tell_leads, write_entries
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.services import note
from prm.outbox.notifications import notify_many
from prm.outbox.services.messages import post
from prm.problems import Refused, refuse_if
from prm.tenancy.scope import current_organization
from prm.tenancy.states import Machine
from prm.tenancy.wakeups import wake

_State = TierMove.State
MOVE = Machine(
    "move between tiers",
    "state",
    {
        "approve": ((_State.WAITING,), _State.DONE),
        "decline": ((_State.WAITING,), _State.DECLINED),
        "tell": ((_State.PREPARED,), _State.TOLD),
    },
)
# After an appeal was refused the partner has so long before its tier is lowered.
AFTER_ANSWER = timedelta(days=7)


@transaction.atomic
def approve_rise(*, actor: Actor, move: TierMove, now: datetime) -> None:
    """Give a partner the tier that it earned. Raises `Refused` (wrong_state) where somebody decided before."""
    lock_ladder(move.ladder)
    MOVE.move(move, "approve", settled_at=now)
    change = Change(move.partner_id, move.from_tier_id, move.to_tier_id, _("Requirements met"))
    opened = set_standings(
        move.ladder,
        [change],
        source=PartnerTier.Source.APPROVED,
        what=What.RAISED,
        version=move.version,
        by_id=actor.membership_id,
        now=now,
    )
    tell_leads(opened, kind="partners.tier_raised", title=_("You are %(tier)s now"), now=now)
    _note(actor, "partners.tier_approved", move)


@transaction.atomic
def decline_rise(*, actor: Actor, move: TierMove, reason: str, now: datetime) -> None:
    """Say no to a rise, with words that the partner's leads read. It is not proposed again before the next period."""
    lock_ladder(move.ladder)
    MOVE.move(move, "decline", settled_at=now, reason=reason[:500])
    change = Change(move.partner_id, move.from_tier_id, move.to_tier_id, reason)
    write_entries(move.ladder, [change], what=What.DECLINED, version=move.version, by_id=actor.membership_id, now=now)
    for lead in _leads(move.partner):
        post(kind="partners.tier_declined", subject_id=move.pk, recipient=lead.membership, now=now)
    _note(actor, "partners.tier_declined", move, reason)


def add_words(*, actor: Actor, move: TierMove, words: str) -> None:
    """Keep what the account manager adds to a notice. Raises `Refused` once the notice was given."""
    refuse_if(rules.tell_problems(move))
    kept = TierMove.objects.filter(pk=move.pk, state=_State.PREPARED).update(words=words[:500])
    if not kept:
        move.refresh_from_db()
        raise Refused(rules.tell_problems(move))
    if move.words != words[:500]:
        note(actor=actor, verb="partners.tier_words_added", obj=move, changes={"words": [move.words, words[:500]]})
        move.words = words[:500]


@transaction.atomic
def tell_now(*, actor: Actor, move: TierMove, now: datetime) -> None:
    """Give a notice before its time. Raises `Refused` where it is given or withdrawn already."""
    told = tell_notices(move.ladder, now, move_ids=[move.pk])
    move.refresh_from_db()
    if not told:
        raise Refused(rules.tell_problems(move))
    _note(actor, "partners.tier_notice_given", move)


@transaction.atomic
def appeal(*, actor: Actor, user: PartnerUser, move: TierMove, text: str, now: datetime) -> TierAppeal:
    """A partner's lead asks that the tier stays. While it is open nothing is lowered.

    Raises `Refused`: not_lead, appealed, nothing_to_appeal.
    """
    ladder = lock_ladder(move.ladder)
    found = TierMove.objects.filter(pk=move.pk, partner=user.partner_id).first()
    refuse_if(rules.appeal_problems(found, user, list(TierAppeal.objects.filter(move=move))))
    sent = TierAppeal(
        move=move,
        ladder=ladder,
        text=text,
        sent_at=now,
        sent_by=user.membership,
        answer_due_at=now + timedelta(days=ladder.answer_days),
    )
    sent.save()
    change = Change(move.partner_id, move.from_tier_id, move.from_tier_id)
    write_entries(ladder, [change], what=What.APPEALED, version=None, by_id=actor.membership_id, now=now)
    _tell_responsible(sent, now)
    note(actor=actor, verb="partners.tier_appealed", obj=sent, label=user.partner.name)
    wake("plan", sent.answer_due_at)
    return sent


@transaction.atomic
def answer_appeal(
    *, actor: Actor, appeal: TierAppeal, is_kept: bool, answer: str, hold_until: datetime | None, now: datetime
) -> None:
    """Answer an appeal: the tier stays until `hold_until`, or is lowered, a week from now at the soonest.

    Raises `Refused`: answered where somebody did before; what `hold_tier` refuses.
    """
    ladder = lock_ladder(appeal.ladder)
    fresh = TierAppeal.objects.select_related("move__from_tier", "move__partner").get(pk=appeal.pk)
    refuse_if(rules.answer_problems(fresh))
    move = fresh.move
    fresh.outcome = TierAppeal.Outcome.KEPT if is_kept else TierAppeal.Outcome.LOWERED
    fresh.answer, fresh.answered_at, fresh.answered_by_id = answer, now, actor.membership_id
    fresh.save(update_fields=["outcome", "answer", "answered_at", "answered_by"])
    change = Change(move.partner_id, move.from_tier_id, move.from_tier_id, fresh.get_outcome_display())
    write_entries(ladder, [change], what=What.ANSWERED, version=None, by_id=actor.membership_id, now=now)
    if is_kept:
        reason = _("Appeal accepted")
        hold_tier(actor=actor, partner=move.partner, tier=move.from_tier, reason=reason, ends_at=hold_until, now=now)
    elif move.state == _State.TOLD and move.effective_at is not None:
        TierMove.objects.filter(pk=move.pk).update(effective_at=max(move.effective_at, now + AFTER_ANSWER))
    for lead in _leads(move.partner):
        post(kind="partners.tier_appeal_answered", subject_id=fresh.pk, recipient=lead.membership, now=now)
    note(actor=actor, verb="partners.tier_appeal_answered", obj=fresh, changes={"outcome": ["", fresh.outcome]})
    wake("plan", now)


@transaction.atomic
def hold_tier(
    *, actor: Actor, partner: Partner, tier: Tier, reason: str, ends_at: datetime | None, now: datetime
) -> TierHold:
    """Give a partner a tier, or keep the one it has, until `ends_at`; after that the requirements decide again.

    A notice that is under way is withdrawn. Raises `Refused`: no_end, ends_in_past, lower.
    """
    ladder = lock_ladder(tier.ladder)
    standing = PartnerTier.objects.open().filter(ladder=ladder, partner=partner).select_related("tier").first()
    present = standing.tier if standing else None
    refuse_if(rules.hold_problems(tier, present, ends_at, now))
    assert ends_at is not None
    TierHold.objects.open().filter(ladder=ladder, partner=partner).update(ended_at=now)
    hold = TierHold.objects.create(
        partner=partner,
        ladder=ladder,
        tier=tier,
        reason=reason[:200],
        starts_at=now,
        ends_at=ends_at,
        given_by_id=actor.membership_id,
    )
    under_way = TierMove.objects.open().filter(ladder=ladder, partner=partner)
    withdraw_notices(
        ladder, list(under_way.drops().select_related("from_tier")), reason=reason, by_id=actor.membership_id, now=now
    )
    change = Change(partner.pk, present.pk if present else None, tier.pk, reason)
    version = version_at(ladder, now)
    if present is not None and present.pk == tier.pk:
        write_entries(ladder, [change], what=What.HELD, version=version, by_id=actor.membership_id, now=now)
    else:
        under_way.update(state=_State.LAPSED, settled_at=now)
        opened = set_standings(
            ladder,
            [change],
            source=PartnerTier.Source.HAND,
            what=What.GIVEN,
            version=version,
            by_id=actor.membership_id,
            now=now,
        )
        tell_leads(opened, kind="partners.tier_raised", title=_("You are %(tier)s now"), now=now)
    changes: dict[str, list[Any]] = {"tier": [present.name if present else None, tier.name], "until": [None, ends_at]}
    note(actor=actor, verb="partners.tier_held", obj=partner, changes=changes, reason=reason)
    wake("plan", ends_at)
    return hold


@transaction.atomic
def end_hold(*, actor: Actor, hold: TierHold, now: datetime) -> None:
    """Let the requirements decide again before the planned end. The tier stays until a review."""
    lock_ladder(hold.ladder)
    if not TierHold.objects.open().filter(pk=hold.pk).update(ended_at=now):
        hold.refresh_from_db()
        raise Refused(rules.end_hold_problems(hold))
    change = Change(hold.partner_id, hold.tier_id, hold.tier_id, hold.reason)
    write_entries(hold.ladder, [change], what=What.HOLD_ENDED, version=None, by_id=actor.membership_id, now=now)
    note(actor=actor, verb="partners.tier_hold_ended", obj=hold.partner, changes={"tier": [hold.tier.name, None]})
    wake("plan", now)


@transaction.atomic
def close_ended_holds(ladder: Ladder, now: datetime) -> int:
    """Write down the ends that have come."""
    rows = TierHold.objects.open().filter(ladder=ladder, ends_at__lte=now).select_for_update(skip_locked=True)
    ended = list(rows)
    TierHold.objects.filter(pk__in=[hold.pk for hold in ended]).update(ended_at=now)
    changes = [Change(hold.partner_id, hold.tier_id, hold.tier_id, hold.reason) for hold in ended]
    write_entries(ladder, changes, what=What.HOLD_ENDED, version=None, now=now)
    return len(ended)


def _leads(partner: Partner) -> list[PartnerUser]:
    leads = partner.users.active().filter(role=PartnerUser.Role.LEAD)
    return list(leads.select_related("membership__person", "membership__organization"))


def _tell_responsible(sent: TierAppeal, now: datetime) -> None:
    """The account manager and the ladder's owner hear of an appeal at once."""
    wanted = [pk for pk in (sent.move.partner.account_manager_id, sent.ladder.owner_id) if pk]
    members = Membership.objects.in_organization(current_organization()).active().staff()
    colleagues = list(members.filter(pk__in=wanted))
    for colleague in colleagues:
        post(kind="partners.tier_appeal_sent", subject_id=sent.pk, recipient=colleague, now=now)
    title = _("%s appeals against a notice") % sent.move.partner.name
    lines = [(colleague.pk, title) for colleague in colleagues]
    url = address("appeal_answer", sent.public_id)
    notify_many(lines=lines, kind="partners.tier_appeal_sent", url=url, now=now)


def _note(actor: Actor, verb: str, move: TierMove, reason: str = "") -> None:
    changes = {"tier": [move.from_tier.name, move.to_tier.name]}
    note(actor=actor, verb=verb, obj=move, label=move.partner.name, changes=changes, reason=reason)
