"""A colleague's work goes to another one."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.forms.handovers import HandoverForm
from partners.queries.handovers import in_hand, moved_in_words
from partners.services.handing_over import hand_over
from prm.accounts.access import studio
from prm.accounts.models import Membership
from prm.accounts.queries import colleagues
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("people.manage")
@require_http_methods(["GET", "POST"])
def colleague_hand_over(request: Request, public_id: str) -> HttpResponse:
    """What a colleague has in hand, and who takes it over."""
    giver: Membership | None = colleagues(request.organization).filter(public_id=public_id).first()
    if giver is None:
        raise Http404
    form = HandoverForm(request.POST or None, giver=giver)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = hand_over(
                actor=request.actor,
                giver=giver,
                taker=said["taker"],
                brief=said["brief"],
                note_text=said["note"],
                tells_partners=said["tells_partners"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            words = {"name": said["taker"].person, "what": ", ".join(moved_in_words(row))}
            toast(request, _("%(name)s has it now: %(what)s.") % words)
            return see_other("person_detail", public_id)
    context = {"giver": giver, "form": form, "in_hand": in_hand(giver.pk, request.now)}
    return render_page(request, "partners/colleague_hand_over.html", context, status=422 if form.is_bound else 200)
