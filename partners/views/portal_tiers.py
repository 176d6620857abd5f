"""The portal: an appeal against a notice."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from partners.forms.tiers import AppealForm
from partners.models import TierAppeal, TierMove
from partners.queries.tier_words import unmet
from partners.rules.tiers import appeal_problems
from partners.services.tier_moves import appeal
from partners.views.portal import me
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@portal
def my_appeal(request: Request, public_id: str) -> HttpResponse:
    """A lead says why the tier should stay; until it is answered nothing changes."""
    user = me(request)
    rows = TierMove.objects.filter(kind=TierMove.Kind.DROP, told_at__isnull=False, partner=user.partner_id)
    move = get_object_or_404(rows.select_related("ladder", "from_tier", "to_tier"), public_id=public_id)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            appeal(actor=request.actor, user=user, move=move, text=text, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Your appeal is in. Until it is answered nothing changes."))
            return see_other("my_group_list")
    context = {
        "form": form,
        "move": move,
        "missing": unmet(move),
        "problems": appeal_problems(move, user, list(TierAppeal.objects.filter(move=move))),
    }
    return render_page(request, "partners/my_appeal.html", context, status=422 if form.errors else 200)
