"""Partners from a spreadsheet: upload, columns, preview by row, apply, groups, undo."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.forms.imports import ColumnsForm, ImportForm
from partners.queries import imports as queries
from partners.queries.imports import PARTNERS, PEOPLE
from partners.services.importing import make_groups
from partners.services.prepared import MOST_AT_ONCE, invite_prepared
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.imports import services
from prm.imports.models import Import, ImportRow
from prm.imports.queries import failed_rows_csv, is_unreadable, same_file_before, with_same_file
from prm.imports.schema import import_schemas
from prm.problems import Refused
from prm.spreadsheets import csv_lines
from prm.web.pages import page_of
from prm.web.rendering import SeeOther, render_page, see_other, toast
from prm.web.views.invitations import BY_ORGANIZATION

_State = Import.State


def load(public_id: str) -> Import:
    rows = with_same_file(Import.objects.select_related("file", "job", "created_by__person"))
    found: Import = get_object_or_404(rows, public_id=public_id, schema__in=(PARTNERS, PEOPLE))
    return found


def _asked_schema(request: Request) -> str:
    """Which kind of table the address speaks of: partners, unless it says people."""
    return PEOPLE if request.GET.get("kind") == "people" else PARTNERS


@studio("partners.import")
def partner_import_create(request: Request) -> HttpResponse:
    """Take a spreadsheet; when its columns explain themselves, go straight to the preview."""
    form, schema = ImportForm(request.POST or None, request.FILES or None), _asked_schema(request)
    if request.method == "POST" and form.is_valid():
        try:
            row_import = _begun(request, schema, form)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return see_other("partner_import_detail", row_import.public_id)
    fields = import_schemas.get(schema).fields
    context = {"form": form, "fields": fields, "of_people": schema == PEOPLE, "recent": queries.recent_imports()}
    return render_page(request, "partners/partner_import_create.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _begun(request: Request, schema: str, form: ImportForm) -> Import:
    """The import, checked already where its columns explain themselves; nothing of it is left after a refusal."""
    row_import = services.begin_import(
        actor=request.actor, schema=schema, upload=form.cleaned_data["file"], now=request.now
    )
    if not is_unreadable(row_import):
        services.map_columns(actor=request.actor, row_import=row_import, mapping=row_import.mapping, now=request.now)
    return row_import


@studio("partners.import")
@require_safe
def partner_import_sample(request: Request) -> StreamingHttpResponse:
    """A small file to fill in: the names of the columns and one example."""
    schema = _asked_schema(request)
    fields = [field for field in import_schemas.get(schema).fields if field.example]
    lines = csv_lines([str(field.label) for field in fields], [[field.example for field in fields]])
    return _csv(lines, "people.csv" if schema == PEOPLE else "partners.csv")


@studio("partners.import")
@require_safe
def partner_import_detail(request: Request, public_id: str) -> HttpResponse:
    """Where an import is: columns to name, rows to look at, work under way, or what came of it."""
    row_import = load(public_id)
    if request.htmx.target == "job" and not queries.is_working(row_import):
        return see_other("partner_import_detail", public_id)
    context = _context(request, row_import)
    return render_page(request, context["template"], context, {"job": "job", "rows": "rows"})


def _context(request: Request, row_import: Import) -> dict[str, Any]:
    context: dict[str, Any] = {
        "row_import": row_import,
        "counts": row_import.counts,
        "job": row_import.job,
        "of_people": row_import.schema == PEOPLE,
    }
    if queries.is_working(row_import) or queries.has_failed(row_import):
        return context | {"template": "partners/partner_import_working.html"}
    if row_import.state in (_State.UPLOADED, _State.CHECKING):
        form = ColumnsForm(row_import=row_import)
        return context | {"template": "partners/partner_import_columns.html", "form": form}
    if row_import.state == _State.ANALYZED:
        return context | _preview(request, row_import)
    is_applied = row_import.state == _State.APPLIED
    return context | {
        "template": "partners/partner_import_result.html",
        "may_invite": may(request.membership, "people.invite"),
        "may_manage": may(request.membership, "partners.manage"),
        "proposals": queries.group_proposals(row_import) if is_applied and not context["of_people"] else [],
        "uninvited": queries.uninvited(row_import) if is_applied and context["of_people"] else 0,
        "most_invited": MOST_AT_ONCE,
        "kept": queries.kept_rows(row_import) if row_import.state == _State.UNDONE else [],
        "stayed": queries.rows_that_stayed(row_import) if is_applied else [],
    }


def _preview(request: Request, row_import: Import) -> dict[str, Any]:
    """What was found: the first rows to mend and to decide about, and all that are new; or all that are there."""
    first, columns = queries.first_rows(row_import), queries.shown_columns(row_import)
    context = {
        "template": "partners/partner_import_preview.html",
        "columns": columns,
        "modes": queries.modes(row_import),
        "headline": queries.headline(row_import, first),
        "read_as": queries.columns_in_words(row_import),
        "same_file": same_file_before(row_import),
    }
    rows, told = ImportRow.objects.of(row_import), queries.AlikeRows(row_import)
    if request.GET.get("show") == "alike":
        alike = rows.filter(outcome=ImportRow.Outcome.LIKE)
        page: Any = page_of(alike, request, ids_first=False).map(told.row)
        return context | {"shows_alike": True, "alike": page.rows, "page": page}
    fresh = rows.filter(outcome__in=[ImportRow.Outcome.NEW, ImportRow.Outcome.SKIPPED])
    return context | {
        "problems": queries.rows_to_mend(row_import, first),
        "choices": queries.choices_to_decide(row_import),
        "alike": told.of(first),
        "page": page_of(fresh, request, ids_first=False).map(lambda row: queries.fresh_row(row_import, row, columns)),
    }


@studio("partners.import")
def partner_import_columns(request: Request, public_id: str) -> HttpResponse:
    """Say which column is what. Rows are checked anew; what was mended by hand is read from the file again."""
    row_import = load(public_id)
    form = ColumnsForm(request.POST or None, row_import=row_import)
    if request.method == "POST" and form.is_valid():
        try:
            services.map_columns(
                actor=request.actor,
                row_import=row_import,
                mapping=form.mapping(),
                options=form.options(),
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return see_other("partner_import_detail", public_id)
    context = {"row_import": row_import, "form": form}
    return render_page(request, "partners/partner_import_columns.html", context, status=422 if form.errors else 200)


@studio("partners.import")
@require_POST
def partner_import_choices(request: Request, public_id: str) -> HttpResponse:
    """Say what texts mean that are no choices yet; every row is checked anew."""
    row_import = load(public_id)
    said = queries.decided_choices(row_import, request.POST)
    options = {"choices": {**row_import.options.get("choices", {}), **said}}
    mapping = row_import.mapping
    return _back(
        request,
        public_id,
        lambda: services.map_columns(
            actor=request.actor, row_import=row_import, mapping=mapping, options=options, now=request.now
        ),
    )


@studio("partners.import")
@require_POST
def partner_import_mode(request: Request, public_id: str) -> HttpResponse:
    """Say what becomes of all rows that are somebody who is there already."""
    row_import = load(public_id)
    mode = request.POST.get("mode", "")
    return _back(request, public_id, lambda: services.choose_mode(row_import=row_import, mode=mode))


@studio("partners.import")
@require_POST
def partner_import_row(request: Request, public_id: str, number: str) -> HttpResponse:
    """Decide about one row; the same decision again takes it back."""
    row_import = load(public_id)
    _refuse_unless_checked(row_import)
    row = get_object_or_404(ImportRow.objects.of(row_import), number=_row_number(number))
    wanted = request.POST.get("decision", "skip" if row.outcome != ImportRow.Outcome.LIKE else "add")
    present = row.decision or ("skip" if row.outcome == ImportRow.Outcome.SKIPPED else "")
    decision = "" if wanted == present else wanted
    return _back(
        request,
        public_id,
        lambda: services.decide_row(row_import=row_import, number=row.number, decision=decision),
        show=request.POST.get("show", ""),
    )


@studio("partners.import")
@require_POST
def partner_import_mend(request: Request, public_id: str, number: str) -> HttpResponse:
    """Correct a row's cells; it is checked at once."""
    row_import = load(public_id)
    cells = {
        column: request.POST[f"cell_{column}"].replace("\0", "")[:5000]
        for column in range(len(row_import.columns))
        if f"cell_{column}" in request.POST
    }
    try:
        row = services.mend_row(row_import=row_import, number=_row_number(number), cells=cells)
    except ImportRow.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("partner_import_detail", public_id)
    if row.outcome == ImportRow.Outcome.PROBLEM:
        toast(request, _("Row %d still cannot be read.") % row.number, level=messages.WARNING)
    else:
        toast(request, _("Row %d is mended.") % row.number)
    return see_other("partner_import_detail", public_id)


@studio("partners.import")
@require_POST
def partner_import_apply(request: Request, public_id: str) -> HttpResponse:
    row_import = load(public_id)
    if not row_import.counts.get("to_create") and not row_import.counts.get("to_update"):
        toast(request, _("There is no row to take."), level=messages.WARNING)
        return see_other("partner_import_detail", public_id)
    return _started(request, public_id, services.apply_import, row_import)


@studio("partners.import")
@require_POST
def partner_import_undo(request: Request, public_id: str) -> HttpResponse:
    return _started(request, public_id, services.undo_import, load(public_id))


@studio("partners.manage")
@require_POST
def partner_import_groups(request: Request, public_id: str) -> HttpResponse:
    """Make groups of what stands in one column, under the names that were left or typed."""
    row_import = load(public_id)
    column = request.POST.get("column", "")
    proposal = next((found for found in queries.group_proposals(row_import) if str(found.column) == column), None)
    if proposal is None:
        raise Http404
    names = {
        value: " ".join(request.POST.get(f"name_{number}", "").replace("\0", "").split())[:80]
        for number, (value, _count) in enumerate(proposal.values)
    }
    wanted = {value: name for value, name in names.items() if name}
    made = make_groups(
        actor=request.actor, row_import=row_import, column=proposal.column, names=wanted, now=request.now
    )
    words = ", ".join(f"{group.name} ({added.added})" for group, added in made)
    if made:
        toast(request, ngettext("One group: %s", "Groups: %s", len(made)) % words)
    return see_other("group_list") if made else see_other("partner_import_detail", public_id)


@studio("partners.import")
@require_safe
def partner_import_problems(request: Request, public_id: str) -> StreamingHttpResponse:
    """The rows that cannot be read, with the reasons, as a file to mend elsewhere."""
    # Read at once: a stream is sent when the organization's scope is closed.
    return _csv(list(failed_rows_csv(load(public_id))), "not-imported.csv")


@studio("people.invite")
@require_POST
def partner_import_invite(request: Request, public_id: str) -> HttpResponse:
    """Invite the people whom an import brought and nobody has invited yet."""
    row_import = load(public_id)
    BY_ORGANIZATION.take(request.organization.pk)
    people = list(queries.prepared_of(row_import)[:MOST_AT_ONCE])
    done = invite_prepared(actor=request.actor, inviter=request.membership, people=people, now=request.now)
    toast(request, ngettext("%d invitation is on its way.", "%d invitations are on their way.", done.sent) % done.sent)
    for name, why in done.refused[:5]:
        toast(request, _("%(name)s was not invited: %(why)s") % {"name": name, "why": why}, level=messages.WARNING)
    return see_other("partner_import_detail", public_id)


def _started(request: Request, public_id: str, begin: Any, row_import: Import) -> HttpResponse:
    return _back(request, public_id, lambda: begin(actor=request.actor, row_import=row_import, now=request.now))


def _back(request: Request, public_id: str, act: Callable[[], object], show: str = "") -> HttpResponse:
    """Do it and go back to the import, with the words of a refusal where there is one."""
    try:
        act()
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    if show == "alike":
        return SeeOther(f"{address('partner_import_detail', public_id)}?show=alike")
    return see_other("partner_import_detail", public_id)


def _row_number(text: str) -> int:
    """A row's number out of an address; 0, which no row has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _refuse_unless_checked(row_import: Import) -> None:
    if row_import.state != _State.ANALYZED:
        raise Http404


def _csv(lines: Any, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
