"""A program's drumbeat: the sequence, one beat, its preview."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.drumbeat import BeatForm
from cohorts.models import Beat, Program
from cohorts.parts import Part
from cohorts.queries.drumbeat_rows import beat_rows, preview_of_beat
from cohorts.services import drumbeat as services
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.web.rendering import render_page, see_other, toast


def _program(public_id: str) -> Program:
    """A program whose drumbeat is switched on: what is off is not there."""
    program = get_object_or_404(Program, public_id=public_id)
    if Part.DRUMBEAT not in program.parts:
        raise Http404
    return program


@studio("cohorts.manage")
@require_safe
def drumbeat_list(request: Request, public_id: str) -> HttpResponse:
    program = _program(public_id)
    context = {"program": program, "rows": beat_rows(program, request.now)}
    return render_page(request, "cohorts/drumbeat_list.html", context)


@studio("cohorts.manage")
@require_POST
def drumbeat_propose(request: Request, public_id: str) -> HttpResponse:
    services.propose_beats(actor=request.actor, program=_program(public_id), now=request.now)
    return see_other("drumbeat_list", public_id)


@studio("cohorts.manage")
def beat_create(request: Request, public_id: str) -> HttpResponse:
    program = _program(public_id)
    form = BeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_beat(actor=request.actor, program=program, values=form.words(), now=request.now)
        toast(request, _("Added. Each cohort hears it at its own time."))
        return see_other("drumbeat_list", public_id)
    context = {"form": form, "program": program}
    return render_page(request, "cohorts/beat_create.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def beat_edit(request: Request, public_id: str, beat_id: str) -> HttpResponse:
    program = _program(public_id)
    beat = get_object_or_404(Beat, program=program, public_id=beat_id)
    form = BeatForm(request.POST or None, initial=BeatForm.initial_of(beat))

    def save(revision: int) -> None:
        services.edit_beat(actor=request.actor, beat=beat, revision=revision, values=form.words(), now=request.now)

    if form.is_saved(save, lambda: BeatForm.initial_of(beat)):
        toast(request, _("Saved. Who was told already is not told again."))
        return see_other("beat_edit", public_id, beat_id)
    context = {"form": form, "program": program, "beat": beat, "preview": preview_of_beat(beat)}
    return render_page(request, "cohorts/beat_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def beat_delete(request: Request, public_id: str, beat_id: str) -> HttpResponse:
    beat = get_object_or_404(Beat, program=_program(public_id), public_id=beat_id)
    services.delete_beat(actor=request.actor, beat=beat)
    toast(request, _("Taken out."))
    return see_other("drumbeat_list", public_id)
