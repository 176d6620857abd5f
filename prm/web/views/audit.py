"""The audit trail: who did what to what, when and from where."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.audit.queries import Filter, entry_row, trail_csv
from prm.audit.services import note
from prm.web.audit_forms import AuditFilterForm
from prm.web.pages import page_of
from prm.web.rendering import render_page


@studio("audit.view")
@require_safe
def audit_list(request: Request) -> HttpResponse:
    form = AuditFilterForm(request.GET or None)
    wanted = Filter.of(form.cleaned_data) if form.is_valid() else Filter()
    page = page_of(wanted.entries(timezone.get_current_timezone()), request).map(entry_row)
    context = {"form": form, "page": page, "is_filtered": wanted != Filter()}
    return render_page(request, "web/audit_list.html", context, {"entries": "entries"})


@studio("audit.view")
@require_POST
def audit_export(request: Request) -> HttpResponse:
    """The filtered trail as a CSV file; that it was taken is itself recorded."""
    form = AuditFilterForm(request.POST)
    wanted = Filter.of(form.cleaned_data) if form.is_valid() else Filter()
    entries = wanted.entries(timezone.get_current_timezone())
    content = "".join(trail_csv(entries))
    note(actor=request.actor, verb="audit.trail_exported")
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{request.now:%Y-%m-%d}.csv"'
    return response
