"""What an invitation's link opens. Showing changes nothing; the one button uses the link up."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth import logout
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from prm.accounts import codes
from prm.accounts.access import public
from prm.accounts.actors import Actor
from prm.accounts.queries import person_is
from prm.accounts.requests import Request, visitor
from prm.accounts.services.people import person_of
from prm.addresses import address
from prm.invitations import rules, services
from prm.invitations.emails import last_day
from prm.invitations.kinds import invitation_kinds
from prm.invitations.models import Invitation
from prm.invitations.queries import Opened, invitation_behind
from prm.outbox.services import post_account_mail
from prm.problems import Refused
from prm.web.limits import Limit, limited, network_address
from prm.web.rendering import SeeOther, render_page, see_other, toast
from prm.web.signing_in import sign_in_proven
from prm.web.start_forms import JoinCodeForm, JoinForm, PassOnForm

LOOKS = Limit("join.look", 120, per=60, opens=True)
ACTS = Limit("join.act", 30, per=600)
MAILS = Limit("join.mail", 3, per=3600)

type LinkView = Callable[[Request, Opened], HttpResponse]


def _with_invitation(view: LinkView) -> Callable[[Request, str], HttpResponse]:
    """Look the link up. A wrong one, another organization's and a replaced one cannot be told apart."""

    @wraps(view)
    def looked_up(request: Request, token: str) -> HttpResponse:
        visitor = network_address(request)
        LOOKS.take(visitor)
        if request.method == "POST":
            ACTS.take(visitor)
        opened = invitation_behind(token)
        if opened is None or opened.invitation.kind not in invitation_kinds:
            return render_page(request, "web/invitation_unknown.html", status=404)
        return view(request, opened)

    return looked_up


def _while_open(view: LinkView) -> LinkView:
    """Show the page only where the link still leads in; else what became of it."""

    @wraps(view)
    def asked(request: Request, opened: Opened) -> HttpResponse:
        closed = _closed(request, opened.invitation)
        return view(request, opened) if closed is None else closed

    return asked


@public
@limited
@require_http_methods(["GET", "POST"])
@_with_invitation
@_while_open
def invitation_join(request: Request, opened: Opened) -> HttpResponse:
    """Who invited which address for which company, and [Join]."""
    services.note_opened(invitation=opened.invitation, now=request.now)
    form = JoinForm(request.POST or None, initial={"name": opened.invitation.name})
    if _is_proven(request, opened) and not _is_other(request, opened.invitation) and form.is_valid():
        try:
            return _let_in(request, opened.invitation, form.cleaned_data["name"])
        except Refused as refusal:
            form.add_problems(refusal)
    return _page(request, opened, form)


@public
@limited
@require_http_methods(["GET", "POST"])
@_with_invitation
@_while_open
def invitation_code(request: Request, opened: Opened) -> HttpResponse:
    """For a link that was handed over: the code that went to the invited address lets in."""
    invitation = opened.invitation
    if codes.pending_email(request.session, _purpose(invitation)) != invitation.email:
        return see_other("invitation_join", _token(request))
    form = JoinCodeForm(request.POST or None, initial={"name": invitation.name})
    if form.is_valid():
        try:
            codes.redeem(request.session, _purpose(invitation), form.cleaned_data["code"], request.now)
            return _let_in(request, invitation, form.cleaned_data["name"])
        except Refused as refusal:
            form.add_problems(refusal)
    return _page(request, opened, form, "web/invitation_code.html")


@public
@limited
@require_POST
@_with_invitation
@_while_open
def invitation_code_send(request: Request, opened: Opened) -> HttpResponse:
    """Mail a code to the invited address, and to no other."""
    invitation = opened.invitation
    MAILS.take(invitation.pk)
    code = codes.issue(request.session, _purpose(invitation), invitation.email, request.now)
    values = {"code": code, "portal": request.organization.label, "name": invitation.name}
    post_account_mail(template="account/join_code", address=invitation.email, values=values, now=request.now)
    return see_other("invitation_code", _token(request))


@public
@limited
@require_POST
@_with_invitation
def invitation_switch(request: Request, opened: Opened) -> HttpResponse:
    """Sign out whoever is signed in, and come back to the invitation."""
    logout(request)
    return see_other("invitation_join", _token(request))


@public
@limited
@require_POST
@_with_invitation
def invitation_again(request: Request, opened: Opened) -> HttpResponse:
    """The addressee of a lapsed link has a new one sent, to the same address."""
    invitation = opened.invitation
    if not invitation.is_lapsed(request.now):
        return see_other("invitation_join", _token(request))
    MAILS.take(invitation.pk)
    actor = Actor.guest(invitation.name or invitation.email, network_address(request))
    try:
        services.resend(actor=actor, invitation=invitation, now=request.now)
    except Refused:
        # A second click: the new mail is on its way already.
        invitation.refresh_from_db()
    context = {"masked": rules.masked_email(invitation.email)}
    return render_page(request, "web/invitation_sent_again.html", context)


@public
@limited
@require_http_methods(["GET", "POST"])
@_with_invitation
@_while_open
def invitation_pass_on(request: Request, opened: Opened) -> HttpResponse:
    """Not for you? Name somebody else; whoever invited you decides."""
    invitation = opened.invitation
    form = PassOnForm(request.POST or None)
    if form.is_valid():
        visitor = network_address(request)
        try:
            services.pass_on(invitation=invitation, network_address=visitor, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            named = form.cleaned_data["name"] or form.cleaned_data["email"]
            context = {"inviter": invitation.invited_by.person, "named": named, "is_at_once": _at_once(invitation)}
            return render_page(request, "web/invitation_passed_on.html", context)
    return _page(request, opened, form, "web/invitation_pass_on.html")


def _at_once(invitation: Invitation) -> bool:
    """Whether somebody who is named instead is written to without the inviter's doing."""
    return invitation_kinds.get(invitation.kind).pass_on is not None


def _let_in(request: Request, invitation: Invitation, name: str) -> HttpResponse:
    kind = invitation_kinds.get(invitation.kind)
    visitor = network_address(request)
    member = services.accept(invitation=invitation, name=name, network_address=visitor, now=request.now)
    response = sign_in_proven(request, member.person, invitation.email, address(kind.home_url_name))
    toast(request, _("You are in. Next time we mail you a code, so there is no password to remember."))
    return response


def _closed(request: Request, invitation: Invitation) -> HttpResponse | None:
    """What to say where the link leads in no more; None where it does."""
    problems = rules.acceptance_problems(invitation, request.now)
    if not problems:
        return None
    member = invitation.membership
    if problems[0].code == "used" and member is not None and person_is(request.user, member.person):
        return SeeOther(address(invitation_kinds.get(invitation.kind).home_url_name))
    context = {
        "code": problems[0].code,
        "invitation": invitation,
        "inviter": invitation.invited_by.person,
        "masked": rules.masked_email(invitation.email),
        "ended_on": last_day(invitation, request.organization),
        "token": _token(request),
    }
    return render_page(request, "web/invitation_closed.html", context, status=410)


def _page(
    request: Request, opened: Opened, form: JoinForm | PassOnForm, template: str = "web/invitation_join.html"
) -> HttpResponse:
    invitation = opened.invitation
    context = {
        "form": form,
        "invitation": invitation,
        "inviter": invitation.invited_by.person,
        "what": invitation_kinds.get(invitation.kind).describe(invitation),
        "is_colleague": invitation_kinds.get(invitation.kind).membership_kind == "staff",
        "sees": invitation_kinds.get(invitation.kind).sees(invitation)[:3],
        "until": last_day(invitation, request.organization),
        # Whoever was handed the link need not learn the address; whoever got the mail has it.
        "email": invitation.email if opened.proves_address else rules.masked_email(invitation.email),
        "masked": rules.masked_email(invitation.email),
        "is_other": _is_other(request, invitation),
        "is_proven": _is_proven(request, opened),
        "is_at_once": _at_once(invitation),
        "is_inside_app": _is_inside_app(request.headers.get("User-Agent", "")),
        "token": _token(request),
    }
    return render_page(request, template, context, status=422 if form.is_bound else 200)


def _is_proven(request: Request, opened: Opened) -> bool:
    """By the mailed link, or by being signed in as whoever the address belongs to."""
    return opened.proves_address or _is_addressee(request, opened.invitation)


def _is_addressee(request: Request, invitation: Invitation) -> bool:
    person = person_of(invitation.email)
    return person is not None and person_is(request.user, person)


def _is_other(request: Request, invitation: Invitation) -> bool:
    return visitor(request) is not None and not _is_addressee(request, invitation)


def _is_inside_app(agent: str) -> bool:
    """Whether the page is shown by a browser inside another app, which forgets who signed in."""
    is_ios_view = ("iPhone" in agent or "iPad" in agent) and "Safari/" not in agent
    return is_ios_view or any(mark in agent for mark in ("; wv)", "FBAN/", "FBAV/", "Instagram", "Line/", "GSA/"))


def _purpose(invitation: Invitation) -> str:
    return f"join.{invitation.public_id}"


def _token(request: Request) -> str:
    return str(request.resolver_match.kwargs["token"]) if request.resolver_match else ""
