"""What an invitation means that came with a nomination: somebody new joins a partner and finds the cohort waiting."""

from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from cohorts.models import Nomination
from cohorts.services.nominations import welcome_nominee
from partners.services.people import add_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.invitations.models import Invitation


def describe(invitation: Invitation) -> str:
    """What the addressee reads: the company, and for what they were nominated."""
    nomination = _nomination(invitation)
    if nomination is None:
        return ""
    company = nomination.partner.name if nomination.partner else ""
    return _("%(company)s, nominated for “%(cohort)s”") % {"company": company, "cohort": nomination.cohort.title}


def sees(invitation: Invitation) -> list[str]:
    """What awaits them: the application, until when."""
    nomination = _nomination(invitation)
    if nomination is None:
        return []
    cohort = nomination.cohort
    if cohort.applications_close_on is None:
        return [_("apply for “%(cohort)s”") % {"cohort": cohort.title}]
    day = formats.date_format(cohort.applications_close_on, "l j F")
    return [_("apply for “%(cohort)s” until %(day)s") % {"cohort": cohort.title, "day": day}]


def accept(invitation: Invitation, membership: Membership, actor: Actor, now: datetime) -> None:
    """They become a person of the partner; the nomination is theirs. Raises `Refused` for an archived partner."""
    nomination = _nomination(invitation)
    if nomination is None:
        return
    if nomination.partner is not None:
        add_person(actor=actor, partner=nomination.partner, membership=membership, now=now)
    welcome_nominee(nomination=nomination, membership=membership)


def find_target(public_id: str) -> int | None:
    return Nomination.objects.open().filter(public_id=public_id).values_list("pk", flat=True).first()


def _nomination(invitation: Invitation) -> Nomination | None:
    rows = Nomination.objects.filter(pk=invitation.target_id or 0)
    return rows.select_related("cohort", "partner").first()
