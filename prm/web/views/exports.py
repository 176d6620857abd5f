"""Exports: how far they are, and the file for the colleague who asked for it."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.audit.services import note
from prm.exports.kinds import ZIP, export_kinds
from prm.exports.models import Export
from prm.exports.organization import WHOLE
from prm.exports.services import begin_export
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def _own(request: Request, public_id: str) -> Export:
    """The export that this colleague asked for and still may have; for anybody else it does not exist."""
    rows = Export.objects.select_related("job", "file").filter(
        created_by=request.membership, expires_at__gt=request.now
    )
    export: Export | None = rows.filter(public_id=public_id).first()
    if export is None or not may(request.membership, export_kinds.get(export.kind).permission):
        raise Http404
    return export


@studio("studio.enter")
@require_safe
def export_detail(request: Request, public_id: str) -> HttpResponse:
    export = _own(request, public_id)
    context = {"export": export, "job": export.job, "label": export_kinds.get(export.kind).label}
    return render_page(request, "web/export_detail.html", context, {"job": "job"})


@studio("studio.enter")
@require_safe
def export_download(request: Request, public_id: str) -> HttpResponseBase:
    """The file itself; that it was taken is recorded."""
    export = _own(request, public_id)
    if export.file is None:
        raise Http404
    note(actor=request.actor, verb="exports.downloaded", obj=export, label=str(export_kinds.get(export.kind).label))
    return file_response(export.file, request)


@studio("organization.manage")
@require_http_methods(["GET", "POST"])
def organization_export(request: Request) -> HttpResponse:
    """Everything of the organization as one archive, for an owner."""
    if request.method == "POST":
        try:
            export = begin_export(actor=request.actor, kind=WHOLE, file_format=ZIP, parameters={}, now=request.now)
        except Refused as refusal:
            toast(request, str(refusal))
            return see_other("organization_export")
        toast(request, _("The archive is being written. You can leave this page."))
        return see_other("export_detail", export.public_id)
    recent = Export.objects.filter(created_by=request.membership, kind=WHOLE, expires_at__gt=request.now)
    return render_page(request, "web/organization_export.html", {"recent": recent.order_by("-id")[:5]})
