"""The agenda of a session: built, read while running it; and a further series of sessions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.agenda import AgendaItemForm, MoveSeriesForm, NewItemForm, SeriesForm
from cohorts.models import AgendaItem, Need, Session
from cohorts.parts import Part
from cohorts.queries import agenda as queries
from cohorts.queries import library
from cohorts.queries import sessions as session_queries
from cohorts.queries.flexible import proposals
from cohorts.queries.launch import survey_for
from cohorts.services import agenda as services
from cohorts.services.library import plan_of
from cohorts.services.needs import take_need
from cohorts.services.series import add_series, move_series
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort, load_session
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast

_STEPS = {"up": -1, "down": 1}


@studio("cohorts.manage")
@require_safe
def session_agenda(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """The builder: items in order with their times, meters, checks, and the library beside them."""
    return _builder(request, load_session(public_id, session_id))


def _builder(
    request: Request, session: Session, form: NewItemForm | None = None, meanwhile: Any = None
) -> HttpResponse:
    """The builder, or only its changing part where htmx asked for that."""
    agenda = queries.agenda_of(session)
    context = {
        "session": session,
        "cohort": session.cohort,
        "agenda": agenda,
        "library": library.offered(),
        "proposals": proposals(session, {row.item.title for row in agenda.rows}, request.now),
        "form": form or NewItemForm(),
        "meanwhile": meanwhile,
        **tabs(request, "sessions"),
    }
    status = 422 if meanwhile or (form is not None and form.errors) else 200
    return render_page(request, "cohorts/session_agenda.html", context, {"agenda": "agenda"}, status=status)


def _done(request: Request, session: Session) -> HttpResponse:
    if request.htmx.target == "agenda":
        session.refresh_from_db(fields=["agenda_revision"])
        return _builder(request, session)
    return see_other("session_agenda", session.cohort.public_id, session.public_id)


@studio("cohorts.manage")
@require_POST
def agenda_item_add(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """One more item: of the library (`key`), at a place where it was dropped, or of one's own."""
    session = load_session(public_id, session_id)
    key, place = request.POST.get("key", ""), request.POST.get("place", "")
    form = NewItemForm(request.POST)
    if key:
        plan = plan_of(library.entry_of(key))
    elif form.is_valid():
        plan = form.plan()
    else:
        return _builder(request, session, form)
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else None
    try:
        services.add_item(actor=request.actor, session=session, plan=plan, place=at, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return _done(request, session)


@studio("cohorts.manage")
@require_POST
def need_take(request: Request, public_id: str, session_id: str, need_id: str) -> HttpResponse:
    """What the group needs most, into the flexible part."""
    session = load_session(public_id, session_id)
    if not session.cohort.uses(Part.NEEDS):
        raise Http404
    need = get_object_or_404(Need, cohort=session.cohort, public_id=need_id)
    try:
        take_need(actor=request.actor, session=session, need=need, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("session_agenda", public_id, session_id)


@studio("cohorts.manage")
def agenda_item_edit(request: Request, public_id: str, session_id: str, item_id: str) -> HttpResponse:
    session = load_session(public_id, session_id)
    item = _load_item(session, item_id)

    def present() -> dict[str, Any]:
        return AgendaItemForm.initial_of(item)

    def save(revision: int) -> None:
        said = {"plan": form.plan(), "notes": form.cleaned_data["notes"], "now": request.now}
        services.edit_item(actor=request.actor, item=item, revision=revision, **said)
        toast(request, _("Saved."))

    form = AgendaItemForm(request.POST or None, initial=present())
    if form.is_saved(save, present):
        return see_other("session_agenda", public_id, session_id)
    context = {"form": form, "item": item, "session": session, "cohort": session.cohort}
    return render_page(request, "cohorts/agenda_item_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def agenda_order(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """One item a place `up` or `down`, or the whole `order` that dragging made; in the agenda as it was seen."""
    session = load_session(public_id, session_id)
    said: dict[str, Any] = {"actor": request.actor, "revision": _revision(request), "now": request.now}
    chosen, step = _step(request)
    try:
        if chosen:
            services.move_item(item=_load_item(session, chosen), step=step, **said)
        else:
            services.order_items(session=session, order=request.POST.get("order", "").split(), **said)
    except Refused:
        return _lost(request, session)
    return _done(request, session)


def _step(request: Request) -> tuple[str, int]:
    """The item to move, and whether up (-1) or down (1). Raises Http404 for what no button of the page sends."""
    pressed = [(request.POST[name], step) for name, step in _STEPS.items() if request.POST.get(name)]
    if len(pressed) > 1 or any(not (chosen.isascii() and chosen.isalnum()) for chosen, _sign in pressed):
        raise Http404
    return pressed[0] if pressed else ("", 0)


def _lost(request: Request, session: Session) -> HttpResponse:
    """Somebody was quicker: the agenda as it is now, and what became of the one that was seen."""
    session.refresh_from_db(fields=["agenda_revision"])
    seen = request.POST.get("seen", "").split()
    return _builder(request, session, meanwhile=queries.changed_meanwhile(session, seen))


@studio("cohorts.manage")
@require_POST
def agenda_item_remove(request: Request, public_id: str, session_id: str, item_id: str) -> HttpResponse:
    session = load_session(public_id, session_id)
    item = _load_item(session, item_id)
    services.remove_item(actor=request.actor, item=item, now=request.now)
    toast(request, _("“%s” is out of the agenda.") % item.title)
    return see_other("session_agenda", public_id, session_id)


@studio("cohorts.view")
@require_safe
def session_guide(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """What a facilitator reads while running the session; on paper or on the phone."""
    session = load_session(public_id, session_id)
    context = {
        "session": session,
        "cohort": session.cohort,
        "agenda": queries.agenda_of(session),
        "has_room": session.cohort.uses(Part.RECORDINGS),
        "survey": survey_for(session, for_group=False),
        "may_manage": may(request.membership, "cohorts.manage"),
    }
    return render_page(request, "cohorts/session_guide.html", context)


@studio("cohorts.manage")
def session_series(request: Request, public_id: str) -> HttpResponse:
    """Further weekly sessions of a cohort that is there."""
    cohort = load_cohort(public_id)
    last = session_queries.sessions_of(cohort).last()
    initial = SeriesForm.initial_of(session_queries.following(cohort, last), last)
    form = SeriesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = {"title": form.cleaned_data["title"], "plans": form.plans(), "now": request.now}
        try:
            add_series(actor=request.actor, cohort=cohort, **said)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Added. Participants get them for their calendars."))
            return see_other("cohort_session_list", public_id)
    context = {"form": form, "cohort": cohort, **tabs(request, "sessions")}
    return render_page(request, "cohorts/session_series.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def series_move(request: Request, public_id: str) -> HttpResponse:
    """All sessions that are ahead, from one of them on, to other days or another time at once."""
    cohort = load_cohort(public_id)
    ahead = session_queries.sessions_ahead(cohort, request.now)
    form = MoveSeriesForm(request.POST or None, ahead=ahead)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("first", "days", "starts_time", "seen")}
        try:
            moved = move_series(actor=request.actor, cohort=cohort, now=request.now, **said)
        except Refused as refusal:
            form.add_problems(refusal)
            form.look_again()
        else:
            words = ngettext("%(n)d session is moved.", "%(n)d sessions are moved.", len(moved))
            toast(request, words % {"n": len(moved)} + " " + _("Everybody gets one mail, and calendars follow."))
            return see_other("cohort_session_list", public_id)
    context = {"form": form, "cohort": cohort, "ahead": ahead, **tabs(request, "sessions")}
    return render_page(request, "cohorts/series_move.html", context, status=422 if form.errors else 200)


def _load_item(session: Session, public_id: str) -> AgendaItem:
    item = get_object_or_404(AgendaItem, session=session, public_id=public_id)
    item.session = session
    return item


def _revision(request: Request) -> int:
    said = request.POST.get("revision", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
