from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.definitions import definitions, figures_of
from prm.accounts.requests import Request
from prm.web.places import HomeCard, NavItem, home_cards, navigation


def _figures(request: Request) -> dict[str, Any] | None:
    figures = figures_of(definitions.all(), request.now)
    return {"figures": figures} if any(figure.total for figure in figures) else None


navigation.register(
    NavItem("figures", _("Figures"), "chart-column", "figure_list", "studio", permission="analytics.view", order=800)
)
home_cards.register(
    HomeCard("figures", "studio", 5, "analytics/_figures.html", _figures, permission="analytics.view", wide=True)
)
