"""Who may see what: the one gate that lists, pages, files, tracking, practice and mails go through."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from enablement.models import Content, ContentAudience, Memory, RecallItem
from enablement.models.content import ContentQuerySet
from enablement.models.memory import MemoryQuerySet
from partners.queries.audiences import audiences_of, members_in
from prm.accounts.models import Membership

_REMEMBERED = "_canopy_audiences"

# What somebody met in a session stays theirs to remember, whoever the source's gate is for today.
UNGATED = (Memory.Cause.SESSION, Memory.Cause.MANUAL)


def audience_ids_of(membership: Membership, now: datetime) -> set[int]:
    """The member's audiences, asked once a request."""
    if not hasattr(membership, _REMEMBERED):
        setattr(membership, _REMEMBERED, audiences_of(membership, now))
    remembered: set[int] = getattr(membership, _REMEMBERED)
    return remembered


def visible_to(membership: Membership, now: datetime) -> ContentQuerySet:
    """The content that this member may see at `now`, in no order."""
    visible: ContentQuerySet = Content.objects.for_audiences(list(audience_ids_of(membership, now)))
    return visible


def memories_open_to(membership: Membership, now: datetime) -> MemoryQuerySet:
    """What this member may be asked now: active memories of askable items whose source the member may still see."""
    return memories_open_through(membership.pk, list(audience_ids_of(membership, now)), now)


def memories_open_through(membership_id: int, audience_ids: list[int], now: datetime) -> MemoryQuerySet:
    """`memories_open_to` for who is in these audiences."""
    items = RecallItem.objects.askable(now)
    seen: ContentQuerySet = Content.objects.for_audiences(audience_ids)
    mine: MemoryQuerySet = Memory.objects.active().filter(membership=membership_id)
    return mine.filter(
        Exists(items.filter(pk=OuterRef("item_id"))),
        Q(cause__in=UNGATED) | Q(item__content__isnull=True) | Q(item__content__in=seen.values("pk")),
    )


def memories_open_to_everyone(now: datetime) -> MemoryQuerySet:
    """`memories_open_to` for all members at once. Contents of the same gate share one subquery."""
    open_to = Q(cause__in=UNGATED) | Q(item__content__isnull=True)
    for audience_ids, content_ids in _contents_by_gate().items():
        members = members_in(audience_ids, now).values("pk")
        open_to |= Q(item__content__in=content_ids, membership__in=members)
    memories: MemoryQuerySet = Memory.objects.active().filter(
        open_to, Exists(RecallItem.objects.askable(now).filter(pk=OuterRef("item_id")))
    )
    return memories


def _contents_by_gate() -> dict[frozenset[int], list[int]]:
    """The published contents that have recall items, by the set of audiences they are open to."""
    asked = RecallItem.objects.active().filter(content=OuterRef("content_id"))
    rules = ContentAudience.objects.filter(Exists(asked), content__state=Content.State.PUBLISHED)
    audiences: dict[int, set[int]] = {}
    for content_id, audience_id in rules.values_list("content_id", "audience_id"):
        audiences.setdefault(content_id, set()).add(audience_id)
    contents: dict[frozenset[int], list[int]] = {}
    for content_id, gate in audiences.items():
        contents.setdefault(frozenset(gate), []).append(content_id)
    return contents
