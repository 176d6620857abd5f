"""The first page of everything: of the installation, of a studio, of a portal."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from prm.accounts.access import member, public, signed_in, studio
from prm.accounts.models import Membership, Person
from prm.accounts.requests import Request, visitor
from prm.web.demo_people import demo_people
from prm.web.due import due_items
from prm.web.places import cards_of, checklist_of
from prm.web.rendering import render_page, see_other

_SHOWN = 40


@public
@require_safe
def home(request: Request) -> HttpResponse:
    """The organizations of the person, or for a visitor what Canopy is and the two doors into it."""
    person = visitor(request)
    if person is not None:
        return render_page(request, "web/home.html", {"memberships": _memberships(person)})
    return render_page(request, "web/welcome.html", {"people": demo_people()})


@signed_in
@require_safe
def switcher(request: Request) -> HttpResponse:
    """The list behind the organization's name; without JavaScript its place is the page `home`."""
    return render_page(request, "web/switcher.html", {"memberships": _memberships(request.user)})


def _memberships(person: Person) -> list[Membership]:
    rows = Membership.objects.for_person(person).active().select_related("organization")
    return list(rows.filter(organization__state="active").order_by("organization__name")[:_SHOWN])


@member
@require_safe
def due(request: Request) -> HttpResponse:
    """What waits in this organization, as the inside of its card on the page over all organizations."""
    return render_page(request, "web/due.html", {"items": due_items(request)})


@studio("studio.enter")
@require_safe
def studio_home(request: Request) -> HttpResponse:
    """What to do today, and for a new organization the first-run checklist."""
    steps = checklist_of(request.membership)
    return render_page(request, "web/studio_home.html", {"cards": cards_of(request, "studio"), "checklist": steps})


@member
@require_safe
def portal_home(request: Request) -> HttpResponse:
    """What a partner person should do now, and what comes next. Staff belong in the studio."""
    if request.membership.is_staff:
        return see_other("studio_home")
    cards = cards_of(request, "portal")
    is_quiet = all(card.context.get("is_aside") for card in cards)
    return render_page(request, "web/portal_home.html", {"cards": cards, "is_quiet": is_quiet})
