"""Writing who something is for. Groups write whole partners, upper apps single members."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from partners.models import Audience, AudienceMember, Partner
from prm.accounts.models import Membership


def ensure_audience(*, kind: str, source_id: int, label: str) -> Audience:
    """The audience of this source, made where it is missing, under its present name and open again if it was closed."""
    audience, is_new = Audience.objects.get_or_create(kind=kind, source_id=source_id, defaults={"label": label[:120]})
    if not is_new and (audience.label != label[:120] or audience.closed_at is not None):
        audience.label, audience.closed_at = label[:120], None
        audience.save(update_fields=["label", "closed_at"])
    return audience


def close_audience(audience: Audience, now: datetime) -> None:
    """Take an audience away: it is no longer offered and nobody is in it. `ensure_audience` brings all of it back."""
    Audience.objects.filter(pk=audience.pk, closed_at=None).update(closed_at=now)


def add_partner(audience: Audience, partner: Partner, now: datetime, ends_at: datetime | None = None) -> None:
    """Have a whole partner in the audience from now until `ends_at`; one that is in it keeps its beginning."""
    add_partners(audience, [partner.pk], now, ends_at)


@transaction.atomic
def add_partners(
    audience: Audience, partner_ids: Collection[int], now: datetime, ends_at: datetime | None = None
) -> None:
    """`add_partner` for many, in three statements."""
    present = AudienceMember.objects.present(now).filter(audience=audience, partner__in=partner_ids)
    known = set(present.values_list("partner_id", flat=True))
    present.update(ends_at=ends_at)
    new = [
        AudienceMember(audience=audience, partner_id=pk, starts_at=now, ends_at=ends_at)
        for pk in partner_ids
        if pk not in known
    ]
    # A row that another transaction wrote meanwhile says the same.
    AudienceMember.objects.bulk_create(new, ignore_conflicts=True, batch_size=5000)


def remove_partner(audience: Audience, partner: Partner, now: datetime) -> None:
    remove_partners(audience, [partner.pk], now)


def remove_partners(audience: Audience, partner_ids: Collection[int], now: datetime) -> None:
    """Have these partners in the audience no longer; those that are not in it are left alone."""
    present = AudienceMember.objects.present(now)
    present.filter(audience=audience, partner__in=partner_ids).update(ends_at=now)


@transaction.atomic
def add_member(audience: Audience, membership: Membership, now: datetime) -> None:
    """Have one person in the audience from now on; twice is once."""
    present = AudienceMember.objects.present(now).filter(audience=audience, membership=membership)
    if not present.update(ends_at=None):
        AudienceMember.objects.bulk_create(
            [AudienceMember(audience=audience, membership=membership, starts_at=now)], ignore_conflicts=True
        )


def remove_member(audience: Audience, membership: Membership, now: datetime) -> None:
    """Have one person in the audience no longer; somebody who is not in it is left alone."""
    AudienceMember.objects.present(now).filter(audience=audience, membership=membership).update(ends_at=now)
