"""Reviews of groups, and telling partners that they are in one."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import DateTimeField, F, Value

from partners import rules
from partners.models import Group, GroupMember, GroupReview, PartnerUser
from partners.queries.groups import partner_counts
from partners.services.groups import archive_group, lock_group
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.outbox.services.messages import post_due
from prm.problems import refuse_if

TOLD_MAIL = "partners.group_told"


@transaction.atomic
def review_group(
    *, actor: Actor, group: Group, decision: str, words: str, next_on: date | None, now: datetime
) -> GroupReview:
    """Record what was decided about a group, and when to look again; closing archives it.

    Raises `Refused`: group_archived, review_in_past.
    """
    group = lock_group(group)
    refuse_if(rules.group_problems(group) + rules.review_problems(decision, next_on, now))
    review: GroupReview = GroupReview.objects.create(
        group=group,
        decision=decision,
        note=words[:1000],
        partners=partner_counts([group]).get(group.pk, 0),
        reviewed_at=now,
        reviewed_by_id=actor.membership_id,
    )
    before = group.review_on
    Group.objects.filter(pk=group.pk).update(review_on=next_on)
    changes: dict[str, list[object]] = {"decision": ["", decision], "next review": [before, next_on]}
    note(actor=actor, verb="partners.group_reviewed", obj=group, changes=changes, reason=words)
    if decision == GroupReview.Decision.CLOSE:
        archive_group(actor=actor, group=group, now=now)
    return review


@transaction.atomic
def tell_partners(*, actor: Actor, group: Group, now: datetime) -> int:
    """Write to the leads of every partner in the group that they are in it, each once; returns how many mails."""
    group = lock_group(group)
    refuse_if(rules.group_problems(group))
    members = GroupMember.objects.present(now).filter(group=group, closed_at=None, leaving_since=None)
    leads = PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD, partner__group_memberships__in=members)
    due = leads.annotate(
        subject=F("partner__group_memberships__pk"), occasion=Value(""), not_before=Value(now, DateTimeField())
    )
    told = post_due(kind=TOLD_MAIL, due=due.values_list("membership_id", "subject", "occasion", "not_before"), now=now)
    Group.objects.filter(pk=group.pk).update(told_at=now)
    note(actor=actor, verb="partners.group_told", obj=group, changes={"mails": [0, told]})
    return told
