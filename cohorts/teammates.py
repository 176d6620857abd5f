"""What an invitation means that came with a team: somebody new joins their company and finds the question there."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.models import TeamMember
from cohorts.services.team_invitations import welcome_teammate
from partners.services.people import add_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.invitations.models import Invitation


def describe(invitation: Invitation) -> str:
    """What the addressee reads: the company, and in which team."""
    person = _named(invitation)
    if person is None:
        return ""
    words = {"company": person.team.partner.name, "cohort": person.team.cohort.title}
    return _("%(company)s, in its team for “%(cohort)s”") % words


def sees(invitation: Invitation) -> list[str]:
    person = _named(invitation)
    return [_("say whether you come along to “%(cohort)s”") % {"cohort": person.team.cohort.title}] if person else []


def accept(invitation: Invitation, membership: Membership, actor: Actor, now: datetime) -> None:
    """They become a person of the partner; the place in the team is theirs to answer. Raises `Refused` for an archived
    partner.
    """
    person = _named(invitation)
    if person is not None:
        add_person(actor=actor, partner=person.team.partner, membership=membership, now=now)
        welcome_teammate(person=person, membership=membership, now=now)


def find_target(public_id: str) -> int | None:
    return TeamMember.objects.asked().filter(public_id=public_id).values_list("pk", flat=True).first()


def _named(invitation: Invitation) -> TeamMember | None:
    rows = TeamMember.objects.filter(pk=invitation.target_id or 0)
    return rows.select_related("team__cohort", "team__partner").first()
