"""Colleagues: who they are, what they may do, and how somebody goes."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from prm.accounts import queries
from prm.accounts.access import member, studio
from prm.accounts.models import Membership
from prm.accounts.permissions import PERMISSION_LABELS, ROLE_LABELS, ROLE_PURPOSES, TABLE, Role, may
from prm.accounts.requests import Request
from prm.accounts.services import memberships
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.people_rows import colleague_row
from prm.web.places import colleague_actions
from prm.web.reauthentication import recently_proven
from prm.web.rendering import render_page, see_other, toast
from prm.web.settings_forms import RolesForm, SuccessorForm


@studio("people.view")
@require_safe
def people_list(request: Request) -> HttpResponse:
    """Colleagues with their roles."""
    page = page_of(queries.colleagues(request.organization), request)
    context = {
        "page": page,
        "rows": [colleague_row(row, request.membership) for row in page.rows],
        "may_manage": may(request.membership, "people.manage"),
    }
    return render_page(request, "web/people_list.html", context, {"rows": "rows"})


@studio("studio.enter")
@require_safe
def role_table(request: Request) -> HttpResponse:
    """What each role may do: the one table, as it is in force."""
    rows = [(PERMISSION_LABELS[name], [role in allowed for role in Role]) for name, allowed in TABLE.items()]
    roles = [(ROLE_LABELS[role], ROLE_PURPOSES[role], role in request.membership.roles) for role in Role]
    return render_page(request, "web/role_table.html", {"rows": rows, "roles": roles})


@studio("people.manage")
@require_http_methods(["GET", "POST"])
def person_detail(request: Request, public_id: str) -> HttpResponse:
    """One colleague: roles to change, access to suspend or end."""
    colleague = _colleague(request, public_id)
    form = RolesForm(request.POST or None, initial={"roles": colleague.roles})
    if request.method == "POST" and form.is_valid():
        try:
            memberships.change_roles(
                actor=request.actor, member=colleague, roles=form.cleaned_data["roles"], now=request.now
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved. It counts from %(name)s’s next click.") % {"name": colleague.person})
            return see_other("people_list")
    return _person_page(request, colleague, form, status=422 if form.is_bound else 200)


@studio("people.manage")
@require_POST
def person_suspend(request: Request, public_id: str) -> HttpResponse:
    return _act(request, public_id, memberships.suspend_member, _("%(name)s cannot get in until you say so."))


@studio("people.manage")
@require_POST
def person_resume(request: Request, public_id: str) -> HttpResponse:
    return _act(request, public_id, memberships.resume_member, _("%(name)s can get in again."))


@studio("people.manage")
@require_POST
def person_remove(request: Request, public_id: str) -> HttpResponse:
    done = _("%(name)s is no longer a colleague here. What they did stays under their name.")
    return _act(request, public_id, memberships.remove_member, done, "people_list")


@member
@require_http_methods(["GET", "POST"])
def organization_leave(request: Request) -> HttpResponse:
    """Leave the organization oneself; after a question, since only an invitation leads back."""
    problems = []
    if request.method == "POST":
        try:
            memberships.leave(actor=request.actor, member=request.membership, now=request.now)
        except Refused as refusal:
            problems = refusal.problems
        else:
            toast(request, _("You have left %(name)s.") % {"name": request.organization.name})
            return see_other("home")
    return render_page(request, "web/organization_leave.html", {"problems": problems}, status=422 if problems else 200)


@studio("people.manage")
@recently_proven
@require_http_methods(["GET", "POST"])
def ownership_transfer(request: Request) -> HttpResponse:
    """Hand the organization over to a colleague."""
    form = SuccessorForm(request.POST or None, owner=request.membership)
    if request.method == "POST" and form.is_valid():
        successor = form.cleaned_data["successor"]
        try:
            memberships.transfer_ownership(
                actor=request.actor, owner=request.membership, successor=successor, now=request.now
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%(name)s owns the organization now.") % {"name": successor.person})
            return see_other("studio_home")
    return render_page(request, "web/ownership_transfer.html", {"form": form}, status=422 if form.is_bound else 200)


def _act(
    request: Request, public_id: str, act: Callable[..., None], done: str, then: str = "person_detail"
) -> HttpResponse:
    colleague = _colleague(request, public_id)
    try:
        act(actor=request.actor, member=colleague, now=request.now)
    except Refused as refusal:
        form = RolesForm(initial={"roles": colleague.roles})
        return _person_page(request, colleague, form, status=422, problems=refusal.problems)
    toast(request, done % {"name": colleague.person})
    return see_other(then, public_id) if then == "person_detail" else see_other(then)


def _colleague(request: Request, public_id: str) -> Membership:
    colleague = queries.colleagues(request.organization).filter(public_id=public_id).first()
    if colleague is None:
        raise Http404
    colleague.organization = request.organization
    return colleague


def _person_page(request: Request, colleague: Membership, form: RolesForm, status: int, **extra: Any) -> HttpResponse:
    context = {
        "colleague": colleague,
        "form": form,
        "is_self": colleague.pk == request.membership.pk,
        "actions": colleague_actions.all(),
        "is_suspended": colleague.state == Membership.State.SUSPENDED,
        "is_last_owner": colleague.is_owner and not queries.other_owners(colleague),
        **extra,
    }
    return render_page(request, "web/person_detail.html", context, status=status)
