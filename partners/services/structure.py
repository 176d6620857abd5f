"""Companies that belong together: linked from a day on, moved, parted, with the history left in place."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.days import day_of
from partners.models import Partner, PartnerLink
from partners.models.structure import DEEPEST, PartnerLinkQuerySet
from prm.accounts.actors import Actor
from prm.activity.services import record
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.scope import current_organization

_LOCK = 7_312


@dataclass(frozen=True)
class LinkDetails:
    """How the child stands to the parent, from `starts_on` until before `ends_on`."""

    kind: str
    starts_on: date
    ends_on: date | None = None
    leads_look_in: bool = False
    reason: str = ""


def lock_structure() -> None:
    """Nobody else changes links of this organization until the transaction ends.

    Locking the two partners would not do: three who link A to B, B to C and C to A at once share no pair.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, current_organization().pk % 2**31])


@transaction.atomic
def link_partners(
    *, actor: Actor, parent: Partner, child: Partner, details: LinkDetails, moves: bool = False, now: datetime
) -> PartnerLink:
    """Link two companies. `moves` says that a company which belongs to another at that time leaves it with that day.

    Raises `Refused`: same_partner, partner_archived, ends_before_start, circle, too_deep, and belongs_to (level
    approval) unless it `moves`.
    """
    lock_structure()
    meeting: PartnerLinkQuerySet = PartnerLink.objects.meeting(details.starts_on, details.ends_on)
    present = meeting.belonging().filter(child=child).select_related("parent", "child").order_by("starts_on").first()
    problems = _problems(parent, child, details, meeting, present)
    if not moves:
        problems += rules.belonging_problems(child, details.kind, present)
    if problems:
        raise Refused(problems)
    if present is not None and details.kind in PartnerLink.PARTS:
        end_link(actor=actor, link=present, ends_on=max(details.starts_on, present.starts_on), now=now)
    link = PartnerLink.objects.create(
        parent=parent, child=child, **vars(details), made_at=now, made_by_id=actor.membership_id
    )
    record(kind=facts.LINKED, at=now, partner_id=child.pk, object_id=parent.pk)
    changes: dict[str, list[Any]] = {
        "company": ["", parent.name],
        "kind": ["", details.kind],
        "from": ["", details.starts_on],
    }
    note(actor=actor, verb=facts.LINKED.name, obj=child, changes=changes, reason=details.reason)
    return link


def _problems(
    parent: Partner, child: Partner, details: LinkDetails, meeting: PartnerLinkQuerySet, present: PartnerLink | None
) -> list[Problem]:
    """What stands against the link, with a former one out of the way."""
    kinds = PartnerLink.LADDERS if details.kind in PartnerLink.LADDERS else (details.kind,)
    links = meeting.filter(kind__in=kinds).exclude(pk=present.pk if present else 0)
    down, up = _levels(child.pk, links, "parent", "child"), _levels(parent.pk, links, "child", "parent")
    return rules.link_problems(
        parent,
        child,
        details.kind,
        (details.starts_on, details.ends_on),
        is_circle=parent.pk in down,
        levels=1 + max(down.values(), default=0) + max(up.values(), default=0),
        most=DEEPEST,
    )


def _levels(start: int, links: PartnerLinkQuerySet, near: str, far: str) -> dict[int, int]:
    """Who is reached from a partner, and at which level; one query a level."""
    found: dict[int, int] = {}
    level, here = 0, {start}
    while here and level <= 2 * DEEPEST:
        level += 1
        reached = set(links.filter(**{f"{near}__in": here}).values_list(far, flat=True))
        here = reached - found.keys()
        found |= dict.fromkeys(here, level)
    return found


@transaction.atomic
def end_link(*, actor: Actor, link: PartnerLink, ends_on: date, reason: str = "", now: datetime) -> None:
    """Have a link hold no longer from the day `ends_on` on; it stays as history. Twice is once."""
    refuse_if(rules.end_problems(link, ends_on))
    before = link.ends_on
    if before == ends_on:
        return
    PartnerLink.objects.filter(pk=link.pk).update(ends_on=ends_on)
    link.ends_on = ends_on
    if before is None:
        record(kind=facts.UNLINKED, at=now, partner_id=link.child_id, object_id=link.parent_id)
    changes = {"company": [link.parent.name, ""], "until": [before, ends_on]}
    note(actor=actor, verb=facts.UNLINKED.name, obj=link.child, changes=changes, reason=reason)


def refuse_circles(partner: Partner, now: datetime) -> None:
    """Raise `Refused` where the links of a partner, after it got others, lead back to it or to two parents."""
    links: PartnerLinkQuerySet = PartnerLink.objects.meeting(day_of(now), None)
    if partner.pk in _levels(partner.pk, links.filter(kind__in=PartnerLink.LADDERS), "parent", "child"):
        raise Refused(
            Problem("circle", _("One of the two stands below the other in the structure. End that link first."))
        )
    if links.belonging().filter(child=partner).count() > 1:
        raise Refused(Problem("two_parents", _("Both belong to another company. End one of the two links first.")))
