"""What a program, and a single cohort, uses beyond the small shape."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from cohorts.forms.programs import PartsForm
from cohorts.models import Cohort, Program
from cohorts.services.programs import switch_parts
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort
from cohorts.views.studio.programs import load_program
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.manage")
def program_parts(request: Request, public_id: str) -> HttpResponse:
    """Cohorts take it over when they are made, and have their own from then on."""
    program = load_program(public_id)
    context = {"program": program}
    return _edit(request, program, "program_detail", _("Saved. New cohorts of it begin with these parts."), context)


@studio("cohorts.manage")
def cohort_parts(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    context = {"cohort": cohort, **tabs(request, "overview")}
    return _edit(request, cohort, "cohort_detail", _("Saved. What is off is hidden, and kept."), context)


def _edit(request: Request, holder: Program | Cohort, page: str, said: str, context: dict[str, Any]) -> HttpResponse:
    def save(revision: int) -> None:
        switch_parts(actor=request.actor, holder=holder, revision=revision, parts=form.chosen())

    form = PartsForm(request.POST or None, initial=PartsForm.initial_of(holder), holder=holder)
    if form.is_saved(save, lambda: PartsForm.initial_of(holder)):
        toast(request, said)
        return see_other(page, holder.public_id)
    context = {**context, "form": form, "holder": holder}
    return render_page(request, "cohorts/parts_edit.html", context, status=422 if form.errors else 200)
