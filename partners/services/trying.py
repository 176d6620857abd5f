"""Trying it on oneself: a marked test partner with one person, whose mails reach the colleague who tries."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Partner, PartnerUser
from partners.services.partners import PartnerDetails, create_partner
from partners.services.people import add_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.accounts.services.memberships import add_member
from prm.accounts.services.people import person_of


def plus_address(email: str) -> str:
    """The address whose mails reach the same mailbox: alice@acme.example → alice+test@acme.example."""
    local, _at, domain = email.rpartition("@")
    return f"{local.partition('+')[0]}+test@{domain}"


@transaction.atomic
def create_test_partner(*, actor: Actor, colleague: Membership, now: datetime) -> PartnerUser:
    """Make a test partner, left out of every figure, and its one person; a colleague who has one gets it again.

    The person's account has no password: whoever reads the colleague's mail signs in by code. Raises `Refused` where
    somebody else was made a member under that address.
    """
    email = plus_address(colleague.person.email)
    known = PartnerUser.objects.active().filter(partner__is_test=True, membership__person__email=email)
    found: PartnerUser | None = known.select_related("partner", "membership__person").first()
    if found is not None:
        return found
    name = str(colleague.person)
    details = PartnerDetails(name=_("Test partner of %s") % name, account_manager=colleague)
    partner = create_partner(actor=actor, details=details, is_test=True, is_another=True, now=now)
    person = person_of(email) or Person.objects.create_user(email, name=_("%s (test)") % name)
    member = add_member(
        actor=actor, organization=colleague.organization, person=person, kind=Membership.Kind.PARTNER, now=now
    )
    return add_person(actor=actor, partner=partner, membership=member, now=now)


def own_test_partner(colleague: Membership) -> Partner | None:
    """The colleague's own test partner, if there is one."""
    email = plus_address(colleague.person.email)
    found = PartnerUser.objects.active().filter(partner__is_test=True, membership__person__email=email)
    user = found.select_related("partner").first()
    return user.partner if user else None
