"""Recall items beside their content."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from enablement.forms import ItemForm
from enablement.models import Content, RecallItem
from enablement.services import items as services
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("content.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def item_create(request: Request, public_id: str) -> HttpResponse:
    """Write what is to be remembered of a content, and how it is asked for."""
    content = get_object_or_404(Content, public_id=public_id)
    form = ItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.create_item(
                actor=request.actor,
                owner=request.membership,
                content=content,
                details=form.details(),
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved. Whoever reads the content will keep it in mind."))
            wants_another = "another" in request.POST
            return see_other("item_create" if wants_another else "content_detail", content.public_id)
    return _page(request, form, content)


@studio("content.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: Request, public_id: str) -> HttpResponse:
    """Correct a recall item."""
    item = get_object_or_404(RecallItem.objects.select_related("content"), public_id=public_id)
    form = ItemForm(request.POST or None, item=item)

    def save(revision: int) -> None:
        services.change_item(actor=request.actor, item=item, revision=revision, details=form.details())

    if form.is_saved(save, lambda: ItemForm(item=item).initial_values()):
        toast(request, _("Saved."))
        return _back(item)
    return _page(request, form, item.content)


@studio("content.manage")
@require_POST
def item_retire(request: Request, public_id: str) -> HttpResponse:
    """Ask for it no longer; Undo asks again."""
    item = get_object_or_404(RecallItem.objects.select_related("content"), public_id=public_id)
    try:
        services.retire_item(actor=request.actor, item=item)
    except Refused as refusal:
        toast(request, str(refusal))
    else:
        toast(request, _("Retired. Nobody is asked for it any more."), undo_url=address("item_restore", public_id))
    return _back(item)


@studio("content.manage")
@require_POST
def item_restore(request: Request, public_id: str) -> HttpResponse:
    """Ask for it again."""
    item = get_object_or_404(RecallItem.objects.select_related("content"), public_id=public_id)
    try:
        services.restore_item(actor=request.actor, item=item, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal))
    else:
        toast(request, _("Asked for again."))
    return _back(item)


def _back(item: RecallItem) -> HttpResponse:
    return see_other("content_detail", item.content.public_id) if item.content else see_other("content_list")


def _page(request: Request, form: ItemForm, content: Content | None) -> HttpResponse:
    context = {"form": form, "content": content, "item": form.item}
    return render_page(request, "enablement/item_form.html", context, status=422 if form.errors else 200)
