"""Reviewing applications: the rubric and who reviews, a reviewer's desk, one review."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.reviews import AbstainForm, ReviewForm, ReviewingForm
from cohorts.models import Application, Cohort, Review, SelectionPlan
from cohorts.parts import Part
from cohorts.queries.board import SHOWN
from cohorts.queries.review_desk import desk_for, next_to_write
from cohorts.queries.reviews import hidden_name, opinions_for, plan_for, reviewers_of
from cohorts.queries.selection_plans import form_of, plan_of
from cohorts.questions import shown_answers
from cohorts.rubric import rubric_of
from cohorts.services import reviews as services
from cohorts.views.studio.cohorts import tabs
from cohorts.views.studio.loading import load_application, load_cohort
from prm.accounts.access import studio
from prm.accounts.permissions import may
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def _reviewed(cohort: Cohort) -> Cohort:
    """There are no such pages where the part is off."""
    if not cohort.uses(Part.REVIEWS):
        raise Http404(_("Nobody gives points for this cohort."))
    return cohort


@studio("cohorts.manage")
def selection_reviews(request: Request, public_id: str) -> HttpResponse:
    """Who gives points, by what rubric, and who sees what when."""
    cohort = _reviewed(load_cohort(public_id))
    plan = plan_of(cohort)
    rubric = rubric_of(plan.rubric)
    initial = ReviewingForm.initial_of(cohort, plan, reviewers_of(cohort))
    form = ReviewingForm(request.POST or None, rubric=rubric, initial=initial)

    def save(revision: int) -> None:
        services.edit_reviewing(
            actor=request.actor,
            cohort=cohort,
            revision=revision,
            rubric=form.rubric(),
            reviewers=form.chosen_reviewers(),
            now=request.now,
            **form.settings(cohort, plan),
        )

    if form.is_saved(save, lambda: ReviewingForm.initial_of(cohort, plan_of(cohort), reviewers_of(cohort))):
        toast(request, _("Saved. Reviewers learn by themselves what waits for them."))
        return see_other("review_list", public_id)
    context = {"cohort": cohort, "form": form, **tabs(request, "applications")}
    return render_page(request, "cohorts/selection_reviews.html", context, status=422 if form.errors else 200)


@studio("cohorts.view")
@require_safe
def review_list(request: Request, public_id: str) -> HttpResponse:
    """What waits for the reader's points, what they gave, and how far everybody is."""
    cohort = _reviewed(load_cohort(public_id))
    plan, is_reviewer = plan_for(cohort, request.membership)
    most = None if request.GET.get("show") == "all" else SHOWN
    context = {
        "cohort": cohort,
        "plan": plan,
        "desk": desk_for(cohort, plan, request.membership, request.now, is_reviewer=is_reviewer, most=most),
        "may_decide": may(request.membership, "cohorts.decide"),
        **tabs(request, "applications"),
    }
    return render_page(request, "cohorts/review_list.html", context)


@studio("cohorts.view")
def review_write(request: Request, public_id: str, application_id: str) -> HttpResponse:
    """One application, as much of it as reviewers may see, and the points for it."""
    application = load_application(public_id, application_id)
    cohort = _reviewed(application.cohort)
    planned = plan_for(cohort, request.membership)
    form = ReviewForm(request.POST or None, rubric=rubric_of(planned[0].rubric), initial=_given(request, application))
    if request.method == "POST" and form.is_valid():
        try:
            services.write_review(
                actor=request.actor,
                reviewer=request.membership,
                application=application,
                points=form.points(),
                comment=form.cleaned_data["comment"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            return _next(request, application)
    return _review_page(request, application, planned, form, AbstainForm())


def _given(request: Request, application: Application) -> dict[str, object]:
    own = Review.objects.written().filter(application=application, membership=request.membership).first()
    if own is None:
        return {}
    return {"comment": own.comment, **{f"points_{key}": value for key, value in own.points.items()}}


def _next(request: Request, application: Application) -> HttpResponse:
    """On to the next that waits for this reviewer; after the last one to the desk."""
    following = next_to_write(application.cohort, request.membership)
    toast(request, _("Kept. This is the next one.") if following else _("Kept. Nothing more waits for you here."))
    cohort_id = application.cohort.public_id
    return see_other("review_write", cohort_id, following) if following else see_other("review_list", cohort_id)


def _review_page(
    request: Request,
    application: Application,
    planned: tuple[SelectionPlan, bool],
    form: ReviewForm,
    abstain: AbstainForm,
) -> HttpResponse:
    """`planned` is what `plan_for` gave."""
    cohort, (plan, is_reviewer) = application.cohort, planned
    opinions = opinions_for(application, plan, request.membership, request.now, is_reviewer=is_reviewer)
    assert opinions is not None
    sees_names = opinions.sight.sees_names
    answers = shown_answers(form_of(plan), application.answers)
    may_decide = may(request.membership, "cohorts.decide")
    context = {
        "cohort": cohort,
        "application": application,
        "title": str(application.membership.person) if sees_names else hidden_name(application.public_id),
        "company": application.partner.name if sees_names and application.partner else "",
        # What is told in confidence is for those who decide; it names others, too.
        "answers": [row for row in answers if not row.is_confidential or (may_decide and sees_names)],
        "file_of": "staff" if may_decide else "",
        "opinions": opinions,
        "form": form,
        "abstain": abstain,
        "is_open": application.state == Application.State.SUBMITTED,
        **tabs(request, "applications"),
    }
    status = 422 if form.errors or abstain.errors else 200
    return render_page(request, "cohorts/review_write.html", context, status=status)


@studio("cohorts.view")
@require_POST
def review_abstain(request: Request, public_id: str, application_id: str) -> HttpResponse:
    """Give no points; somebody else is asked."""
    application = load_application(public_id, application_id)
    planned = plan_for(_reviewed(application.cohort), request.membership)
    form = AbstainForm(request.POST)
    if not form.is_valid():
        return _review_page(request, application, planned, ReviewForm(rubric=rubric_of(planned[0].rubric)), form)
    try:
        services.abstain(
            actor=request.actor,
            reviewer=request.membership,
            application=application,
            reason=form.cleaned_data["reason"],
            now=request.now,
        )
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
        return see_other("review_list", public_id)
    return _next(request, application)


@studio("cohorts.manage")
@require_POST
def review_spread(request: Request, public_id: str) -> HttpResponse:
    """Ask reviewers for what is still wanted, where somebody left or the part was off for a while."""
    asked = services.spread_reviews(cohort=_reviewed(load_cohort(public_id)), now=request.now)
    words = ngettext("%(n)d review is asked for.", "%(n)d reviews are asked for.", asked) % {"n": asked}
    toast(request, words if asked else _("Nobody is left to be asked: name one more reviewer."))
    return see_other("review_list", public_id)


@studio("cohorts.decide")
@require_POST
def review_compare(request: Request, public_id: str) -> HttpResponse:
    """Open all points to everybody, or close them again."""
    cohort = _reviewed(load_cohort(public_id))
    is_open = request.POST.get("open") == "1"
    try:
        services.compare_reviews(actor=request.actor, cohort=cohort, is_open=is_open, now=request.now)
        toast(request, _("All points are open now.") if is_open else _("Everybody is on their own again."))
    except Refused as refusal:
        toast(request, str(refusal), level=messages.WARNING)
    return see_other("review_list", public_id)
