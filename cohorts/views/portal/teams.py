"""A company's team on its way into a cohort: who is in it, whom it asks, what each answers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts.forms.teams import TeammateForm
from cohorts.models import Cohort, TeamMember
from cohorts.parts import Part
from cohorts.queries.people import first_session_at
from cohorts.queries.proposals import colleague_email, company_domains
from cohorts.queries.teams import colleagues_for_team, one_team, own_place, shape_of_cohort
from cohorts.rules import naming_problems
from cohorts.services import teams as services
from cohorts.services.applications import begin_application
from cohorts.views.portal.loading import load_announced
from partners.queries.people import partner_user_of
from prm.accounts.access import portal
from prm.accounts.models import Membership
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def _load(request: Request, public_id: str) -> tuple[Cohort, TeamMember]:
    """The cohort and the reader's place in a team of it; whoever is in none finds nothing."""
    place = own_place(request.membership, public_id)
    if place is None:
        raise Http404
    cohort: Cohort = place.team.cohort
    return cohort, place


def _load_as_one_of_them(request: Request, public_id: str) -> tuple[Cohort, TeamMember]:
    """Like `_load`, for who has said yes: whoever is only asked answers first."""
    cohort, place = _load(request, public_id)
    if place.state == TeamMember.State.ASKED:
        raise Http404
    return cohort, place


@portal
@require_POST
def team_begin(request: Request, public_id: str) -> HttpResponse:
    """Begin to apply with the team, before anything else is written."""
    cohort = load_announced(public_id)
    if not cohort.uses(Part.TEAMS):
        raise Http404
    try:
        begin_application(cohort=cohort, membership=request.membership, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("cohort_invitation", public_id)
    return see_other("team_detail", public_id)


@portal
def team_detail(request: Request, public_id: str) -> HttpResponse:
    """The reader's team: who is in it and who may be named; whoever is asked answers here."""
    cohort, place = _load(request, public_id)
    user, team = partner_user_of(request.membership), place.team
    shape = shape_of_cohort(cohort)[0]
    is_asked = place.state == TeamMember.State.ASKED
    sent = request.POST.copy() if request.method == "POST" and not is_asked else None
    if sent is not None and user is not None and sent.get("colleague"):
        sent["email"] = colleague_email(user, str(sent["colleague"]))
    form = TeammateForm(sent, functions=shape.names)
    domains = company_domains(user) if user else frozenset()
    if sent is not None and form.is_valid():
        said: dict[str, Any] = {"actor": request.actor, "namer": request.membership, "team": team, "now": request.now}
        try:
            person = services.name_teammate(domains=domains, **said, **form.cleaned_data)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _named(person))
            return see_other("team_detail", public_id)
    row = one_team(team, cohort, request.now, request.membership, shape)
    problems = naming_problems(cohort=cohort, team=team, first_session_at=first_session_at(cohort), now=request.now)
    lead: Membership | None = team.application.membership if team.application else None
    may_change = not is_asked and not problems
    context = {
        "cohort": cohort,
        "team": row,
        "place": place,
        "is_asked": is_asked,
        "is_lead": lead is not None and lead.pk == request.membership.pk,
        "asker": lead.person if lead else None,
        "may_change": may_change,
        "has_room": len(row.people) < shape.largest,
        "largest": shape.largest,
        "colleagues": colleagues_for_team(user, cohort, team) if user and may_change else [],
        "form": form,
        "domains": sorted(domains),
    }
    return render_page(request, "cohorts/team_detail.html", context, status=422 if form.errors else 200)


def _named(person: TeamMember) -> str:
    if person.state == TeamMember.State.LISTED:
        return _("%s is on the list, and is asked when you send the application.") % person
    return _("%s gets a mail, and decides for themselves.") % person


@portal
@require_POST
def team_answer(request: Request, public_id: str) -> HttpResponse:
    """Come along, or not."""
    _cohort, place = _load(request, public_id)
    is_yes = request.POST.get("comes") == "yes"
    try:
        if is_yes:
            services.come_along(person=place, membership=request.membership, now=request.now)
            toast(request, _("You are in the team. When it gets a seat, each of you confirms a place of their own."))
        else:
            services.stay_out(actor=request.actor, person=place, membership=request.membership, now=request.now)
            toast(request, _("Thank you for telling us. Your colleagues are told."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("team_detail", public_id)
    return see_other("team_detail" if is_yes else "my_cohorts", *([public_id] if is_yes else []))


@portal
@require_POST
def teammate_function(request: Request, public_id: str, person_id: str) -> HttpResponse:
    """Say which function one of the team has."""
    _cohort, place = _load_as_one_of_them(request, public_id)
    person = get_object_or_404(TeamMember.objects.present(), team=place.team_id, public_id=person_id)
    try:
        services.set_function(person=person, function=request.POST.get("function", "")[:40], now=request.now)
        toast(request, _("Saved."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("team_detail", public_id)


@portal
@require_POST
def teammate_remove(request: Request, public_id: str, person_id: str) -> HttpResponse:
    """Take a colleague off who has not confirmed a place."""
    _cohort, place = _load_as_one_of_them(request, public_id)
    rows = TeamMember.objects.present().exclude(pk=place.pk)
    person = get_object_or_404(rows, team=place.team_id, public_id=person_id)
    try:
        services.take_off(actor=request.actor, person=person, now=request.now)
        toast(request, _("%s is not in the team any more.") % person)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("team_detail", public_id)
