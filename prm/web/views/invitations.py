"""Invitations in hand: who was invited, what became of it, and the exact mail before it goes."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.invitations import queries, services
from prm.invitations.kinds import InvitationKind, invitation_kinds
from prm.invitations.models import Invitation
from prm.problems import Refused
from prm.web.invitation_drafts import Draft, mail_preview, ways_to_invite
from prm.web.limits import Limit, limited
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast
from prm.web.settings_forms import MendForm

# Somebody else's inbox is what is spent here.
BY_ORGANIZATION = Limit("invitations", 300, per=3600)


@studio("people.invite")
@require_safe
def invitation_list(request: Request) -> HttpResponse:
    """Everybody who was invited, newest first, with what became of it."""
    shown = request.GET.get("state", "all")
    listed = page_of(queries.invitations(shown, request.GET.get("q", ""), request.now), request)
    context = {
        "page": listed,
        "rows": queries.rows_of(listed.rows, request.now),
        "filters": queries.FILTERS.items(),
        "shown": shown,
        "ways": ways_to_invite(request),
    }
    return render_page(request, "web/invitation_list.html", context, {"rows": "rows"})


@studio("people.invite")
@limited
@require_http_methods(["GET", "POST"])
def invitation_create(request: Request) -> HttpResponse:
    """Address, personal line, and beside it the exact mail."""
    draft = Draft.of(request)
    if request.method == "POST" and draft.form.is_valid():
        BY_ORGANIZATION.take(request.organization.pk)
        try:
            invitation = draft.invite(request)
        except Refused as refusal:
            draft.form.add_problems(refusal)
        else:
            toast(request, _("The invitation to %(email)s is on its way.") % {"email": invitation.email})
            return see_other("invitation_list")
    return render_page(
        request, "web/invitation_create.html", draft.context(), status=422 if draft.form.is_bound else 200
    )


@studio("people.invite")
@require_POST
def invitation_preview(request: Request) -> HttpResponse:
    """The mail as it would be with what is typed so far, beside what is wrong with it. Sends nothing."""
    draft = Draft.of(request)
    status = 422 if draft.form.errors else 200
    return render_page(request, "web/invitation_create.html", draft.context(), {"preview": "preview"}, status=status)


@studio("people.invite")
@require_safe
def invitation_detail(request: Request, public_id: str) -> HttpResponse:
    """One invitation with what can be done about it."""
    invitation, kind = _found(request, public_id)
    return render_page(request, "web/invitation_detail.html", _detail(request, invitation, kind))


@studio("people.invite")
@limited
@require_POST
def invitation_resend(request: Request, public_id: str) -> HttpResponse:
    invitation, _kind = _found(request, public_id)
    BY_ORGANIZATION.take(request.organization.pk)
    try:
        services.resend(actor=request.actor, invitation=invitation, now=request.now)
    except Refused as refusal:
        return _refused(request, invitation, refusal)
    toast(request, _("Sent again to %(email)s.") % {"email": invitation.email})
    return see_other("invitation_detail", public_id)


@studio("people.invite")
@limited
@require_POST
def invitation_mend(request: Request, public_id: str) -> HttpResponse:
    """Correct the address; the link that went to the wrong one is dead at once."""
    invitation, kind = _found(request, public_id)
    BY_ORGANIZATION.take(request.organization.pk)
    form = MendForm(request.POST)
    if form.is_valid():
        try:
            services.mend_address(actor=request.actor, invitation=invitation, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Sent to %(email)s instead.") % {"email": form.cleaned_data["email"]})
            return see_other("invitation_detail", public_id)
    context = {**_detail(request, invitation, kind), "mend_form": form}
    return render_page(request, "web/invitation_detail.html", context, status=422)


@studio("people.invite")
@require_POST
def invitation_withdraw(request: Request, public_id: str) -> HttpResponse:
    invitation, _kind = _found(request, public_id)
    try:
        services.withdraw(actor=request.actor, invitation=invitation, now=request.now)
    except Refused as refusal:
        return _refused(request, invitation, refusal)
    toast(request, _("Withdrawn. The link to %(email)s no longer works.") % {"email": invitation.email})
    return see_other("invitation_detail", public_id)


def _found(request: Request, public_id: str) -> tuple[Invitation, InvitationKind]:
    """The invitation, for those who may send invitations of its kind."""
    rows = Invitation.objects.select_related("invited_by__person", "membership__person")
    invitation = rows.filter(public_id=public_id).first()
    if invitation is None or invitation.kind not in invitation_kinds:
        raise Http404
    kind = invitation_kinds.get(invitation.kind)
    if request.method == "POST" and not may(request.membership, kind.permission):
        raise PermissionDenied(_("Invitations of colleagues are in the hands of the owners."))
    return invitation, kind


def _detail(request: Request, invitation: Invitation, kind: InvitationKind) -> dict[str, object]:
    mail = queries.newest_mail(invitation)
    state, state_label = queries.state_of(invitation, mail.state if mail else "", request.now)
    is_open = invitation.state == Invitation.State.OPEN
    in_hand = is_open and may(request.membership, kind.permission)
    token = invitation.copied_token
    return {
        "invitation": invitation,
        "kind": kind,
        "what": kind.describe(invitation),
        "state": state,
        "state_label": state_label,
        "failure": mail.reason if mail and state == "bounced" else "",
        "mail": mail,
        "in_hand": in_hand,
        "is_running": is_open and not invitation.is_lapsed(request.now),
        "link": address("invitation_join", token, absolute=True) if in_hand else "",
        "mend_form": MendForm(initial={"email": invitation.email, "name": invitation.name}),
        "preview": mail_preview(invitation),
    }


def _refused(request: Request, invitation: Invitation, refusal: Refused) -> HttpResponse:
    kind = invitation_kinds.get(invitation.kind)
    context = {**_detail(request, invitation, kind), "problems": refusal.problems}
    return render_page(request, "web/invitation_detail.html", context, status=422)
