from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.definitions import definitions, figure_of
from partners.models import Partner
from prm.accounts.requests import Request
from prm.web.places import HomeCard, NavItem, home_cards, navigation


def _figures(request: Request) -> dict[str, Any] | None:
    if not Partner.objects.real().exists():
        return None
    return {"figures": [figure_of(definition, request.now) for definition in definitions.all()]}


navigation.register(
    NavItem("figures", _("Figures"), "chart-column", "figure_list", "studio", permission="analytics.view", order=800)
)
home_cards.register(
    HomeCard("figures", "studio", 5, "analytics/_figures.html", _figures, permission="analytics.view", wide=True)
)
