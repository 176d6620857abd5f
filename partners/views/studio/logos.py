"""A partner's logo, put up by a colleague."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from partners.forms.logos import LogoForm
from partners.queries.logos import logo_link, logo_of
from partners.services.logos import keep_logo
from partners.views.studio.merged import leads_on
from partners.views.studio.partners import load
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("partners.manage")
@leads_on
def partner_logo(request: Request, public_id: str) -> HttpResponse:
    """The picture; whether strangers see it only a lead of the company says."""
    partner = load(public_id)
    logo = logo_of(partner)
    form = LogoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            keep_logo(
                actor=request.actor,
                partner=partner,
                upload=form.cleaned_data["logo"],
                is_removed=form.cleaned_data["is_removed"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("partner_detail", public_id)
    context = {
        "form": form,
        "partner": partner,
        "logo": logo_link(logo, request.membership),
        "is_shown": logo is not None and logo.shown_at is not None,
    }
    return render_page(request, "partners/partner_logo.html", context, status=422 if form.errors else 200)
