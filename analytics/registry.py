from datetime import datetime
from typing import Any

from django.db.models import Expression
from django.utils.translation import gettext_lazy as _

from analytics.definitions import definitions, figures_of
from analytics.queries import all_partners
from prm.accounts.requests import Request
from prm.tenancy.numbers import number_of
from prm.web.places import HomeCard, NavItem, Numbers, home_cards, navigation


def _counts(now: datetime) -> dict[str, Expression]:
    return {"total": number_of(all_partners(now))}


def _figures(request: Request, total: int) -> dict[str, Any] | None:
    return {"figures": figures_of(definitions.all(), request.now, total)} if total else None


navigation.register(
    NavItem("figures", _("Figures"), "chart-column", "figure_list", "studio", permission="analytics.view", order=800)
)
home_cards.register(
    HomeCard(
        "figures",
        "studio",
        5,
        "analytics/_figures.html",
        _figures,
        permission="analytics.view",
        numbers=Numbers(_counts, lambda request: (request.now,)),
        wide=True,
    )
)
