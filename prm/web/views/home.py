"""The first page of everything: of the installation, of a studio, of a portal."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from prm.accounts.access import member, portal, public, signed_in, studio
from prm.accounts.models import Membership
from prm.web.demo_people import demo_people
from prm.web.places import cards_of, checklist_of
from prm.web.rendering import render_page


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The organizations of the person, or for a visitor what Canopy is and the two doors into it."""
    if not request.user.is_authenticated:
        return render_page(request, "web/welcome.html", {"people": demo_people()})
    rows = (
        Membership.objects.for_person(request.user)
        .active()
        .select_related("organization")
        .order_by("organization__name")
    )
    return render_page(request, "web/home.html", {"memberships": list(rows)})


@signed_in
@require_safe
def switcher(request: HttpRequest) -> HttpResponse:
    """The list behind the organization's name; without JavaScript its place is the page `home`."""
    rows = (
        Membership.objects.for_person(request.user)
        .active()
        .select_related("organization")
        .order_by("organization__name")
    )
    return render_page(request, "web/switcher.html", {"memberships": list(rows[:30])})


@member
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """What waits in this organization, as the inside of its card on the home page."""
    face = "studio" if request.membership.kind == Membership.Kind.STAFF else "portal"  # type: ignore[attr-defined]
    return render_page(request, "web/due.html", {"cards": cards_of(request, face)[:3]})


@studio("studio.enter")
@require_safe
def studio_home(request: HttpRequest) -> HttpResponse:
    """What to do today, and for a new organization the first-run checklist."""
    steps = checklist_of(request.membership)  # type: ignore[attr-defined]
    return render_page(request, "web/studio_home.html", {"cards": cards_of(request, "studio"), "checklist": steps})


@portal
@require_safe
def portal_home(request: HttpRequest) -> HttpResponse:
    """What a partner person should do now, and what comes next."""
    return render_page(request, "web/portal_home.html", {"cards": cards_of(request, "portal")})
