"""From the list of cohorts over the application to the seat."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.portal import ApplicationForm
from cohorts.models import Application, Cohort, Decision, Seat
from cohorts.queries.invitation import former_application, invitation_page
from cohorts.queries.mine import my_cohorts as queried_cohorts
from cohorts.queries.people import seat_of
from cohorts.services import applications as services
from cohorts.services import seats
from cohorts.views.portal.loading import load_announced
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@portal
@require_safe
def my_cohorts(request: Request) -> HttpResponse:
    """Where one takes part, what is asked of one, what one may apply for."""
    context = {"mine": queried_cohorts(request.membership, request.now)}
    return render_page(request, "cohorts/my_cohorts.html", context)


@portal
def application_create(request: Request, public_id: str) -> HttpResponse:
    """The application: begun, saved as a draft, handed in, changed until the deadline."""
    cohort = load_announced(public_id)
    page = invitation_page(cohort, request.membership, request.now)
    former = former_application(cohort, request.membership) if page.application is None else None
    form = ApplicationForm(request.POST or None, initial=ApplicationForm.initial_of(page.application, former))
    if request.method == "POST" and form.is_valid():
        try:
            return _keep(request, cohort, form)
        except Refused as refusal:
            form.add_problems(refusal)
    context = {"cohort": cohort, "page": page, "form": form, "is_begun": former is not None}
    return render_page(request, "cohorts/application_create.html", context, status=422 if form.errors else 200)


def _keep(request: Request, cohort: Cohort, form: ApplicationForm) -> HttpResponse:
    said: dict[str, Any] = {"cohort": cohort, "membership": request.membership, "now": request.now}
    if "draft" in request.POST:
        services.save_draft(answers=form.answers(), **said)
        toast(request, _("Saved. It is a draft until you send it."))
        return see_other("application_create", cohort.public_id)
    services.submit_application(actor=request.actor, answers=form.answers(), **said)
    toast(request, _("Your application is in."))
    return see_other("application_detail", cohort.public_id)


@portal
@require_POST
def application_save(request: Request, public_id: str) -> HttpResponse:
    """Keep a draft while somebody types; answers without a page."""
    cohort = load_announced(public_id)
    form = ApplicationForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    try:
        services.save_draft(cohort=cohort, membership=request.membership, answers=form.answers(), now=request.now)
    except Refused:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@portal
@require_safe
def application_detail(request: Request, public_id: str) -> HttpResponse:
    """Where one stands: what one wrote, what was decided, the seat."""
    cohort = get_object_or_404(Cohort.objects.select_related("program"), public_id=public_id)
    application = Application.objects.of_member(request.membership).filter(cohort=cohort).first()
    seat = seat_of(request.membership, cohort)
    if application is None and seat is None:
        raise Http404
    if application is not None and application.state == Application.State.DRAFT:
        return see_other("application_create", public_id)
    context = {
        "cohort": cohort,
        "application": application,
        "seat": seat,
        "decision": _released(application),
        "may_change": application is not None
        and application.state == Application.State.SUBMITTED
        and cohort.takes_applications(request.now),
        "may_apply_again": cohort.takes_applications(request.now),
    }
    return render_page(request, "cohorts/application_detail.html", context)


def _released(application: Application | None) -> Decision | None:
    return Decision.objects.released().filter(application=application).first() if application else None


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
    if seat.state == Seat.State.CONFIRMED:
        toast(request, _("Your seat is confirmed. The sessions come to your calendar by mail."))
        return see_other("cohort_home", public_id)
    toast(request, _("The last seat went in the same moment. You are on the waiting list."), level=messages.WARNING)
    return see_other("application_detail", public_id)


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
