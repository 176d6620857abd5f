"""The launch of a cohort: how far it is, worked out from what happened; and the survey's answers summed up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cohorts import questions as grammar
from cohorts.models import AgendaItem, AgendaKind, Cohort, Launch, Participation, Seat, Session, SurveyAnswer
from cohorts.parts import Part
from cohorts.questions import Kind, Question
from partners.models import PersonProfile
from prm.addresses import address


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist. `state` is done, begun or open."""

    code: str
    title: str
    text: str
    state: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What the checklist is worked out from."""

    people: int
    faces: int
    answered: int
    watched: int
    promised: int
    has_ritual: bool
    first_session: str


def launch_of(cohort: Cohort) -> Launch:
    """The cohort's launch, or one that nobody has saved yet."""
    return Launch.objects.filter(cohort=cohort).first() or Launch(cohort=cohort, revision=0)


def counts_of(cohort: Cohort) -> Counts:
    """Everything about a launch that is counted; one query."""
    # By the cohort itself: the rows below are counted in a query inside another one.
    seats = Seat.objects.confirmed().filter(cohort=cohort)
    seated = seats.values("membership")
    faces = PersonProfile.objects.filter(user__membership__in=seated, photo__isnull=False)
    said = Participation.objects.filter(cohort=cohort, membership__in=seated)
    answered = SurveyAnswer.objects.filter(cohort=cohort, membership__in=seated)
    first = Session.objects.still_on().filter(cohort=cohort).soonest_first()
    rituals = AgendaItem.objects.filter(session=OuterRef("first_pk"), kind=AgendaKind.RITUAL)
    row = (
        Cohort.objects.filter(pk=cohort.pk)
        .annotate(
            people=_number(seats),
            faces=_number(faces),
            answered=_number(answered),
            watched=_number(said.filter(orientation_at__isnull=False)),
            promised=_number(said.exclude(commitment="")),
            first_pk=Subquery(first.values("pk")[:1]),
            first_session=Coalesce(Subquery(first.values("public_id")[:1]), Value(""), output_field=CharField()),
        )
        .annotate(has_ritual=Exists(rituals))
        .values(*Counts.__dataclass_fields__)
        .get()
    )
    return Counts(**row)


def _number(rows: QuerySet[Any]) -> Any:
    counted = rows.order_by().values("organization").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def checklist(cohort: Cohort, launch: Launch, counts: Counts) -> list[Step]:
    """What makes a good beginning, and how far it is."""
    return [
        _kickoff(cohort, launch),
        _survey(cohort, launch, counts),
        _orientation(cohort, launch, counts),
        _faces(cohort, counts),
        _ritual(cohort, counts),
        _promises(cohort, counts),
    ]


def _of(done: int, people: int) -> str:
    return _("%(done)d of %(people)d") % {"done": done, "people": people}


def _state(done: int, people: int) -> str:
    return "done" if people and done >= people else "begun" if done else "open"


def _kickoff(cohort: Cohort, launch: Launch) -> Step:
    url = address("launch_edit", cohort.public_id)
    if launch.kickoff_sent_at:
        return Step("kickoff", _("Kick-off mail"), _("Sent to everybody"), "done", url, _("Read it"))
    if launch.kickoff:
        return Step(
            "kickoff",
            _("Kick-off mail"),
            _("A draft: send it when the seats are confirmed"),
            "begun",
            url,
            _("Look at it"),
        )
    return Step(
        "kickoff", _("Kick-off mail"), _("Who you are, why this group, what happens first"), "open", url, _("Write it")
    )


def _survey(cohort: Cohort, launch: Launch, counts: Counts) -> Step:
    url = address("survey_edit", cohort.public_id)
    asked = grammar.asked(grammar.questions_of(launch.questions))
    title = _("Pre-course survey")
    if not asked:
        return Step("survey", title, _("Ask where they stand before you plan the first session"), "open", url, _("Ask"))
    text = _("%s have answered") % _of(counts.answered, counts.people)
    return Step("survey", title, text, _state(counts.answered, counts.people), url, _("Answers"))


def _orientation(cohort: Cohort, launch: Launch, counts: Counts) -> Step:
    url, title = address("launch_edit", cohort.public_id), _("Orientation video")
    if not launch.orientation_link:
        return Step(
            "orientation",
            title,
            _("Six minutes: how you work, what is expected, where things are"),
            "open",
            url,
            _("Add it"),
        )
    text = _("%s have watched it") % _of(counts.watched, counts.people)
    return Step("orientation", title, text, _state(counts.watched, counts.people), url, _("Change it"))


def _faces(cohort: Cohort, counts: Counts) -> Step:
    text = _("%s have a photo") % _of(counts.faces, counts.people)
    url = address("participant_list", cohort.public_id)
    return Step("faces", _("Faces and logos"), text, _state(counts.faces, counts.people), url, _("Who is in"))


def _ritual(cohort: Cohort, counts: Counts) -> Step:
    title = _("Ritual of the first session")
    if not counts.first_session:
        url = address("cohort_session_list", cohort.public_id)
        return Step("ritual", title, _("There is no session yet"), "open", url, _("Sessions"))
    url = address("session_agenda", cohort.public_id, counts.first_session)
    if counts.has_ritual:
        return Step("ritual", title, _("It stands in the agenda"), "done", url, _("Agenda"))
    return Step(
        "ritual", title, _("Something done together before anybody explains anything"), "open", url, _("Agenda")
    )


def _promises(cohort: Cohort, counts: Counts) -> Step:
    text = _("%s have written one") % _of(counts.promised, counts.people)
    state, url = _state(counts.promised, counts.people), f"{address('cohort_launch', cohort.public_id)}#promises"
    return Step("promises", _("Promises that people typed themselves"), text, state, url, _("Read them"))


@dataclass(frozen=True, slots=True)
class Promise:
    name: str
    company: str
    goal: str
    commitment: str


def promises(cohort: Cohort) -> list[Promise]:
    """What participants wrote about their goal and to one another, by name; one query."""
    seats = Seat.objects.confirmed().filter(cohort=cohort).values("membership")
    rows = Participation.objects.filter(cohort=cohort, membership__in=seats).exclude(Q(goal="") & Q(commitment=""))
    partner = Seat.objects.filter(cohort=cohort, membership=OuterRef("membership")).values("partner__name")[:1]
    found = [
        Promise(str(row.membership.person), row.company or "", row.goal, row.commitment)
        for row in rows.select_related("membership__person").annotate(company=Subquery(partner))
    ]
    return sorted(found, key=lambda row: row.name.casefold())


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Summed:
    """One question with all answers to it: bars for what was chosen, texts as they were written, without names.

    `middle` is that of a scale, which `average` is compared with; of `is_multiple` several could be chosen.
    """

    label: str
    answered: int
    bars: list[Bar] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    average: str = ""
    is_confidential: bool = False
    is_multiple: bool = False
    middle: float = 0.0


def summary(cohort: Cohort, *, for_group: bool) -> list[Summed]:
    """The survey's answers summed up; for the group without what was said in confidence. One query."""
    questions, answers = questions_with_answers(Launch, SurveyAnswer, cohort)
    return [
        summed(question, [row.get(question.key) for row in answers])
        for question in grammar.asked(questions)
        if not (for_group and question.is_confidential)
    ]


def questions_with_answers(asks: Any, answer: Any, cohort: Cohort) -> tuple[list[Question], list[dict[str, Any]]]:
    """What a survey of the cohort asks or asked, and everybody's answers; `asks` is the model that keeps the questions,
    `answer` that of the answers. One query.
    """
    given = answer.objects.filter(cohort=OuterRef("cohort")).order_by("pk").values("answers")
    row = asks.objects.filter(cohort=cohort).annotate(given=ArraySubquery(given)).first()
    return (grammar.questions_of(row.questions), row.given) if row else ([], [])


def summed(question: Question, values: Sequence[Any]) -> Summed:
    """All answers to one question."""
    said = [value for value in values if not grammar.is_empty(value)]
    if question.kind == Kind.SCALE:
        counted = Counter(value for value in said if isinstance(value, int))
        bars = [Bar(_end(question, point), counted[point]) for point in question.points]
        return Summed(question.label, len(said), bars=bars, average=_average(counted), middle=_middle(question))
    if question.kind in grammar.LISTED:
        chosen = Counter(key for value in said for key in (value if isinstance(value, list) else [value]))
        bars = [Bar(label, chosen[key]) for key, label in question.options]
        return Summed(question.label, len(said), bars=bars, is_multiple=question.kind == Kind.MULTI)
    # By their words, so that the order does not tell who answered when.
    texts = sorted((grammar.shown_answer(question, value) for value in said), key=str.casefold)
    return Summed(question.label, len(said), texts=texts, is_confidential=question.is_confidential)


def _end(question: Question, point: int) -> str:
    words = {question.points[0]: question.low, question.points[-1]: question.high}.get(point)
    return f"{point} · {words}" if words else str(point)


def _middle(question: Question) -> float:
    return (question.points[0] + question.points[-1]) / 2


def _average(counted: Counter[int]) -> str:
    number = sum(counted.values())
    return f"{sum(point * times for point, times in counted.items()) / number:.1f}" if number else ""


def survey_for(session: Session, *, for_group: bool) -> list[Summed]:
    """What a session shows of the survey: the first one all of it, later ones nothing."""
    if session.number != 1 or not session.cohort.uses(Part.LAUNCH):
        return []
    return [row for row in summary(session.cohort, for_group=for_group) if row.answered]
