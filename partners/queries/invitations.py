"""Invitations of partners' people: what they are for, what awaits the addressee, which are still open."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Partner
from partners.queries.groups import audience_ids_of
from partners.showcases import shelves
from prm.invitations.models import Invitation
from prm.invitations.queries import InvitationRow, rows_of
from prm.tenancy.prepared import prepared

KIND = "partner"


def partner_behind(invitation: Invitation) -> Partner | None:
    return Partner.objects.filter(pk=invitation.target_id).first() if invitation.target_id else None


def describe(invitation: Invitation) -> str:
    """The partner's name, as the addressee reads what the invitation is for."""
    partner = partner_behind(invitation)
    return partner.name if partner else ""


def describe_many(invitations: Iterable[Invitation]) -> Mapping[int, str]:
    listed = list(invitations)
    names = dict(Partner.objects.filter(pk__in={row.target_id for row in listed}).values_list("pk", "name"))
    return {row.pk: names.get(row.target_id or 0, "") for row in listed}


def awaits(invitation: Invitation) -> list[str]:
    """What the addressee will find, the most useful first: what is shown to the partner's groups and to everybody."""
    partner = partner_behind(invitation)
    if partner is None:
        return []
    now = timezone.now()
    found = shelves(audience_ids_of(partner, now), now)
    return [_told(shown.title, shown.hint) for shelf in found for shown in shelf.first]


def _told(title: str, hint: str) -> str:
    return _("%(title)s, %(hint)s") % {"title": title, "hint": hint} if hint else title


def find_target(public_id: str) -> int | None:
    return Partner.objects.listed().filter(public_id=public_id).values_list("pk", flat=True).first()


def open_invitations(partner: Partner, now: datetime) -> list[InvitationRow]:
    """Those to this partner that nobody has answered, newest first, twenty at most."""
    return rows_of(_open_invitations(partner.pk), now, what=partner.name)


@prepared
def _open_invitations(partner_id: int) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(kind=KIND, target_id=partner_id, state=Invitation.State.OPEN)
    return rows.select_related("invited_by__person").newest_first()[:20]
