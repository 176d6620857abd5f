"""What a participant does before the first session: answer the survey, see who is in."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts import questions as grammar
from cohorts.forms.questions import QuestionsForm
from cohorts.models import Cohort, SurveyAnswer
from cohorts.parts import Part
from cohorts.queries.launch import launch_of
from cohorts.queries.portal import companions
from cohorts.rules import rights_of
from cohorts.services.launch import answer_survey
from cohorts.views.portal.loading import load_as_participant, load_own_seat
from partners.queries.profiles import Reader
from prm.accounts.access import portal
from prm.accounts.requests import Request
from prm.problems import Refused
from prm.web.rendering import render_page, see_other, toast


def _load(request: Request, public_id: str) -> Cohort:
    cohort = load_as_participant(request, public_id)
    if not cohort.uses(Part.LAUNCH):
        raise Http404
    return cohort


@portal
def survey_answer(request: Request, public_id: str) -> HttpResponse:
    """The questions before the course; once answered, what one said."""
    cohort = _load(request, public_id)
    questions = [row for row in grammar.questions_of(launch_of(cohort).questions) if row.kind != grammar.Kind.FILE]
    given = SurveyAnswer.objects.filter(cohort=cohort, membership=request.membership).first()
    form = QuestionsForm(request.POST or None, questions=questions)
    if request.method == "POST" and given is None and form.is_valid():
        try:
            answer_survey(cohort=cohort, membership=request.membership, answers=form.values(), now=request.now)
        except Refused as refusal:
            form.add_problems(refusal)
        else:
            toast(request, _("Thank you. It shapes the first session."))
            return see_other("cohort_home", public_id)
    context = {
        "cohort": cohort,
        "form": form,
        "given": given,
        "said": grammar.shown_answers(questions, given.answers) if given else [],
        "has_questions": bool(grammar.asked(questions)),
    }
    return render_page(request, "cohorts/survey_answer.html", context, status=422 if form.errors else 200)


@portal
@require_safe
def cohort_faces(request: Request, public_id: str) -> HttpResponse:
    """Who is in, as faces and companies: as much of them as the cohort tells."""
    seat = load_own_seat(request, public_id)
    cohort = seat.cohort
    if not cohort.uses(Part.LAUNCH) or not rights_of(seat).sees_people:
        raise Http404
    reader = Reader(request.membership, request.now, is_watched=request.see_as)
    context = {
        "cohort": cohort,
        "people": companions(cohort, reader, with_more=True),
        "is_partner": request.membership.is_partner,
    }
    return render_page(request, "cohorts/cohort_faces.html", context)
