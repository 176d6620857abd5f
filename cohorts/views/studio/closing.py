"""The survey at the end of a cohort: what was answered, what is asked, how long."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.closing import ClosingForm
from cohorts.forms.questions import QuestionForm
from cohorts.models import Cohort
from cohorts.queries import closing as queries
from cohorts.services import closing as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def closing_survey(request: Request, public_id: str) -> HttpResponse:
    """What participants answered at the end, beside what they said before, and who has not answered."""
    cohort = load_cohort(public_id)
    survey = queries.closing_of(cohort)
    window = queries.window_of(survey, cohort)
    context = {
        "cohort": cohort,
        "window": window,
        "is_open": window.is_open(request.now),
        "is_over": window.is_over(request.now),
        "asked": queries.asked_in(survey),
        "results": queries.results(cohort, with_confidential=may(request.membership, "cohorts.manage")),
        "turnout": queries.turnout(cohort),
        **tabs(request, "closing"),
    }
    return render_page(request, "cohorts/closing_survey.html", context)


@studio("cohorts.manage")
def closing_edit(request: Request, public_id: str) -> HttpResponse:
    """What is asked, and for how many days."""
    cohort = load_cohort(public_id)

    def present() -> dict[str, Any]:
        survey = queries.closing_of(cohort)
        return {"revision": survey.revision, "days_open": survey.days_open}

    def save(revision: int) -> None:
        services.set_days_open(
            actor=request.actor,
            cohort=cohort,
            revision=revision,
            days_open=form.cleaned_data["days_open"],
            now=request.now,
        )

    form = ClosingForm(request.POST or None, initial=present())
    if form.is_saved(save, present):
        toast(request, _("Saved."))
        return see_other("closing_edit", public_id)
    return _page(request, cohort, QuestionForm(), settings=form)


def _page(
    request: Request, cohort: Cohort, form: QuestionForm, key: str = "", settings: ClosingForm | None = None
) -> HttpResponse:
    survey = queries.closing_of(cohort)
    asked = queries.asked_in(survey)
    initial = {"revision": survey.revision, "days_open": survey.days_open}
    settings = settings or ClosingForm(initial=initial)
    context = {
        "cohort": cohort,
        "questions": asked,
        "before": queries.asked_before(cohort, asked),
        "window": queries.window_of(survey, cohort),
        "form": form,
        "settings": settings,
        "key": key,
        **tabs(request, "closing"),
    }
    status = 422 if form.errors or settings.errors else 200
    return render_page(request, "cohorts/closing_edit.html", context, status=status)


@studio("cohorts.manage")
@require_POST
def closing_begin(request: Request, public_id: str) -> HttpResponse:
    """Begin with what the program's shape proposes."""
    services.begin_with_shape(actor=request.actor, cohort=load_cohort(public_id), now=request.now)
    return see_other("closing_edit", public_id)


@studio("cohorts.manage")
def closing_question(request: Request, public_id: str, key: str) -> HttpResponse:
    """One question, new or changed."""
    cohort = load_cohort(public_id)
    rows = queries.asked_in(queries.closing_of(cohort))
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
            return see_other("closing_edit", public_id)
    return _page(request, cohort, form, key)


@studio("cohorts.manage")
@require_POST
def closing_change(request: Request, public_id: str) -> HttpResponse:
    """A question up, down, asked no longer, or asked again as before the course."""
    cohort = load_cohort(public_id)
    said: dict[str, Any] = {"actor": request.actor, "cohort": cohort, "now": request.now}
    verb, _space, key = request.POST.get("do", "").partition(" ")
    asked = queries.asked_in(queries.closing_of(cohort))
    known = asked if verb != "again" else queries.asked_before(cohort, asked)
    if key not in [row.key for row in known]:
        raise Http404
    try:
        _change(verb, key, said)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("closing_edit", public_id)


def _change(verb: str, key: str, said: dict[str, Any]) -> None:
    match verb:
        case "again":
            services.ask_again(key=key, **said)
        case "remove":
            services.remove_question(key=key, **said)
        case _:
            services.move_question(key=key, is_up=verb == "up", **said)
