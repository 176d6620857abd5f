"""What becomes of partners' own rows when a record turns out to be another one's double (see partners.references)."""

from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners import facts
from partners.models import (
    AudienceMember,
    Competition,
    Journey,
    PartnerLogo,
    PartnerProduct,
    PartnerTier,
    ProposedValue,
    Task,
    TierMove,
    TierOutlook,
)
from partners.models.tiers import TIER
from partners.queries.invitations import KIND
from partners.references import Merging, moves, stays
from partners.services.logos import remove
from partners.services.products import close_rights
from prm.activity.services import NewFact, record_many


def move_pairs(model: Any) -> Any:
    """A `Reference.move` for rows of two partners of which the one with the lower key is `first`.

    What the survivor already has with the other partner stays as it is.
    """

    def move(merging: Merging) -> int:
        merged, survivor = merging.merged.pk, merging.survivor.pk
        moved = 0
        for row in list(model.objects.filter(Q(first=merged) | Q(second=merged))):
            other = row.second_id if row.first_id == merged else row.first_id
            first, second = sorted((survivor, other))
            if other == survivor or model.objects.filter(first=first, second=second).exists():
                continue
            moved += model.objects.filter(pk=row.pk).update(first=first, second=second)
        return moved

    return move


def end_group_memberships(merging: Merging, rows: QuerySet[Any]) -> None:
    """Of a group that both are in the survivor's membership goes on; the double's ends and stays as history."""
    left = list(rows.values_list("group", flat=True))
    rows.update(
        ends_at=Greatest("starts_at", Value(merging.now)),
        closed_at=merging.now,
        end_reason=(_("Merged into %s") % merging.survivor.name)[:200],
    )
    record_many(NewFact(facts.GROUP_LEFT, merging.now, partner_id=merging.merged.pk, object_id=group) for group in left)


def end_now(merging: Merging, rows: QuerySet[Any]) -> None:
    """Rows with a period that only one can have open: the double's ends now."""
    rows.update(ends_at=Greatest("starts_at", Value(merging.now)))


def stop_journeys(merging: Merging, rows: QuerySet[Any]) -> None:
    """Of a journey that both are on the survivor's goes on; the double's stops, with what was done on it."""
    stopped = list(rows.values_list("pk", flat=True))
    reason = (_("Merged into %s") % merging.survivor.name)[:200]
    rows.update(state=Journey.State.STOPPED, ended_at=merging.now, stop_reason=reason)
    record_many(
        NewFact(facts.JOURNEY_STOPPED, merging.now, partner_id=merging.merged.pk, object_id=journey)
        for journey in stopped
    )


def move_tasks(merging: Merging) -> int:
    """A `Reference.move`; of two open tasks that say the same the double's is done, since one of them is enough."""
    mine = Task.objects.filter(partner=merging.merged.pk)
    for task in mine.filter(state=Task.State.OPEN):
        same = Task.objects.filter(partner=merging.survivor.pk, state=Task.State.OPEN, title=task.title)
        if same.filter(assignee=task.assignee_id, due_on=task.due_on).exists():
            words = (_("Merged into %s") % merging.survivor.name)[:500]
            mine.filter(pk=task.pk).update(state=Task.State.DONE, done_at=merging.now, outcome=words)
    return mine.update(partner=merging.survivor.pk)


def end_tiers(merging: Merging, rows: QuerySet[Any]) -> None:
    """Of a ladder that both stand on the survivor's standing goes on, and the next evaluation looks at both histories.

    What only the double's tier opened closes with it.
    """
    left = list(rows.values_list("tier", flat=True))
    end_now(merging, rows)
    kept = PartnerTier.objects.open().filter(partner=merging.survivor).values_list("tier", flat=True)
    # Whether the audiences moved before or move after this.
    both = (merging.merged, merging.survivor)
    heard = AudienceMember.objects.filter(partner__in=both, ends_at=None, audience__kind=TIER)
    end_now(merging, heard.filter(audience__source_id__in=set(left) - set(kept)))
    record_many(NewFact(facts.TIER_LEFT, merging.now, partner_id=merging.merged.pk, object_id=tier) for tier in left)


def move_tier_moves(merging: Merging) -> int:
    """What was under way for the double lapses: where the survivor stands is evaluated anew, with all that counts."""
    rows = TierMove.objects.filter(partner=merging.merged)
    reason = (_("Merged into %s") % merging.survivor.name)[:200]
    rows.open().update(state=TierMove.State.LAPSED, settled_at=merging.now, reason=reason)
    return rows.update(partner=merging.survivor)


def end_holds(merging: Merging, rows: QuerySet[Any]) -> None:
    rows.update(ended_at=merging.now)


def move_proposals(merging: Merging) -> int:
    """What waits was told about the double's own values and would go over the survivor's: it is left as it was."""
    rows = ProposedValue.objects.filter(partner=merging.merged)
    reason = (_("Merged into %s") % merging.survivor.name)[:300]
    rows.waiting().update(state=ProposedValue.State.DECLINED, decided_at=merging.now, reason=reason)
    return rows.update(partner=merging.survivor)


def forget_outlooks(merging: Merging) -> int:
    """Outlooks are made anew by the next evaluation."""
    TierOutlook.objects.filter(partner=merging.merged).delete()
    return 0


def move_product_rights(merging: Merging) -> int:
    """Rights go over unless the survivor has the same for the same days: then its own goes on, and the double's ends.

    Where the survivor's is over, the double's begins on the day after, since periods of a right never overlap.
    """
    moved = 0
    reason = (_("Merged into %s") % merging.survivor.name)[:200]
    for row in PartnerProduct.objects.filter(partner=merging.merged).order_by("starts_on", "pk"):
        same = PartnerProduct.objects.filter(partner=merging.survivor, product=row.product_id, right=row.right)
        meeting = same.filter(Q(ends_on=None) | Q(ends_on__gt=row.starts_on))
        if row.ends_on is not None:
            meeting = meeting.filter(starts_on__lt=row.ends_on)
        is_open = row.closed_at is None
        if is_open and same.open().exists():
            close_rights(actor=merging.actor, rights=[row], now=merging.now, reason=reason)
            continue
        last = max((found.ends_on for found in meeting if found.ends_on), default=None)
        if last is not None and (not is_open or (row.ends_on is not None and row.ends_on <= last)):
            continue
        starts_on = max(row.starts_on, last) if last else row.starts_on
        moved += PartnerProduct.objects.filter(pk=row.pk).update(partner=merging.survivor, starts_on=starts_on)
    return moved


def move_logo(merging: Merging) -> int:
    """A company has one logo: the survivor's stays, else it takes on the double's, which was agreed to as it is."""
    logo = PartnerLogo.objects.filter(partner=merging.merged).select_related("file").first()
    if logo is not None and PartnerLogo.objects.filter(partner=merging.survivor).exists():
        remove(logo)
        return 0
    return PartnerLogo.objects.filter(partner=merging.merged).update(partner=merging.survivor)


_OPEN = Q(closed_at=None)
_UNENDED = Q(ends_at=None)
REFERENCES = (
    moves("partners.partneruser.partner", gettext_lazy("People")),
    moves("partners.partnerlogo.partner", gettext_lazy("Logo"), move=move_logo),
    moves("partners.announcementpartner.partner", same=("announcement",)),
    moves("partners.milestone.partner", same=("kind", "occasion", "membership")),
    moves("partners.task.partner", gettext_lazy("Tasks"), move=move_tasks),
    moves("partners.conversation.partner", gettext_lazy("Conversations")),
    moves("partners.preparedperson.partner", gettext_lazy("People who can be invited")),
    moves("invitations.invitation.target_id", gettext_lazy("Invitations"), where=Q(kind=KIND)),
    moves(
        "partners.groupmember.partner",
        gettext_lazy("Times in groups"),
        same=("group",),
        among=_OPEN,
        settle=end_group_memberships,
    ),
    moves("partners.groupexclusion.partner", same=("group",), among=_UNENDED, settle=end_now),
    moves(
        "partners.partnertier.partner",
        gettext_lazy("Tiers, and those it had"),
        same=("ladder",),
        among=_UNENDED,
        settle=end_tiers,
    ),
    moves("partners.audiencemember.partner", same=("audience",), among=_UNENDED, settle=end_now),
    moves("partners.tiermove.partner", gettext_lazy("Moves between tiers"), move=move_tier_moves),
    moves("partners.tierhold.partner", same=("ladder",), among=Q(ended_at=None), settle=end_holds),
    moves("partners.numberentry.partner", gettext_lazy("Numbers entered")),
    moves("partners.tieroutlook.partner", move=forget_outlooks),
    stays("partners.tierentry.partner", "the ledger of a record only grows"),
    moves("partners.partnerproduct.partner", gettext_lazy("Rights for products"), move=move_product_rights),
    moves(
        "partners.journey.partner",
        gettext_lazy("Journeys"),
        same=("template",),
        among=Q(state=Journey.State.RUNNING, membership=None),
        settle=stop_journeys,
    ),
    stays("partners.acceptance.partner", "for which company a person signed does not change"),
    # Of a question that both answer one answer is chosen; the other stays with the record that gave it.
    moves("partners.attributevalue.partner", gettext_lazy("Values of attributes"), same=("attribute",)),
    moves("partners.askedpartner.partner", same=("request",)),
    moves("partners.questionpause.partner", same=("field",)),
    moves("partners.recordconfirmation.partner", same=("field",)),
    moves("partners.proposedvalue.partner", gettext_lazy("What they told"), move=move_proposals),
    moves("partners.partnerapplication.partner", gettext_lazy("Applications to become a partner")),
    moves("partners.partnerdomain.partner", same=("domain",)),
    moves("partners.partnerlink.parent", gettext_lazy("Companies below it")),
    moves("partners.partnerlink.child", gettext_lazy("Companies above it")),
    moves("partners.competition.first", gettext_lazy("Marks as a competitor"), move=move_pairs(Competition)),
    stays("partners.competition.second", "moved together with the first"),
    stays("partners.valuechange.partner", "the history of a record only grows; what is chosen is written anew"),
    stays("partners.partnerkey.partner", "made anew from the names of both"),
    stays("partners.likelydouble.first", "what waits is found anew; what was decided about the record stays with it"),
    stays("partners.likelydouble.second", "as above"),
    stays("partners.partnermerge.merged", "it says what became of the record"),
    # Who was merged into the double went with it.
    moves("partners.partnermerge.survivor"),
    stays("imports.importrow.object_id", "an import cannot take back what was merged, and says so"),
)
