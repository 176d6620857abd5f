"""People of partners: they join by invitation, change roles, leave."""

from datetime import datetime

from django.db import transaction

from partners import facts, rules
from partners.models import Partner, PartnerUser, PreparedPerson
from partners.queries.people import active_leads
from partners.queries.searching import PEOPLE
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.services import memberships
from prm.activity.services import record
from prm.audit.services import note
from prm.problems import refuse_if
from prm.search.services import refresh
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.scope import current_organization


@transaction.atomic
def add_person(*, actor: Actor, partner: Partner, membership: Membership, now: datetime) -> PartnerUser:
    """Make a member a person of the partner: the first one is its lead. Somebody who comes back keeps role and job.

    The partner's row is locked, so of two who join at once one leads.
    """
    locked = _lock(partner)
    refuse_if(rules.invitation_problems(locked))
    role = PartnerUser.Role.MEMBER if active_leads(locked) else PartnerUser.Role.LEAD
    user = PartnerUser.objects.filter(membership=membership).first()
    if user is None:
        user = PartnerUser(membership=membership, partner=locked, role=role)
    elif user.partner_id != locked.pk:
        user.partner, user.role, user.job_title = locked, role, ""
    elif role == PartnerUser.Role.LEAD:
        user.role = role
    user.joined_at, user.away_since = now, None
    user.save()
    refresh(PEOPLE, [user.pk])
    record(kind=facts.USER_JOINED, at=now, partner_id=locked.pk, person_id=membership.person_id, object_id=user.pk)
    note(actor=actor, verb=facts.USER_JOINED.name, obj=user, changes={"partner": ["", locked.name]})
    return user


def adopt_prepared(*, user: PartnerUser, email: str) -> None:
    """Give somebody who has just joined the job and role that were known of them; the prepared row has served."""
    person = PreparedPerson.objects.filter(email=email, partner=user.partner_id).first()
    if person is None:
        return
    user.job_title = user.job_title or person.job_title
    if person.role == PartnerUser.Role.LEAD:
        user.role = PartnerUser.Role.LEAD
    user.save(update_fields=["job_title", "role"])
    person.delete()


@transaction.atomic
def change_person(*, actor: Actor, user: PartnerUser, revision: int, role: str, job_title: str, now: datetime) -> None:
    """Change role and job of a partner's person. Raises `Refused`: last_lead, changed_meanwhile."""
    partner = _lock(user.partner)
    refuse_if(rules.role_problems(user, role, active_leads(partner)))
    changes = update_if_unchanged(user, revision, role=role, job_title=job_title)
    if changes:
        note(actor=actor, verb="partners.user_changed", obj=user, changes=changes)


@transaction.atomic
def remove_person(*, actor: Actor, user: PartnerUser, acting: Membership | None = None, now: datetime) -> None:
    """End a person's access with the next request. What they earned stays theirs; an invitation brings them back.

    `acting` is the lead who does it; staff leave it None and may remove anybody. Raises `Refused`: no_longer_lead,
    is_self, last_lead, wrong_state.
    """
    memberships.hold(current_organization())
    partner = _lock(user.partner)
    if acting is not None:
        refuse_if(rules.acting_problems(partner.users.active().filter(membership=acting.pk).first()))
    user.refresh_from_db(fields=["role", "partner"])
    refuse_if(rules.removal_problems(user, acting, active_leads(partner)))
    memberships.remove_member(actor=actor, member=user.membership, now=now)
    person_id = user.membership.person_id
    record(kind=facts.USER_LEFT, at=now, partner_id=partner.pk, person_id=person_id, object_id=user.pk)
    note(actor=actor, verb=facts.USER_LEFT.name, obj=user, changes={"partner": [partner.name, ""]})


def send_away(*, actor: Actor, partner: Partner, now: datetime) -> None:
    """Suspend everybody who can come in for an archived partner."""
    active = partner.users.filter(membership__state=Membership.State.ACTIVE).select_related(
        "membership__person", "membership__organization"
    )
    for user in list(active):
        memberships.suspend_member(actor=actor, member=user.membership, now=now)
        PartnerUser.objects.filter(pk=user.pk).update(away_since=now)


def call_back(*, actor: Actor, partner: Partner, now: datetime) -> None:
    """Let in again whom `send_away` suspended; people who were suspended or removed by somebody else stay out."""
    away = partner.users.filter(away_since__isnull=False).select_related(
        "membership__person", "membership__organization"
    )
    for user in list(away):
        if user.membership.state == Membership.State.SUSPENDED:
            memberships.resume_member(actor=actor, member=user.membership, now=now)
    partner.users.filter(away_since__isnull=False).update(away_since=None)


def _lock(partner: Partner) -> Partner:
    # NO KEY: rows that refer to the partner can still be written meanwhile.
    return Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
