"""The subjects of a program's syllabus, and the people on its invitation page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts.forms.programs import ExpertForm, SubjectForm
from cohorts.models import Expert, Subject, Testimonial
from cohorts.queries.syllabus import subjects_of
from cohorts.services import entrance
from cohorts.services import syllabus as services
from cohorts.views.studio.programs import load_program
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@studio("cohorts.manage")
def subject_create(request: Request, public_id: str) -> HttpResponse:
    program = load_program(public_id)
    form = SubjectForm(request.POST or None, initial={"day_offset": SubjectForm.next_offset(subjects_of(program))})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["contents"]
        try:
            services.add_subject(actor=request.actor, program=program, plan=form.plan(), content_ids=chosen)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("New cohorts have this session. Those that exist stay as they are."))
            return see_other("program_detail", public_id)
    context = {"form": form, "program": program}
    return render_page(request, "cohorts/subject_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def subject_edit(request: Request, public_id: str, subject_id: str) -> HttpResponse:
    subject = _subject(public_id, subject_id)
    chosen = list(subject.contents.order_by("pk").values_list("content_id", flat=True))

    def save(revision: int) -> None:
        services.edit_subject(
            actor=request.actor,
            subject=subject,
            revision=revision,
            plan=form.plan(),
            content_ids=form.cleaned_data["contents"],
        )

    form = SubjectForm(request.POST or None, known=subject.agenda, initial=SubjectForm.initial_of(subject, chosen))
    if form.is_saved(save, lambda: SubjectForm.initial_of(subject, chosen)):
        toast(request, _("Saved. Cohorts that exist stay as they are."))
        return see_other("program_detail", public_id)
    context = {"form": form, "program": subject.program, "subject": subject}
    return render_page(request, "cohorts/subject_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def subject_remove(request: Request, public_id: str, subject_id: str) -> HttpResponse:
    services.remove_subject(actor=request.actor, subject=_subject(public_id, subject_id))
    toast(request, _("Taken out of the syllabus. Cohorts that exist keep their session."), level=messages.INFO)
    return see_other("program_detail", public_id)


def _subject(public_id: str, subject_id: str) -> Subject:
    rows = Subject.objects.select_related("program")
    return get_object_or_404(rows, program__public_id=public_id, public_id=subject_id)


@studio("cohorts.manage")
def expert_create(request: Request, public_id: str) -> HttpResponse:
    program = load_program(public_id)
    form = ExpertForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        photo = form.cleaned_data["photo"]
        try:
            entrance.add_expert(
                actor=request.actor, program=program, details=form.details(), photo=photo, now=request.now
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return see_other("program_detail", public_id)
    context = {"form": form, "program": program}
    return render_page(request, "cohorts/expert_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
def expert_edit(request: Request, public_id: str, expert_id: str) -> HttpResponse:
    expert = _expert(public_id, expert_id)

    def save(revision: int) -> None:
        entrance.edit_expert(
            actor=request.actor,
            expert=expert,
            revision=revision,
            details=form.details(),
            photo=form.cleaned_data["photo"],
            is_photo_removed=form.cleaned_data.get("is_photo_removed", False),
            now=request.now,
        )

    initial = ExpertForm.initial_of(expert)
    form = ExpertForm(request.POST or None, request.FILES or None, expert=expert, initial=initial)
    if form.is_saved(save, lambda: ExpertForm.initial_of(expert)):
        toast(request, _("Saved."))
        return see_other("program_detail", public_id)
    context = {"form": form, "program": expert.program, "expert": expert}
    return render_page(request, "cohorts/expert_edit.html", context, status=422 if form.errors else 200)


@studio("cohorts.manage")
@require_POST
def expert_remove(request: Request, public_id: str, expert_id: str) -> HttpResponse:
    expert = _expert(public_id, expert_id)
    entrance.remove_expert(actor=request.actor, expert=expert)
    toast(request, _("%s is no longer named.") % expert.name, level=messages.INFO)
    return see_other("program_detail", public_id)


def _expert(public_id: str, expert_id: str) -> Expert:
    rows = Expert.objects.select_related("program", "photo")
    expert: Expert = get_object_or_404(rows, program__public_id=public_id, public_id=expert_id)
    return expert


@studio("cohorts.manage")
@require_POST
def testimonial_hide(request: Request, public_id: str, testimonial_id: str) -> HttpResponse:
    """Put a graduate's words away, or show them again."""
    rows = Testimonial.objects.select_related("cohort").filter(agreed_at__isnull=False)
    testimonial = get_object_or_404(rows, cohort__program__public_id=public_id, public_id=testimonial_id)
    is_hidden = testimonial.hidden_at is None
    entrance.hide_testimonial(actor=request.actor, testimonial=testimonial, is_hidden=is_hidden, now=request.now)
    toast(request, _("Put away. The author keeps the words.") if is_hidden else _("Shown again."))
    return see_other("program_detail", public_id)
