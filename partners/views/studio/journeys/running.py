"""Journeys under way: the list, one of them, its steps, and the steps of a colleague."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.forms.journeys import SettleForm, StartForm
from partners.models import Journey, JourneyStep, JourneyTemplate, PartnerUser
from partners.queries.journeys import pages
from partners.queries.journeys import studio as queries
from partners.queries.journeys.todo import staff_steps
from partners.services.journeys import doing
from partners.services.journeys.starting import Traveler, resume_journey, start_journeys, stop_journey
from partners.views.studio.merged import leads_on
from partners.views.studio.partners import load as load_partner
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> Journey:
    rows = Journey.objects.select_related("template", "partner__account_manager__person", "membership__person")
    return get_object_or_404(rows, public_id=public_id)


@studio("partners.view")
@require_safe
def journey_list(request: Request) -> HttpResponse:
    """Who is on the way, by state, stuck or late, of one template or of one's own partners."""
    show = request.GET.get("show", "")
    show = show if show in queries.SHOWS else "running"
    templates = list(JourneyTemplate.objects.listed().by_name()[:30])
    asked = request.GET.get("journey", "")
    template = next((row for row in templates if row.public_id == asked), None)
    mine = request.membership if request.GET.get("mine") else None
    rows = queries.journeys_for_list(show, template, request.now, mine)
    context = {
        "page": page_of(rows, request).map(lambda row: queries.journey_row(row, request.now)),
        "show": show,
        "shows": pages.show_labels(),
        "template": template,
        "templates": templates,
        "is_mine": mine is not None,
    }
    return render_page(request, "partners/journey_list.html", context, {"journeys": "journeys"})


@studio("partners.view")
@require_safe
def journey_detail(request: Request, public_id: str) -> HttpResponse:
    journey = load(public_id)
    context = {"journey": journey, "phases": pages.phases_of_journey(journey, request.now), **permissions_of(request)}
    context |= pages.progress_of(journey)
    return render_page(request, "partners/journey_detail.html", context)


@studio("partners.manage")
@leads_on
def journey_start(request: Request, public_id: str) -> HttpResponse:
    """Begin a journey with a partner, or with one of its people."""
    partner = load_partner(public_id)
    people = PartnerUser.objects.active().filter(partner=partner).select_related("membership__person")
    form = StartForm(request.POST or None, templates=queries.startable(partner), people=people)
    if request.method == "POST" and form.is_valid():
        template, person = form.cleaned_data["template"], form.cleaned_data["person"]
        traveler = Traveler(partner.pk, person.membership_id if person else None)
        try:
            begun = start_journeys(actor=request.actor, template=template, travelers=[traveler], now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            words = _("%s has begun. Its steps are in the portal.") if begun else _("%s is under way already.")
            toast(request, words % template.name)
            return see_other("partner_detail", public_id)
    context = {"form": form, "partner": partner, "has_templates": queries.startable(partner).exists()}
    return render_page(request, "partners/journey_start.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def journey_stop(request: Request, public_id: str) -> HttpResponse:
    journey = load(public_id)
    reason = request.POST.get("reason", "")
    try:
        stop_journey(actor=request.actor, journey=journey, reason=reason, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Stopped. What was done stays."))
    return see_other("journey_detail", public_id)


@studio("partners.manage")
@require_POST
def journey_resume(request: Request, public_id: str) -> HttpResponse:
    journey = load(public_id)
    try:
        resume_journey(actor=request.actor, journey=journey, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("It goes on where it was."))
    return see_other("journey_detail", public_id)


@studio("partners.view")
@require_safe
def journey_step(request: Request, public_id: str, step_id: str) -> HttpResponse:
    """A step of a journey: what it says, what was answered, and what can be done about it."""
    return _step_page(request, _load_step(public_id, step_id))


def _step_page(request: Request, step: JourneyStep, form: SettleForm | None = None) -> HttpResponse:
    more = {**pages.step_page(step, request.now), **permissions_of(request)}
    context = {"step": step, "journey": step.journey, "form": form, **more}
    return render_page(request, "partners/journey_step.html", context, status=422 if form else 200)


@studio("partners.manage")
@require_POST
def journey_step_settle(request: Request, public_id: str, step_id: str) -> HttpResponse:
    """Done, waived, skipped or open again, as the pressed button says."""
    step = _load_step(public_id, step_id)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _step_page(request, step, form)
    words, actor, now = form.cleaned_data["words"], request.actor, request.now
    try:
        match request.POST.get("verb", ""):
            case "waive":
                doing.waive_step(actor=actor, step=step, reason=words, now=now)
            case "skip":
                doing.skip_step(actor=actor, step=step, now=now)
            case "reopen":
                doing.reopen_step(actor=actor, step=step, reason=words, now=now)
            case _:
                doing.finish_step(actor=actor, step=step, note=words, now=now)
    except Refused as refusal:
        # Beside what was typed where that can still be used, and in any case for all to see.
        toast(request, str(refusal), level=messages.WARNING)
        form.add_error("words", str(refusal))
        return _step_page(request, _load_step(public_id, step_id), form)
    toast(request, _("%s: saved.") % step.title)
    return see_other("my_step_list") if request.POST.get("back") == "mine" else see_other("journey_detail", public_id)


@studio("partners.view")
@require_safe
def my_step_list(request: Request) -> HttpResponse:
    """What partners wait for from this colleague."""
    page = page_of(staff_steps(request.membership), request, per_page=25)
    context = {"page": page.map(lambda step: pages.staff_row(step, request.now)), **permissions_of(request)}
    return render_page(request, "partners/my_step_list.html", context, {"steps": "steps"})


def _load_step(public_id: str, step_id: str) -> JourneyStep:
    rows = JourneyStep.objects.select_related(
        "journey__template", "journey__partner__account_manager__person", "journey__membership__person"
    ).select_related("done_by__person", "doer__person")
    return get_object_or_404(rows, public_id=step_id, journey__public_id=public_id)
