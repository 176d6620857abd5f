"""Selection: nominations, the board of applications, decisions, seats."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.running import DecisionForm, ExtendForm, NominationForm, QuickDecisionForm, SeatInvitationForm
from cohorts.models import Application, Cohort, Decision, Nomination, Seat, SelectionPlan
from cohorts.parts import Part
from cohorts.queries import selection as queries
from cohorts.queries.board import SHOWN, board
from cohorts.queries.composition import holding_seats, neighbours, room_with, waiting_in
from cohorts.queries.criteria import judge_of
from cohorts.queries.graduation import done_by_member
from cohorts.queries.nominees import nominee_choices, partner_choices
from cohorts.queries.reviews import hidden_name, opinions_for, plan_for
from cohorts.queries.rivals import COMPARED, named, rivals_among, rivals_of_applicant
from cohorts.queries.selection_plans import form_of, plan_of
from cohorts.queries.team_words import board_of_teams, in_short, with_team_counts
from cohorts.questions import shown_answers
from cohorts.services import nominations, reversals, seats
from cohorts.services import selection as services
from cohorts.services.seat_invitations import invite_to_seat
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_application, load_cohort, load_seat, load_to_decide
from cohorts.wording import proposed_wording
from partners.queries.profiles import Reader, profiles_for
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.tenancy.prepared import prepared
from prm.web.finding import or_404
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.view")
@require_safe
def application_list(request: Request, public_id: str) -> HttpResponse:
    """The board: who applied, what is drafted, what reviewers give, who would be in the room."""
    return _board_page(request, public_id)


def _board_page(request: Request, public_id: str) -> HttpResponse:
    cohort: Any = or_404(_boarded.first(public_id))
    plan, is_reviewer = plan_for(cohort, request.membership)
    is_all = request.GET.get("show") == "all"
    most = None if is_all else SHOWN
    shown = board(cohort, request.now, most, plan, request.membership, is_reviewer=is_reviewer)
    context = {
        "cohort": cohort,
        "release_at": plan.release_at,
        "manager_hours": plan.manager_hours,
        "is_all": is_all,
        "board": board_of_teams(shown, cohort) if cohort.uses(Part.TEAMS) else shown,
        "nominations": queries.nomination_rows(cohort),
        "may_decide": may(request.membership, "cohorts.decide"),
        **tabs(request, "applications"),
    }
    return render_page(request, "cohorts/application_list.html", context, {"board": "board"})


@prepared
def _boarded(public_id: str) -> QuerySet[Cohort]:
    return with_team_counts(Cohort.objects.select_related("program").filter(public_id=public_id))


@studio("cohorts.decide")
@require_POST
def decision_draft(request: Request, public_id: str) -> HttpResponse:
    """Draft yes, wait or no about one application from the board, with the words that are proposed for it."""
    load_cohort(public_id)
    kind, application_id = QuickDecisionForm(request.POST).decision()
    if kind:
        application = load_application(public_id, application_id)
        try:
            services.draft_decision(
                actor=request.actor,
                decider=request.membership,
                application=application,
                kind=kind,
                wording=_proposed(application, kind, ""),
                now=request.now,
            )
        except Refused as refusal:
            toast(request, str(refusal), level=messages.WARNING)
    if request.htmx.target == "board":
        return _board_page(request, public_id)
    return see_other("application_list", public_id)


@studio("cohorts.decide")
def application_decide(request: Request, public_id: str, application_id: str) -> HttpResponse:
    """One application, and the decision about it with words that can be edited."""
    application, decisions = load_to_decide(public_id, application_id)
    decision = next((row for row in decisions if row.reversed_at is None), None)
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
    return _decision_page(request, application, decisions, form)


def _decision_page(
    request: Request, application: Application, decisions: list[Decision], form: DecisionForm
) -> HttpResponse:
    cohort = application.cohort
    plan, is_reviewer = plan_for(cohort, request.membership)
    opinions = opinions_for(application, plan, request.membership, request.now, is_reviewer=is_reviewer)
    decision = next((row for row in decisions if row.reversed_at is None), None)
    kind = form["kind"].value()
    is_hidden = opinions is not None and not opinions.sight.sees_names
    is_undecided = application.state == Application.State.SUBMITTED
    seats_held, waiting = holding_seats(cohort), waiting_in(cohort, application)
    before, after = neighbours(application, waiting)
    # Whoever is not declined may be met; a rule over all of a country makes very many pairs.
    others = [row for row in waiting if row.partner_id and row.kind != Decision.Kind.DECLINE][:COMPARED]
    met = {**named(seats_held), **{row.partner_id: row.company for row in others if row.partner_id}}
    context = {
        "cohort": cohort,
        "application": application,
        "opinions": opinions,
        "review_url": address("review_write", cohort.public_id, application.public_id),
        "decision": decision,
        "history": [row for row in decisions if row.reversed_at is not None],
        # Where seats are for teams the board counts them; one person more or less says nothing.
        "room": room_with(application, plan, kind or "", seats_held, waiting)
        if is_undecided and not is_hidden and not cohort.uses(Part.TEAMS)
        else None,
        "form": form,
        "kind": kind,
        "reason": form["reason"].value(),
        "reasons": Decision.Reason.choices,
        "before": before,
        "after": after,
        **_about(request, application, plan, met, is_hidden=is_hidden),
        **tabs(request, "applications"),
    }
    status = 422 if form.errors else 200
    return render_page(request, "cohorts/application_decide.html", context, {"decide": "decide"}, status=status)


def _about(
    request: Request, application: Application, plan: SelectionPlan, others: Mapping[int, str], *, is_hidden: bool
) -> dict[str, Any]:
    """What is read about the applicant; nothing that gives them away while names are hidden from this reader."""
    partners = [application.partner_id] if application.partner_id else []
    answers = shown_answers(form_of(plan), application.answers)
    criteria = judge_of(application.cohort, plan, request.now, partners).check(
        application.partner_id, application.answers
    )
    if is_hidden:
        answers = [row for row in answers if not row.is_confidential]
        return {"criteria": criteria, "answers": answers, "hidden_name": hidden_name(application.public_id)}
    profiles = profiles_for(Reader(request.membership, request.now), [application.membership_id])
    return {
        "criteria": criteria,
        "answers": answers,
        "profile": profiles.get(application.membership_id),
        "team": in_short(application.team_people, application.team_wanted),  # type: ignore[attr-defined]
        "rivals": rivals_of_applicant(application, others, request.now),
        "may_mark": may(request.membership, "partners.manage"),
    }


def _draft(request: Request, application: Application, decision: Decision | None) -> dict[str, str]:
    """The saved draft; where another decision or reason is asked for, the words that are proposed for it."""
    kind = request.GET.get("kind", "")
    reason = request.GET.get("reason", "")
    if kind not in Decision.Kind.values:
        if decision is not None:
            return {"kind": decision.kind, "reason": decision.reason, "wording": decision.wording}
        return {"kind": "", "reason": "", "wording": ""}
    reason = reason if reason in Decision.Reason.values and kind == Decision.Kind.DECLINE else ""
    return {"kind": kind, "reason": reason, "wording": _proposed(application, kind, reason)}


def _proposed(application: Application, kind: str, reason: str) -> str:
    return proposed_wording(
        kind=kind,
        reason=reason,
        first_name=application.membership.person.first_name,
        cohort_title=application.cohort.title,
    )


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
        if plan_of(cohort).release_at:
            words = ngettext(
                "Account managers read %(n)d decision now.", "Account managers read %(n)d decisions now.", released
            )
        toast(request, words % {"n": released})
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_list", public_id)


@studio("cohorts.decide")
@require_POST
def decision_stop(request: Request, public_id: str) -> HttpResponse:
    """Keep back what account managers know of and applicants do not."""
    try:
        services.stop_release(actor=request.actor, cohort=load_cohort(public_id))
        toast(request, _("Stopped. The decisions are drafts again."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_list", public_id)


@studio("cohorts.decide")
@require_POST
def application_hold(request: Request, public_id: str, application_id: str) -> HttpResponse:
    """Tell somebody on the short list to keep the dates free."""
    application = load_application(public_id, application_id)
    try:
        services.tell_to_hold(actor=request.actor, application=application, now=request.now)
        toast(request, _("%s gets a mail and keeps the dates free.") % application.membership.person)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("application_decide", public_id, application_id)


@studio("cohorts.decide")
def decision_reverse(request: Request, public_id: str, application_id: str) -> HttpResponse:
    """Put another decision in the place of the one that was told; the mail goes out at once."""
    application = load_application(public_id, application_id)
    standing = Decision.objects.standing().filter(application=application).first()
    form = DecisionForm(request.POST or None, initial=_draft(request, application, None))
    if request.method == "POST" and form.is_valid():
        try:
            reversals.reverse_decision(
                actor=request.actor,
                decider=request.membership,
                application=application,
                now=request.now,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Reversed. %s gets a mail.") % application.membership.person)
            return see_other("application_decide", public_id, application_id)
    context = {
        "cohort": application.cohort,
        "application": application,
        "standing": standing,
        "kinds": [row for row in Decision.Kind.choices if standing is None or row[0] != standing.kind],
        "form": form,
        "kind": form["kind"].value(),
        "reason": form["reason"].value(),
        "reasons": Decision.Reason.choices,
        **tabs(request, "applications"),
    }
    return render_page(request, "cohorts/decision_reverse.html", context, status=422 if form.errors else 200)


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
    seats = queries.seats_in(cohort)
    inside = named(seat for seat in seats if seat.state in Seat.HOLDING)
    context = {
        "cohort": cohort,
        "rows": queries.seat_rows(seats, Reader(request.membership, request.now), request.now, done),
        "rivals": rivals_among(inside, request.now),
        "invited": queries.open_invitations(cohort),
        "may_decide": may(request.membership, "cohorts.decide"),
        **tabs(request, "people"),
    }
    return render_page(request, "cohorts/participant_list.html", context)


@studio("cohorts.manage")
def seat_invite(request: Request, public_id: str) -> HttpResponse:
    """Ask somebody straight into the cohort, as whatever they come."""
    cohort = load_cohort(public_id)
    form = SeatInvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invite_to_seat(
                actor=request.actor, inviter=request.membership, cohort=cohort, now=request.now, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s gets a mail, and confirms the seat like everybody else.") % invitation)
            return see_other("participant_list", public_id)
    context = {"form": form, "cohort": cohort, **tabs(request, "people")}
    return render_page(request, "cohorts/seat_invite.html", context, status=422 if form.errors else 200)


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
