"""Seeing the portal as a partner person does: choose somebody, look, leave. Both ends are recorded."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from prm.accounts import see_as
from prm.accounts.access import member, studio
from prm.accounts.models import Membership
from prm.accounts.queries import partner_people
from prm.accounts.requests import Request
from prm.audit.services import note
from prm.web.examples import example_person
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other


@studio("portal.see_as")
@require_safe
def see_as_choose(request: Request) -> HttpResponse:
    """Through whose eyes."""
    words = request.GET.get("q", "").strip()
    page = page_of(partner_people(request.organization, words), request)
    context = {"page": page, "example": example_person(), "words": words}
    return render_page(request, "web/see_as_choose.html", context, {"rows": "rows"})


@studio("portal.see_as")
@require_POST
def see_as_begin(request: Request, public_id: str) -> HttpResponse:
    """Begin to look."""
    chosen = partner_people(request.organization).filter(public_id=public_id).first()
    if chosen is None:
        raise Http404
    return _look(request, chosen)


@studio("portal.see_as")
@require_POST
def see_as_example(request: Request) -> HttpResponse:
    """Look through the eyes of an example person of a test partner, made where there is none yet."""
    example = example_person()
    if example is None:
        raise Http404
    return _look(request, example.make(request.actor, request.now))


@member
@require_POST
def see_as_leave(request: Request) -> HttpResponse:
    """Back to one's own eyes. Leaving twice is leaving."""
    if request.see_as:
        note(actor=request.actor, verb="accounts.see_as_ended", obj=request.membership)
    see_as.end(request)
    return see_other("studio_home")


def _look(request: Request, chosen: Membership) -> HttpResponse:
    see_as.begin(request, chosen)
    note(actor=request.actor, verb="accounts.see_as_begun", obj=chosen)
    return see_other("portal_home")
