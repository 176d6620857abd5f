"""Partners found: one of them, those one may mean, and "have we got them already?"."""

from collections.abc import Sequence

from django.db.models import Exists

from partners.models import Group, GroupMember, Partner, PartnerUser
from partners.models.partners import PartnerQuerySet
from prm.accounts.models import Membership


def keys_of(public_ids: list[str]) -> dict[str, tuple[int, bool]]:
    """Public id → key and whether it is archived; unknown ones and another organization's are missing."""
    rows = Partner.objects.filter(public_id__in=public_ids).values_list("public_id", "pk", "archived_at")
    return {public_id: (key, archived_at is not None) for public_id, key, archived_at in rows}


def has_real_partners() -> Exists:
    return Exists(Partner.objects.real())


def partners_to_tick(words: str, chosen: Sequence[str], outside: Group | None = None, limit: int = 50) -> list[Partner]:
    """Partners to be ticked: those that were ticked before first, then what matches the words, by name.

    `outside` leaves out those that are in the group.
    """
    listed = Partner.objects.listed()
    if outside is not None:
        listed = listed.exclude(pk__in=GroupMember.objects.open().filter(group=outside).values("partner"))
    ticked = list(listed.filter(public_id__in=chosen[:1000]).order_by("normalized_name")) if chosen else []
    matching = listed.matching(words).exclude(pk__in=[partner.pk for partner in ticked])
    return ticked + list(matching.order_by("normalized_name", "pk")[:limit])


def partners_without_people(words: str, limit: int = 50) -> list[Partner]:
    """Partners to invite people of: those that nobody has joined from, by name."""
    # NOT IN: it is hashed once, whatever is known about the tables, where an anti-join may become a loop in a loop.
    joined = PartnerUser.objects.filter(membership__state=Membership.State.ACTIVE).values("partner")
    found = Partner.objects.listed().matching(words).exclude(pk__in=joined)
    return list(found.order_by("normalized_name", "pk")[:limit])


def listed_first(partners: PartnerQuerySet) -> PartnerQuerySet:
    """The partners by name, with what tells them and nothing else."""
    return partners.order_by("normalized_name", "pk").only("pk", "public_id", "name", "normalized_name")
