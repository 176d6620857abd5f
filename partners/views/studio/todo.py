"""The to-do list of colleagues: what waits, tasks by hand, what was put off and what was done."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.days import day_of
from partners.forms.todo import OutcomeForm, SnoozeForm, TaskForm, WeekPlanForm
from partners.models import Partner, Task
from partners.queries import todo as queries
from partners.queries.week import week_plan
from partners.services import todo as services
from partners.services.week import set_week_plan
from partners.views.studio.choosing import asked_partner, choices
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of, page_of_rows
from prm.web.rendering import SeeOther, render_page, see_other, toast

_WHOSE = (queries.MINE, queries.PARTNERS, queries.TEAM)


@studio("studio.enter")
@require_safe
def todo_list(request: Request) -> HttpResponse:
    """What waits for this colleague, for their partners or for everybody; what was put off; tasks that are done."""
    asked = request.GET.get("whose", "")
    whose, show = asked if asked in _WHOSE else queries.MINE, request.GET.get("show", "")
    if show == "done":
        page: Any = page_of(queries.tasks_done(request.membership, whose), request, per_page=queries.PER_PAGE)
        page = page.map(queries.done_row)
    else:
        found = queries.Asked(request.membership, request.now, whose, is_snoozed=show == "snoozed")
        page = page_of_rows(request, partial(queries.todo_lines, found), per_page=queries.PER_PAGE)
    context = {"page": page, "whose": whose, "show": show if show in ("done", "snoozed") else ""}
    context["may_plan"] = may(request.membership, "organization.manage")
    return render_page(request, "partners/todo_list.html", context, {"todo": "todo"})


@studio("organization.manage")
def week_plan_edit(request: Request) -> HttpResponse:
    """When everybody gets their list by mail."""
    form = WeekPlanForm(request.POST or None, initial=WeekPlanForm.initial_of(week_plan()))
    if request.method == "POST" and form.is_valid():
        set_week_plan(actor=request.actor, now=request.now, **form.plan())
        toast(request, _("Saved."))
        return see_other("todo_list")
    context = {"form": form, "zone": request.organization.zone}
    return render_page(request, "partners/week_plan_edit.html", context, status=422 if form.errors else 200)


@studio("studio.enter")
def task_create(request: Request) -> HttpResponse:
    """Write a task by hand; `?partner=` says which partner it is about, `?choose=1` asks which."""
    partner = asked_partner(request, "partner")
    if partner is None and request.GET.get("choose"):
        found = {"choices": choices(request, "partner")}
        return render_page(request, "partners/task_choose.html", found, {"choices": "choices"})
    form = TaskForm(request.POST or None, initial={"assignee": request.membership.pk})
    if request.method == "POST" and form.is_valid():
        services.add_task(actor=request.actor, details=form.details(), partner=partner, now=request.now)
        toast(request, _("It is on the list."))
        return see_other("partner_detail", partner.public_id) if partner else see_other("todo_list")
    context = {"form": form, "partner": partner}
    return render_page(request, "partners/task_create.html", context, status=422 if form.errors else 200)


def _load(public_id: str) -> Task:
    return get_object_or_404(Task.objects.select_related("partner", "done_by__person"), public_id=public_id)


@studio("studio.enter")
def task_edit(request: Request, public_id: str) -> HttpResponse:
    """A task: change it, hand it to a colleague, say that it is done.

    `?choose=1` asks which partner it is about, `?partner=` names another one, `-` none; saving keeps it.
    """
    task = _load(public_id)
    if request.GET.get("choose") and not request.GET.get("partner"):
        found = {"choices": choices(request, "partner"), "task": task}
        return render_page(request, "partners/task_choose.html", found, {"choices": "choices"})
    form, partner = TaskForm(request.POST or None, initial=TaskForm.initial_of(task)), _about(request, task)

    def save(revision: int) -> None:
        details = form.details()
        services.change_task(actor=request.actor, task=task, revision=revision, details=details, partner=partner)

    if form.is_saved(save, lambda: TaskForm.initial_of(task)):
        toast(request, _("Saved."))
        return see_other("todo_list")
    return _task_page(request, task, form, OutcomeForm())


def _about(request: Request, task: Task) -> Partner | None:
    """Which partner the task is to be about."""
    match request.GET.get("partner", ""):
        case "":
            partner: Partner | None = task.partner
            return partner
        case "-":
            return None
    return asked_partner(request, "partner")


def _task_page(request: Request, task: Task, form: TaskForm, outcome: OutcomeForm) -> HttpResponse:
    done, about = queries.done_row(task) if task.done_at else None, _about(request, task)
    context = {"form": form, "task": task, "outcome": outcome, "done": done, "about": about}
    status = 422 if form.errors or outcome.errors else 200
    return render_page(request, "partners/task_edit.html", context, status=status)


@studio("studio.enter")
@require_POST
def task_settle(request: Request, public_id: str) -> HttpResponse:
    """It is done, with a note on what came of it."""
    task, outcome = _load(public_id), OutcomeForm(request.POST)
    if not outcome.is_valid():
        return _task_page(request, task, TaskForm(initial=TaskForm.initial_of(task)), outcome)
    words = outcome.cleaned_data["outcome"]
    try:
        services.finish_task(actor=request.actor, task=task, outcome=words, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Done: %s.") % task.title, undo_url=address("task_reopen", public_id))
    return _back(request, task)


@studio("studio.enter")
@require_POST
def task_reopen(request: Request, public_id: str) -> HttpResponse:
    task = _load(public_id)
    try:
        services.reopen_task(actor=request.actor, task=task, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("It is on the list again."))
    return see_other("task_edit", public_id)


@studio("studio.enter")
@require_POST
def todo_snooze(request: Request, source: str, public_id: str) -> HttpResponse:
    """Put a line off for some days. Only this colleague stops seeing it."""
    form = SnoozeForm(request.POST)
    object_id = _object(request, source, public_id)
    if not form.is_valid():
        toast(request, _("Say for how many days, up to a year."), level=messages.WARNING)
        return _back(request)
    until = day_of(request.now) + timedelta(days=form.cleaned_data["days"])
    services.snooze(membership=request.membership, source=source, object_id=object_id, until=until, now=request.now)
    toast(request, _("Put off. The others still see it."), undo_url=address("todo_wake", source, public_id))
    return _back(request)


@studio("studio.enter")
@require_POST
def todo_wake(request: Request, source: str, public_id: str) -> HttpResponse:
    """Show a line again that was put off."""
    services.wake_up(membership=request.membership, source=source, object_id=_object(request, source, public_id))
    toast(request, _("It is on your list again."))
    return _back(request)


def _object(request: Request, source: str, public_id: str) -> int:
    found = queries.object_behind(request.membership, source, public_id, request.now)
    if found is None:
        raise Http404("nothing waits there")
    return found


def _back(request: Request, task: Task | None = None) -> HttpResponse:
    """Where the button was pressed."""
    back = request.POST.get("back", "")
    if back == "home":
        return see_other("studio_home")
    if back == "partner" and task is not None and task.partner is not None:
        return see_other("partner_detail", task.partner.public_id)
    where = address("todo_list")
    return SeeOther(f"{where}?whose={back}" if back in _WHOSE else where)
