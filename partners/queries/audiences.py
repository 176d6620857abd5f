"""Who something is for, and who would see it: what gates and announcements of every app ask."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, Q, QuerySet, Value

from partners.models import Audience, AudienceMember, Partner, PartnerUser
from partners.models.audiences import EVERYONE, GROUP
from partners.models.partners import PartnerUserQuerySet
from partners.queries.people import partner_user_of
from prm.accounts.models import Membership
from prm.tenancy.prepared import prepared
from prm.tenancy.scope import current_organization


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """An audience that something can be meant for. `kind` is everyone, group, or what an upper app registered."""

    id: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Reach:
    """`people` would see it now; it is for `partners`, also those without people. Test partners do not count."""

    people: int
    partners: int


def audience_choices() -> list[AudienceChoice]:
    """Everything that something can be meant for: all partners, then groups, then the others, each by name."""
    offered = list(Audience.objects.offered())
    everyone = next((one for one in offered if one.kind == EVERYONE), None) or Audience.objects.everyone()
    others = sorted(
        (one for one in offered if one.pk != everyone.pk),
        key=lambda audience: (audience.kind != GROUP, audience.kind, audience.label.casefold()),
    )
    return [AudienceChoice(audience.pk, audience.kind, str(audience)) for audience in (everyone, *others)]


def audiences_of(membership: Membership, now: datetime) -> set[int]:
    """The ids of the audiences that a member belongs to at `now`: as a person, through the partner, as everybody.

    Empty for staff, for people whose membership has ended and for people of an archived partner.
    """
    if membership.state != Membership.State.ACTIVE or membership.kind == Membership.Kind.STAFF:
        return set()
    user = partner_user_of(membership)
    if user is not None and user.partner.is_archived:
        return set()
    return set(_audiences_of(membership.pk, user.partner_id if user else None, now))


@prepared
def _audiences_of(membership_id: int, partner_id: int | None, now: datetime) -> QuerySet[Any, int]:
    rows = AudienceMember.objects.present(now).filter(audience__closed_at=None)
    mine = Q(membership_id=membership_id)
    if partner_id is None:
        return rows.filter(mine).values_list("audience_id", flat=True)
    through = rows.filter(mine | Q(partner_id=partner_id)).values_list("audience_id", flat=True)
    everyone = Audience.objects.filter(kind=EVERYONE, source_id=0).values_list("pk", flat=True)
    return through.union(everyone)


def partner_users_in(audience_ids: Collection[int], now: datetime) -> PartnerUserQuerySet:
    """The partners' people in any of the audiences at `now`; test partners included. Not evaluated: may be composed."""
    rows = _present(audience_ids, now)
    for_all = Exists(Audience.objects.filter(pk__in=audience_ids, kind=EVERYONE))
    as_partner = Q(partner__in=rows.filter(partner__isnull=False).values("partner"))
    as_person = Q(membership__in=rows.filter(membership__isnull=False).values("membership"))
    found: PartnerUserQuerySet = PartnerUser.objects.active().filter(Q(for_all) | as_partner | as_person)
    return found


def members_in(audience_ids: Collection[int], now: datetime) -> QuerySet[Membership]:
    """The active memberships in any of the audiences at `now`, guests included.

    Not evaluated: `.values("pk")` serves as a subquery, `.query.sql_with_params()` in SQL of one's own.
    """
    guests = _present(audience_ids, now).filter(membership__kind=Membership.Kind.GUEST).values("membership")
    users = partner_users_in(audience_ids, now).values("membership")
    members = Membership.objects.in_organization(current_organization()).active()
    return members.filter(Q(pk__in=users) | Q(pk__in=guests))


def reach(audience_ids: Collection[int], now: datetime) -> Reach:
    """How many people at how many partners something for these audiences is for: one query, whatever the size."""
    if not audience_ids:
        return Reach(0, 0)
    rows = _present(audience_ids, now)
    users = partner_users_in(audience_ids, now).filter(partner__is_test=False)
    invited = rows.filter(membership__kind=Membership.Kind.GUEST, membership__state=Membership.State.ACTIVE)
    guests = invited.values("membership")
    for_all = Exists(Audience.objects.filter(pk__in=audience_ids, kind=EVERYONE))
    of_people = PartnerUser.objects.filter(membership__in=rows.filter(membership__isnull=False).values("membership"))
    addressed = Partner.objects.real().filter(
        Q(for_all)
        | Q(pk__in=rows.filter(partner__isnull=False).values("partner"))
        | Q(pk__in=of_people.values("partner"))
    )
    counts = (
        _counted("users", users),
        _counted("guests", Membership.objects.in_organization(current_organization()).filter(pk__in=guests)),
        _counted("partners", addressed),
    )
    found = dict(counts[0].union(*counts[1:], all=True))
    return Reach(found.get("users", 0) + found.get("guests", 0), found.get("partners", 0))


def _counted(what: str, rows: QuerySet[Any, Any]) -> Any:
    """(what, how many), or no row for none: to be asked for together with other counts."""
    counted = rows.order_by().annotate(what=Value(what, CharField()))
    return counted.values("what").annotate(n=Count("*")).values_list("what", "n")


def _present(audience_ids: Collection[int], now: datetime) -> QuerySet[AudienceMember]:
    rows: QuerySet[AudienceMember] = AudienceMember.objects.present(now)
    return rows.filter(audience__in=audience_ids, audience__closed_at=None)
