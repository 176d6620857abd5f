"""The room of a cohort, and what stays of its sessions."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.taking_part import CutDoneForm, MaterialForm, RoomForm
from cohorts.models import CutRequest, Session, SessionMaterial
from cohorts.parts import Part
from cohorts.queries import materials as queries
from cohorts.services import materials, rooms
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_cohort, load_session
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.files.serving import file_response
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.manage")
def room_edit(request: Request, public_id: str) -> HttpResponse:
    cohort = load_cohort(public_id)

    def present() -> dict[str, Any]:
        return RoomForm.initial_of(cohort)

    def save(revision: int) -> None:
        said: dict[str, Any] = {"room_rule": form.cleaned_data.get("room_rule"), "now": request.now}
        link = form.cleaned_data["chat_link"]
        rooms.edit_room(actor=request.actor, cohort=cohort, revision=revision, chat_link=link, **said)
        toast(request, _("Saved."))

    form = RoomForm(request.POST or None, initial=present(), cohort=cohort)
    if form.is_saved(save, present):
        return see_other("cohort_detail", public_id)
    context = {"form": form, "cohort": cohort, **tabs(request, "overview")}
    return render_page(request, "cohorts/room_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def session_materials(request: Request, public_id: str, session_id: str) -> HttpResponse:
    """What stays of a session: recording, slides, board, worksheet; and one more."""
    session = load_session(public_id, session_id)
    form = MaterialForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, session, form)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Participants find it on the cohort's page."))
            return see_other("session_materials", public_id, session_id)
    has_rules = session.cohort.uses(Part.RECORDINGS)
    context = {
        "form": form,
        "session": session,
        "cohort": session.cohort,
        "lines": queries.staff_lines(session),
        "has_rules": has_rules,
        "against": queries.not_agreed(session) if has_rules else [],
        **tabs(request, "sessions"),
    }
    return render_page(request, "cohorts/session_materials.html", context, status=422 if form.errors else 200)


def _add(request: Request, session: Session, form: MaterialForm) -> None:
    names = ("kind", "title", "link", "watch_until", "for_absent")
    said = {name: form.cleaned_data[name] for name in names}
    upload = form.cleaned_data["file"]
    materials.add_material(actor=request.actor, session=session, upload=upload, now=request.now, **said)


def _load_material(public_id: str, session_id: str, material_id: str) -> SessionMaterial:
    session = load_session(public_id, session_id)
    rows = SessionMaterial.objects.filter(session=session).select_related("file")
    material = get_object_or_404(rows, public_id=material_id)
    material.session = session
    return material


@studio("cohorts.view")
@require_safe
def material_open(request: Request, public_id: str, session_id: str, material_id: str) -> HttpResponseBase:
    material = _load_material(public_id, session_id, material_id)
    return file_response(material.file, request) if material.file else HttpResponseRedirect(material.link)


@studio("cohorts.manage")
@require_POST
def material_remove(request: Request, public_id: str, session_id: str, material_id: str) -> HttpResponse:
    material = _load_material(public_id, session_id, material_id)
    materials.remove_material(actor=request.actor, material=material, now=request.now)
    toast(request, _("Taken away."))
    return see_other("session_materials", public_id, session_id)


@studio("cohorts.manage")
def recording_cut_done(request: Request, public_id: str, session_id: str, cut_id: str) -> HttpResponse:
    """Somebody's part is out; the recording can be watched again."""
    session = load_session(public_id, session_id)
    rows = CutRequest.objects.select_related("material", "membership__person")
    cut = get_object_or_404(rows, material__session=session, public_id=cut_id, done_at=None)
    form = CutDoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        materials.finish_cut(actor=request.actor, cut=cut, link=form.cleaned_data["link"], now=request.now)
        toast(request, _("The recording can be watched again."))
        return see_other("session_materials", public_id, session_id)
    context = {"form": form, "cut": cut, "session": session, "cohort": session.cohort}
    return render_page(request, "cohorts/recording_cut_done.html", context, status=422 if form.errors else 200)
