"""Nominating more than one: addresses at once, and those whom the finder proposes."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.forms.entrance import FinderForm, ManyForm
from cohorts.queries.finder import candidates, chosen_candidates
from cohorts.services.proposals import Outcome, nominate_many
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.web.rendering import render_page, toast


@studio("cohorts.manage")
def nomination_many(request: Request, public_id: str) -> HttpResponse:
    """Addresses of any number; the answer is a line for each."""
    cohort = load_cohort(public_id)
    form = ManyForm(request.POST or None)
    outcomes: list[Outcome] = []
    if request.method == "POST" and form.is_valid():
        outcomes = nominate_many(
            actor=request.actor, nominator=request.membership, cohort=cohort, now=request.now, **form.cleaned_data
        )
        toast(request, _told(outcomes))
    context = {"form": form, "cohort": cohort, "outcomes": outcomes, **tabs(request, "applications")}
    return render_page(request, "cohorts/nomination_many.html", context, status=422 if form.errors else 200)


def _told(outcomes: list[Outcome]) -> str:
    done = sum(outcome.is_nominated for outcome in outcomes)
    words = ngettext("%(n)d person gets a mail.", "%(n)d people get a mail.", done) % {"n": done}
    left = len(outcomes) - done
    return words if not left else f"{words} {_('%(n)d cannot be nominated: see why.') % {'n': left}}"


@studio("cohorts.manage")
def nominee_finder(request: Request, public_id: str) -> HttpResponse:
    """Who would benefit most and why; those who are ticked are nominated."""
    cohort = load_cohort(public_id)
    form = FinderForm(request.POST or None)
    outcomes: list[Outcome] = []
    if request.method == "POST" and form.is_valid():
        emails = chosen_candidates(cohort, request.POST.getlist("person"))
        if emails:
            outcomes = nominate_many(
                actor=request.actor,
                nominator=request.membership,
                cohort=cohort,
                emails=emails,
                note=form.cleaned_data["note"],
                now=request.now,
            )
            toast(request, _told(outcomes))
        else:
            form.add_error(None, _("Tick at least one person."))
    context = {
        "form": form,
        "cohort": cohort,
        "outcomes": outcomes,
        "rows": candidates(cohort, request.now),
        "ticked": set(request.POST.getlist("person")) if form.errors else set(),
        "is_open": cohort.takes_applications(request.now),
        **tabs(request, "applications"),
    }
    return render_page(request, "cohorts/nominee_finder.html", context, status=422 if form.errors else 200)
