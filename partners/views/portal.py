"""The portal: your team, your groups, your products, your company."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from partners import rules
from partners.days import day_of
from partners.forms.people import ColleagueInviteForm, MendInvitationForm, PersonForm
from partners.models import PartnerUser
from partners.queries.duplicates import merge_of_address
from partners.queries.groups import my_groups
from partners.queries.invitations import KIND, open_invitations
from partners.queries.people import contact_of, partner_people, partner_user_of, people_rows
from partners.queries.products import my_products
from partners.queries.profiles import Reader, profiles_for, profiles_of, with_profiles
from partners.queries.structure import branches_to_look_at
from partners.queries.tier_standings import standings_of
from partners.services import people as services
from partners.services.inviting import Invitee, invite_people
from partners.showcases import shelves_of_each
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.invitations.models import Invitation
from prm.invitations.services import mend_address, resend, withdraw
from prm.problems import Refused
from prm.web.limits import limited
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast
from prm.web.views.invitations import BY_ORGANIZATION

_LEADS_ONLY = gettext_lazy("Inviting, changing and removing colleagues is for a lead of your company. Ask one of them.")


def me(request: Request) -> PartnerUser:
    """Who looks, as a partner's person; a guest of a cohort has no company here, so for them nothing is here."""
    user = partner_user_of(request.membership)
    if user is None:
        raise Http404
    return user


def me_as_lead(request: Request) -> PartnerUser:
    """The same for what only a company's lead does; colleagues are told so."""
    user = me(request)
    if not rules.may_manage_team(user):
        raise PermissionDenied(_LEADS_ONLY)
    return user


@portal
@require_safe
def team_list(request: Request) -> HttpResponse:
    """The people of one's own company, and who is invited."""
    user = me(request)
    is_lead = rules.may_manage_team(user)
    reader = Reader(request.membership, request.now, is_watched=request.see_as)
    page = page_of(with_profiles(partner_people(user.partner).active(), request.membership), request, ids_first=False)
    context = {
        "user": user,
        "is_lead": is_lead,
        "page": page,
        "people": people_rows(page.rows, profiles_of(page.rows, reader)),
        "invitations": open_invitations(user.partner, request.now) if is_lead else [],
        "contact": contact_of(user),
    }
    return render_page(request, "partners/team_list.html", context, {"team": "team"})


@portal
@require_safe
def team_branch(request: Request, public_id: str) -> HttpResponse:
    """A lead looks at the team of a branch that is linked "for the whole company"."""
    user = me_as_lead(request)
    merge = merge_of_address(public_id)
    branches = branches_to_look_at(user.partner, day_of(request.now))
    branch = get_object_or_404(branches, public_id=merge.survivor.public_id if merge else public_id)
    reader = Reader(request.membership, request.now, is_watched=request.see_as)
    page = page_of(with_profiles(partner_people(branch).active(), request.membership), request, ids_first=False)
    people = people_rows(page.rows, profiles_of(page.rows, reader))
    context = {"user": user, "branch": branch, "page": page, "people": people}
    return render_page(request, "partners/team_branch.html", context, {"team": "team"})


@portal
@limited
def team_invite(request: Request) -> HttpResponse:
    """A lead invites one colleague."""
    user = me_as_lead(request)
    form = ColleagueInviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        BY_ORGANIZATION.take(request.organization.pk)
        invitee = Invitee(form.cleaned_data["email"], form.cleaned_data["name"])
        try:
            invite_people(
                actor=request.actor,
                inviter=request.membership,
                partner=user.partner,
                invitees=[invitee],
                note=form.cleaned_data["note"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("The invitation to %s is on its way.") % invitee.email)
            return see_other("team_list")
    context = {"form": form, "user": user}
    return render_page(request, "partners/team_invite.html", context, status=422 if form.errors else 200)


@portal
def team_person(request: Request, public_id: str) -> HttpResponse:
    """A lead changes role and job of a colleague; everybody may change the own job."""
    user = me(request)
    colleague = _colleague(user, public_id)
    is_lead = rules.may_manage_team(user)
    if not is_lead and colleague.pk != user.pk:
        raise PermissionDenied(_LEADS_ONLY)
    form = PersonForm(request.POST or None, initial=PersonForm.initial_of(colleague))
    if not is_lead:
        form.keep_role(colleague.role)
    reader = Reader(request.membership, request.now, is_watched=request.see_as)
    profile = profiles_for(reader, [colleague.membership_id])[colleague.membership_id]
    if "job_title" not in profile.readable:
        form.keep_job(colleague.job_title)

    def save(_revision: int) -> None:
        services.change_person(actor=request.actor, user=colleague, now=request.now, **form.cleaned_data)

    if form.is_saved(save, lambda: PersonForm.initial_of(colleague)):
        toast(request, _("Saved."))
        return see_other("team_list")
    context = {"form": form, "colleague": colleague, "is_self": colleague.pk == user.pk, "is_lead": is_lead}
    return render_page(request, "partners/team_person.html", context, status=422 if form.errors else 200)


@portal
@require_POST
def team_remove(request: Request, public_id: str) -> HttpResponse:
    """A lead ends a colleague's access."""
    user = me_as_lead(request)
    colleague = _colleague(user, public_id)
    try:
        services.remove_person(actor=request.actor, user=colleague, acting=request.membership, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("%s cannot come in any more. An invitation brings them back.") % colleague)
    return see_other("team_list")


@portal
@require_POST
def team_withdraw(request: Request, public_id: str) -> HttpResponse:
    """A lead takes back an invitation of a colleague."""
    invitation = _invitation(request, public_id)
    try:
        withdraw(actor=request.actor, invitation=invitation, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Withdrawn. The link to %s no longer works.") % invitation.email)
    return see_other("team_list")


@portal
@limited
def team_invitation(request: Request, public_id: str) -> HttpResponse:
    """A lead looks after an invitation that waits: mends the address, sends it again, withdraws it."""
    invitation = _invitation(request, public_id)
    initial = {"email": invitation.email, "name": invitation.name}
    form = MendInvitationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        BY_ORGANIZATION.take(request.organization.pk)
        try:
            mend_address(actor=request.actor, invitation=invitation, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Sent to %s. The former link no longer works.") % form.cleaned_data["email"])
            return see_other("team_list")
    context = {"form": form, "invitation": invitation, "is_lapsed": invitation.is_lapsed(request.now)}
    return render_page(request, "partners/team_invitation.html", context, status=422 if form.errors else 200)


@portal
@limited
@require_POST
def team_resend(request: Request, public_id: str) -> HttpResponse:
    """A lead has an invitation mailed once more."""
    invitation = _invitation(request, public_id)
    BY_ORGANIZATION.take(request.organization.pk)
    try:
        resend(actor=request.actor, invitation=invitation, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("team_list")
    toast(request, _("Sent again to %s.") % invitation.email)
    return see_other("team_list")


def _invitation(request: Request, public_id: str) -> Invitation:
    """An open or withdrawn invitation of the lead's own company; those of others do not exist here."""
    user = me_as_lead(request)
    rows = Invitation.objects.filter(kind=KIND, target_id=user.partner_id).select_related("invited_by__person")
    found: Invitation = get_object_or_404(rows, public_id=public_id)
    return found


def _colleague(user: PartnerUser, public_id: str) -> PartnerUser:
    """Somebody of the own company; people of others do not exist here."""
    rows = PartnerUser.objects.active().filter(partner=user.partner_id)
    rows = rows.select_related("partner", "membership__person", "membership__organization")
    return get_object_or_404(rows, public_id=public_id)


@portal
@require_safe
def my_group_list(request: Request) -> HttpResponse:
    """The tiers and groups of one's company: why it has them, what each gives, who supports it, what comes next."""
    user = me(request)
    groups = my_groups(user.partner, request.now)
    standings = standings_of(user.partner, request.now)
    of_tiers = [standing.audience_id for standing in standings if standing.audience_id]
    of_groups = [group.audience_id for group in groups if group.audience_id]
    found = shelves_of_each([*of_groups, *of_tiers], request.now)
    context: dict[str, Any] = {
        "user": user,
        "is_lead": rules.may_manage_team(user),
        "standings": [(one, found.get(one.audience_id or 0, [])) for one in standings],
        "groups": [(group, found.get(group.audience_id or 0, [])) for group in groups],
        "contact": contact_of(user),
    }
    return render_page(request, "partners/my_group_list.html", context)


@portal
@require_safe
def my_product_list(request: Request) -> HttpResponse:
    """What one's company may do with which products, and until when."""
    user = me(request)
    context = {"user": user, "products": my_products(user.partner, request.now), "contact": contact_of(user)}
    return render_page(request, "partners/my_product_list.html", context)
