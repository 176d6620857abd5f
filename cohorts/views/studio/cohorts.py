"""Cohorts: the list, a new one, the overview with what to do now, from stage to stage."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.planning import CohortEditForm, CohortForm, chosen_facilitators
from cohorts.forms.running import ReasonForm
from cohorts.models import COHORT_MACHINE, Cohort, Program
from cohorts.queries import studio as queries
from cohorts.queries.people import facilitating_members
from cohorts.queries.program_pages import unfit
from cohorts.queries.programs import default_facilitators
from cohorts.queries.syllabus import subjects_of
from cohorts.services import cohorts as services
from cohorts.services import stages
from cohorts.views.studio.loading import load_cohort
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def cohort_list(request: Request) -> HttpResponse:
    show = request.GET.get("show", "")
    context = {
        "page": page_of(queries.cohorts_for_list(show), request).map(queries.cohort_row),
        "show": show if show in queries.SHOWS else "",
        "may_manage": may(request.membership, "cohorts.manage"),
        "has_programs": Program.objects.exists(),
    }
    return render_page(request, "cohorts/cohort_list.html", context, {"rows": "rows"})


@studio("cohorts.manage")
def cohort_create(request: Request) -> HttpResponse:
    if not Program.objects.exists():
        toast(request, _("A cohort is one run of a cohort program: write that first."))
        return see_other("program_create")
    form = CohortForm(request.POST or None, initial=_proposal(request))
    if request.method == "POST" and form.is_valid():
        said = {
            name: form.cleaned_data[name]
            for name in ("program", "shape", "title", "capacity", "zone", "applications_close_on")
        }
        members = chosen_facilitators(form)
        try:
            cohort = services.create_cohort(
                actor=request.actor, series=form.series(), facilitators=members, now=request.now, **said
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("A draft, with its sessions. Nobody sees it until you open it."))
            return see_other("cohort_detail", cohort.public_id)
    return render_page(request, "cohorts/cohort_create.html", {"form": form}, status=422 if form.errors else 200)


def _proposal(request: Request) -> dict[str, Any]:
    """Five weeks from now, applications for three: time enough to apply, to decide and to confirm."""
    today = request.now.date()
    named = request.GET.get("program", "")
    program = Program.objects.filter(public_id=named).first() if named else None
    leaders = default_facilitators(program) if program else []
    return {
        "program": request.GET.get("program", ""),
        # From a gap in the coverage: what is missing, and where.
        "title": ", ".join(filter(None, (request.GET.get("column"), request.GET.get("region"))))[:120],
        "zone": request.organization.zone,
        "first_on": today + timedelta(weeks=5, days=(1 - today.weekday()) % 7),
        "applications_close_on": today + timedelta(weeks=3, days=(4 - today.weekday()) % 7),
        "facilitators": [member.pk for member in leaders] or [request.membership.pk],
        "count": len(subjects_of(program)) or 4 if program else 4,
    }


@studio("cohorts.view")
@require_safe
def cohort_detail(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    context = {
        "cohort": cohort,
        "overview": queries.overview(cohort, request.now),
        "unfit": unfit(cohort.program) if cohort.state == Cohort.State.DRAFT else [],
        "facilitators": facilitating_members(cohort),
        "page_link": address("cohort_invitation", public_id, absolute=True),
        "may_cancel": COHORT_MACHINE.can(cohort, "cancel"),
        **tabs(request, "overview"),
    }
    return render_page(request, "cohorts/cohort_detail.html", context)


def tabs(request: Request, tab: str) -> dict[str, Any]:
    """What every page inside a cohort needs for its head and tabs."""
    return {"tab": tab, "may_manage": may(request.membership, "cohorts.manage")}


@studio("cohorts.manage")
def cohort_edit(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)

    def present() -> dict[str, Any]:
        return CohortEditForm.initial_of(cohort, facilitating_members(cohort))

    def save(revision: int) -> None:
        services.edit_cohort(
            actor=request.actor,
            cohort=cohort,
            revision=revision,
            changes=form.changes(),
            facilitators=chosen_facilitators(form),
            now=request.now,
        )

    form = CohortEditForm(request.POST or None, initial=present())
    if form.is_saved(save, present):
        toast(request, _("Saved."))
        return see_other("cohort_detail", public_id)
    context = {"form": form, "cohort": cohort, **tabs(request, "edit")}
    return render_page(request, "cohorts/cohort_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def cohort_move(request: Request, public_id: str, verb: str) -> HttpResponse:
    """To the next stage or back to the one before."""
    cohort = load_cohort(public_id)
    if verb not in COHORT_MACHINE.moves or verb == "cancel":
        raise Http404
    try:
        stages.move_cohort(actor=request.actor, cohort=cohort, verb=verb, now=request.now)
        toast(request, _("“%(cohort)s” is now: %(state)s.") % _named(cohort))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("cohort_detail", public_id)


def _named(cohort: Cohort) -> dict[str, str]:
    return {"cohort": cohort.title, "state": cohort.get_state_display()}


@studio("cohorts.manage")
def cohort_cancel(request: Request, public_id: str) -> HttpResponse:
    """Call a cohort off, with a reason that everybody concerned reads."""
    cohort = load_cohort(public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            told = stages.cancel_cohort(actor=request.actor, cohort=cohort, reason=reason, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            words = ngettext("Canceled. %(n)d person gets a mail.", "Canceled. %(n)d people get a mail.", told)
            toast(request, words % {"n": told})
            return see_other("cohort_detail", public_id)
    context = {"form": form, "cohort": cohort, **tabs(request, "overview")}
    return render_page(request, "cohorts/cohort_cancel.html", context, status=422 if form.errors else 200)
