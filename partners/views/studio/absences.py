"""When a colleague is away and who stands in; how soon everybody is answered."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.days import day_of
from partners.forms.conversations import AbsenceForm, PromiseForm
from partners.queries.answering import general_promise, own_absence
from partners.services import absences as services
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("studio.enter")
def absence_edit(request: Request) -> HttpResponse:
    """Say when one is away and who answers meanwhile."""
    absence, today = own_absence(request.membership), day_of(request.now)
    initial = AbsenceForm.initial_of(absence, today)
    form = AbsenceForm(request.POST or None, member=request.membership, initial=initial)
    if request.method == "POST" and form.is_valid():
        url = address("conversation_list")
        try:
            services.say_absent(
                actor=request.actor, member=request.membership, url=url, now=request.now, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved. %s is told.") % form.cleaned_data["deputy"].person)
            return see_other("absence_edit")
    is_coming = absence is not None and absence.ends_on > today
    context = {"form": form, "absence": absence if is_coming else None}
    return render_page(request, "partners/absence_edit.html", context, status=422 if form.errors else 200)


@studio("studio.enter")
@require_POST
def absence_end(request: Request) -> HttpResponse:
    services.say_back(actor=request.actor, member=request.membership)
    toast(request, _("You answer yourself again."))
    return see_other("absence_edit")


@studio("partners.manage")
def answer_promise(request: Request) -> HttpResponse:
    """How soon partners are answered whom no tier and no group promises anything."""
    form = PromiseForm(request.POST or None, initial={"hours": general_promise()})
    if request.method == "POST" and form.is_valid():
        services.promise_answers(actor=request.actor, hours=form.cleaned_data["hours"])
        toast(request, _("Saved. What waits already keeps its moment."))
        return see_other("answer_promise")
    return render_page(request, "partners/answer_promise.html", {"form": form}, status=422 if form.errors else 200)
