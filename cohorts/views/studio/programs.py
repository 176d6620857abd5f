"""Cohort programs: the list, a new one from a shape, the overview, its words, its parts."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohorts import shapes
from cohorts.forms.programs import GoalForm, PrerequisitesForm, ProgramForm
from cohorts.models import Program, ProgramGoal
from cohorts.parts import Part
from cohorts.queries.prerequisites import prerequisites_of
from cohorts.queries.program_pages import program_overview
from cohorts.queries.programs import default_facilitators, program_rows
from cohorts.services import goals, prerequisites
from cohorts.services import programs as services
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.tenancy.prepared import prepared
from prm.web.finding import or_404
from prm.web.rendering import SeeOther, render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def program_list(request: Request) -> HttpResponse:
    context = {"programs": program_rows(), "may_manage": may(request.membership, "cohorts.manage")}
    return render_page(request, "cohorts/program_list.html", context)


@studio("cohorts.manage")
def program_create(request: Request) -> HttpResponse:
    """First the shape, then everything it proposes, to be made one's own."""
    chosen = shapes.SHAPES.get(request.POST.get("shape") or request.GET.get("shape", ""))
    if chosen is None and request.method != "POST":
        return render_page(request, "cohorts/program_shapes.html", {"shapes": list(shapes.SHAPES.values())})
    shape = chosen or shapes.SMALL
    proposed = {"title": str(shape.title), **services.shape_words(shape), "facilitators": [request.membership.pk]}
    form = ProgramForm(request.POST or None, initial=proposed)
    if request.method == "POST" and form.is_valid():
        try:
            program = services.create_program(
                actor=request.actor,
                title=form.cleaned_data["title"],
                shape=shape.key,
                facilitators=form.leaders(),
                now=request.now,
                **form.words(),
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("“%s” is a draft that nobody sees until you open a cohort of it.") % program.title)
            return _created(request, program)
    context = {"form": form, "shape": shape}
    return render_page(request, "cohorts/program_create.html", context, status=422 if form.errors else 200)


def _created(request: Request, program: Program) -> HttpResponse:
    if "plan" in request.POST:
        return SeeOther(f"{address('cohort_create')}?program={program.public_id}")
    return see_other("program_detail", program.public_id)


@studio("cohorts.view")
@require_safe
def program_detail(request: Request, public_id: str) -> HttpResponse:
    """What it promises, whether it is fit to open, and what came of it."""
    program = load_program(public_id)
    context = {
        "program": program,
        "overview": program_overview(program, request.now),
        "may_manage": may(request.membership, "cohorts.manage"),
        "shows_goals": Part.GOALS in program.parts,
    }
    return render_page(request, "cohorts/program_detail.html", context)


def load_program(public_id: str) -> Program:
    return or_404(_programs.first(public_id))


@prepared
def _programs(public_id: str) -> QuerySet[Program]:
    rows: QuerySet[Program] = Program.objects.filter(public_id=public_id)
    return rows


@studio("cohorts.manage")
def program_edit(request: Request, public_id: str) -> HttpResponse:
    program = load_program(public_id)
    proposal = "" if program.promise else shapes.proposed_promise(program.title)

    def present() -> dict[str, Any]:
        return ProgramForm.initial_of(program, default_facilitators(program))

    def save(revision: int) -> None:
        told.append(
            services.edit_program(
                actor=request.actor,
                program=program,
                revision=revision,
                changes=form.changes(),
                facilitators=form.leaders(),
                now=request.now,
            )
        )

    told: list[int] = []
    form = ProgramForm(request.POST or None, initial={**present(), "promise": program.promise or proposal})
    if form.is_saved(save, present):
        toast(request, _saved(told[0]))
        return see_other("program_detail", public_id)
    context = {"form": form, "program": program, "is_proposed": bool(proposal)}
    return render_page(request, "cohorts/program_edit.html", context, status=422 if form.errors else 200)


def _saved(told: int) -> str:
    if not told:
        return _("Saved.")
    words = ngettext(
        "Saved. %(n)d person who agreed to other words gets a mail and is asked again.",
        "Saved. %(n)d people who agreed to other words get a mail and are asked again.",
        told,
    )
    return words % {"n": told}


@studio("cohorts.manage")
@require_safe
def program_promise(request: Request) -> HttpResponse:
    """Where the promise of the first cohort is written: in the oldest program that has none, else in a new one."""
    unwritten = Program.objects.filter(promise="").order_by("pk").first()
    return see_other("program_edit", unwritten.public_id) if unwritten else see_other("program_create")


@studio("cohorts.manage")
def program_prerequisites(request: Request, public_id: str) -> HttpResponse:
    """Whom the program is meant for: groups, tiers, certificates, products."""
    program = load_program(public_id)
    present = prerequisites_of(program)
    initial = {
        f"{kind}s": [getattr(row, f"{kind}_id") for row in present if row.kind == kind]
        for kind in ("group", "tier", "certificate", "product")
    }
    form = PrerequisitesForm(request.POST if request.method == "POST" else None, initial=initial, program=program)
    if request.method == "POST" and form.is_valid():
        prerequisites.set_prerequisites(actor=request.actor, program=program, asked=form.asked())
        toast(request, _("Saved. Who is meant finds its open cohorts on the page “Cohorts”."))
        return see_other("program_detail", public_id)
    context = {"form": form, "program": program}
    return render_page(request, "cohorts/program_prerequisites.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def program_goal_create(request: Request, public_id: str) -> HttpResponse:
    program = _with_goals(public_id)
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            goals.set_goal(actor=request.actor, program=program, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return see_other("program_detail", public_id)
    context = {"form": form, "program": program}
    return render_page(request, "cohorts/program_goal_create.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def program_goal_remove(request: Request, public_id: str, goal_id: str) -> HttpResponse:
    rows = ProgramGoal.objects.select_related("program")
    goal = get_object_or_404(rows, program=_with_goals(public_id), public_id=goal_id)
    goals.remove_goal(actor=request.actor, goal=goal)
    toast(request, _("The goal is gone. What happened stays in the figures."), level=messages.INFO)
    return see_other("program_detail", public_id)


def _with_goals(public_id: str) -> Program:
    """The program, where its part for goals is on; what is off does not exist."""
    program = load_program(public_id)
    if Part.GOALS not in program.parts:
        raise Http404
    return program
