"""The home of a cohort: from the offered seat to years later, and what a participant says there about themselves."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts import rules
from cohorts.forms.taking_part import CutForm, GoalForm
from cohorts.models import Attendance, Cohort, Seat, Session, SessionMaterial
from cohorts.parts import Part
from cohorts.queries import home as queries
from cohorts.queries import portal
from cohorts.queries.drumbeat import banners_in
from cohorts.queries.expectations import changed_of
from cohorts.queries.materials import with_holds
from cohorts.queries.said import begun_for, said_by
from cohorts.services import materials, taking_part
from cohorts.views.portal.loading import load_own_seat, session_in
from partners.queries.profiles import Reader
from prm.accounts.access import portal as portal_page
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.finding import or_404
from prm.web.rendering import render_page, see_other, toast


def _load_seat(request: Request, public_id: str) -> Seat:
    return or_404(queries.home_seat(request.membership, public_id))


def _load_confirmed(request: Request, public_id: str) -> Seat:
    seat = _load_seat(request, public_id)
    if seat.state != Seat.State.CONFIRMED:
        raise Http404
    return seat


@portal_page
@require_safe
def cohort_home(request: Request, public_id: str) -> HttpResponse:
    """One page for a participant, from the offered seat to years later."""
    seat, now = _load_seat(request, public_id), request.now
    if seat.state == Seat.State.OFFERED:
        return _offered(request, seat)
    home = portal.home(seat, Reader(request.membership, now, is_watched=request.see_as), now)
    said, begun, rights = said_by(seat), begun_for(seat, seat.cohort), rules.rights_of(seat)
    context = {
        "cohort": seat.cohort,
        "seat": seat,
        "home": home,
        "my_team": queries.team_of_seat(seat),
        "said": said,
        "begun": begun,
        "banners": banners_in(seat, _days(home), request.membership, now),
        "step": queries.next_step(seat, home, said, begun, now),
        "duty": queries.duty(seat.cohort, home, now),
        "missed": queries.missed(home),
        "has_room": seat.cohort.uses(Part.RECORDINGS),
        "needs_rule": queries.needs_rule(seat, said),
        "learns": rights.counts,
        "has_launch": seat.cohort.uses(Part.LAUNCH) and rights.sees_people,
        "has_needs": seat.cohort.uses(Part.NEEDS) and rights.counts,
        "is_partner": request.membership.is_partner,
        "told": rules.expectations_at(seat.cohort.program, rules.Moment.ORIENTATION),
        "changed": changed_of(seat),
        "may_leave": not rules.giving_back_problems(cohort=seat.cohort, seat=seat),
    }
    return render_page(request, "cohorts/cohort_home.html", context)


def _days(home: portal.Home) -> list[date]:
    return [row.session.starts_on for row in home.sessions if row.session.state != Session.State.CANCELLED]


def _offered(request: Request, seat: Seat) -> HttpResponse:
    """The page of somebody who was accepted and has not confirmed: what is promised, when, and the one button."""
    context = {
        "cohort": seat.cohort,
        "seat": seat,
        "my_team": (team := queries.team_of_seat(seat)),
        "has_said_yes": team is not None and team.has_said_yes(request.membership),
        "sessions": portal.portal_sessions(seat, request.now),
        "is_late": seat.is_overdue(request.now),
        "told": rules.expectations_at(seat.cohort.program, rules.Moment.ACCEPTED),
    }
    return render_page(request, "cohorts/cohort_home_offered.html", context)


@portal_page
def goal_edit(request: Request, public_id: str) -> HttpResponse:
    seat = _load_confirmed(request, public_id)
    if not rules.rights_of(seat).counts:
        raise Http404

    def present() -> dict[str, Any]:
        return GoalForm.initial_of(said_by(_load_confirmed(request, public_id)))

    def save(revision: int) -> None:
        words = {name: form.cleaned_data[name] for name in ("goal", "commitment", "is_quotable")}
        said: dict[str, Any] = {"cohort": seat.cohort, "membership": request.membership, "now": request.now}
        taking_part.write_goal(revision=revision, **words, **said)
        toast(request, _("Kept. You can change it whenever you like."))

    form = GoalForm(request.POST or None, initial=present())
    if form.is_saved(save, present):
        return see_other("cohort_home", public_id)
    context = {"cohort": seat.cohort, "form": form, "has_launch": seat.cohort.uses(Part.LAUNCH)}
    return render_page(request, "cohorts/goal_edit.html", context, status=422 if form.errors else 200)


def _say(
    request: Request, public_id: str, act: Callable[[Cohort], None], text: str, part: Part | None = None
) -> HttpResponse:
    """Do what a button on the home says, and come back to it. Where the button's part is off there is no button."""
    seat = _load_confirmed(request, public_id)
    if part is not None and not seat.cohort.uses(part):
        raise Http404
    try:
        act(seat.cohort)
        toast(request, text)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("cohort_home", public_id)


@portal_page
@require_POST
def show_afterwards(request: Request, public_id: str) -> HttpResponse:
    shows = request.POST.get("shows") == "yes"
    said: dict[str, Any] = {"membership": request.membership, "shows": shows, "now": request.now}
    text = _("The others find you here.") if shows else _("You are not in the list of this cohort.")
    return _say(request, public_id, lambda cohort: taking_part.show_afterwards(cohort=cohort, **said), text)


@portal_page
@require_POST
def orientation_watched(request: Request, public_id: str) -> HttpResponse:
    said: dict[str, Any] = {"membership": request.membership, "now": request.now}
    text = _("Good. See you in the first session.")
    return _say(
        request, public_id, lambda cohort: taking_part.watch_orientation(cohort=cohort, **said), text, Part.LAUNCH
    )


@portal_page
@require_POST
def rule_accept(request: Request, public_id: str) -> HttpResponse:
    said: dict[str, Any] = {"membership": request.membership, "version": _version(request), "now": request.now}
    text = _("Thank you. It is kept which words you accepted.")
    return _say(
        request, public_id, lambda cohort: taking_part.accept_rule(cohort=cohort, **said), text, Part.RECORDINGS
    )


@portal_page
@require_POST
def recording_agree(request: Request, public_id: str) -> HttpResponse:
    agrees = request.POST.get("agrees") == "yes"
    said: dict[str, Any] = {"membership": request.membership, "agrees": agrees, "now": request.now}
    text = _("Noted.") if agrees else _("Noted. Where you are in the room, nothing is shared.")
    return _say(
        request, public_id, lambda cohort: taking_part.agree_to_recording(cohort=cohort, **said), text, Part.RECORDINGS
    )


def _version(request: Request) -> int:
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0


def _load_material(request: Request, public_id: str, session_id: str, material_id: str) -> SessionMaterial:
    """A material that the reader may open now; whoever may not finds nothing."""
    seat = load_own_seat(request, public_id)
    if not rules.rights_of(seat).reads_content:
        raise Http404
    session = session_in(seat.cohort, session_id)
    rows = with_holds(SessionMaterial.objects.filter(session=session).select_related("file"))
    material: Any = get_object_or_404(rows, public_id=material_id)
    mine = Attendance.objects.filter(session=session, membership=request.membership).values_list("state", flat=True)
    if rules.watching_problems(
        watch_until=material.watch_until,
        for_absent=material.for_absent,
        is_held=material.is_held,
        mine=mine.first() or "",
        today=request.now.astimezone(session.tz).date(),
    ):
        raise Http404
    material.session = session
    found: SessionMaterial = material
    return found


@portal_page
@require_safe
def session_material(request: Request, public_id: str, session_id: str, material_id: str) -> HttpResponseBase:
    """The recording, the slides, the board: a file, or on to where it is."""
    material = _load_material(request, public_id, session_id, material_id)
    if material.file is not None:
        return file_response(material.file, request)
    return HttpResponseRedirect(material.link)


@portal_page
def recording_cut(request: Request, public_id: str, session_id: str, material_id: str) -> HttpResponse:
    """Ask for one's part to be cut out of a recording."""
    material = _load_material(request, public_id, session_id, material_id)
    is_recording = material.kind == SessionMaterial.Kind.RECORDING
    if not is_recording or not material.session.cohort.uses(Part.RECORDINGS):
        raise Http404
    form = CutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        where = form.cleaned_data["where"]
        materials.ask_for_cut(material=material, membership=request.membership, where=where, now=request.now)
        toast(request, _("Nobody watches it until your part is out."))
        return see_other("session_detail", public_id, session_id)
    context = {"cohort": material.session.cohort, "session": material.session, "form": form}
    return render_page(request, "cohorts/recording_cut.html", context, status=422 if form.errors else 200)
