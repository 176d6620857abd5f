"""Sessions: the list, a new one, moved or edited, canceled, attendance and recap."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts import rules
from cohorts.forms.planning import SessionForm
from cohorts.forms.running import OptionalReasonForm, RecapForm
from cohorts.models import Session
from cohorts.parts import Part
from cohorts.queries import sessions as queries
from cohorts.queries.recaps import drafted_body, recap_of
from cohorts.services import attendance, recaps
from cohorts.services import sessions as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort, load_session
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def cohort_session_list(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    context = {"cohort": cohort, "rows": queries.session_rows(cohort, request.now), **tabs(request, "sessions")}
    return render_page(request, "cohorts/cohort_session_list.html", context)


@studio("cohorts.manage")
def session_create(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)
    last = queries.sessions_of(cohort).last()
    form = SessionForm(request.POST or None, initial=queries.following(cohort, last))
    if request.method == "POST" and form.is_valid():
        contents = form.cleaned_data["contents"]
        try:
            services.add_session(
                actor=request.actor, cohort=cohort, plan=form.plan(), content_ids=contents, now=request.now
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Added. Participants get it for their calendars."))
            return see_other("cohort_session_list", public_id)
    has_rules = cohort.uses(Part.RECORDINGS)
    context = {"form": form, "cohort": cohort, "has_rules": has_rules, **tabs(request, "sessions")}
    return render_page(request, "cohorts/session_create.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def session_edit(request: Request, public_id: str, session_id: str) -> HttpResponse:
    session = load_session(public_id, session_id)

    def present() -> dict[str, Any]:
        return SessionForm.initial_of(session, queries.content_ids_of(session))

    def save(revision: int) -> None:
        said = {"plan": form.plan(), "content_ids": form.cleaned_data["contents"], "now": request.now}
        told = services.edit_session(actor=request.actor, session=session, revision=revision, **said)
        toast(request, _("Saved. Calendars and reminders follow.") if told else _("Saved."))

    form = SessionForm(request.POST or None, initial=present())
    if form.is_saved(save, present):
        return see_other("cohort_session_list", public_id)
    context = {"form": form, "session": session, "cohort": session.cohort, **tabs(request, "sessions")}
    context["has_rules"] = session.cohort.uses(Part.RECORDINGS)
    return render_page(request, "cohorts/session_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def session_cancel(request: Request, public_id: str, session_id: str) -> HttpResponse:
    session = load_session(public_id, session_id)
    form = OptionalReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.cancel_session(actor=request.actor, session=session, reason=reason, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Canceled. It leaves everybody's calendar."))
            return see_other("cohort_session_list", public_id)
    context = {"form": form, "session": session, "cohort": session.cohort, **tabs(request, "sessions")}
    return render_page(request, "cohorts/session_cancel.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def session_attendance(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """Who was there. Saved again it corrects what was said."""
    session = load_session(public_id, session_id)
    problems = rules.attendance_problems(session, request.now)
    if request.method == "POST":
        present = [int(pk) for pk in request.POST.getlist("present") if pk.isascii() and pk.isdigit() and len(pk) < 19]
        try:
            attendance.record_attendance(actor=request.actor, session=session, present_ids=present, now=request.now)
        except Refused as refusal:
            problems = refusal.problems
        else:
            toast(request, _("Saved. Those who were there are asked about it in the weeks to come."))
            return see_other("recap_edit", public_id, session_id)
    context = {
        "session": session,
        "cohort": session.cohort,
        "rows": queries.attendance_rows(session),
        "problems": problems,
        **tabs(request, "sessions"),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "cohorts/session_attendance.html", context, status=status)


@studio("cohorts.manage")
def recap_edit(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """The recap: drafted by the system, edited here, sent now or at a moment."""
    session = load_session(public_id, session_id)
    recap = recap_of(session)

    def present() -> dict[str, Any]:
        return RecapForm.initial_of(recap, "" if recap else drafted_body(session), session.tz)

    form = RecapForm(request.POST or None, initial=present())
    if request.method == "POST" and form.is_valid():
        try:
            done = _keep_recap(request, session, form)
        except Refused as refusal:
            recap = recap_of(session)
            form.refuse(refusal, present)
            # What was typed is a draft by now, whatever became of sending it.
            form.continue_from(recap.revision if recap else 0)
        else:
            if done:
                return see_other("cohort_session_list", public_id)
    context = {"form": form, "session": session, "cohort": session.cohort, "recap": recap, **tabs(request, "sessions")}
    return render_page(request, "cohorts/recap_edit.html", context, status=422 if form.errors else 200)


def _keep_recap(request: Request, session: Session, form: RecapForm) -> bool:
    """Save what was typed, then do what the pressed button says; False where the moment is not whole."""
    wanted = request.POST.get("when", "")
    moment = form.moment(session.zone) if wanted == RecapForm.LATER else None
    if wanted == RecapForm.LATER and moment is None:
        return False
    said = {"revision": form.cleaned_data["revision"] or 0, "body": form.cleaned_data["body"]}
    recap = recaps.save_recap(actor=request.actor, session=session, now=request.now, **said)
    if wanted == RecapForm.NOW:
        recaps.send_recap(actor=request.actor, recap=recap, now=request.now)
        toast(request, _("The recap is on its way."))
    elif moment is not None:
        recaps.schedule_recap(actor=request.actor, recap=recap, send_at=moment, now=request.now)
        toast(request, _("It is sent at the time you chose."))
    else:
        toast(request, _("Saved. Nothing is sent."))
    return True


@studio("cohorts.manage")
@require_POST
def recap_unschedule(request: Request, public_id: str, session_id: str) -> HttpResponse:
    session = load_session(public_id, session_id)
    recap = recap_of(session)
    try:
        if recap is not None:
            recaps.unschedule_recap(actor=request.actor, recap=recap)
            toast(request, _("It is a draft again, and is not sent."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("recap_edit", public_id, session_id)
