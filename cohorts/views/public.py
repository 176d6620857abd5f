"""What anybody with a link may see: invitation page, nomination, certificate, badge."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.portal import PassOnForm
from cohorts.models import Cohort, Graduation, Nomination
from cohorts.queries import invitation as queries
from cohorts.services import nominations
from prm.accounts.access import public
from prm.accounts.actors import Actor
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.accounts.tokens import digest
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def _frame(request: Request) -> str:
    """Partner people stay in their portal; everybody else sees the same page in the public frame."""
    is_partner = request.membership is not None and request.membership.is_partner
    return "portal/base.html" if is_partner else "public/base.html"


@public
@require_safe
def cohort_invitation(request: Request, public_id: str) -> HttpResponse:
    """What the cohort promises, to whom, when, for how much work; a draft is shown to staff only."""
    cohort = get_object_or_404(Cohort.objects.select_related("program"), public_id=public_id)
    if cohort.state == Cohort.State.DRAFT and not may(request.membership, "cohorts.view"):
        raise Http404
    context = {
        "base": _frame(request),
        "cohort": cohort,
        "page": queries.invitation_page(cohort, request.membership, request.now),
        "is_staff": may(request.membership, "cohorts.view"),
    }
    return render_page(request, "cohorts/cohort_invitation.html", context)


@public
def nomination_answer(request: Request, token: str) -> HttpResponse:
    """What a nominee's mail opens: who thinks of them, and a form to pass it on."""
    nomination = _nomination(token)
    form = PassOnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            nominations.pass_nomination_on(
                actor=_actor(request, nomination),
                nomination=nomination,
                domains=queries.colleague_domains(nomination),
                now=request.now,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return see_other("nomination_answer", token)
    context = {
        "base": _frame(request),
        "nomination": nomination,
        "cohort": nomination.cohort,
        "form": form,
        "token": token,
        "is_open": nomination.state == Nomination.State.OPEN,
        "takes_applications": nomination.cohort.takes_applications(request.now),
        "domains": sorted(queries.colleague_domains(nomination)),
    }
    return render_page(request, "cohorts/nomination_answer.html", context, status=422 if form.errors else 200)


@public
@require_POST
def nomination_decline(request: Request, token: str) -> HttpResponse:
    nomination = _nomination(token)
    try:
        nominations.decline_nomination(nomination=nomination, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("nomination_answer", token)


def _nomination(token: str) -> Nomination:
    found = queries.nomination_by_token(digest(token))
    if found is None:
        raise Http404(_("This link leads nowhere (any more)."))
    return found


def _actor(request: Request, nomination: Nomination) -> Actor:
    """Whoever holds the link acts as the nominee, signed in or not."""
    known = cast("Actor | None", request.actor)
    return known or Actor.guest(str(nomination), request.META.get("REMOTE_ADDR", ""))


@public
@require_safe
def certificate_detail(request: Request, token: str) -> HttpResponse:
    """The certificate, made to be printed; its link verifies it."""
    return _verifiable(request, token, "cohorts/certificate_detail.html")


@public
@require_safe
def badge_detail(request: Request, token: str) -> HttpResponse:
    """The badge: what was done, when, who vouches for it, and whether it still holds."""
    return _verifiable(request, token, "cohorts/badge_detail.html")


def _verifiable(request: Request, token: str, template: str) -> HttpResponse:
    rows = Graduation.objects.select_related("cohort__program", "partner")
    graduation = get_object_or_404(rows, token=token)
    is_mine = request.membership is not None and request.membership.pk == graduation.membership_id
    context = {
        "graduation": graduation,
        "cohort": graduation.cohort,
        "sessions": graduation.cohort.sessions.filter(state="held").count(),
        "is_mine": is_mine,
    }
    response = render_page(request, template, context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
