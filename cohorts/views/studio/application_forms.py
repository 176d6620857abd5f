"""How a cohort selects: the questions of its application, and what happens around decisions."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.portal import ApplicationForm
from cohorts.forms.questions import QuestionForm
from cohorts.forms.selection_plans import CriteriaForm, PlanForm
from cohorts.models import Application, ApplicationFile, Cohort
from cohorts.parts import Part
from cohorts.queries.selection_plans import copied_from, form_of, plan_of, questions_for
from cohorts.questions import Question, asked
from cohorts.services import selection_plans as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.manage")
def selection_plan(request: Request, public_id: str) -> HttpResponse:
    """What is asked, in its order, and the settings around decisions."""
    cohort = load_cohort(public_id)
    plan = plan_of(cohort)
    form = PlanForm(request.POST or None, initial=PlanForm.initial_of(plan))

    def save(revision: int) -> None:
        services.edit_plan(actor=request.actor, cohort=cohort, revision=revision, **form.settings())

    if form.is_saved(save, lambda: PlanForm.initial_of(plan_of(cohort))):
        toast(request, _("Saved."))
        return see_other("selection_plan", public_id)
    questions = form_of(plan)
    context = {
        "cohort": cohort,
        "form": form,
        "questions": asked(questions),
        "uses_criteria": cohort.uses(Part.CRITERIA),
        "uses_reviews": cohort.uses(Part.REVIEWS),
        "copied_from": copied_from(cohort, plan),
        "removed": [row for row in questions if row.is_removed],
        "answered": Application.objects.filter(cohort=cohort).exclude(answers={}).count(),
        **tabs(request, "applications"),
    }
    return render_page(request, "cohorts/selection_plan.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def selection_criteria(request: Request, public_id: str) -> HttpResponse:
    """What an applicant must bring; there is no such page where the part is off."""
    cohort = load_cohort(public_id)
    if not cohort.uses(Part.CRITERIA):
        raise Http404(_("Hard criteria are switched off for this cohort."))
    plan = plan_of(cohort)
    form = CriteriaForm(request.POST or None, questions=form_of(plan), initial=CriteriaForm.initial_of(plan))

    def save(revision: int) -> None:
        services.edit_plan(actor=request.actor, cohort=cohort, revision=revision, criteria=form.criteria().kept())

    if form.is_saved(save, lambda: CriteriaForm.initial_of(plan_of(cohort))):
        toast(request, _("Saved. Every application is checked by it from now on."))
        return see_other("selection_plan", public_id)
    context = {"cohort": cohort, "form": form, **tabs(request, "applications")}
    return render_page(request, "cohorts/selection_criteria.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def question_create(request: Request, public_id: str) -> HttpResponse:
    return _question_page(request, load_cohort(public_id), None)


@studio("cohorts.manage")
def question_edit(request: Request, public_id: str, key: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    return _question_page(request, cohort, _question(cohort, key))


def _question(cohort: Cohort, key: str) -> Question:
    found = next((row for row in questions_for(cohort) if row.key == key), None)
    if found is None:
        raise Http404(_("This is asked no longer."))
    return found


def _question_page(request: Request, cohort: Cohort, before: Question | None) -> HttpResponse:
    form = QuestionForm(request.POST or None, before=before)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_question(actor=request.actor, cohort=cohort, question=form.question())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("selection_plan", cohort.public_id)
    context = {"form": form, "cohort": cohort, "question": before, **tabs(request, "applications")}
    return render_page(request, "cohorts/question_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def question_move(request: Request, public_id: str, key: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    services.move_question(
        actor=request.actor, cohort=cohort, key=_question(cohort, key).key, is_up="up" in request.POST
    )
    return see_other("selection_plan", public_id)


@studio("cohorts.manage")
@require_POST
def question_remove(request: Request, public_id: str, key: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    try:
        services.remove_question(actor=request.actor, cohort=cohort, key=_question(cohort, key).key)
        toast(request, _("It is asked no longer. Answers that were given stay with their applications."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("selection_plan", public_id)


@studio("cohorts.manage")
@require_POST
def question_restore(request: Request, public_id: str, key: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    try:
        services.restore_question(actor=request.actor, cohort=cohort, key=_question(cohort, key).key)
        toast(request, _("It is asked again."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("selection_plan", public_id)


@studio("cohorts.view")
@require_safe
def application_preview(request: Request, public_id: str) -> HttpResponse:
    """The application as those who apply see it; nothing can be sent from here."""
    cohort = load_cohort(public_id)
    form = ApplicationForm(questions=questions_for(cohort))
    context = {"cohort": cohort, "form": form, **tabs(request, "applications")}
    return render_page(request, "cohorts/application_preview.html", context)


@studio("cohorts.decide")
@require_safe
def application_file_read(request: Request, public_id: str, application_id: str, key: str) -> HttpResponseBase:
    """A file that answers a question, for those who decide."""
    handed_in = Application.objects.handed_in().filter(cohort__public_id=public_id, public_id=application_id)
    rows = ApplicationFile.objects.filter(application__in=handed_in).select_related("file")
    return file_response(get_object_or_404(rows, key=key).file, request)
