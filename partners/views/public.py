"""Becoming a partner, for anybody: what is offered, an address that gets a link, and the page behind that link.

Nothing here tells whether an address is known. Opening a link changes nothing; every step is a form that is sent.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import rules
from partners.days import day_of
from partners.forms.applying import AnswerForm, ApplyForm, BeginForm
from partners.models import PartnerApplication, RecruitmentCall
from partners.queries import recruitment as calls
from partners.queries.applications import application_behind, standing_of
from partners.recruiting.questions import questions_of
from partners.services import applying
from prm.accounts.access import public
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.limits import Limit, limited, network_address
from prm.web.rendering import SeeOther, render_page, see_other, toast

logger = logging.getLogger(__name__)
BEGINS_BY_VISITOR = Limit("apply.visitor", 20, per=3600)
BEGINS_BY_ADDRESS = Limit("apply.address", 5, per=3600)
BEGINS_BY_ORGANIZATION = Limit("apply.organization", 500, per=3600)
LOOKS = Limit("apply.look", 120, per=60, opens=True)
ACTS = Limit("apply.act", 300, per=600)

type ApplicantView = Callable[[Request, PartnerApplication], HttpResponse]


@public
@require_safe
def recruitment_home(request: Request) -> HttpResponse:
    """Every call that is open: for the whole partner program, and for groups of it."""
    found = calls.open_calls(day_of(request.now))
    if len(found) == 1:
        return see_other("recruitment_page", found[0].public_id)
    return render_page(request, "partners/recruitment_home.html", {"calls": found})


@public
@limited
@require_http_methods(["GET", "POST"])
def recruitment_page(request: Request, public_id: str) -> HttpResponse:
    """What a partnership means here, and where one begins to apply; a draft is shown to colleagues only."""
    call = get_object_or_404(RecruitmentCall.objects.select_related("group"), public_id=public_id)
    is_staff = may(request.membership, "recruitment.view")
    if call.state == RecruitmentCall.State.DRAFT and not is_staff:
        raise Http404
    problems = rules.beginning_problems(call, None, day_of(request.now))
    form = BeginForm(request.POST, call=call) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            _begin(request, call, form)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return SeeOther(f"{request.path}?sent=1")
    context = {
        "call": call,
        "form": form or BeginForm.first(call, request.GET.get("from", "")),
        "questions": questions_of(call.questions),
        "is_open": not problems,
        "is_sent": "sent" in request.GET,
        "is_staff": is_staff,
        "period": calls.period_words(call),
    }
    return render_page(request, "partners/recruitment_page.html", context, status=422 if form else 200)


def _begin(request: Request, call: RecruitmentCall, form: BeginForm) -> None:
    email = form.cleaned_data["email"]
    BEGINS_BY_VISITOR.take(network_address(request))
    BEGINS_BY_ADDRESS.take(f"{request.organization.pk}:{email}")
    if form.is_trap_sprung:
        # Answered like everything else, so that nothing is learned from it.
        logger.info("an application by a program was dropped")
        return
    BEGINS_BY_ORGANIZATION.take(request.organization.pk)
    applying.begin_application(call=call, email=email, source=form.cleaned_data["source"], now=request.now)


def _with_application(view: ApplicantView) -> Callable[[Request, str], HttpResponse]:
    """Look the link up. A wrong one, another organization's and one that was erased cannot be told apart."""

    @wraps(view)
    def looked_up(request: Request, token: str) -> HttpResponse:
        visitor = network_address(request)
        LOOKS.take(visitor)
        if request.method == "POST":
            ACTS.take(visitor)
        application = application_behind(token)
        if application is None:
            return render_page(request, "partners/applicant_unknown.html", status=404)
        response = view(request, application)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "private, no-store"
        return response

    return looked_up


@public
@limited
@require_http_methods(["GET", "POST"])
@_with_application
def applicant_page(request: Request, application: PartnerApplication) -> HttpResponse:
    """The applicant's one page: the draft to write, then where it stands."""
    if not application.is_draft:
        return _standing(request, application, AnswerForm())
    questions = questions_of(application.call.questions)
    form = ApplyForm(request.POST or None, questions=questions, initial=ApplyForm.initial_of(application))
    is_saved = False
    if request.method == "POST" and form.is_valid():
        try:
            if "submit" in request.POST:
                return _submit(request, application, form)
            applying.save_draft(application=application, now=request.now, **_written(form))
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            is_saved = True
            if not request.htmx:
                toast(request, _("Saved. The link in our mail brings you back."))
                return _back(request)
    context = {
        "application": application,
        "call": application.call,
        "form": form,
        "token": _token(request),
        "is_saved": is_saved,
        "now": request.now,
        "problems": rules.submission_problems(application.call, application, day_of(request.now)),
    }
    status = 422 if form.errors else 200
    return render_page(request, "partners/applicant_draft.html", context, {"saved": "saved"}, status=status)


def _written(form: ApplyForm) -> dict[str, Any]:
    return {"contact_name": form.cleaned_data["contact_name"], "answers": form.answers()}


def _submit(request: Request, application: PartnerApplication, form: ApplyForm) -> HttpResponse:
    actor = applying.applicant(application, network_address(request))
    try:
        applying.submit_application(actor=actor, application=application, now=request.now, **_written(form))
    except Refused as refusal:
        if "not_draft" in refusal.codes:
            return _back(request)
        applying.save_draft(application=application, now=request.now, **_written(form))
        raise
    toast(request, _("Your application is in. Thank you!"))
    return _back(request)


def _standing(request: Request, application: PartnerApplication, form: AnswerForm) -> HttpResponse:
    context = {
        "application": application,
        "call": application.call,
        "standing": standing_of(application, request.now),
        "form": form,
        "token": _token(request),
    }
    return render_page(request, "partners/applicant_page.html", context, status=422 if form.errors else 200)


@public
@limited
@require_POST
@_with_application
def applicant_answer(request: Request, application: PartnerApplication) -> HttpResponse:
    """Answer what was asked for more."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        actor = applying.applicant(application, network_address(request))
        try:
            applying.answer_question(
                actor=actor, application=application, answer=form.cleaned_data["answer"], now=request.now
            )
        except Refused as refusal:
            form.add_problems(refusal)
            application.refresh_from_db()
        else:
            toast(request, _("Thank you, we go on with it."))
            return _back(request)
    return _standing(request, application, form)


@public
@limited
@require_POST
@_with_application
def applicant_withdraw(request: Request, application: PartnerApplication) -> HttpResponse:
    """Take it back; of a draft nothing is left."""
    was_draft = application.is_draft
    actor = applying.applicant(application, network_address(request))
    try:
        applying.withdraw_application(actor=actor, application=application, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return _back(request)
    toast(request, _("Your draft is gone.") if was_draft else _("Your application is withdrawn."))
    return see_other("recruitment_page", application.call.public_id) if was_draft else _back(request)


def _back(request: Request) -> HttpResponse:
    return see_other("applicant_page", _token(request))


def _token(request: Request) -> str:
    return str(request.resolver_match.kwargs["token"]) if request.resolver_match else ""
