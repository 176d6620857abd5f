"""Partners and their people as a file: what the list is narrowed to, or what was ticked."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.forms.exports import KINDS, ExportForm
from partners.queries.partner_lists import PartnerFilter
from partners.views.studio.partners import ids_of_ticked
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.exports.kinds import export_kinds
from prm.exports.services import begin_export
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("partners.export")
@require_http_methods(["GET", "POST"])
def partner_export(request: Request) -> HttpResponse:
    """Choose columns and format. The address takes the list's own query, or `partner` once for each that was ticked,
    and `kind=people` for their people.
    """
    kind = KINDS.get(request.GET.get("kind", ""), KINDS["partners"])
    parameters, told = _asked(request)
    form = ExportForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            export = begin_export(
                actor=request.actor,
                kind=kind,
                file_format=form.cleaned_data["file_format"],
                parameters={**parameters, "columns": form.cleaned_data["columns"]},
                told=told,
                now=request.now,
            )
        except Refused as refusal:
            toast(request, str(refusal), level=messages.WARNING)
            return see_other("partner_list")
        return see_other("export_detail", export.public_id)
    context: dict[str, Any] = {
        "form": form,
        "of_people": kind == KINDS["people"],
        "told": told,
        "total": export_kinds.get(kind).total(parameters),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "partners/partner_export.html", context, status=422 if form.errors else 200)


def _asked(request: Request) -> tuple[dict[str, Any], str]:
    """Which partners the address asks for, and that in words."""
    ticked = request.GET.getlist("partner")
    if ticked:
        ids = ids_of_ticked(ticked, with_archived=True)
        return {"ids": ids}, _("%d that were ticked") % len(ids)
    chosen = PartnerFilter.of(request.GET.urlencode(), request.now)
    return {"query": chosen.query}, _words(chosen)


def _words(chosen: PartnerFilter) -> str:
    said = [chosen.words, chosen.status, chosen.group.name if chosen.group else "", chosen.words_for_rule()]
    return ", ".join(part for part in said if part)
