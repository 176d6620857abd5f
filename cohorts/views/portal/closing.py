"""What a participant says when the cohort is over."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from cohorts import questions as grammar
from cohorts.forms.questions import QuestionsForm
from cohorts.models import ClosingAnswer
from cohorts.queries.closing import asked_in, closing_of, window_of
from cohorts.services.closing import answer_closing
from cohorts.views.portal.loading import load_as_participant
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


@portal
def closing_answer(request: Request, public_id: str) -> HttpResponse:
    """The questions at the end; once answered, what one said."""
    cohort = load_as_participant(request, public_id)
    survey = closing_of(cohort)
    window, questions = window_of(survey, cohort), grammar.questions_of(survey.questions)
    given = ClosingAnswer.objects.filter(cohort=cohort, membership=request.membership).first()
    form = QuestionsForm(request.POST or None, questions=questions)
    if request.method == "POST" and given is None and form.is_valid():
        try:
            answer_closing(cohort=cohort, membership=request.membership, answers=form.values(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Thank you. The next group has it better because of you."))
            return see_other("cohort_home", public_id)
    context = {
        "cohort": cohort,
        "form": form,
        "given": given,
        "said": grammar.shown_answers(questions, given.answers) if given else [],
        "window": window,
        "is_open": bool(asked_in(survey)) and window.is_open(request.now),
        "is_over": window.is_over(request.now),
        "is_asked": bool(asked_in(survey)),
    }
    return render_page(request, "cohorts/closing_answer.html", context, status=422 if form.errors else 200)
