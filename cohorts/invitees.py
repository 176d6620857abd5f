"""What an invitation means that came with a nomination: somebody new joins a partner and finds the cohort waiting."""

from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from cohorts.models import Nomination
from cohorts.queries.invitation import colleague_domains
from cohorts.services.nominations import decline_nomination, pass_nomination_on, welcome_nominee
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


def pass_on(invitation: Invitation, name: str, email: str, actor: Actor, now: datetime) -> None:
    """Whom they name is nominated instead, as by somebody who is here; naming nobody declines.

    Raises `Refused` with what `nominations.pass_nomination_on` says.
    """
    nomination = _nomination(invitation)
    if nomination is None or nomination.state != Nomination.State.OPEN:
        return
    if not email:
        decline_nomination(nomination=nomination, now=now)
        return
    domains = colleague_domains(nomination)
    pass_nomination_on(actor=actor, nomination=nomination, email=email, name=name, domains=domains, now=now)


def find_target(public_id: str) -> int | None:
    return Nomination.objects.open().filter(public_id=public_id).values_list("pk", flat=True).first()


def _nomination(invitation: Invitation) -> Nomination | None:
    rows = Nomination.objects.filter(pk=invitation.target_id or 0)
    return rows.select_related("cohort", "partner", "nominated_by__person").first()
