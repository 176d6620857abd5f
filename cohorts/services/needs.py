"""The board of needs: put on it, wanted by others too, taken into an agenda."""

from datetime import datetime

from django.db import transaction

from cohorts import rules
from cohorts.models import AgendaItem, AgendaKind, Cohort, Need, NeedVote, Session
from cohorts.queries.people import seat_of
from cohorts.services.agenda import ItemPlan, add_item
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.problems import refuse_if

_MINUTES = 15


@transaction.atomic
def put_need(*, cohort: Cohort, membership: Membership, text: str, now: datetime) -> Need:
    """One more need, with its owner's own voice for it. The same words twice are once. Raises `Refused`: no_seat, over,
    many.
    """
    mine = Need.objects.filter(cohort=cohort, membership=membership)
    same: Need | None = mine.filter(text=text.strip()).first()
    if same is not None:
        return same
    refuse_if(rules.need_problems(seat=seat_of(membership, cohort), cohort=cohort, mine=mine.count()))
    need: Need = Need.objects.create(cohort=cohort, membership=membership, text=text.strip(), put_at=now)
    NeedVote.objects.create(need=need, membership=membership)
    return need


@transaction.atomic
def vote(*, need: Need, membership: Membership, wants: bool, now: datetime) -> None:
    """Say that one needs it, too, or no longer; said twice is said once. Raises `Refused`: no_seat."""
    refuse_if(rules.participant_problems(seat_of(membership, need.cohort)))
    if wants:
        NeedVote.objects.bulk_create([NeedVote(need=need, membership=membership)], ignore_conflicts=True)
    else:
        NeedVote.objects.filter(need=need, membership=membership).delete()


@transaction.atomic
def withdraw_need(*, need: Need, membership: Membership, now: datetime) -> None:
    """Whoever put it there takes it off again."""
    Need.objects.filter(pk=need.pk, membership=membership).delete()


@transaction.atomic
def take_need(*, actor: Actor, session: Session, need: Need, now: datetime) -> AgendaItem:
    """Put a need into the flexible part of a session's agenda. Raises `Refused`: full."""
    plan = ItemPlan(need.text[:160], _MINUTES, kind=AgendaKind.BREAKOUT, is_flexible=True)
    item = add_item(actor=actor, session=session, plan=plan, now=now)
    Need.objects.filter(pk=need.pk).update(taken_at=now)
    return item
