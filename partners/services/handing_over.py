"""One colleague hands over to another: everything that has their name on it, a brief, and a word to the partners."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, DateTimeField, F, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners import rules
from partners.days import day_of
from partners.models import (
    Absence,
    ApplicationReviewer,
    CallReviewer,
    Conversation,
    Group,
    Handover,
    JourneyStep,
    JourneyTemplate,
    Ladder,
    Partner,
    PartnerUser,
    Task,
)
from partners.services.bulk import assign_manager
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.handovers import HandoverPart, handover_parts, move_once
from prm.outbox.services import post, post_due
from prm.problems import Problem, refuse_if

HANDED_MAIL = "partners.handed_over"
CONTACT_MAIL = "partners.new_contact"


@transaction.atomic
def hand_over(
    *,
    actor: Actor,
    giver: Membership,
    taker: Membership,
    brief: str = "",
    note_text: str = "",
    tells_partners: bool = True,
    now: datetime,
) -> Handover:
    """Give everything that `giver` has in hand to `taker`, who gets a mail with the brief; the leads of the partners
    hear from both where they are to be told.

    Raises `Refused`: same_colleague, not_staff (as for account managers), nothing_in_hand.
    """
    problems = rules.account_manager_problems(taker)
    if giver.pk == taker.pk:
        problems = [Problem("same_colleague", _("Choose somebody else."), field="taker")]
    refuse_if(problems)
    # Of two who hand the same over the second waits here, and finds nothing left.
    held = Partner.objects.select_for_update(no_key=True).filter(account_manager=giver, archived_at=None)
    partners = [partner.pk for partner in held.order_by("pk").only("pk")]
    moved = {
        part.name: count
        for part in handover_parts.all()
        if (count := part.move(actor=actor, giver=giver, taker=taker, now=now))
    }
    refuse_if([] if moved else [Problem("nothing_in_hand", _("There is nothing in their hands."))])
    row: Handover = Handover.objects.create(
        giver=giver,
        taker=taker,
        brief=brief.strip()[:2000],
        note=note_text.strip()[:500],
        moved=moved,
        partner_ids=partners,
        made_at=now,
    )
    note(
        actor=actor,
        verb="partners.handed_over",
        obj=row,
        label=f"{giver.person} → {taker.person}",
        changes={name: [count, 0] for name, count in moved.items()},
    )
    post(kind=HANDED_MAIL, subject_id=row.pk, recipient=taker, now=now)
    if tells_partners and partners:
        _tell_leads(row, now)
    return row


def _tell_leads(row: Handover, now: datetime) -> None:
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD, partner__in=row.partner_ids)
    leads = leads.filter(partner__is_test=False)
    slot, at = Value("", output_field=CharField()), Value(now, output_field=DateTimeField())
    due = leads.order_by().values_list("membership_id", Value(row.pk), slot, at)
    post_due(kind=CONTACT_MAIL, due=due, now=now)


# ── The parts of this floor ─────────────────────────────────────────────────────────────────────────────────────────


def _move_partners(*, actor: Actor, giver: Membership, taker: Membership, now: datetime) -> int:
    held = Partner.objects.filter(account_manager=giver, archived_at=None)
    return assign_manager(actor=actor, partner_ids=list(held.values_list("pk", flat=True)), manager=taker, now=now)


def _move_by(rows: Callable[[int, datetime], QuerySet[Any]], field: str, **more: Any) -> Any:
    """A move that is one UPDATE of `field` over the rows that are the giver's."""

    def move(*, actor: Actor, giver: Membership, taker: Membership, now: datetime) -> int:
        return rows(giver.pk, now).update(**{field: taker}, **more)

    return move


def _move_reviews(*, actor: Actor, giver: Membership, taker: Membership, now: datetime) -> int:
    calls = move_once(CallReviewer.objects.filter(membership=giver), taker=taker, about="call")
    applications = ApplicationReviewer.objects.filter(membership=giver)
    return calls + move_once(applications, taker=taker, about="application")


def _said(one: str, many: str) -> Callable[[int], str]:
    return lambda n: ngettext(one, many, n) % n


def _part(
    name: str, one: str, many: str, rows: Callable[[int, datetime], QuerySet[Any]], field: str, order: int, **more: Any
) -> HandoverPart:
    return HandoverPart(
        name, _said(one, many), lambda giver, now: rows(giver, now).count(), _move_by(rows, field, **more), order
    )


_EDITED = {"revision": F("revision") + 1}

PARTS = (
    HandoverPart(
        "partners.partners",
        _said("%d partner", "%d partners"),
        lambda giver, _now: Partner.objects.filter(account_manager=giver, archived_at=None).count(),
        _move_partners,
        10,
    ),
    _part(
        "partners.tasks",
        "%d open task",
        "%d open tasks",
        lambda giver, _now: Task.objects.open().filter(assignee=giver),
        "assignee",
        20,
        **_EDITED,
    ),
    _part(
        "partners.steps",
        "%d step of a journey",
        "%d steps of journeys",
        lambda giver, _now: JourneyStep.objects.filter(doer=giver, state__in=JourneyStep.UNSETTLED),
        "doer",
        30,
    ),
    _part(
        "partners.conversations",
        "%d conversation",
        "%d conversations",
        lambda giver, _now: Conversation.objects.running().filter(responsible=giver),
        "responsible",
        40,
    ),
    _part(
        "partners.groups",
        "%d group",
        "%d groups",
        lambda giver, _now: Group.objects.filter(owner=giver, archived_at=None),
        "owner",
        50,
        **_EDITED,
    ),
    _part(
        "partners.group_contacts",
        "contact of %d group",
        "contact of %d groups",
        lambda giver, _now: Group.objects.filter(contact=giver, archived_at=None),
        "contact",
        51,
        **_EDITED,
    ),
    _part(
        "partners.ladders",
        "%d ladder of tiers",
        "%d ladders of tiers",
        lambda giver, _now: Ladder.objects.filter(owner=giver),
        "owner",
        60,
        **_EDITED,
    ),
    _part(
        "partners.journeys",
        "%d journey that is kept up",
        "%d journeys that are kept up",
        lambda giver, _now: JourneyTemplate.objects.filter(owner=giver),
        "owner",
        61,
        **_EDITED,
    ),
    HandoverPart(
        "partners.reviews",
        _said("%d look at applications", "%d looks at applications"),
        lambda giver, _now: (
            CallReviewer.objects.filter(membership=giver).count()
            + ApplicationReviewer.objects.filter(membership=giver).count()
        ),
        _move_reviews,
        70,
    ),
    _part(
        "partners.deputy",
        "deputy of %d colleague",
        "deputy of %d colleagues",
        lambda giver, now: Absence.objects.filter(deputy=giver, ends_on__gt=day_of(now)),
        "deputy",
        80,
    ),
)
