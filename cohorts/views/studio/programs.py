"""Cohort programs: the list, a new one, its words."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts import starter
from cohorts.forms.planning import ProgramForm
from cohorts.models import Program
from cohorts.queries.programs import program_rows
from cohorts.services import programs as services
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def program_list(request: Request) -> HttpResponse:
    context = {"programs": program_rows(), "may_manage": may(request.membership, "cohorts.manage")}
    return render_page(request, "cohorts/program_list.html", context)


@studio("cohorts.manage")
def program_create(request: Request) -> HttpResponse:
    form = ProgramForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            program = services.create_program(actor=request.actor, now=request.now, **form.words())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("“%s” is a draft that nobody sees until you open a cohort of it.") % program.title)
            return see_other("program_edit", program.public_id)
    return render_page(request, "cohorts/program_create.html", {"form": form}, status=422 if form.errors else 200)


@studio("cohorts.manage")
def program_edit(request: Request, public_id: str) -> HttpResponse:
    program = get_object_or_404(Program, public_id=public_id)
    proposal = "" if program.promise else starter.proposed_promise(program.title)
    initial = {**ProgramForm.initial_of(program), "promise": program.promise or proposal}
    form = ProgramForm(request.POST or None, initial=initial)

    def save(revision: int) -> None:
        services.edit_program(actor=request.actor, program=program, revision=revision, changes=form.words())

    if form.is_saved(save, lambda: ProgramForm.initial_of(program)):
        toast(request, _("Saved."))
        return see_other("program_list")
    context = {"form": form, "program": program, "is_proposed": bool(proposal)}
    return render_page(request, "cohorts/program_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_safe
def program_promise(request: Request) -> HttpResponse:
    """Where the promise of the first cohort is written: in the oldest program that has none, else in a new one."""
    unwritten = Program.objects.filter(promise="").order_by("pk").first()
    return see_other("program_edit", unwritten.public_id) if unwritten else see_other("program_create")
