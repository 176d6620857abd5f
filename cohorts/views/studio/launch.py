"""How a cohort begins: the checklist, the kick-off mail, the pre-course survey."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohorts import questions as grammar
from cohorts.forms.launch import LaunchForm
from cohorts.forms.questions import QuestionForm
from cohorts.models import Cohort
from cohorts.parts import Part
from cohorts.queries import launch as queries
from cohorts.services import launch as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def _load(public_id: str) -> Cohort:
    """A cohort in which the launch is switched on."""
    cohort = load_cohort(public_id)
    if not cohort.uses(Part.LAUNCH):
        raise Http404
    return cohort


@studio("cohorts.view")
@require_safe
def cohort_launch(request: Request, public_id: str) -> HttpResponse:
    """What makes a good beginning, each with how far it is."""
    cohort = _load(public_id)
    launch = queries.launch_of(cohort)
    context = {
        "cohort": cohort,
        "steps": queries.checklist(cohort, launch, queries.counts_of(cohort)),
        "promises": queries.promises(cohort),
        **tabs(request, "launch"),
    }
    return render_page(request, "cohorts/cohort_launch.html", context)


@studio("cohorts.manage")
def launch_edit(request: Request, public_id: str) -> HttpResponse:
    cohort = _load(public_id)
    launch = queries.launch_of(cohort)

    def present() -> dict[str, Any]:
        return LaunchForm.initial_of(queries.launch_of(cohort))

    def save(revision: int) -> None:
        names = ("kickoff", "orientation_link", "orientation_minutes")
        said: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
        services.save_launch(actor=request.actor, cohort=cohort, revision=revision, now=request.now, **said)
        if "send" in request.POST:
            told = services.send_kickoff(actor=request.actor, cohort=cohort, now=request.now)
            words = ngettext("Sent to %(n)d person.", "Sent to %(n)d people.", told)
            toast(request, words % {"n": told})
        else:
            toast(request, _("Saved. Nothing is sent."))

    form = LaunchForm(request.POST or None, initial=present())
    if form.is_saved(save, present):
        return see_other("cohort_launch", public_id)
    context = {"cohort": cohort, "launch": launch, "form": form, **tabs(request, "launch")}
    return render_page(request, "cohorts/launch_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def survey_edit(request: Request, public_id: str) -> HttpResponse:
    """The questions, one more of them, and what was answered so far."""
    cohort = _load(public_id)
    return _survey_page(request, cohort, QuestionForm())


def _survey_page(request: Request, cohort: Cohort, form: QuestionForm, key: str = "") -> HttpResponse:
    questions = grammar.asked(grammar.questions_of(queries.launch_of(cohort).questions))
    context = {
        "cohort": cohort,
        "questions": questions,
        "summary": queries.summary(cohort, for_group=False),
        "form": form,
        "key": key,
        **tabs(request, "launch"),
    }
    return render_page(request, "cohorts/survey_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def survey_begin(request: Request, public_id: str) -> HttpResponse:
    """Begin with the questions that come with the product."""
    services.begin_with_shipped(actor=request.actor, cohort=_load(public_id), now=request.now)
    return see_other("survey_edit", public_id)


@studio("cohorts.manage")
def survey_question(request: Request, public_id: str, key: str) -> HttpResponse:
    """One question, new or changed."""
    cohort = _load(public_id)
    rows = grammar.asked(grammar.questions_of(queries.launch_of(cohort).questions))
    before = next((row for row in rows if row.key == key), None)
    if before is None and key != "new":
        raise Http404
    form = QuestionForm(request.POST or None, before=before)
    if request.method == "POST" and form.is_valid():
        question = replace(form.question(), key=before.key if before else "")
        try:
            services.save_question(actor=request.actor, cohort=cohort, question=question, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return see_other("survey_edit", public_id)
    return _survey_page(request, cohort, form, key)


@studio("cohorts.manage")
@require_POST
def survey_change(request: Request, public_id: str) -> HttpResponse:
    """A question up, down, or asked no longer."""
    cohort = _load(public_id)
    said: dict[str, Any] = {"actor": request.actor, "cohort": cohort, "now": request.now}
    verb, _space, key = request.POST.get("do", "").partition(" ")
    if key not in [row.key for row in grammar.questions_of(queries.launch_of(cohort).questions)]:
        raise Http404
    if verb == "remove":
        services.remove_question(key=key, **said)
        toast(request, _("Asked no longer. What was answered stays."), level=messages.INFO)
    else:
        services.move_question(key=key, is_up=verb == "up", **said)
    return see_other("survey_edit", public_id)
