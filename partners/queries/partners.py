"""Partners found: for lists, for the page of one, for "have we got them already?"."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from partners.countries import country_name
from partners.models import Group, GroupMember, Partner, PartnerUser
from partners.models.partners import PartnerQuerySet
from prm.accounts.models import Membership
from prm.addresses import address

MOST_COUNTED = 10_000

# What a list may be sorted by: the word in its address, and the columns; each has an index that starts so.
SORTS: dict[str, tuple[str, ...]] = {
    "name": ("normalized_name", "pk"),
    "-name": ("-normalized_name", "-pk"),
    "added": ("created_at", "pk"),
    "-added": ("-created_at", "-pk"),
    "status": ("status", "normalized_name", "pk"),
    "-status": ("-status", "-normalized_name", "-pk"),
    "country": ("country", "normalized_name", "pk"),
    "-country": ("-country", "-normalized_name", "-pk"),
}
ARCHIVED = "archived"
# The color of each status, the same on every page.
TONES: dict[str, str] = {
    Partner.Status.PROSPECT: "neutral",
    Partner.Status.APPLIED: "info",
    Partner.Status.ONBOARDING: "info",
    Partner.Status.ACTIVE: "success",
    Partner.Status.DORMANT: "warning",
    Partner.Status.LEFT: "neutral",
}


@dataclass(frozen=True, slots=True)
class PartnerFilter:
    """What a list is narrowed to. `status` is one of Partner.Status, `archived`, or "" for everything listed."""

    words: str = ""
    status: str = ""
    group: Group | None = None
    sort: str = "name"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.status or self.group)


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner as the list shows it: ready strings, so that the template only places them."""

    public_id: str
    name: str
    url: str
    domain: str
    country: str
    tone: str
    status_label: str
    groups: str
    people: int
    manager: str
    is_test: bool


def listed_partners(chosen: PartnerFilter) -> PartnerQuerySet:
    """The partners of a list in its order, with what its rows need. Pages read the ids first (prm.web.pages)."""
    return details_of(matching_partners(chosen).order_by(*SORTS.get(chosen.sort, SORTS["name"])))


def matching_partners(chosen: PartnerFilter) -> PartnerQuerySet:
    """Every partner that a list is narrowed to, in no order."""
    found: PartnerQuerySet = Partner.objects.all()
    found = found.archived() if chosen.status == ARCHIVED else found.listed()
    if chosen.status in Partner.Status.values:
        found = found.filter(status=chosen.status)
    if chosen.group is not None:
        found = found.in_group(chosen.group)
    return found.matching(chosen.words)


def counted(chosen: PartnerFilter) -> int:
    """How many there are, test partners left out, counted no further than MOST_COUNTED + 1."""
    found = matching_partners(chosen).filter(is_test=False)
    return found.order_by().values("pk")[: MOST_COUNTED + 1].count()


def details_of(partners: PartnerQuerySet) -> PartnerQuerySet:
    """Partners in their order with what `partner_row` needs."""
    of_partner = PartnerUser.objects.filter(partner=OuterRef("pk"), membership__state=Membership.State.ACTIVE)
    people = of_partner.order_by().values("partner").annotate(n=Count("*")).values("n")
    groups = GroupMember.objects.open().filter(partner=OuterRef("pk"), group__archived_at=None)
    detailed: PartnerQuerySet = partners.select_related("account_manager__person").annotate(
        people=Coalesce(Subquery(people), 0),
        group_names=ArraySubquery(groups.order_by("group__normalized_name").values("group__name")),
    )
    return detailed


def partner_row(partner: Partner) -> PartnerRow:
    """The row of a partner that `listed_partners` gave."""
    manager = partner.account_manager
    return PartnerRow(
        public_id=partner.public_id,
        name=partner.name,
        url=address("partner_detail", partner.public_id),
        domain=partner.domain,
        country=country_name(partner.country),
        tone=TONES[partner.status],
        status_label=partner.get_status_display(),
        groups=_short_list(partner.group_names),  # type: ignore[attr-defined]
        people=partner.people,  # type: ignore[attr-defined]
        manager=str(manager.person) if manager else "",
        is_test=partner.is_test,
    )


def _short_list(names: list[str], shown: int = 2) -> str:
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" +{more}" if more > 0 else "")


def status_choices() -> list[tuple[str, str]]:
    """What the list can be narrowed to, in the order of a partner's life, the archive last."""
    return [*((name, str(label)) for name, label in Partner.Status.choices), (ARCHIVED, _("Archived"))]


def keys_of(public_ids: list[str]) -> dict[str, tuple[int, bool]]:
    """Public id → key and whether it is archived; unknown ones and another organization's are missing."""
    rows = Partner.objects.filter(public_id__in=public_ids).values_list("public_id", "pk", "archived_at")
    return {public_id: (key, archived_at is not None) for public_id, key, archived_at in rows}


def has_real_partners() -> Exists:
    return Exists(Partner.objects.real())


def searched_outside(group: Group, words: str, chosen: list[str], limit: int = 50) -> list[Partner]:
    """Partners that are not in the group, those that were ticked before first, then what matches the words, by name."""
    outside = Partner.objects.listed().exclude(pk__in=GroupMember.objects.open().filter(group=group).values("partner"))
    ticked = list(outside.filter(public_id__in=chosen[:1000]).order_by("normalized_name")) if chosen else []
    matching = outside.matching(words).exclude(pk__in=[partner.pk for partner in ticked])
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
