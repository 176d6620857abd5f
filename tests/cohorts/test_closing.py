"""The survey at the end: asked when the last session is over, answered once, shown beside what was said before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cohorts import rules, shapes
from cohorts.models import ClosingAnswer, ClosingSurvey, Cohort, Launch, Seat, Session, SurveyAnswer
from cohorts.parts import Part
from cohorts.queries import closing as queries
from cohorts.queries.mine import closing_surveys_for, my_cohorts
from cohorts.questions import Question, kept_questions
from cohorts.services import closing
from cohorts.services.cohorts import Series, create_cohort
from cohorts.services.sessions import cancel_session
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.cohorts import factories
from tests.cohorts.factories import berlin
from tests.cohorts.test_reminders import moved
from tests.factories import staff

type SignIn = Callable[[Membership], Client]
type Deliver = Callable[[datetime], list[Any]]

OPENS = berlin(29, 11)
REMINDS, CLOSES = berlin(10, 9, month=1).replace(year=2027), berlin(13, 0, month=1).replace(year=2027)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SURE = Question("sure", "How sure are you?", "scale", is_required=True)
WILL = Question("will", "Will you go on?", "choice", options=(("yes", "Yes"), ("no", "No")))
WORDS = Question("words", "What should we change?", "long")


@pytest.fixture
def ended(winter: Cohort, lena: Membership, paul: Membership) -> Cohort:
    """Lena and Paul take part; the survey asks three things. The last session ends on 29 December at 11."""
    factories.seat(winter, lena)
    factories.seat(winter, paul)
    Cohort.objects.filter(pk=winter.pk).update(state="running", parts=[Part.LAUNCH])
    winter.refresh_from_db()
    ClosingSurvey.objects.create(cohort=winter, **ClosingSurvey.asking([SURE, WILL, WORDS]))
    return winter


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.codes


def planned(at: datetime) -> list[tuple[str, int]]:
    """What a tick at this moment adds: (kind, recipient)."""
    before = set(Message.objects.values_list("pk", flat=True))
    closing.plan_closing(at)
    rows = Message.objects.exclude(pk__in=before).order_by("kind", "recipient_id")
    return list(rows.values_list("kind", "recipient_id"))


def answer(cohort: Cohort, member: Membership, at: datetime = OPENS, **said: Any) -> None:
    closing.answer_closing(cohort=cohort, membership=member, answers=said or {"sure": 4}, now=at)


def test_everybody_is_asked_when_the_last_session_ends_and_the_silent_are_reminded_once(
    ended: Cohort, lena: Membership, paul: Membership
) -> None:
    assert closing.plan_closing(OPENS - MINUTE) == OPENS
    assert planned(OPENS - MINUTE) == []
    everybody = sorted((lena.pk, paul.pk))
    assert planned(OPENS) == [(closing.ASKED, pk) for pk in everybody]
    assert planned(OPENS + DAY) == []
    answer(ended, lena, OPENS + DAY)
    assert planned(REMINDS - MINUTE) == []
    assert planned(REMINDS) == [(closing.REMINDED, paul.pk)]
    assert planned(REMINDS + DAY) == []
    assert planned(CLOSES) == []
    assert closing.plan_closing(CLOSES) is None


def test_only_who_takes_part_is_asked(ended: Cohort, lena: Membership, paul: Membership) -> None:
    Seat.objects.filter(membership=lena).update(role="observer")
    Seat.objects.filter(membership=paul).update(state="released", confirmed_at=None)
    assert planned(OPENS) == []
    assert refused(lambda: answer(ended, lena)) == {"no_seat"}
    assert refused(lambda: answer(ended, paul)) == {"no_seat"}


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_a_cohort_that_does_not_take_place_asks_nobody(ended: Cohort, state: str) -> None:
    Cohort.objects.filter(pk=ended.pk).update(state=state)
    assert planned(OPENS) == []


def test_without_a_question_nobody_is_written_to(ended: Cohort, lena: Membership, actor: Actor, now: datetime) -> None:
    for question in (SURE, WILL, WORDS):
        closing.remove_question(actor=actor, cohort=ended, key=question.key, now=now)
    assert planned(OPENS) == []
    assert refused(lambda: answer(ended, lena)) == {"not_asked"}


def test_a_session_that_moves_moves_the_survey(ended: Cohort, actor: Actor, lena: Membership, now: datetime) -> None:
    last = Session.objects.get(cohort=ended, number=4)
    moved(last, actor, now, starts_on=last.starts_on + timedelta(days=7))
    assert planned(OPENS) == []
    later = OPENS + timedelta(days=7)
    assert len(planned(later)) == 2
    last.refresh_from_db()
    cancel_session(actor=actor, session=last, now=now)
    # Now the third one was the last: everybody may be asked since then.
    assert queries.window_of(queries.closing_of(ended), ended).opens_at == berlin(22, 11)
    answer(ended, lena, berlin(22, 11))


def test_one_more_session_asks_anew_after_it_whoever_was_silent(
    ended: Cohort, lena: Membership, paul: Membership, render_outbox: Deliver
) -> None:
    planned(OPENS)
    assert len(render_outbox(OPENS)) == 2
    answer(ended, lena, OPENS)
    extra = factories.session(ended, 5)
    assert refused(lambda: answer(ended, paul, OPENS)) == {"early"}
    assert planned(extra.ends_at) == [(closing.ASKED, paul.pk)]


def test_a_mail_is_not_sent_any_more_once_it_is_answered_or_closed(
    ended: Cohort, lena: Membership, paul: Membership, render_outbox: Deliver
) -> None:
    planned(OPENS)
    answer(ended, lena, OPENS)
    (mail,) = render_outbox(OPENS)
    assert mail.to == [f"Paul Ortega <{paul.person.email}>"] or paul.person.email in mail.to[0]
    assert mail.subject == "How was Winter 2026? 3 questions"
    assert address("closing_answer", ended.public_id) in mail.body
    assert "12 January 2027, 23:59 CET" in mail.body
    planned(REMINDS)
    assert render_outbox(CLOSES) == []


def test_who_answers_too_early_too_late_twice_or_wrongly_is_told(ended: Cohort, lena: Membership) -> None:
    assert refused(lambda: answer(ended, lena, OPENS - MINUTE)) == {"early"}
    assert refused(lambda: answer(ended, lena, CLOSES)) == {"over"}
    assert refused(lambda: answer(ended, lena, sure=9)) == {"wrong"}
    assert refused(lambda: answer(ended, lena, words="…")) == {"required"}
    answer(ended, lena, CLOSES - MINUTE, sure=3, words="More time", other="Not asked")
    assert ClosingAnswer.objects.get().answers == {"sure": 3, "words": "More time"}
    assert refused(lambda: answer(ended, lena)) == {"answered"}
    assert ClosingAnswer.objects.count() == 1


def test_the_same_question_stands_beside_what_was_said_before(
    ended: Cohort, lena: Membership, paul: Membership, now: datetime
) -> None:
    # Options of the earlier form have keys of their own; the words are the same.
    will = Question("w", "will you go on?", "choice", options=(("a", "No"), ("b", "Yes")))
    before = [Question("s", "How sure are you?", "scale", low="new"), will, Question("x", "What stops you?", "long")]
    Launch.objects.create(cohort=ended, questions=kept_questions(before))
    for member, points, goes_on in ((lena, 1, "a"), (paul, 2, "b")):
        said = {"s": points, "w": goes_on, "x": "Time"}
        SurveyAnswer.objects.create(cohort=ended, membership=member, answers=said, answered_at=now)
    answer(ended, lena, sure=4, will="yes", words="More pairs")
    sure, goes, words = queries.results(ended, with_confidential=True)
    assert (sure.average, sure.average_before, sure.answered, sure.answered_before) == ("4.0", "1.5", 1, 2)
    assert [(line.number, line.before) for line in sure.lines] == [(0, 1), (0, 1), (0, 0), (1, 0), (0, 0)]
    assert [(line.label, line.number, line.before) for line in goes.lines] == [("Yes", 1, 1), ("No", 0, 1)]
    assert (words.texts, words.is_compared) == (["More pairs"], False)
    turnout = queries.turnout(ended)
    assert (turnout.answered, turnout.people) == (1, 2)
    assert [(row.name, row.company) for row in turnout.silent] == [("Paul Ortega", "Kestrel")]
    Cohort.objects.filter(pk=ended.pk).update(parts=[])
    ended.refresh_from_db()
    assert not queries.results(ended, with_confidential=True)[0].is_compared, "what is switched off is not shown"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (Question("a", "how SURE are you?", "scale"), True),
        (Question("a", "How sure are you?", "scale", most=10), False),
        (Question("a", "How sure are you?", "long"), False),
        (Question("a", "How sure were you?", "scale"), False),
    ],
)
def test_what_counts_as_the_same_question(other: Question, is_same: bool) -> None:
    assert rules.is_same_question(SURE, other) is is_same


def test_staff_write_it_and_ask_again_what_was_asked_before(
    ended: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    said: dict[str, Any] = {"actor": actor, "cohort": ended, "now": now}
    able = Question("able", "What can you do?", "long")
    Launch.objects.create(cohort=ended, questions=kept_questions([SURE, able, Question("f", "A file", "file")]))
    assert [row.key for row in queries.asked_before(ended, [SURE])] == ["able"]
    closing.ask_again(key="able", **said)
    closing.ask_again(key="able", **said)
    assert asked(ended) == ["sure", "will", "words", "able"]
    closing.remove_question(key="able", **said)
    closing.ask_again(key="able", **said)
    closing.move_question(key="able", is_up=True, **said)
    assert asked(ended) == ["sure", "will", "able", "words"]
    assert refused(lambda: closing.save_question(question=Question("", "A file?", "file"), **said)) == {"file"}
    assert refused(lambda: closing.save_question(question=Question("", "How SURE are you?"), **said)) == {"twice"}
    answer(ended, lena)
    closing.remove_question(key="sure", **said)
    kept = ClosingSurvey.objects.get().questions
    assert [row["key"] for row in kept if row["is_removed"]] == ["sure"], "what was answered stays"


def asked(cohort: Cohort) -> list[str]:
    return [row.key for row in queries.asked_in(queries.closing_of(cohort))]


def test_who_saves_the_days_second_is_told(ended: Cohort, actor: Actor, now: datetime) -> None:
    said: dict[str, Any] = {"actor": actor, "cohort": ended, "now": now}
    closing.set_days_open(revision=1, days_open=7, **said)
    assert refused(lambda: closing.set_days_open(revision=1, days_open=9, **said)) == {"changed_meanwhile"}
    assert queries.window_of(queries.closing_of(ended), ended).closes_at == CLOSES - timedelta(days=7)


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_a_new_cohort_asks_what_its_shape_says_and_the_next_one_what_it_was_asked(
    in_acme: Organization, frida: Membership, actor: Actor, now: datetime, shape: str
) -> None:
    program = factories.ProgramFactory.create(shape=shape)

    def run(title: str) -> Cohort:
        series = Series(first_on=factories.FIRST_ON, starts_time=factories.AT, count=2)
        return create_cohort(
            actor=actor, program=program, title=title, zone=factories.ZONE, capacity=9, series=series,
            facilitators=[frida], now=now,
        )  # fmt: skip

    first = run("First")
    labels = [row.label for row in queries.asked_in(queries.closing_of(first))]
    assert labels == [str(question.text) for question in shapes.shape_of(shape).survey]
    more = Question("", "What surprised you?", "long")
    closing.save_question(actor=actor, cohort=first, question=more, now=now)
    closing.set_days_open(actor=actor, cohort=first, revision=1, days_open=21, now=now)
    second = queries.closing_of(run("Second"))
    assert [row.label for row in queries.asked_in(second)] == [*labels, "What surprised you?"]
    assert second.days_open == 21


def test_it_waits_on_the_home_of_the_cohort_and_in_the_list_of_what_is_to_do(
    ended: Cohort, lena: Membership, sign_in: SignIn
) -> None:
    Cohort.objects.filter(pk=ended.pk).update(state="finished")
    url = address("closing_answer", ended.public_id)
    with time_machine.travel(OPENS):
        client = sign_in(lena)
        assert url in client.get(address("cohort_home", ended.public_id)).content.decode()
        assert url in client.get(address("my_cohorts")).content.decode()
        assert url in client.get(address("portal_home")).content.decode()
        page = client.get(url)
        assert "What should we change?" in page.content.decode()
        refusal = client.post(url, {"words": "Kept words"})
        assert (refusal.status_code, "Kept words" in refusal.content.decode()) == (422, True)
        assert client.post(url, {"sure": "9", "words": "Kept words"}).status_code == 422
        assert client.post(url, {"sure": "3", "words": "a\x00b"}).status_code == 422
        assert client.post(url, {"sure": "3", "words": "x" * 3000}).status_code == 422
        assert client.post(url, {"sure": "3", "will": "yes"}).status_code == 303
        assert client.post(url, {"sure": "1"}).status_code == 200
        assert "3 of 5" in client.get(url).content.decode()
        assert url not in client.get(address("my_cohorts")).content.decode()
    assert ClosingAnswer.objects.get().answers == {"sure": 3, "will": "yes"}


def test_what_waits_costs_nothing_beside_the_list_of_cohorts(
    ended: Cohort, lena: Membership, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        mine = my_cohorts(lena, OPENS)
        (found,) = closing_surveys_for(lena, OPENS)
    assert [row.url for row in mine.asked] == [found.url]
    assert found.until == CLOSES - MINUTE


def test_staff_read_the_answers_without_names(
    ended: Cohort, frida: Membership, lena: Membership, sign_in: SignIn
) -> None:
    answer(ended, lena, sure=4, words="More pairs")
    page = sign_in(frida).get(address("closing_survey", ended.public_id)).content.decode()
    assert "More pairs" in page
    assert "Paul Ortega" in page
    assert "Lena Brandt" not in page


def test_what_was_said_in_confidence_is_for_those_who_run_cohorts(
    ended: Cohort, frida: Membership, lena: Membership, sign_in: SignIn
) -> None:
    between = Question("between", "Between us?", "long", is_confidential=True)
    ClosingSurvey.objects.update(**ClosingSurvey.asking([SURE, between]))
    answer(ended, lena, sure=4, between="Only for you")
    onlooker = staff(ended.organization, "otto@acme.example", "Otto Onlooker", "account_manager")
    url = address("closing_survey", ended.public_id)
    assert ["Only for you" in sign_in(who).get(url).content.decode() for who in (frida, onlooker)] == [True, False]


def test_questions_are_refused_at_the_field(ended: Cohort, frida: Membership, sign_in: SignIn) -> None:
    client = sign_in(frida)
    url = address("closing_question", ended.public_id, "new")
    words = {"label": "Kept words", "kind": "choice", "options": "One"}
    refusal = client.post(url, words)
    assert (refusal.status_code, "Kept words" in refusal.content.decode()) == (422, True)
    assert client.post(url, {**words, "kind": "file"}).status_code == 422
    assert client.post(url, {**words, "label": "a\x00b", "kind": "long"}).status_code == 422
    assert client.post(url, {**words, "options": "One\nTwo"}).status_code == 303
    days = address("closing_edit", ended.public_id)
    for wrong in ("2", "61", "x", ""):
        assert client.post(days, {"days_open": wrong, "revision": "1"}).status_code == 422
    assert client.post(days, {"days_open": "7", "revision": "1"}).status_code == 303
    second = client.post(days, {"days_open": "9", "revision": "1"})
    assert (second.status_code, "Somebody saved this meanwhile" in second.content.decode()) == (422, True)
    assert client.post(address("closing_change", ended.public_id), {"do": "up nothing"}).status_code == 404
