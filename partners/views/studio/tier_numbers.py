"""Numbers that people enter for tiers: the list, one of them with its entries."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.forms.numbers import EntriesForm, NumberForm
from partners.models import NumberEntry, TierNumber
from partners.queries import numbers as queries
from partners.services import tier_numbers as services
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> TierNumber:
    return get_object_or_404(TierNumber, public_id=public_id)


@studio("partners.view")
@require_safe
def number_list(request: Request) -> HttpResponse:
    page = page_of(queries.numbers_for_list(), request)
    context = {"page": page, "rows": queries.number_rows(page.rows), **permissions_of(request)}
    return render_page(request, "partners/number_list.html", context, {"numbers": "numbers"})


@studio("partners.manage")
def number_create(request: Request) -> HttpResponse:
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = services.create_number(actor=request.actor, details=form.details(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is there. Enter the first numbers.") % number.name)
            return see_other("number_detail", number.public_id)
    return render_page(request, "partners/number_create.html", {"form": form}, status=422 if form.errors else 200)


@studio("partners.manage")
def number_edit(request: Request, public_id: str) -> HttpResponse:
    number = load(public_id)
    form = NumberForm(request.POST or None, initial=NumberForm.initial_of(number))

    def save(revision: int) -> None:
        services.change_number(actor=request.actor, number=number, revision=revision, details=form.details())

    if form.is_saved(save, lambda: NumberForm.initial_of(number)):
        toast(request, _("Saved."))
        return see_other("number_detail", public_id)
    context = {"form": form, "number": number}
    return render_page(request, "partners/number_edit.html", context, status=422 if form.errors else 200)


@studio("partners.view")
@require_safe
def number_detail(request: Request, public_id: str) -> HttpResponse:
    """What was entered, the newest first."""
    number = load(public_id)
    page = page_of(queries.entries_of(number), request).map(queries.entry_row)
    context = {"number": number, "page": page, **permissions_of(request)}
    return render_page(request, "partners/number_detail.html", context, {"entries": "entries"})


@studio("partners.manage")
def number_enter(request: Request, public_id: str) -> HttpResponse:
    """Enter numbers, one a line."""
    number = load(public_id)
    form = EntriesForm(request.POST or None, now=request.now, initial={"on": timezone.localtime(request.now).date()})
    if request.method == "POST" and form.is_valid():
        n = services.enter_numbers(actor=request.actor, number=number, entries=form.entries(), now=request.now)
        words = ngettext(
            "%d entry is in. Tiers follow within a minute.", "%d entries are in. Tiers follow within a minute.", n
        )
        toast(request, words % n)
        return see_other("number_detail", public_id)
    context = {"form": form, "number": number}
    return render_page(request, "partners/number_enter.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def number_void(request: Request, public_id: str, entry_id: str) -> HttpResponse:
    rows = NumberEntry.objects.select_related("number", "partner")
    entry = get_object_or_404(rows, public_id=entry_id, number__public_id=public_id)
    try:
        services.void_entry(actor=request.actor, entry=entry, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Taken back. It counts no longer."))
    return see_other("number_detail", public_id)
