"""From the list of cohorts over the application to the seat."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.portal import ApplicationForm, PassOnForm
from cohorts.forms.questions import kept_files
from cohorts.models import Application, ApplicationFile, Cohort, Decision, Seat
from cohorts.parts import Part
from cohorts.queries.beginnings import beginning
from cohorts.queries.expectations import Changed, changed_for
from cohorts.queries.invitation import (
    cohort_at,
    domains_of,
    invitation_page,
    own_application,
    standing_decision,
)
from cohorts.queries.mine import my_cohorts as queried_cohorts
from cohorts.queries.people import seat_of
from cohorts.queries.selection_plans import questions_for
from cohorts.queries.team_words import own_team, own_team_of
from cohorts.questions import shown_answers
from cohorts.rules import Moment, expectations_at
from cohorts.services import applications as services
from cohorts.services import seats
from cohorts.services.colleagues import name_colleague
from cohorts.services.taking_part import accept_rule
from cohorts.views.portal.loading import load_announced
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.finding import or_404
from prm.web.rendering import render_page, see_other, toast

_LONGEST_NUMBER = 7


@portal
@require_safe
def my_cohorts(request: Request) -> HttpResponse:
    """Where one takes part, what is asked of one, what one may apply for."""
    context = {"mine": queried_cohorts(request.membership, request.now)}
    return render_page(request, "cohorts/my_cohorts.html", context)


@portal
def application_create(request: Request, public_id: str) -> HttpResponse:
    """The application: begun, saved as a draft, handed in, changed until the deadline."""
    cohort = load_announced(public_id, request.membership)
    my_team = own_team_of(cohort) if cohort.uses(Part.TEAMS) else None
    if my_team is not None and my_team.is_anothers(request.membership):
        return see_other("team_detail", public_id)
    form = None
    if request.method == "POST":
        form = ApplicationForm(request.POST, request.FILES, questions=questions_for(cohort))
        if (answer := _sent(request, cohort, form)) is not None:
            return answer
    page = invitation_page(cohort, request.membership, request.now)
    questions = page.entrance.questions
    begin = beginning(cohort, questions, request.membership, page.application)
    initial = ApplicationForm.initial_of(questions, begin)
    if form is None:
        form = ApplicationForm(questions=questions, initial=initial)
    else:
        form.initial = initial
    context = {
        "cohort": cohort,
        "page": page,
        "form": form,
        "is_begun": begin.is_former,
        "files": kept_files(questions, begin.answers),
        "is_for_teams": cohort.uses(Part.TEAMS),
        "my_team": my_team,
        "largest": cohort.team_largest,  # type: ignore[attr-defined]
        "read_version": page.entrance.version or "",
    }
    return render_page(request, "cohorts/application_create.html", context, status=422 if form.is_bound else 200)


def _sent(request: Request, cohort: Cohort, form: ApplicationForm) -> HttpResponse | None:
    """Where a form leads that is kept; None, with the problems in the form, where it is not."""
    if not form.is_valid():
        return None
    try:
        return _keep(request, cohort, form)
    except Refused as refusal:
        form.add_problems(refusal)
        _keep_files(request, cohort, form)
        return None


def _keep(request: Request, cohort: Cohort, form: ApplicationForm) -> HttpResponse:
    said: dict[str, Any] = {"cohort": cohort, "membership": request.membership, "now": request.now}
    if "draft" in request.POST:
        services.save_draft(actor=request.actor, answers=form.answers(), **said)
        toast(request, _("Saved. It is a draft until you send it."))
        return see_other("application_create", cohort.public_id)
    read = request.POST.get("read", "")
    read_version = int(read) if read.isdecimal() and len(read) < _LONGEST_NUMBER else None
    services.submit_application(actor=request.actor, answers=form.answers(), read_version=read_version, **said)
    toast(request, _("Your application is in."))
    return see_other("application_detail", cohort.public_id)


def _keep_files(request: Request, cohort: Cohort, form: ApplicationForm) -> None:
    """A browser shows no file again that was chosen before a refusal, so those that are right are kept as a draft."""
    wanted = {key: file for key, file in form.uploads().items() if key not in form.errors}
    if wanted:
        answers = replace(form.answers(), uploads=wanted)
        said: dict[str, Any] = {"cohort": cohort, "membership": request.membership, "now": request.now}
        with suppress(Refused):
            services.save_draft(actor=request.actor, answers=answers, **said)


@portal
@require_POST
def application_save(request: Request, public_id: str) -> HttpResponse:
    """Keep a draft while somebody types; answers without a page. Files wait for a button: they are sent once."""
    cohort = load_announced(public_id)
    form = ApplicationForm(request.POST, questions=questions_for(cohort))
    if not form.is_valid():
        return HttpResponse(status=422)
    try:
        services.save_draft(cohort=cohort, membership=request.membership, answers=form.answers(), now=request.now)
    except Refused:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@portal
@require_safe
def application_file(request: Request, public_id: str, key: str) -> HttpResponseBase:
    """A file of one's own application."""
    rows = ApplicationFile.objects.filter(application__membership=request.membership).select_related("file")
    return file_response(get_object_or_404(rows, application__cohort__public_id=public_id, key=key).file, request)


@portal
@require_safe
def application_detail(request: Request, public_id: str) -> HttpResponse:
    """Where one stands: what one wrote, what was decided, the seat."""
    cohort = or_404(cohort_at(public_id))
    application = own_application(cohort, request.membership)
    if application is not None:
        application.cohort = cohort
    seat = seat_of(request.membership, cohort)
    if application is None and seat is None:
        raise Http404
    if application is not None and application.state == Application.State.DRAFT:
        return see_other("application_create", public_id)
    context = {
        "cohort": cohort,
        "application": application,
        "seat": seat,
        "my_team": (team := own_team(request.membership, cohort)),
        "has_said_yes": team is not None and team.has_said_yes(request.membership),
        "decision": standing_decision(application) if application else None,
        "told": expectations_at(cohort.program, Moment.ACCEPTED),
        "changed": _changed(application, seat),
        "answers": shown_answers(questions_for(cohort), application.answers) if application else [],
        "may_change": application is not None
        and application.state == Application.State.SUBMITTED
        and cohort.takes_applications(request.now),
        "may_apply_again": cohort.takes_applications(request.now),
    }
    return render_page(request, "cohorts/application_detail.html", context)


def _changed(application: Application | None, seat: Seat | None) -> Changed | None:
    """Other words than those that somebody who waits or takes part agreed to."""
    is_in = seat is not None and seat.state in (Seat.State.WAITING, *Seat.HOLDING)
    if application is None or not (is_in or application.state == Application.State.SUBMITTED):
        return None
    return changed_for(application.cohort, application.membership_id)


@portal
def colleague_name(request: Request, public_id: str) -> HttpResponse:
    """After a no: name a colleague whom it suits better, who is nominated and may still apply."""
    rows = Application.objects.of_member(request.membership).select_related("cohort__program", "partner")
    application = get_object_or_404(rows, cohort__public_id=public_id)
    form, domains = PassOnForm(request.POST or None), domains_of(request.membership.person.email, application.partner)
    if request.method == "POST" and form.is_valid():
        try:
            nomination = name_colleague(
                actor=request.actor,
                member=request.membership,
                application=application,
                domains=domains,
                now=request.now,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Thank you. %s gets a mail, and decides for themselves.") % nomination)
            return see_other("application_detail", public_id)
    standing = standing_decision(application)
    is_open = standing is not None and standing.kind == Decision.Kind.DECLINE
    is_open = is_open and application.cohort.state == Cohort.State.SELECTING
    context = {"cohort": application.cohort, "form": form, "domains": sorted(domains), "is_open": is_open}
    return render_page(request, "cohorts/colleague_name.html", context, status=422 if form.errors else 200)


@portal
@require_POST
def application_withdraw(request: Request, public_id: str) -> HttpResponse:
    rows = Application.objects.of_member(request.membership)
    application = get_object_or_404(rows, cohort__public_id=public_id)
    try:
        services.withdraw_application(
            actor=request.actor, application=application, membership=request.membership, now=request.now
        )
        toast(request, _("Withdrawn. What you wrote is kept, in case you change your mind."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_detail", public_id)


@portal
@require_POST
def seat_confirm(request: Request, public_id: str) -> HttpResponse:
    """Take the seat. Where the last one has just gone, the page says what comes next."""
    cohort = _with_seat(request, public_id)
    try:
        seat = seats.confirm_seat(actor=request.actor, cohort=cohort, membership=request.membership, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("application_detail", public_id)
    if seat.state == Seat.State.OFFERED:
        _accept_rule_with_seat(request, cohort)
        toast(request, _("Noted. The seat is your team’s as soon as a second of you confirms."))
        return see_other("application_detail", public_id)
    if seat.state == Seat.State.CONFIRMED:
        _accept_rule_with_seat(request, cohort)
        toast(request, _("Your seat is confirmed. The sessions come to your calendar by mail."))
        return see_other("cohort_home", public_id)
    toast(request, _("The last seat went in the same moment. You are on the waiting list."), level=messages.WARNING)
    return see_other("application_detail", public_id)


def _accept_rule_with_seat(request: Request, cohort: Cohort) -> None:
    """The room's rule, where the page that was confirmed on showed it as it is now."""
    if str(cohort.room_rule_version) == request.POST.get("rule"):
        version = cohort.room_rule_version
        accept_rule(cohort=cohort, membership=request.membership, version=version, now=request.now)


@portal
@require_POST
def seat_decline(request: Request, public_id: str) -> HttpResponse:
    cohort = _with_seat(request, public_id)
    try:
        seats.give_seat_back(actor=request.actor, cohort=cohort, membership=request.membership, now=request.now)
        toast(request, _("Thank you for telling us. Somebody else gets your place."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_detail", public_id)


def _with_seat(request: Request, public_id: str) -> Cohort:
    rows = Seat.objects.of_member(request.membership).select_related("cohort")
    cohort: Cohort = get_object_or_404(rows, cohort__public_id=public_id).cohort
    return cohort
