"""Pages of a record that was merged into another one: they lead to the same pages of the partner that stays."""

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Concatenate

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from partners.queries.duplicates import merge_of_address
from prm.accounts.requests import Request
from prm.addresses import address
from prm.web.rendering import SeeOther, see_other, toast

type PartnerPage[**P] = Callable[Concatenate[Request, P], HttpResponse]


def leads_on[**P](view: PartnerPage[P]) -> PartnerPage[P]:
    """A page of the partner in its address, which raises 404 for a merged record (as `partners.load` does).

    Whoever opens it there gets the same page of the survivor, with what else the address says. What was sent there is
    not done: the survivor may be another one than the person had in mind.
    """

    def led(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            merge = merge_of_address(str(kwargs["public_id"]))
            if merge is None:
                raise
        names = {"one": merge.merged.name, "other": merge.survivor.name}
        if request.method not in ("GET", "HEAD"):
            text = _("%(one)s was merged into %(other)s meanwhile. Nothing was changed: do it here, if it still fits.")
            toast(request, text % names, level=messages.WARNING)
            return see_other("partner_detail", merge.survivor.public_id)
        toast(request, _("%(one)s was merged into %(other)s.") % names)
        return SeeOther(_same_page(request, {**kwargs, "public_id": merge.survivor.public_id}))

    update_wrapper(led, view)
    return led


def _same_page(request: Request, named: Mapping[str, object]) -> str:
    asked = request.resolver_match
    name = asked.url_name if asked and asked.url_name else "partner_detail"
    query = request.META.get("QUERY_STRING", "")
    # In the order of the address, as it was resolved.
    return address(name, *named.values()) + (f"?{query}" if query else "")
