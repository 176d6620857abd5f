"""What invitations hand to the platform: the kind for colleagues, and the mails."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import ROLE_LABELS, ROLE_PURPOSES, Role
from prm.invitations import emails, services
from prm.invitations.kinds import InvitationKind, invitation_kinds
from prm.invitations.models import Invitation
from prm.outbox.kinds import AT_LEAST_ONCE, AT_MOST_ONCE, MessageKind, message_kinds


def _describe(invitation: Invitation) -> str:
    known = [Role(role) for role in invitation.roles if role in set(Role)]
    return ", ".join(str(ROLE_LABELS[role]) for role in known) or _("colleague")


def _describe_many(invitations: Iterable[Invitation]) -> Mapping[int, str]:
    return {invitation.pk: _describe(invitation) for invitation in invitations}


def _sees(invitation: Invitation) -> list[str]:
    return [str(ROLE_PURPOSES[Role(role)]) for role in invitation.roles if role in set(Role)]


def _accept(invitation: Invitation, membership: Membership, actor: Actor, now: datetime) -> None:
    """A colleague's roles come with the membership; there is nothing else to hang in."""


invitation_kinds.register(
    InvitationKind(
        "staff",
        gettext_lazy("Colleague"),
        describe=_describe,
        describe_many=_describe_many,
        accept=_accept,
        sees=_sees,
        permission="people.manage",
        membership_kind="staff",
        home_url_name="studio_home",
        order=10,
    )
)
message_kinds.register(
    MessageKind(
        services.MESSAGE,
        gettext_lazy("Invitation"),
        "invitations",
        AT_LEAST_ONCE,
        word=emails.invited,
        still_wanted=emails.is_still_invited,
        mandatory=True,
    ),
    MessageKind(
        services.ACCEPTED,
        gettext_lazy("Invitation accepted"),
        "invitations",
        AT_MOST_ONCE,
        word=emails.accepted,
    ),
    MessageKind(
        services.PASSED_ON,
        gettext_lazy("Invitation passed on"),
        "invitations",
        AT_MOST_ONCE,
        word=emails.passed_on,
    ),
)
