"""Calls for partners: the list, one of them, what it asks, its ideal profile, its words."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from partners import rules
from partners.forms.recruitment import CallForm, ProfileForm, QuestionForm, WordingsForm
from partners.models import RecruitmentCall
from partners.queries import recruitment as queries
from partners.recruiting.questions import Question, questions_of
from partners.recruiting.scoring import wanted_words
from partners.services import recruitment as services
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.addresses import address
from prm.problems import Refused
from prm.web.pages import page_of
from prm.web.rendering import render_page, see_other, toast


def load(public_id: str) -> RecruitmentCall:
    return get_object_or_404(RecruitmentCall.objects.select_related("group"), public_id=public_id)


def permissions_of(request: Request) -> dict[str, bool]:
    wanted = {"may_manage": "recruitment.manage", "may_decide": "recruitment.decide"}
    return {name: may(request.membership, permission) for name, permission in wanted.items()}


@studio("recruitment.view")
@require_safe
def recruitment_list(request: Request) -> HttpResponse:
    page = page_of(queries.calls_for_list(), request).map(queries.call_row)
    context = {"page": page, "home_url": address("recruitment_home", absolute=True), **permissions_of(request)}
    return render_page(request, "partners/recruitment_list.html", context, {"calls": "calls"})


@studio("recruitment.manage")
def recruitment_create(request: Request) -> HttpResponse:
    """A new call; from a cell of the coverage grid one that asks for what is missing there and weighs it."""
    gap = queries.gap_asked(*(request.GET.get(name, "") for name in ("axis", "key", "region")))
    initial = {"account_manager": request.membership.pk, "title": gap.title[:120] if gap else ""}
    form = CallForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            call = services.create_call(actor=request.actor, details=form.details(), gap=gap, now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("A draft: say whom you look for, then open it."))
            return see_other("recruitment_call", call.public_id)
    context = {"form": form, "gap": gap}
    return render_page(request, "partners/recruitment_create.html", context, status=422 if form.errors else 200)


@studio("recruitment.view")
@require_safe
def recruitment_call(request: Request, public_id: str) -> HttpResponse:
    """One call: its page's link, what came of it, whom it looks for, what it asks."""
    call = load(public_id)
    criteria, questions = queries.profile_of(call)
    context = {
        "call": call,
        "url": address("recruitment_page", call.public_id, absolute=True),
        "period": queries.period_words(call),
        "funnel": queries.funnel(call),
        "criteria": [(row, wanted_words(row, questions)) for row in criteria],
        "questions": questions,
        "problems": rules.call_problems(call, questions),
        "targets": queries.targets_of(call),
        **permissions_of(request),
    }
    return render_page(request, "partners/recruitment_call.html", context)


@studio("recruitment.manage")
def recruitment_edit(request: Request, public_id: str) -> HttpResponse:
    call = load(public_id)
    form = CallForm(request.POST or None, initial=CallForm.initial_of(call))

    def save(revision: int) -> None:
        services.change_call(actor=request.actor, call=call, revision=revision, details=form.details())

    if form.is_saved(save, lambda: CallForm.initial_of(call)):
        toast(request, _("Saved."))
        return see_other("recruitment_call", public_id)
    context = {"form": form, "call": call}
    return render_page(request, "partners/recruitment_edit.html", context, status=422 if form.errors else 200)


@studio("recruitment.manage")
@require_POST
def recruitment_open(request: Request, public_id: str) -> HttpResponse:
    try:
        services.open_call(actor=request.actor, call=load(public_id))
    except Refused as refusal:
        toast(request, str(refusal), level=30)
    else:
        toast(request, _("The page is open: share its link."))
    return see_other("recruitment_call", public_id)


@studio("recruitment.manage")
@require_POST
def recruitment_close(request: Request, public_id: str) -> HttpResponse:
    services.close_call(actor=request.actor, call=load(public_id))
    toast(request, _("The page takes no more applications. Those that came stay where they are."))
    return see_other("recruitment_call", public_id)


@studio("recruitment.manage")
def recruitment_question_create(request: Request, public_id: str) -> HttpResponse:
    return _question_page(request, load(public_id), None)


@studio("recruitment.manage")
def recruitment_question(request: Request, public_id: str, key: str) -> HttpResponse:
    call = load(public_id)
    return _question_page(request, call, _question(call, key))


def _question(call: RecruitmentCall, key: str) -> Question:
    found = next((row for row in questions_of(call.questions) if row.key == key), None)
    if found is None:
        raise Http404(_("This question is asked no longer."))
    return found


def _question_page(request: Request, call: RecruitmentCall, before: Question | None) -> HttpResponse:
    initial = QuestionForm.initial_of(before) if before else None
    form = QuestionForm(request.POST or None, before=before, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_question(actor=request.actor, call=call, question=form.question())
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("recruitment_call", call.public_id)
    context = {"form": form, "call": call, "question": before}
    return render_page(request, "partners/recruitment_question.html", context, status=422 if form.errors else 200)


@studio("recruitment.manage")
@require_POST
def recruitment_question_move(request: Request, public_id: str, key: str) -> HttpResponse:
    call = load(public_id)
    services.move_question(actor=request.actor, call=call, key=_question(call, key).key, is_up="up" in request.POST)
    return see_other("recruitment_call", public_id)


@studio("recruitment.manage")
@require_POST
def recruitment_question_remove(request: Request, public_id: str, key: str) -> HttpResponse:
    call = load(public_id)
    try:
        services.remove_question(actor=request.actor, call=call, key=_question(call, key).key)
    except Refused as refusal:
        toast(request, str(refusal), level=30)
    else:
        toast(request, _("It is asked no longer. Answers that were given stay with their applications."))
    return see_other("recruitment_call", public_id)


@studio("recruitment.manage")
def recruitment_profile(request: Request, public_id: str) -> HttpResponse:
    """The ideal partner: how much each answer weighs, and what fits."""
    call = load(public_id)
    criteria, questions = queries.profile_of(call)
    form = ProfileForm(request.POST or None, questions=questions, criteria=criteria, version=call.profile_version)
    if request.method == "POST" and form.is_valid():
        try:
            weighed = services.set_profile(
                actor=request.actor,
                call=call,
                version=form.cleaned_data["version"],
                criteria=form.criteria(),
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
            if "changed_meanwhile" in refusal.codes:
                form.continue_from(load(public_id).profile_version)
        else:
            words = ngettext("%d application is weighed anew.", "%d applications are weighed anew.", weighed)
            toast(request, f"{_('Saved.')} {words % weighed}" if weighed else _("Saved."))
            return see_other("recruitment_call", public_id)
    context = {"form": form, "call": call}
    return render_page(request, "partners/recruitment_profile.html", context, status=422 if form.errors else 200)


@studio("recruitment.manage")
def recruitment_wordings(request: Request, public_id: str) -> HttpResponse:
    """In which words each reason for a no is told."""
    call = load(public_id)
    form = WordingsForm(request.POST or None, call=call, initial=WordingsForm.initial_of(call))

    def save(revision: int) -> None:
        services.set_wordings(actor=request.actor, call=call, revision=revision, wordings=form.wordings())

    if form.is_saved(save, lambda: WordingsForm.initial_of(call)):
        toast(request, _("Saved."))
        return see_other("recruitment_call", public_id)
    context = {"form": form, "call": call}
    return render_page(request, "partners/recruitment_wordings.html", context, status=422 if form.errors else 200)
