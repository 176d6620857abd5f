"""Where the ecosystem has partners and where it has none."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partners.days import day_of
from partners.gaps import offers_for
from partners.models import PartnerProduct
from partners.queries import coverage as queries
from partners.queries.groups import groups_for_menu
from partners.queries.partner_columns import Columns, with_details
from partners.queries.partner_lists import partner_row
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.web.pages import page_of
from prm.web.rendering import render_page

_Right = PartnerProduct.Right
# What counts as covering a product: the word in the address, and the rights.
COUNTED: dict[str, tuple[str, ...]] = {
    "any": (_Right.SELL, _Right.SERVICE),
    "sell": (_Right.SELL,),
    "service": (_Right.SERVICE,),
    "incubation": (_Right.INCUBATION,),
}


def _axis(request: Request) -> tuple[queries.Axis, list[queries.Axis]]:
    """What the address asks for, else the first that has columns; and everything that the grid can be drawn by."""
    offered = queries.axes()
    asked = request.GET.get("by", "")
    chosen = next((axis for axis in offered if axis.key == asked), None)
    return chosen or next((axis for axis in offered if queries.columns_of(axis)), offered[0]), offered


def _counted(request: Request) -> str:
    asked = request.GET.get("count", "")
    return asked if asked in COUNTED else "any"


@studio("partners.view")
@require_safe
def coverage(request: Request) -> HttpResponse:
    """The grid: every cell with its partners, those who know what they sell, and free capacity."""
    axis, offered = _axis(request)
    counted, capacity = _counted(request), queries.capacity_attribute()
    measure = queries.skilled_measure()
    context = {
        "grid": queries.grid(axis, counted, COUNTED[counted], day_of(request.now), capacity),
        "axis": axis,
        "axes": offered,
        "counted": counted,
        "counts": _count_labels(),
        "skilled_label": measure.label if measure else "",
        "capacity_label": capacity.name if capacity else "",
        **permissions_of(request),
    }
    return render_page(request, "partners/coverage.html", context, {"grid": "grid"})


def _count_labels() -> list[tuple[str, Any]]:
    return [
        ("any", _("May sell or service")),
        ("sell", _Right.SELL.label),
        ("service", _Right.SERVICE.label),
        ("incubation", _Right.INCUBATION.label),
    ]


@studio("partners.view")
@require_safe
def coverage_cell(request: Request, by: str, column_id: str) -> HttpResponse:
    """The partners behind a cell, and what can be started from it."""
    axis = next((found for found in queries.axes() if found.key == by), None)
    column = next((found for found in queries.columns_of(axis) if found.key == column_id), None) if axis else None
    if axis is None or column is None:
        raise Http404
    region, counted = request.GET.get("region", "")[:80], _counted(request)
    rows = queries.partners_of_cell(axis, column.place, region, COUNTED[counted], day_of(request.now))
    about = {"by": axis.label, "column": column.label, "region": region}
    columns = Columns()
    context = {
        "page": page_of(with_details(rows, columns.needs), request).map(lambda row: partner_row(row, columns)),
        "columns": columns.shown,
        "column": column,
        "region": region or _("No region"),
        "axis": axis,
        "groups": groups_for_menu()[0],
        "offers": offers_for(request.membership, about),
        **permissions_of(request),
    }
    return render_page(request, "partners/coverage_cell.html", context, {"partners": "partners"})
