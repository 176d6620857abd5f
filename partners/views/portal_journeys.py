"""The portal: your steps, one list out of all journeys, and the page on which each is done."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.days import day_of
from partners.forms.agreements import AcceptForm
from partners.forms.journeys import AnswerForm
from partners.models import AgreementVersion, Journey, JourneyStep, PartnerUser
from partners.queries.agreements import accepted_by, last_day, newest_version
from partners.queries.attributes import values_held
from partners.queries.journeys.answers import bound_attributes
from partners.queries.journeys.kinds import AGREEMENT
from partners.queries.journeys.pages import answers_of, told
from partners.queries.journeys.todo import is_gone, kind_of, places_of, step_for_user, through_lately
from partners.queries.people import contact_of
from partners.services.journeys import doing
from partners.views.cards import todo_of
from partners.views.portal import me
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.due import all_due, due_line
from prm.web.rendering import render_page, see_other, toast


@portal
@require_safe
def my_steps(request: Request) -> HttpResponse:
    """What is next, what comes later, what the organization does meanwhile, and what else waits."""
    user = me(request)
    todo = todo_of(request, user, is_cheap=False)
    context = {
        "user": user,
        "todo": todo,
        "through": through_lately(user, request.now),
        "lines": [due_line(item, request.now) for item in all_due(request)],
        "contact": contact_of(user),
    }
    return render_page(request, "partners/my_steps.html", context)


@portal
def my_step_detail(request: Request, public_id: str) -> HttpResponse:
    """Read, accept, fill in, say that it is done."""
    user, step = _mine(request, public_id)
    version = newest_version(step.source_id) if step.kind == AGREEMENT else None
    form = _form(request, user, step, version)
    if request.method == "POST" and form.is_valid():
        try:
            _settle(request, user, step, version, form)
        except Refused as refusal:
            form.add_problems(refusal)
            # Somebody may have settled it meanwhile: the page says so, and keeps what was written.
            user, step = _mine(request, public_id)
        else:
            toast(request, _("Done: %s.") % step.title)
            return see_other("my_steps")
    is_open = step.state == JourneyStep.State.OPEN and step.journey.state != Journey.State.STOPPED
    unsent = form.typed() if form.errors and not is_open and isinstance(form, AnswerForm) else []
    context = {"step": step, "form": form, "version": version, "user": user, "unsent": unsent}
    context |= _page(request, user, step, version)
    return render_page(request, "partners/my_step_detail.html", context, status=422 if form.errors else 200)


@portal
@require_POST
def my_step_skip(request: Request, public_id: str) -> HttpResponse:
    """Leave out what may be skipped."""
    user, step = _mine(request, public_id)
    try:
        doing.skip_own_step(actor=request.actor, user=user, step=step, now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("my_step_detail", public_id)
    toast(request, _("Skipped: %s.") % step.title)
    return see_other("my_steps")


def _mine(request: Request, public_id: str) -> tuple[PartnerUser, JourneyStep]:
    user = me(request)
    step = step_for_user(user, public_id)
    if step is None:
        raise Http404
    return user, step


def _form(request: Request, user: PartnerUser, step: JourneyStep, version: AgreementVersion | None) -> Any:
    if version is not None:
        return AcceptForm(request.POST or None, version=version)
    bound = bound_attributes(step.questions)
    held = values_held(user.partner, bound.values()) if bound else {}
    return AnswerForm(request.POST or None, questions=step.questions, answers=step.answers, bound=bound, held=held)


def _settle(
    request: Request, user: PartnerUser, step: JourneyStep, version: AgreementVersion | None, form: Any
) -> None:
    if version is None:
        note = form.cleaned_data["note"]
        doing.complete_step(
            actor=request.actor,
            user=user,
            step=step,
            answers=form.answers(),
            values=form.values(),
            note=note,
            now=request.now,
        )
        return
    doing.accept_agreement(
        actor=request.actor,
        user=user,
        version=version,
        authority=form.cleaned_data["authority"],
        has_read=form.cleaned_data["accepts"],
        now=request.now,
    )


def _page(request: Request, user: PartnerUser, step: JourneyStep, version: AgreementVersion | None) -> dict[str, Any]:
    kind, places = kind_of(step.kind), places_of([step])
    acceptance = accepted_by(user, version, request.now) if version else None
    return {
        "kind": kind,
        "place": places.get((step.kind, step.source_id)),
        "is_done_elsewhere": bool(kind and kind.is_done_elsewhere and version is None),
        "is_overdue": step.is_overdue(day_of(request.now)),
        "may_sign": version is not None and (version.agreement.is_personal or user.is_lead),
        "acceptance": acceptance,
        "accepted_until": last_day(acceptance) if acceptance else "",
        "is_gone": is_gone(step.kind, step.source_id, places),
        "is_stopped": step.journey.state == Journey.State.STOPPED,
        "answers": answers_of(step),
        "told": told(step),
        "contact": contact_of(user),
    }
