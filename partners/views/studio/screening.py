"""Applications to become a partner: the board, one of them, asking for more, yes and no."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners import emails, rules
from partners.days import day_of
from partners.forms.deciding import AcceptForm, AskForm, CommentForm, DeclineForm, ReviewersForm
from partners.models import ApplicationQuestion, DeclineReason, PartnerApplication, RecruitmentCall
from partners.queries import applications as queries
from partners.queries.duplicates import alike
from partners.queries.recruitment import source_words, targets_of
from partners.recruiting.wordings import decline_words
from partners.services import deciding, forgetting, screening
from partners.views.studio.recruitment import permissions_of
from prm.accounts.access import studio
from prm.accounts.requests import Request
from prm.outbox.kinds import Mail
from prm.outbox.rendering.previews import Preview
from prm.problems import Refused
from prm.web.limits import limited
from prm.web.rendering import is_preview, render_page, see_other, toast
from prm.web.views.invitations import BY_ORGANIZATION

_ASK, _ACCEPT, _DECLINE = "ask", "accept", "decline"
_PAGES = {
    _ASK: "partner_application_ask",
    _ACCEPT: "partner_application_accept",
    _DECLINE: "partner_application_decline",
}
_MONTH = timedelta(days=30)


def load(public_id: str) -> PartnerApplication:
    """An application that was handed in; drafts are their writers' alone."""
    rows = PartnerApplication.objects.submitted().select_related("call__group", "partner", "decided_by__person")
    return get_object_or_404(rows, public_id=public_id)


@studio("recruitment.view")
@require_safe
def recruitment_board(request: Request) -> HttpResponse:
    """Every application by its stage."""
    return _board(request)


def _board(request: Request) -> HttpResponse:
    calls = queries.calls_for_filter()
    chosen = _chosen(request, calls)
    context = {
        "lanes": queries.board(chosen, request.now),
        "chosen": chosen,
        "calls": calls,
        "sources": queries.sources_in_use(),
        "asked": request.GET,
        **permissions_of(request),
    }
    return render_page(request, "partners/recruitment_board.html", context, {"board": "board"})


def _chosen(request: Request, calls: list[RecruitmentCall]) -> queries.BoardFilter:
    """What the address asks for; words that make no sense ask for nothing."""
    asked = {name: str(request.GET.get(name, "")) for name in ("call", "source", "mine", "q", "sort", "all")}
    source = asked["source"][:40]
    return queries.BoardFilter(
        call=next((row for row in calls if row.public_id == asked["call"]), None),
        source="" if source == queries.NO_SOURCE else source or None,
        mine=request.membership if asked["mine"] else None,
        words=asked["q"][:100].replace("\0", ""),
        sort="score" if asked["sort"] == "score" else "oldest",
        show_all=bool(asked["all"]),
    )


@studio("recruitment.decide")
@require_POST
def recruitment_move(request: Request) -> HttpResponse:
    """Move what was chosen to be moved; what needs more than a click leads to its page."""
    asked = {key: str(value).partition(".") for key, value in request.POST.items() if "." in str(value)}
    for public_id, (seen, _dot, stage) in asked.items():
        application = load(public_id)
        if stage in _PAGES:
            return see_other(_PAGES[stage], public_id)
        try:
            screening.move_application(actor=request.actor, application=application, verb=stage, seen=seen)
        except Refused as refusal:
            toast(request, f"{application}: {refusal}", level=messages.WARNING)
        else:
            toast(request, _("%(company)s: %(stage)s") % {"company": application, "stage": _stage_of(application)})
    if request.htmx:
        return _board(request)
    return see_other("recruitment_board")


def _stage_of(application: PartnerApplication) -> str:
    application.refresh_from_db(fields=["state"])
    return application.get_state_display()


@studio("recruitment.view")
@require_safe
def partner_application_detail(request: Request, public_id: str) -> HttpResponse:
    """One application: what they say, how it is weighed, what colleagues say, and what can be done."""
    return _detail(request, load(public_id), CommentForm())


def _detail(request: Request, application: PartnerApplication, form: CommentForm) -> HttpResponse:
    review = queries.application_for_review(application)
    context = {
        "application": application,
        "call": application.call,
        "review": review,
        "form": form,
        "tone": queries.score_tone(application.score),
        "source": source_words(application.source),
        **permissions_of(request),
    }
    status = 422 if form.errors else 200
    return render_page(request, "partners/partner_application_detail.html", context, status=status)


@studio("recruitment.decide")
@require_POST
def partner_application_move(request: Request, public_id: str) -> HttpResponse:
    verb, seen = request.POST.get("verb", ""), request.POST.get("seen", "")
    try:
        screening.move_application(actor=request.actor, application=load(public_id), verb=verb, seen=seen)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("partner_application_detail", public_id)


@studio("recruitment.decide")
@require_POST
def partner_application_check(request: Request, public_id: str) -> HttpResponse:
    try:
        screening.tick(actor=request.actor, application=load(public_id), done=request.POST.getlist("done"))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    else:
        toast(request, _("Saved."))
    return see_other("partner_application_detail", public_id)


@studio("recruitment.decide")
def partner_application_reviewers(request: Request, public_id: str) -> HttpResponse:
    """Who looks at it."""
    application = load(public_id)
    initial = {"reviewers": [member.pk for member in queries.reviewers_of(application)]}
    form = ReviewersForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        members = list(form.cleaned_data["reviewers"])
        try:
            screening.set_reviewers(actor=request.actor, application=application, members=members)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Saved."))
            return see_other("partner_application_detail", public_id)
    context = {"form": form, "application": application}
    template = "partners/partner_application_reviewers.html"
    return render_page(request, template, context, status=422 if form.errors else 200)


@studio("recruitment.view")
@require_POST
def partner_application_comment(request: Request, public_id: str) -> HttpResponse:
    application = load(public_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            screening.comment(author=request.membership, application=application, now=request.now, **form.cleaned_data)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return see_other("partner_application_detail", public_id)
    return _detail(request, application, form)


@studio("recruitment.decide")
def partner_application_ask(request: Request, public_id: str) -> HttpResponse:
    """Ask the applicant something by mail, which stands beside as it will be."""
    application = load(public_id)
    form = AskForm(request.POST or None)
    if request.method == "POST" and not is_preview(request) and form.is_valid():
        try:
            screening.ask_for_more(
                actor=request.actor,
                asker=request.membership,
                application=application,
                text=form.cleaned_data["text"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("The question is on its way. The answer comes here, and to its reviewers’ bells."))
            return see_other("partner_application_detail", public_id)
    drafted = ApplicationQuestion(
        application=application,
        asked_by=request.membership,
        text=form.data.get("text", "")[:2000] or _("What you write stands here."),
    )
    return _mail_page(request, "partners/partner_application_ask.html", application, form, emails.asked_mail(drafted))


def _mail_page(
    request: Request, template: str, application: PartnerApplication, form: AskForm | DeclineForm, mail: Mail
) -> HttpResponse:
    """A form beside the mail that it sends."""
    context = {
        "form": form,
        "application": application,
        "preview": Preview.of_mail(mail),
        "problems": rules.decision_problems(application),
        "reasons": DeclineReason.choices,
    }
    return render_page(request, template, context, {"preview": "preview"}, status=422 if form.errors else 200)


@studio("recruitment.decide")
def partner_application_decline(request: Request, public_id: str) -> HttpResponse:
    """A kind no: words by reason, from when on they may apply again, and the mail as it will be."""
    application = load(public_id)
    form = DeclineForm(request.POST or None, initial=_proposed(request, application))
    if request.method == "POST" and not is_preview(request) and form.is_valid():
        try:
            deciding.decline_application(
                actor=request.actor,
                decider=request.membership,
                application=application,
                now=request.now,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is declined, in your words.") % application)
            return see_other("recruitment_board")
    drafted = load(public_id)
    drafted.wording = str(form["wording"].value() or "")[:4000]
    drafted.reapply_on = form.fields["reapply_on"].to_python(form["reapply_on"].value()) if not form.errors else None
    mail = emails.declined_mail(drafted, request.membership)
    return _mail_page(request, "partners/partner_application_decline.html", application, form, mail)


def _proposed(request: Request, application: PartnerApplication) -> dict[str, object]:
    asked = request.GET.get("reason", "")
    reason = asked if asked in DeclineReason.values else DeclineReason.OTHER
    months = application.call.reapply_months
    day = day_of(request.now + months * _MONTH) if months else None
    return {"reason": reason, "wording": decline_words(reason, application.call.wordings), "reapply_on": day}


@studio("recruitment.decide")
@limited
def partner_application_accept(request: Request, public_id: str) -> HttpResponse:
    """A yes: the company becomes a partner, comes into its groups, and its people are invited."""
    application = load(public_id)
    found = [row.partner for row in alike(application.company, application.domain)]
    form = AcceptForm(request.POST or None, application=application, alike=found, targets=targets_of(application.call))
    if request.method == "POST" and form.is_valid():
        BY_ORGANIZATION.take(request.organization.pk)
        try:
            partner = deciding.accept_application(
                actor=request.actor,
                decider=request.membership,
                application=application,
                acceptance=form.acceptance(),
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("%s is a partner. Say hello.") % partner.name)
            return see_other("partner_detail", partner.public_id)
    context = {
        "form": form,
        "application": application,
        "alike": found,
        "problems": rules.decision_problems(application),
    }
    status = 422 if form.errors else 200
    return render_page(request, "partners/partner_application_accept.html", context, status=status)


@studio("recruitment.manage")
@require_POST
def partner_application_forget(request: Request, public_id: str) -> HttpResponse:
    """Erase what an ended application says about people; figures stay."""
    try:
        forgetting.forget_application(actor=request.actor, application=load(public_id), now=request.now)
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("partner_application_detail", public_id)
    toast(request, _("Everything about the people is erased. Figures count it still."))
    return see_other("recruitment_board")
