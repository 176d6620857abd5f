"""A partner's person on the way in and after: nominating, agreeing again, being named, words for those who follow."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts.forms.entrance import ColleagueForm, TestimonialForm
from cohorts.models import Application, Cohort, Graduation, Testimonial
from cohorts.queries.proposals import colleague_email, colleagues_to_name, company_domains, named_by, nominator_standing
from cohorts.services import entrance as services
from cohorts.services.expectations import agree_to_expectations
from cohorts.services.proposals import nominate_colleague
from cohorts.views.portal.loading import load_announced, load_as_participant
from partners.queries.people import partner_user_of
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@portal
def colleague_nominate(request: Request, public_id: str) -> HttpResponse:
    """A lead or a graduate proposes people of the company: picked from the list, or by address."""
    cohort = load_announced(public_id)
    user = partner_user_of(request.membership)
    if user is None:
        raise Http404
    sent = request.POST.copy() if request.method == "POST" else None
    if sent is not None and sent.get("colleague"):
        sent["email"] = colleague_email(user, str(sent["colleague"]))
    form = ColleagueForm(sent)
    if sent is not None and form.is_valid():
        try:
            nomination = nominate_colleague(
                actor=request.actor, user=user, cohort=cohort, now=request.now, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s gets a mail from you, and decides.") % nomination)
            return see_other("colleague_nominate", public_id)
    context = {
        "cohort": cohort,
        "form": form,
        "standing": nominator_standing(user, cohort),
        "is_open": cohort.takes_applications(request.now),
        "colleagues": colleagues_to_name(user, cohort),
        "named": named_by(user, cohort),
        "domains": sorted(company_domains(user)),
    }
    return render_page(request, "cohorts/colleague_nominate.html", context, status=422 if form.errors else 200)


@portal
@require_POST
def expectations_agree(request: Request, public_id: str) -> HttpResponse:
    """Yes to the words as they are now."""
    rows = Application.objects.of_member(request.membership).select_related("cohort__program")
    cohort = get_object_or_404(rows, cohort__public_id=public_id).cohort
    number = request.POST.get("number", "")
    try:
        agree_to_expectations(
            actor=request.actor,
            cohort=cohort,
            membership=request.membership,
            number=int(number) if number.isdecimal() and len(number) < 7 else 0,
            now=request.now,
        )
        toast(request, _("Thank you. That is what we go by now."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_detail", public_id)


@portal
@require_POST
def seat_show(request: Request, public_id: str) -> HttpResponse:
    """Be named on the invitation page, or not any more."""
    cohort = load_as_participant(request, public_id)
    is_shown = request.POST.get("shown") == "yes"
    services.show_participant(cohort=cohort, membership=request.membership, is_shown=is_shown, now=request.now)
    toast(request, _("You are named on the invitation page.") if is_shown else _("You are not named any more."))
    return see_other("cohort_home", public_id)


@portal
def testimonial_write(request: Request, public_id: str) -> HttpResponse:
    """A graduate's words for those who come after, with consent that can be taken back."""
    cohort = _graduated(request, public_id)
    mine = Testimonial.objects.filter(cohort=cohort, membership=request.membership).first()
    initial = {"words": mine.words, "agrees": mine.agreed_at is not None} if mine else {}
    form = TestimonialForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.write_testimonial(
                actor=request.actor, cohort=cohort, membership=request.membership, now=request.now, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Thank you. You can change or take it back here at any time."))
            return see_other("cohort_home", public_id)
    context = {"cohort": cohort, "form": form}
    return render_page(request, "cohorts/testimonial_write.html", context, status=422 if form.errors else 200)


def _graduated(request: Request, public_id: str) -> Cohort:
    """A cohort from which the reader graduated."""
    rows = Graduation.objects.valid().of_member(request.membership).select_related("cohort__program")
    cohort: Cohort = get_object_or_404(rows, cohort__public_id=public_id).cohort
    return cohort
