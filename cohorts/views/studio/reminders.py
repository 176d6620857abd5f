"""When people are reminded, for a program and for one cohort."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts.forms.reminders import RemindersForm
from cohorts.models import Program
from cohorts.queries.reminders import offsets_of_cohort, offsets_of_program
from cohorts.services import reminder_plans as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.manage")
def program_reminders(request: Request, public_id: str) -> HttpResponse:
    program = get_object_or_404(Program, public_id=public_id)
    form = RemindersForm(request.POST or None, initial=RemindersForm.initial_of(offsets_of_program(program)))
    if request.method == "POST" and form.is_valid():
        services.set_program_reminders(actor=request.actor, program=program, offsets=form.offsets(), now=request.now)
        toast(request, _("Saved. It holds for what is still to come."))
        return see_other("program_reminders", public_id)
    context = {"form": form, "program": program}
    return render_page(request, "cohorts/program_reminders.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def cohort_reminders(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    offsets, is_own = offsets_of_cohort(cohort)
    form = RemindersForm(request.POST or None, initial=RemindersForm.initial_of(offsets))
    if request.method == "POST" and form.is_valid():
        services.set_cohort_reminders(actor=request.actor, cohort=cohort, offsets=form.offsets(), now=request.now)
        toast(request, _("Saved. It holds for what is still to come."))
        return see_other("cohort_reminders", public_id)
    context = {"form": form, "cohort": cohort, "is_own": is_own, **tabs(request, "reminders")}
    return render_page(request, "cohorts/cohort_reminders.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def cohort_reminders_usual(request: Request, public_id: str) -> HttpResponse:
    """Back to what the program says."""
    services.use_programs_reminders(actor=request.actor, cohort=load_cohort(public_id), now=request.now)
    toast(request, _("This cohort is reminded like all others of its program."))
    return see_other("cohort_reminders", public_id)
