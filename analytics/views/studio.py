from django.http import Http404, HttpResponse

from analytics.definitions import WINDOW, definitions, figure_of
from analytics.queries import counted_partners
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.web.rendering import render_page


@studio("analytics.view")
def figure_list(request: Request) -> HttpResponse:
    """Every figure with its meaning; each opens to its formula and its rows."""
    figures = [figure_of(definition, request.now) for definition in definitions.all()]
    return render_page(request, "analytics/figure_list.html", {"figures": figures})


@studio("analytics.view")
def figure_detail(request: Request, name: str) -> HttpResponse:
    """One figure: formula, numerator and denominator by name."""
    if name not in definitions:
        raise Http404
    definition = definitions.get(name)
    total = definition.denominator(request.now)
    counted = definition.numerator(request.now - WINDOW, request.now)
    context = {
        "figure": figure_of(definition, request.now),
        "since": request.now - WINDOW,
        "rows": counted_partners(counted, total),
    }
    return render_page(request, "analytics/figure_detail.html", context)
