"""Homework: set, edited, what was handed in, comments."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.planning import HomeworkForm
from cohorts.forms.running import CommentForm
from cohorts.queries import homework as queries
from cohorts.services import homework as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort, load_homework, load_submission
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def homework_list(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    context = {"cohort": cohort, "rows": queries.homework_rows(cohort, request.now), **tabs(request, "homework")}
    return render_page(request, "cohorts/homework_list.html", context)


@studio("cohorts.manage")
def homework_create(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    form = HomeworkForm(request.POST or None, cohort=cohort, initial={"session": request.GET.get("session", "")})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_homework(actor=request.actor, cohort=cohort, plan=form.plan(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Participants see it now, and are reminded three days and one day before."))
            return see_other("homework_list", public_id)
    context = {"form": form, "cohort": cohort, **tabs(request, "homework")}
    return render_page(request, "cohorts/homework_create.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def homework_edit(request: Request, public_id: str, homework_id: str) -> HttpResponse:
    homework = load_homework(public_id, homework_id)

    def save(revision: int) -> None:
        plan = form.plan()
        services.edit_homework(actor=request.actor, homework=homework, revision=revision, plan=plan, now=request.now)

    cohort, initial = homework.cohort, HomeworkForm.initial_of(homework)
    form = HomeworkForm(request.POST or None, cohort=cohort, initial=initial)
    if form.is_saved(save, lambda: HomeworkForm.initial_of(homework)):
        toast(request, _("Saved. Reminders follow the due date."))
        return see_other("homework_detail", public_id, homework_id)
    context = {"form": form, "homework": homework, "cohort": cohort, **tabs(request, "homework")}
    return render_page(request, "cohorts/homework_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def homework_delete(request: Request, public_id: str, homework_id: str) -> HttpResponse:
    homework = load_homework(public_id, homework_id)
    try:
        services.delete_homework(actor=request.actor, homework=homework)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("homework_detail", public_id, homework_id)
    toast(request, _("“%s” is gone.") % homework.title)
    return see_other("homework_list", public_id)


@studio("cohorts.view")
@require_safe
def homework_detail(request: Request, public_id: str, homework_id: str) -> HttpResponse:
    """One piece of homework and what each participant handed in."""
    homework = load_homework(public_id, homework_id)
    context = {
        "homework": homework,
        "cohort": homework.cohort,
        "rows": queries.handed_in_rows(homework, request.now),
        **tabs(request, "homework"),
    }
    return render_page(request, "cohorts/homework_detail.html", context)


@studio("cohorts.view")
@require_safe
def submission_detail(request: Request, public_id: str, submission_id: str) -> HttpResponse:
    """What one participant handed in, version by version, with comments."""
    return _submission(request, public_id, submission_id, CommentForm())


@studio("cohorts.manage")
@require_POST
def submission_comment(request: Request, public_id: str, submission_id: str) -> HttpResponse:
    submission = load_submission(public_id, submission_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        body = form.cleaned_data["body"]
        services.comment_submission(
            actor=request.actor, author=request.membership, submission=submission, body=body, now=request.now
        )
        toast(request, _("%s gets it by mail.") % submission.membership.person)
        return see_other("submission_detail", public_id, submission_id)
    return _submission(request, public_id, submission_id, form)


def _submission(request: Request, public_id: str, submission_id: str, form: CommentForm) -> HttpResponse:
    submission = load_submission(public_id, submission_id)
    homework = submission.homework
    context = {
        "submission": submission,
        "homework": homework,
        "cohort": homework.cohort,
        "versions": queries.versions_of(homework, submission.membership_id, "submission_file"),
        "form": form,
        **tabs(request, "homework"),
    }
    return render_page(request, "cohorts/submission_detail.html", context, status=422 if form.errors else 200)


@studio("cohorts.view")
@require_safe
def submission_file(request: Request, public_id: str, submission_id: str) -> HttpResponseBase:
    submission = load_submission(public_id, submission_id)
    if submission.file is None:
        raise Http404
    return file_response(submission.file, request)
