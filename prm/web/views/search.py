"""One search box for each face. What is typed is in no log: lines of requests name the route only."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from prm.accounts.access import portal, studio
from prm.accounts.requests import Request
from prm.web.limits import Limit, limited
from prm.web.places import Face
from prm.web.rendering import render_page
from prm.web.searching import searched

# Somebody who types without a pause asks four times a second.
SEARCHES = Limit("search", 300, per=60, opens=True)
QUICK = "search-quick"
_ON_PAGE, _AT_ONCE = 20, 5


@studio("studio.enter")
@require_safe
@limited
def studio_search(request: Request) -> HttpResponse:
    """Partners, people, colleagues and pages of the studio, as far as the colleague may see them."""
    return _page(request, "studio")


@portal
@require_safe
@limited
def portal_search(request: Request) -> HttpResponse:
    """One's own team and the pages of the portal."""
    return _page(request, "portal")


def _page(request: Request, face: Face) -> HttpResponse:
    """The page, its results, or those of the box above every page: the first few of each kind."""
    SEARCHES.take(request.membership.pk)
    most = _AT_ONCE if request.htmx.target == QUICK else _ON_PAGE
    context = {
        "search": searched(request, face, request.GET.get("q", ""), most),
        "face": f"{face}/base.html",
        "is_search": True,
        "is_quick": most == _AT_ONCE,
    }
    return render_page(request, "web/search.html", context, {QUICK: "results", "search-results": "results"})
