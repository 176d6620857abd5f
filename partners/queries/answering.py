"""Who answers a partner next, and by when an answer is promised."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from partners.days import day_of
from partners.models import Absence, AnswerPromise, Conversation, Entry, Partner, PartnerUser
from partners.models.conversations import STANDARD_HOURS
from partners.queries.people import contact_of_partner
from partners.queries.tier_cards import answers_within
from prm.accounts.models import Membership
from prm.accounts.permissions import TABLE
from prm.tenancy.scope import current_organization

_ACTIVE = Membership.State.ACTIVE
_MOST_DEPUTIES = 2


@dataclass(frozen=True, slots=True)
class Answerer:
    """The colleague who answers next; `instead_of` is who is away until the day before `back_on`."""

    member: Membership
    instead_of: Membership | None = None
    back_on: date | None = None

    def __str__(self) -> str:
        return str(self.member.person)


def answerers() -> QuerySet[Membership]:
    """Active colleagues who may answer partners, by name."""
    rows = Membership.objects.in_organization(current_organization()).active().staff().with_person()
    found: QuerySet[Membership] = rows.filter(roles__overlap=sorted(TABLE["conversations.answer"]))
    return found.order_by("person__name", "person__email")


def answerer_of(conversation: Conversation, now: datetime) -> Answerer | None:
    """Who answers: the responsible colleague while they are here, else the partner's contact; in absence the deputy."""
    return answering(conversation.responsible, conversation.partner, now)


def answering(responsible: Membership | None, partner: Partner, now: datetime) -> Answerer | None:
    """The same for somebody responsible and a partner, with the partner's account manager at hand."""
    found = responsible if responsible is not None and responsible.is_staff else None
    if found is None:
        contact = contact_of_partner(partner)
        rows = Membership.objects.in_organization(current_organization()).with_person()
        found = rows.filter(pk=contact.membership_id).first() if contact else None
    if found is None:
        return None
    return _present(found, day_of(now))


def _present(member: Membership, day: date) -> Answerer:
    """They, or who stands in for them; a deputy who is away, too, has one of their own."""
    deputy, back_on, passed = member, None, {member.pk}
    for _step in range(_MOST_DEPUTIES):
        absence = absence_of(deputy, day)
        if absence is None or not absence.deputy.is_staff or absence.deputy_id in passed:
            break
        deputy, back_on = absence.deputy, back_on or absence.ends_on
        passed.add(deputy.pk)
    return Answerer(deputy, member, back_on) if deputy.pk != member.pk else Answerer(member)


def absence_of(member: Membership, day: date) -> Absence | None:
    """Their absence on that day, with the deputy."""
    found: Absence | None = Absence.objects.on(day).filter(membership=member).select_related("deputy__person").first()
    return found


def own_absence(member: Membership) -> Absence | None:
    """What a colleague said last, begun, to come, or over."""
    found: Absence | None = Absence.objects.filter(membership=member).select_related("deputy__person").first()
    return found


def answered_by(membership_id: Any, today: Any) -> Q:
    """Which conversations are a colleague's to answer: theirs, those of whom they stand in for, and those of partners
    they manage where nobody else is responsible any more.
    """
    present = Absence.objects.on(today).filter(deputy__state=_ACTIVE)
    away = present.filter(deputy=membership_id).values("membership")
    # Of a deputy who is away, too, the deputy stands in for both.
    theirs = present.filter(deputy__in=away).values("membership")
    nobody = Q(responsible=None) | ~Q(responsible__state=_ACTIVE)
    mine = Q(responsible=membership_id) | nobody & Q(partner__account_manager=membership_id)
    return mine | Q(responsible__in=away) | Q(responsible__in=theirs)


def promised_hours(partner: Partner) -> int:
    """Within how many hours this partner is answered: by its tiers and groups, else by the organization's word."""
    promise = Subquery(AnswerPromise.objects.values("hours")[:1])
    hours = Coalesce(answers_within(partner), promise, Value(STANDARD_HOURS), output_field=IntegerField())
    return int(Partner.objects.filter(pk=partner.pk).values_list(hours, flat=True)[0])


def due_at(partner: Partner, since: datetime) -> datetime:
    """By when what waits since then is promised an answer. Nights and weekends count like other hours."""
    return since + timedelta(hours=promised_hours(partner))


def general_promise() -> int:
    """What the organization promises whom no tier and no group promises anything, in hours."""
    hours: int | None = AnswerPromise.objects.values_list("hours", flat=True).first()
    return STANDARD_HOURS if hours is None else hours


def readers_of(conversation: Conversation) -> list[Membership]:
    """Who hears of an answer: the person it is with and leads who wrote in it, while they are there, else its leads."""
    people = PartnerUser.objects.active().filter(partner=conversation.partner_id).with_person().order_by("pk")
    is_lead = Q(role=PartnerUser.Role.LEAD)
    wrote = Entry.objects.filter(conversation=conversation, is_ours=False, author__isnull=False).values("author")
    found = list(people.filter(Q(membership=conversation.person_id) | is_lead & Q(membership__in=wrote))[:10])
    found = found or list(people.filter(is_lead)[:10])
    return [user.membership for user in found]


def with_stand_in(rows: Any, today: date) -> Any:
    """Conversations with `stand_in`, the name of who stands in for the responsible colleague today."""
    present = Absence.objects.on(today).filter(deputy__state=_ACTIVE)
    theirs = present.filter(membership=OuterRef("deputy")).exclude(deputy=OuterRef("membership"))
    name = Coalesce(Subquery(theirs.values("deputy__person__name")[:1]), "deputy__person__name")
    away = present.filter(membership=OuterRef("responsible")).values(named=name)
    return rows.annotate(stand_in=Subquery(away[:1]))
