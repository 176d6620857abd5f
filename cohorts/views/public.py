"""What anybody with a link may see: invitation page, nomination, certificate, badge."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts import rules
from cohorts.forms.portal import PassOnForm
from cohorts.models import Cohort, Expert, Graduation, Nomination
from cohorts.parts import Part
from cohorts.queries import invitation as queries
from cohorts.queries.entrance import shown_logos
from cohorts.queries.proposals import Colleague, colleague_email, colleagues_to_name
from cohorts.queries.teams import shape_of_cohort
from cohorts.services import nominations
from partners.models import PartnerUser
from partners.queries.people import partner_user_of
from prm.accounts.access import public
from prm.accounts.actors import Actor
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.accounts.tokens import digest
from prm.addresses import address
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.finding import or_404
from prm.web.rendering import render_page, see_other, toast


def _frame(request: Request) -> str:
    """Partner people stay in their portal; everybody else sees the same page in the public frame."""
    is_partner = request.membership is not None and request.membership.is_partner
    return "portal/base.html" if is_partner else "public/base.html"


@public
@require_safe
def cohort_invitation(request: Request, public_id: str) -> HttpResponse:
    """What the cohort promises, to whom, when, for how much work; a draft is shown to staff only."""
    cohort = or_404(queries.cohort_at(public_id))
    if cohort.state == Cohort.State.DRAFT and not may(request.membership, "cohorts.view"):
        raise Http404
    context = {
        "base": _frame(request),
        "cohort": cohort,
        "page": queries.invitation_page(cohort, request.membership, request.now),
        "is_staff": may(request.membership, "cohorts.view"),
        "page_link": address("cohort_invitation", public_id, absolute=True),
        "may_nominate": _may_nominate(request, cohort),
        "team_shape": shape_of_cohort(cohort)[0] if cohort.uses(Part.TEAMS) else None,
    }
    return render_page(request, "cohorts/cohort_invitation.html", context)


def _may_nominate(request: Request, cohort: Cohort) -> bool:
    """Whether the page offers to nominate a colleague; the page behind it says who may and how many are left."""
    member = request.membership
    return member is not None and member.is_partner and cohort.takes_applications(request.now)


@public
def nomination_answer(request: Request, token: str) -> HttpResponse:
    """What a nominee's mail opens: who thinks of them, and a form to pass it on."""
    nomination = _nomination(token)
    colleagues = _colleagues(request, nomination)
    picked = _picked(request, nomination)
    form = PassOnForm(_sent(request, picked) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            nominations.pass_nomination_on(
                actor=_actor(request, nomination),
                nomination=nomination,
                # Whoever is on the list is a colleague, wherever the address is.
                domains=queries.colleague_domains(nomination) | frozenset(filter(None, [picked.rpartition("@")[2]])),
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
        "colleagues": colleagues,
        "token": token,
        "is_open": nomination.state == Nomination.State.OPEN,
        "takes_applications": rules.takes_nominee(nomination.cohort, request.now, is_late=nomination.is_late),
        "domains": sorted(queries.colleague_domains(nomination)),
    }
    return render_page(request, "cohorts/nomination_answer.html", context, status=422 if form.errors else 200)


def _own_user(request: Request, nomination: Nomination) -> PartnerUser | None:
    """The nominee, signed in; names of colleagues are for nobody else who has the link."""
    member = request.membership
    if member is None or member.pk != nomination.membership_id:
        return None
    return partner_user_of(member)


def _colleagues(request: Request, nomination: Nomination) -> list[Colleague]:
    user = _own_user(request, nomination)
    return colleagues_to_name(user, nomination.cohort) if user else []


def _picked(request: Request, nomination: Nomination) -> str:
    """The address of the colleague who was picked from the list, "" for none."""
    user, picked = _own_user(request, nomination), request.POST.get("colleague", "")
    return colleague_email(user, picked) if user is not None and picked else ""


def _sent(request: Request, picked: str) -> QueryDict:
    sent = request.POST.copy()
    if picked:
        sent["email"] = picked
    return sent


@public
@require_safe
def expert_photo(request: Request, public_id: str, expert_id: str) -> HttpResponseBase:
    """An expert's picture, shown where the program's invitation pages are."""
    rows = Expert.objects.select_related("photo").filter(photo__isnull=False, program__public_id=public_id)
    expert = get_object_or_404(rows, public_id=expert_id)
    is_announced = Cohort.objects.announced().filter(program=expert.program_id).exists()
    if expert.photo is None or not (is_announced or may(request.membership, "cohorts.view")):
        raise Http404
    return file_response(expert.photo, request, inline=True)


@public
@require_safe
def cohort_logo(request: Request, public_id: str, logo_id: str) -> HttpResponseBase:
    """A company's logo, for whoever may read the invitation page that shows it."""
    cohort = get_object_or_404(Cohort, public_id=public_id)
    if not (cohort.state in Cohort.ANNOUNCED or may(request.membership, "cohorts.view")):
        raise Http404
    logos = shown_logos(cohort.pk, cohort.program_id).select_related("file")
    logo = get_object_or_404(logos, public_id=logo_id)
    return file_response(logo.file, request, inline=True)


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
