"""Templates of journeys: the list, one of them, its steps, on and off."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners.forms.journeys import StepForm, TemplateForm
from partners.journey_starters import STARTERS
from partners.models import JourneyTemplate, TemplateStep
from partners.queries.journeys import studio as queries
from partners.queries.journeys.todo import counts_by_template
from partners.services.journeys import templates as services
from partners.services.journeys.keeping import count_present
from partners.step_kinds import step_kinds
from partners.views.studio.partners import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> JourneyTemplate:
    return get_object_or_404(JourneyTemplate.objects.select_related("owner__person"), public_id=public_id)


def load_step(public_id: str, step_id: str) -> TemplateStep:
    rows = TemplateStep.objects.select_related("template")
    found: TemplateStep = get_object_or_404(rows, public_id=step_id, template__public_id=public_id)
    return found


@studio("partners.view")
@require_safe
def journey_template_list(request: Request) -> HttpResponse:
    is_archived = request.GET.get("show") == "archived"
    page = page_of(queries.templates_for_list(is_archived), request)
    context = {
        "page": page,
        "templates": queries.template_rows(page.rows),
        "is_archived": is_archived,
        **permissions_of(request),
    }
    return render_page(request, "partners/journey_template_list.html", context, {"templates": "templates"})


@studio("partners.manage")
def journey_template_create(request: Request) -> HttpResponse:
    """Choose what to begin with, then name it: the steps come along and can all be changed."""
    chosen = request.GET.get("starter", "")
    if chosen not in (*STARTERS, "empty"):
        return render_page(request, "partners/journey_template_choose.html", {"starters": STARTERS.values()})
    form = TemplateForm(request.POST or None, initial=TemplateForm.initial_from(chosen, request.membership))
    if request.method == "POST" and form.is_valid():
        try:
            steps = services.steps_of_starter(chosen)
            template = services.create_template(
                actor=request.actor, details=form.details(), steps=steps, now=request.now
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is there, switched off. Look through its steps first.") % template.name)
            return see_other("journey_template_detail", template.public_id)
    context = {"form": form, "starter": STARTERS.get(chosen)}
    return render_page(request, "partners/journey_template_create.html", context, status=422 if form.errors else 200)


@studio("partners.view")
@require_safe
def journey_template_detail(request: Request, public_id: str) -> HttpResponse:
    """A template: phases and steps, what each step loses, who is on it, on or off."""
    template = load(public_id)
    counts = counts_by_template([template]).get(template.pk, {})
    phases = queries.phases_of(template)
    context = {
        "template": template,
        "phases": phases,
        "has_steps": any(phase.steps for phase in phases),
        "has_begun": any(counts.values()),
        "starts": queries.trigger_labels([template])[template.pk],
        "running": counts.get("running", 0),
        "finished": counts.get("finished", 0),
        "stopped": counts.get("stopped", 0),
        "behind": queries.running_behind(template),
        "present": 0 if template.is_on else count_present(template, request.now),
        **permissions_of(request),
    }
    return render_page(request, "partners/journey_template_detail.html", context)


@studio("partners.manage")
def journey_template_edit(request: Request, public_id: str) -> HttpResponse:
    template = load(public_id)
    form = TemplateForm(request.POST or None, initial=TemplateForm.initial_of(template))

    def save(revision: int) -> None:
        services.change_template(
            actor=request.actor, template=template, revision=revision, details=form.details(), now=request.now
        )

    was = (template.trigger, template.source_id)
    if form.is_saved(save, lambda: TemplateForm.initial_of(template)):
        if template.is_on and was != (template.trigger, template.source_id):
            toast(request, _("Saved. From now on something else starts it; who is under way goes on."))
        else:
            toast(request, _("Saved."))
        return see_other("journey_template_detail", public_id)
    context = {"form": form, "template": template}
    return render_page(request, "partners/journey_template_edit.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
@require_POST
def journey_template_switch(request: Request, public_id: str) -> HttpResponse:
    """Switch it on, for newcomers or as well for who is in already, or off."""
    template = load(public_id)
    try:
        if "off" in request.POST:
            services.switch_off(actor=request.actor, template=template)
            toast(request, _("Switched off. Who is on it goes on; nobody else begins."))
        else:
            services.switch_on(
                actor=request.actor,
                template=template,
                includes_present=bool(request.POST.get("present")),
                now=request.now,
            )
            toast(request, _("Switched on. Whoever joins is on their way within a minute."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("journey_template_detail", public_id)


@studio("partners.manage")
@require_POST
def journey_template_apply(request: Request, public_id: str) -> HttpResponse:
    """Bring those who are on their way to the steps of today."""
    template = load(public_id)
    changed = services.bring_up_to_date(actor=request.actor, template=template, now=request.now)
    words = ngettext("%d running journey has today’s steps.", "%d running journeys have today’s steps.", changed)
    toast(request, words % changed)
    return see_other("journey_template_detail", public_id)


@studio("partners.manage")
@require_POST
def journey_template_archive(request: Request, public_id: str) -> HttpResponse:
    template = load(public_id)
    services.archive_template(actor=request.actor, template=template, now=request.now)
    undo = address("journey_template_restore", public_id)
    toast(request, _("%s is archived. Who is on it goes on.") % template.name, undo_url=undo)
    return see_other("journey_template_list")


@studio("partners.manage")
@require_POST
def journey_template_restore(request: Request, public_id: str) -> HttpResponse:
    template = load(public_id)
    try:
        services.restore_template(actor=request.actor, template=template)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("journey_template_list")
    toast(request, _("%s is back, switched off.") % template.name)
    return see_other("journey_template_detail", public_id)


@studio("partners.manage")
def journey_step_create(request: Request, public_id: str) -> HttpResponse:
    """Choose a kind, then say what is to be done."""
    template = load(public_id)
    asked = request.GET.get("kind", "")
    if asked not in step_kinds:
        context = {"template": template, "kinds": step_kinds.all(), "phase": request.GET.get("phase", "0")}
        return render_page(request, "partners/journey_step_choose.html", context)
    others = list(template.steps.order_by("phase", "position"))
    form = StepForm(
        request.POST or None,
        template=template,
        kind=step_kinds.get(asked),
        others=others,
        initial={"phase": request.GET.get("phase", "0"), "due_from": "start"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.add_step(actor=request.actor, template=template, details=form.details())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return _changed(request, template)
    context = {"form": form, "template": template, "kind": form.kind}
    return render_page(request, "partners/journey_step_create.html", context, status=422 if form.errors else 200)


@studio("partners.manage")
def journey_step_edit(request: Request, public_id: str, step_id: str) -> HttpResponse:
    rows = TemplateStep.objects.select_related("template").filter(template__public_id=public_id)
    step = rows.filter(public_id=step_id).first()
    if step is None:
        return _deleted(request, load(public_id))
    if step.kind not in step_kinds:
        raise Http404
    others = list(step.template.steps.exclude(pk=step.pk).order_by("phase", "position"))
    initial = StepForm.initial_of(step)
    kind = step_kinds.get(step.kind)
    form = StepForm(request.POST or None, template=step.template, kind=kind, others=others, initial=initial)

    def save(revision: int) -> None:
        services.change_step(actor=request.actor, step=step, revision=revision, details=form.details())

    if form.is_saved(save, lambda: StepForm.initial_of(step)):
        return _changed(request, step.template)
    context = {"form": form, "template": step.template, "step": step, "kind": kind}
    return render_page(request, "partners/journey_step_edit.html", context, status=422 if form.errors else 200)


def _deleted(request: Request, template: JourneyTemplate) -> HttpResponse:
    """A colleague deleted the step while somebody wrote: the words are kept in a form that adds it anew."""
    asked = request.POST.get("kind", "")
    if asked not in step_kinds:
        raise Http404
    others = list(template.steps.order_by("phase", "position"))
    form = StepForm(request.POST, template=template, kind=step_kinds.get(asked), others=others)
    form.add_error(
        None, _("A colleague deleted this step meanwhile. Your words are kept below: add it anew if it is needed.")
    )
    action = f"{address('journey_step_create', template.public_id)}?kind={asked}"
    context = {"form": form, "template": template, "kind": form.kind, "action": action}
    return render_page(request, "partners/journey_step_create.html", context, status=422)


@studio("partners.manage")
@require_POST
def journey_step_move(request: Request, public_id: str, step_id: str) -> HttpResponse:
    """One place up or down in its phase."""
    step = load_step(public_id, step_id)
    services.move_step(actor=request.actor, step=step, is_up="up" in request.POST)
    return see_other("journey_template_detail", public_id)


@studio("partners.manage")
@require_POST
def journey_step_delete(request: Request, public_id: str, step_id: str) -> HttpResponse:
    step = load_step(public_id, step_id)
    try:
        services.delete_step(actor=request.actor, step=step)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("journey_template_detail", public_id)
    return _changed(request, step.template)


def _changed(request: Request, template: JourneyTemplate) -> HttpResponse:
    """Say whom the change concerns: those who begin from now on, until somebody decides otherwise."""
    behind = queries.running_behind(load(template.public_id))
    words = ngettext(
        "Saved, for who begins from now on. %d running journey stays as it began.",
        "Saved, for who begins from now on. %d running journeys stay as they began.",
        behind,
    )
    toast(request, words % behind if behind else _("Saved."))
    return see_other("journey_template_detail", template.public_id)
