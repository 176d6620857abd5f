"""A participant's pages: sessions, homework."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts import rules
from cohorts.forms.portal import ExcuseForm, SubmissionForm
from cohorts.forms.running import CommentForm
from cohorts.models import Homework, Submission
from cohorts.parts import Part
from cohorts.queries import portal as queries
from cohorts.queries.agenda import agenda_for_participant
from cohorts.queries.homework import versions_of
from cohorts.queries.launch import survey_for
from cohorts.queries.people import seat_of
from cohorts.queries.recaps import recap_of
from cohorts.services import attendance
from cohorts.services import homework as services
from cohorts.views.portal.loading import load_homework, load_own_seat, load_own_submission, load_session
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@portal
@require_safe
def session_detail(request: Request, public_id: str, session_id: str) -> HttpResponse:
    seat = load_own_seat(request, public_id)
    cohort, member, now = seat.cohort, request.membership.pk, request.now
    row = next(iter(queries.portal_sessions(seat, now, session_id)), None)
    if row is None:
        raise Http404
    row.session.cohort = cohort
    rights = rules.rights_of(seat)
    recap = recap_of(row.session) if row.has_recap else None
    context = {
        "cohort": cohort,
        "session": row.session,
        "row": row,
        "recap": recap,
        "is_on": row.session.is_on(now),
        "told": rules.expectations_at(cohort.program, rules.Moment.FIRST_MINUTE),
        "has_room": cohort.uses(Part.RECORDINGS),
        "survey": survey_for(row.session, for_group=True) if row.session.has_begun(now) else [],
        "agenda": agenda_for_participant(row.session),
        "homework": queries.portal_homework(cohort, member, now, row.session) if rights.sees_homework else [],
        "may_excuse": not rules.excuse_problems(session=row.session, seat=seat, now=now),
    }
    return render_page(request, "cohorts/session_detail.html", context)


@portal
def session_excuse(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """ "I can't make it": the page that the reminder's link opens."""
    session = load_session(request, public_id, session_id)
    form = ExcuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            attendance.excuse(session=session, membership=request.membership, reason=reason, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Thank you for telling us. The recap reaches you all the same."))
            return see_other("session_detail", public_id, session_id)
    context = {"cohort": session.cohort, "session": session, "form": form}
    return render_page(request, "cohorts/session_excuse.html", context, status=422 if form.errors else 200)


@portal
@require_POST
def session_come(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """Take "I can't make it" back."""
    session = load_session(request, public_id, session_id)
    try:
        attendance.come_after_all(session=session, membership=request.membership, now=request.now)
        toast(request, _("Good to have you back."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("session_detail", public_id, session_id)


@portal
@require_safe
def session_calendar(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """The session as a file for a calendar program."""
    session = load_session(request, public_id, session_id)
    content = queries.calendar_file(session, request.membership, request.now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="session-{session.number}.ics"'
    return response


@portal
def homework_answer(request: Request, public_id: str, homework_id: str) -> HttpResponse:
    """The task, what one handed in so far with comments, and one more version."""
    homework = load_homework(request, public_id, homework_id)
    form = SubmissionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            submission = _submit(request, homework, form)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            text = _("Handed in, marked as late.") if submission.is_late else _("Handed in. Thank you.")
            toast(request, text)
            return see_other("homework_answer", public_id, homework_id)
    return _homework_page(request, homework, form, CommentForm())


def _submit(request: Request, homework: Homework, form: SubmissionForm) -> Submission:
    return services.submit_homework(
        actor=request.actor,
        homework=homework,
        membership=request.membership,
        text=form.cleaned_data["text"],
        link=form.cleaned_data["link"],
        upload=form.cleaned_data["file"],
        now=request.now,
    )


def _homework_page(request: Request, homework: Homework, form: SubmissionForm, comment: CommentForm) -> HttpResponse:
    cohort = homework.cohort
    seat = seat_of(request.membership, cohort)
    context = {
        "cohort": cohort,
        "homework": homework,
        "form": form,
        "comment": comment,
        "versions": versions_of(homework, request.membership.pk, "homework_file"),
        "is_late": homework.due_at < request.now,
        "problems": rules.submission_problems(cohort=cohort, seat=seat, has_content=True),
    }
    status = 422 if form.errors or comment.errors else 200
    return render_page(request, "cohorts/homework_answer.html", context, status=status)


@portal
@require_POST
def homework_comment(request: Request, public_id: str, submission_id: str) -> HttpResponse:
    """Answer what was said about one's own work."""
    submission = load_own_submission(request, public_id, submission_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        homework = load_homework(request, public_id, submission.homework.public_id)
        return _homework_page(request, homework, SubmissionForm(), form)
    body = form.cleaned_data["body"]
    services.comment_submission(
        actor=request.actor, author=request.membership, submission=submission, body=body, now=request.now
    )
    toast(request, _("Said."))
    return see_other("homework_answer", public_id, submission.homework.public_id)


@portal
@require_safe
def homework_file(request: Request, public_id: str, submission_id: str) -> HttpResponseBase:
    submission = load_own_submission(request, public_id, submission_id)
    if submission.file is None:
        raise Http404
    return file_response(submission.file, request)
