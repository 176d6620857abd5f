"""Teams of a cohort for those who lead it: what a team is, whom they ask in, and each team with what it needs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.running import ExtendForm
from cohorts.forms.teams import TeamInvitationForm, TeamShapeForm
from cohorts.models import Cohort, Team
from cohorts.parts import Part
from cohorts.queries.nominees import partner_choices
from cohorts.queries.teams import one_team, shape_of_cohort, shape_of_program, team_rows
from cohorts.services import team_invitations as services
from cohorts.services.team_plans import set_cohort_teams, set_program_teams
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort
from cohorts.views.studio.programs import load_program
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def _load_cohort(public_id: str) -> Cohort:
    """A cohort whose seats are for teams; where they are not there are no such pages."""
    cohort = load_cohort(public_id)
    if not cohort.uses(Part.TEAMS):
        raise Http404(_("Seats of this cohort are not for teams."))
    return cohort


def _load_team(public_id: str, team_id: str) -> Team:
    rows = Team.objects.select_related("cohort__program", "partner", "application").exclude(state=Team.State.FORMING)
    team: Team = get_object_or_404(rows, cohort=_load_cohort(public_id), public_id=team_id)
    return team


@studio("cohorts.manage")
def program_teams(request: Request, public_id: str) -> HttpResponse:
    """What a team is in all cohorts of this program, save those that have a word of their own."""
    program = load_program(public_id)
    if Part.TEAMS not in program.parts:
        raise Http404(_("Seats of this program’s cohorts are not for teams."))
    form = TeamShapeForm(request.POST or None, initial=TeamShapeForm.initial_of(shape_of_program(program)))
    if request.method == "POST" and form.is_valid():
        try:
            set_program_teams(actor=request.actor, program=program, shape=form.shape())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("program_detail", public_id)
    context = {"form": form, "program": program}
    return render_page(request, "cohorts/program_teams.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def cohort_teams(request: Request, public_id: str) -> HttpResponse:
    cohort = _load_cohort(public_id)
    shape, is_own = shape_of_cohort(cohort)
    form = TeamShapeForm(request.POST or None, initial=TeamShapeForm.initial_of(shape))
    if request.method == "POST" and form.is_valid():
        try:
            set_cohort_teams(actor=request.actor, cohort=cohort, shape=form.shape())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("team_list", public_id)
    context = {"form": form, "cohort": cohort, "is_own": is_own, **tabs(request, "people")}
    return render_page(request, "cohorts/cohort_teams.html", context, status=422 if form.errors else 200)


@studio("cohorts.view")
@require_safe
def team_list(request: Request, public_id: str) -> HttpResponse:
    """The teams that have or had to do with a seat, those that hold one first."""
    cohort = _load_cohort(public_id)
    context = {
        "cohort": cohort,
        "teams": team_rows(cohort, request.now),
        **tabs(request, "people"),
    }
    return render_page(request, "cohorts/team_list.html", context)


@studio("cohorts.manage")
def team_invite(request: Request, public_id: str) -> HttpResponse:
    """Ask a partner's team straight to a seat."""
    cohort = _load_cohort(public_id)
    form = TeamInvitationForm(request.POST or None, shape=shape_of_cohort(cohort)[0])
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {"actor": request.actor, "inviter": request.membership, "now": request.now}
        partner, note = form.cleaned_data["partner"], form.cleaned_data["note"]
        try:
            team = services.invite_team(cohort=cohort, partner=partner, people=form.people(), note=note, **said)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Each of them gets a mail, and confirms for themselves."))
            return see_other("team_manage", public_id, team.public_id)
    context = {"form": form, "cohort": cohort, "partners": partner_choices(), **tabs(request, "people")}
    return render_page(request, "cohorts/team_invite.html", context, status=422 if form.errors else 200)


@studio("cohorts.view")
@require_safe
def team_manage(request: Request, public_id: str, team_id: str) -> HttpResponse:
    """One team: who has confirmed, what is missing, whom to call."""
    team = _load_team(public_id, team_id)
    context = {
        "cohort": team.cohort,
        "team": one_team(team, team.cohort, request.now),
        "may_decide": may(request.membership, "cohorts.decide"),
        "is_over": team.cohort.state in Cohort.ENDED,
        **tabs(request, "people"),
    }
    return render_page(request, "cohorts/team_manage.html", context)


@studio("cohorts.decide")
@require_POST
def team_offer(request: Request, public_id: str, team_id: str) -> HttpResponse:
    team = _load_team(public_id, team_id)
    try:
        services.offer_team(actor=request.actor, team=team, now=request.now)
        toast(request, _("Everybody in the team of %s gets a mail with the offer.") % team.partner.name)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("team_manage", public_id, team_id)


@studio("cohorts.decide")
@require_POST
def team_release(request: Request, public_id: str, team_id: str) -> HttpResponse:
    team = _load_team(public_id, team_id)
    try:
        services.release_team(actor=request.actor, team=team, now=request.now)
        toast(request, _("Released. Everybody in the team of %s gets a friendly mail.") % team.partner.name)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("team_manage", public_id, team_id)


@studio("cohorts.decide")
def team_extend(request: Request, public_id: str, team_id: str) -> HttpResponse:
    """More time for everybody who has not answered."""
    team = _load_team(public_id, team_id)
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.moment(team.cohort.zone)
        try:
            services.extend_team(actor=request.actor, team=team, confirm_by=until, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("team_manage", public_id, team_id)
    context = {"form": form, "team": team, "cohort": team.cohort, **tabs(request, "people")}
    return render_page(request, "cohorts/team_extend.html", context, status=422 if form.errors else 200)
