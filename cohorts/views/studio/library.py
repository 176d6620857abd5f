"""The organization's item library."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.agenda import LibraryItemForm
from cohorts.queries import library as queries
from cohorts.services import library as services
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def library_item_list(request: Request) -> HttpResponse:
    context = {"entries": queries.library(), "may_manage": may(request.membership, "cohorts.manage")}
    return render_page(request, "cohorts/library_item_list.html", context)


@studio("cohorts.manage")
def library_item_create(request: Request) -> HttpResponse:
    form = LibraryItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_library_item(actor=request.actor, plan=form.plan(), now=request.now)
        toast(request, _("In the library."))
        return see_other("library_item_list")
    context = {"form": form, "entry": None}
    return render_page(request, "cohorts/library_item_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def library_item_edit(request: Request, ref: str) -> HttpResponse:
    entry = queries.entry_of(ref)

    def present() -> dict[str, Any]:
        return LibraryItemForm.initial_of(queries.entry_of(ref))

    def save(revision: int) -> None:
        services.edit_library_item(actor=request.actor, ref=ref, revision=revision, plan=form.plan(), now=request.now)
        toast(request, _("Saved. Agendas that have it keep the words they have."))

    form = LibraryItemForm(request.POST or None, initial=present())
    if form.is_saved(save, present):
        return see_other("library_item_list")
    context = {"form": form, "entry": entry}
    return render_page(request, "cohorts/library_item_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def library_item_show(request: Request, ref: str) -> HttpResponse:
    """Offer it in the builder, or not."""
    is_hidden = request.POST.get("hide") == "yes"
    services.show_library_item(actor=request.actor, ref=ref, is_hidden=is_hidden, now=request.now)
    toast(request, _("No longer offered.") if is_hidden else _("Offered again."))
    return see_other("library_item_list")


@studio("cohorts.manage")
@require_POST
def library_item_restore(request: Request, ref: str) -> HttpResponse:
    """Back to the words it came with."""
    queries.entry_of(ref)
    services.restore_library_item(actor=request.actor, ref=ref, now=request.now)
    toast(request, _("It says what it said when it came."))
    return see_other("library_item_list")
