from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from analytics.definitions import WINDOW, definitions, figures_of
from analytics.queries import Window, counted_partners
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.web.rendering import render_page


@studio("analytics.view")
@require_safe
def figure_list(request: Request) -> HttpResponse:
    """Every figure with its meaning; each opens to its formula and its rows."""
    return render_page(request, "analytics/figure_list.html", {"figures": figures_of(definitions.all(), request.now)})


@studio("analytics.view")
@require_safe
def figure_detail(request: Request, name: str) -> HttpResponse:
    """One figure: formula, numerator and denominator by name."""
    if name not in definitions:
        raise Http404
    definition = definitions.get(name)
    window = Window(request.now - WINDOW, request.now)
    context = {
        "figure": figures_of([definition], request.now)[0],
        "since": window.since,
        "rows": counted_partners(definition.kinds, window),
    }
    return render_page(request, "analytics/figure_detail.html", context)
