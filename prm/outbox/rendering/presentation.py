"""What frames a mail: whose it is, why the person gets it, and how to get no more of its kind."""

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext as _

from prm.accounts.models import Membership
from prm.addresses import address as address_of
from prm.outbox.kinds import MessageKind, categories
from prm.outbox.models import Message
from prm.outbox.rendering.layout import Look
from prm.outbox.rendering.letters import Footer
from prm.tenancy.models import Organization

UNSUBSCRIBE = "unsubscribe"
# Of a mail that tells several things: all that it is about.
UNSUBSCRIBE_ALL = "unsubscribe.all"


def look_of(organization: Organization) -> Look:
    """Its revision stands in the logo's address, so that mail programs fetch a changed one."""
    logo = address_of("organization_logo", absolute=True) if organization.logo_key else ""
    return Look(
        label=organization.label,
        color=organization.brand_color,
        logo_url=f"{logo}?v={organization.revision}" if logo else "",
        language=translation.get_language() or organization.language,
    )


def unsubscribe_url(message: Message, purpose: str = UNSUBSCRIBE) -> str:
    return address_of("unsubscribe", message.token(purpose), absolute=True)


def unsubscribe_headers(message: Message, purpose: str = UNSUBSCRIBE) -> dict[str, str]:
    """One click in the mail program, without a page (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(message, purpose)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def footer_for(
    message: Message,
    kind: MessageKind,
    member: Membership | None,
    address: str,
    others: Mapping[str, Message] | None = None,
) -> Footer:
    """Why this person gets this mail, in one sentence, and what they can do about it.

    `others` are the further categories that it is about, each with a message of it.
    """
    organization = message.organization
    if member is not None:
        reason = _("You get this because you belong to %(label)s (%(address)s).")
        links = [(_("What we mail you"), address_of("preferences", absolute=True))]
    else:
        reason = _("You get this because somebody at %(label)s wrote to %(address)s.")
        links = []
    told = reason % {"label": organization.label, "address": address}
    if kind.mandatory:
        told = f"{told} {_('It is part of the service and cannot be turned off.')}"
    else:
        for name, told_of in {kind.category: message, **(others or {})}.items():
            label = _("No more mails about “%(category)s”") % {"category": categories.get(name).label}
            links.append((label, unsubscribe_url(told_of)))
    return Footer(told, links)
