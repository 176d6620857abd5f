"""An invitation while it is being written: its form, whom it is for, and the exact mail."""

from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.invitations import emails, services
from prm.invitations.kinds import InvitationKind, invitation_kinds
from prm.invitations.models import Invitation
from prm.tenancy.scope import current_organization
from prm.web.mail_previews import MailPreview, preview_of
from prm.web.settings_forms import ColleagueForm, InvitationForm

_SOMEWHERE = "https://example.com/"


def mail_preview(invitation: Invitation) -> MailPreview:
    """The mail that this invitation is or would be. Its links lead nowhere."""
    return preview_of(emails.wording(invitation, link=_SOMEWHERE, pass_on_link=_SOMEWHERE))


@dataclass(frozen=True)
class Draft:
    """What `/invitations/new/?kind=…&for=…` is about. `form` is bound when something was posted."""

    kind: InvitationKind
    target: str
    target_id: int | None
    form: InvitationForm
    invitation: Invitation

    @classmethod
    def of(cls, request: Request) -> Self:
        """Raises 404 for an unknown kind or target and 403 for a kind that is not in this member's hands."""
        kind = _asked_kind(request)
        target = request.GET.get("for", "")
        target_id = kind.find_target(target) if target else None
        if kind.needs_target and target_id is None:
            raise Http404
        shape = ColleagueForm if kind.membership_kind == "staff" else InvitationForm
        form = shape(request.POST or None)
        form.is_valid()
        typed = getattr(form, "cleaned_data", {})
        invitation = services.draft(
            inviter=request.membership,
            kind=kind.name,
            email=typed.get("email", ""),
            name=typed.get("name", ""),
            roles=typed.get("roles", ()),
            target_id=target_id,
            note=typed.get("note", ""),
            now=request.now,
        )
        return cls(kind, target, target_id, form, invitation)

    def invite(self, request: Request) -> Invitation:
        """Send it; the form must be valid."""
        return services.invite(
            actor=request.actor,
            inviter=request.membership,
            kind=self.kind.name,
            target_id=self.target_id,
            now=request.now,
            **self.form.cleaned_data,
        )

    def context(self) -> dict[str, Any]:
        query = urlencode({"kind": self.kind.name, **({"for": self.target} if self.target else {})})
        return {
            "kind": self.kind,
            "form": self.form,
            "what": self.kind.describe(self.invitation) if self.target_id else "",
            "sees": self.kind.sees(self.invitation),
            "preview": mail_preview(self.invitation),
            "query": f"?{query}",
            "until": emails.last_day(self.invitation, current_organization()),
        }


def ways_to_invite(request: Request) -> list[tuple[InvitationKind, str]]:
    """(kind, address) of each kind that this member may send: the form itself, or where its target is chosen."""
    found = []
    for kind in invitation_kinds.all():
        if not may(request.membership, kind.permission):
            continue
        if not kind.needs_target:
            found.append((kind, f"{address('invitation_create')}?kind={kind.name}"))
        elif kind.choose_url_name:
            found.append((kind, address(kind.choose_url_name)))
    return found


def _asked_kind(request: Request) -> InvitationKind:
    name = request.GET.get("kind", "staff")
    if name not in invitation_kinds:
        raise Http404
    kind = invitation_kinds.get(name)
    if not may(request.membership, kind.permission):
        raise PermissionDenied(_("Invitations of this kind are in other hands. An owner can change that."))
    return kind
