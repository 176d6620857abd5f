"""Selection: nominations, the board of applications, decisions, seats."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.running import DecisionForm, ExtendForm, NominationForm
from cohorts.models import Application, Cohort, Decision, Nomination
from cohorts.queries import selection as queries
from cohorts.queries.board import SHOWN, board
from cohorts.queries.graduation import done_by_member
from cohorts.queries.nominees import nominee_choices, partner_choices
from cohorts.queries.rivals import rivals_inside, rivals_of_applicant
from cohorts.services import nominations, seats
from cohorts.services import selection as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_application, load_cohort, load_seat
from cohorts.wording import proposed_wording
from partners.queries.profiles import Reader, profiles_for
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def application_list(request: Request, public_id: str) -> HttpResponse:
    """The board: who applied, what is drafted, who would be in the room."""
    cohort = load_cohort(public_id)
    context = {
        "cohort": cohort,
        "board": board(cohort, request.now, None if request.GET.get("show") == "all" else SHOWN),
        "nominations": queries.nomination_rows(cohort),
        "may_decide": may(request.membership, "cohorts.decide"),
        **tabs(request, "applications"),
    }
    return render_page(request, "cohorts/application_list.html", context)


@studio("cohorts.decide")
def application_decide(request: Request, public_id: str, application_id: str) -> HttpResponse:
    """One application, and the decision about it with words that can be edited."""
    application = load_application(public_id, application_id)
    decision = Decision.objects.filter(application=application).first()
    form = DecisionForm(request.POST or None, initial=_draft(request, application, decision))
    if request.method == "POST" and form.is_valid():
        try:
            services.draft_decision(
                actor=request.actor,
                decider=request.membership,
                application=application,
                now=request.now,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return _next(request, application)
    before, after = queries.neighbours(application)
    profiles = profiles_for(Reader(request.membership, request.now), [application.membership_id])
    context = {
        "cohort": application.cohort,
        "application": application,
        "profile": profiles.get(application.membership_id),
        "decision": decision,
        "form": form,
        "kind": form["kind"].value(),
        "reason": form["reason"].value(),
        "reasons": Decision.Reason.choices,
        "before": before,
        "after": after,
        "rivals": rivals_of_applicant(application, request.now),
        "may_mark": may(request.membership, "partners.manage"),
        **tabs(request, "applications"),
    }
    return render_page(request, "cohorts/application_decide.html", context, status=422 if form.errors else 200)


def _draft(request: Request, application: Application, decision: Decision | None) -> dict[str, str]:
    """The saved draft; where another decision or reason is asked for, the words that are proposed for it."""
    kind = request.GET.get("kind", "")
    reason = request.GET.get("reason", "")
    if kind not in Decision.Kind.values:
        if decision is not None:
            return {"kind": decision.kind, "reason": decision.reason, "wording": decision.wording}
        return {"kind": "", "reason": "", "wording": ""}
    reason = reason if reason in Decision.Reason.values and kind == Decision.Kind.DECLINE else ""
    wording = proposed_wording(
        kind=kind,
        reason=reason,
        first_name=application.membership.person.first_name,
        cohort_title=application.cohort.title,
    )
    return {"kind": kind, "reason": reason, "wording": wording}


def _next(request: Request, application: Application) -> HttpResponse:
    """On to the next application that nobody has decided about; after the last one to the board."""
    toast(request, _("A draft. Nothing is sent until you release it."))
    undecided = Application.objects.waiting_for_decision().filter(cohort=application.cohort, decisions=None)
    following = undecided.longest_waiting_first().first()
    cohort_id = application.cohort.public_id
    if following is None:
        return see_other("application_list", cohort_id)
    return see_other("application_decide", cohort_id, following.public_id)


@studio("cohorts.decide")
@require_POST
def decision_take_back(request: Request, public_id: str, application_id: str) -> HttpResponse:
    application = load_application(public_id, application_id)
    try:
        services.take_back_decision(actor=request.actor, application=application)
        toast(request, _("The draft is gone. The application waits for a decision again."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_decide", public_id, application_id)


@studio("cohorts.decide")
@require_POST
def decision_release(request: Request, public_id: str) -> HttpResponse:
    """Tell everybody at once what was decided."""
    cohort = load_cohort(public_id)
    try:
        released = services.release_decisions(actor=request.actor, cohort=cohort, now=request.now)
        words = ngettext("%(n)d decision is on its way.", "%(n)d decisions are on their way.", released)
        toast(request, words % {"n": released})
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_list", public_id)


@studio("cohorts.manage")
def nomination_create(request: Request, public_id: str) -> HttpResponse:
    """Nominate one person: somebody who is here, or a newcomer of a partner."""
    cohort = load_cohort(public_id)
    form = NominationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            nomination = nominations.nominate(
                actor=request.actor,
                nominator=request.membership,
                cohort=cohort,
                now=request.now,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s gets a mail, and may apply or pass it on.") % nomination)
            return see_other("application_list", public_id)
    context = {"form": form, "cohort": cohort, **_proposals(cohort), **tabs(request, "applications")}
    return render_page(request, "cohorts/nomination_create.html", context, status=422 if form.errors else 200)


def _proposals(cohort: Cohort) -> dict[str, Any]:
    return {"people": nominee_choices(cohort), "partners": partner_choices()}


@studio("cohorts.manage")
@require_POST
def nomination_withdraw(request: Request, public_id: str, nomination_id: str) -> HttpResponse:
    nomination = get_object_or_404(Nomination, cohort__public_id=public_id, public_id=nomination_id)
    try:
        nominations.withdraw_nomination(actor=request.actor, nomination=nomination, now=request.now)
        toast(request, _("The nomination is withdrawn."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_list", public_id)


@studio("cohorts.view")
@require_safe
def participant_list(request: Request, public_id: str) -> HttpResponse:
    """Everybody with a seat, an offer or a place in line."""
    cohort = load_cohort(public_id)
    done = {pk: (row.attended, row.handed_in) for pk, row in done_by_member(cohort).items()}
    context = {
        "cohort": cohort,
        "rows": queries.seat_rows(cohort, Reader(request.membership, request.now), request.now, done),
        "rivals": rivals_inside(cohort, request.now),
        "may_decide": may(request.membership, "cohorts.decide"),
        **tabs(request, "people"),
    }
    return render_page(request, "cohorts/participant_list.html", context)


@studio("cohorts.decide")
@require_POST
def seat_offer(request: Request, public_id: str, seat_id: str) -> HttpResponse:
    seat = load_seat(public_id, seat_id)
    try:
        seats.offer_seat(actor=request.actor, seat=seat, now=request.now)
        toast(request, _("%s gets a mail with the offer.") % seat.membership.person)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("participant_list", public_id)


@studio("cohorts.decide")
@require_POST
def seat_release(request: Request, public_id: str, seat_id: str) -> HttpResponse:
    seat = load_seat(public_id, seat_id)
    try:
        seats.release_seat(actor=request.actor, seat=seat, now=request.now)
        toast(request, _("Released. %s gets a friendly mail.") % seat.membership.person)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("participant_list", public_id)


@studio("cohorts.decide")
def seat_extend(request: Request, public_id: str, seat_id: str) -> HttpResponse:
    """More time to confirm."""
    seat = load_seat(public_id, seat_id)
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.moment(seat.cohort.zone)
        try:
            seats.extend_offer(actor=request.actor, seat=seat, confirm_by=until, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("participant_list", public_id)
    context = {"form": form, "seat": seat, "cohort": seat.cohort, **tabs(request, "people")}
    return render_page(request, "cohorts/seat_extend.html", context, status=422 if form.errors else 200)
