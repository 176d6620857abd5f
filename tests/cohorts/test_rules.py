"""Rules as tables, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cohorts import rules
from cohorts.models import Application, Cohort, Nomination, Seat, Session
from cohorts.rules import Answers, StageFacts
from prm.accounts.models import Membership
from prm.problems import Problem
from tests.factories import NOW

LATER = NOW + timedelta(days=10)
SAID = {"why": "Because.", "project": "A customer.", "experience": "some"}
GOOD = Answers(SAID, agrees=True)


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def blocking(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems if problem.level == "blocker"}


def cohort(state: str = "open", **fields: Any) -> Cohort:
    fields.setdefault("applications_close_at", LATER)
    fields.setdefault("applications_close_on", date(2026, 12, 2))
    return Cohort(state=state, capacity=12, zone="Europe/Berlin", **fields)


def partner_person() -> Membership:
    return Membership(kind="partner", state="active")


@pytest.mark.parametrize(
    ("of", "who", "application", "expected"),
    [
        (cohort(), partner_person(), None, set()),
        (cohort(), partner_person(), Application(state="draft"), set()),
        (cohort(), partner_person(), Application(state="withdrawn"), set()),
        (cohort(), partner_person(), Application(state="decided"), {"decided"}),
        (cohort(), None, None, {"no_membership"}),
        (cohort(), Membership(kind="staff", state="active"), None, {"not_a_partner"}),
        (cohort(), Membership(kind="partner", state="suspended"), None, {"not_a_partner"}),
        (cohort("draft"), partner_person(), None, {"not_open"}),
        (cohort("selecting"), partner_person(), None, {"closed"}),
        (cohort("running"), partner_person(), None, {"closed"}),
        (cohort("cancelled"), partner_person(), None, {"cancelled"}),
        (cohort("finished"), partner_person(), None, {"over"}),
        (cohort(applications_close_at=NOW), partner_person(), None, {"closed"}),
        (cohort(seats_taken=12), partner_person(), None, {"full"}),
    ],
)
def test_who_may_apply(of: Cohort, who: Membership | None, application: Application | None, expected: set[str]) -> None:
    found = rules.application_problems(cohort=of, membership=who, application=application, now=NOW)
    assert codes(found) == expected


def test_a_full_cohort_warns_and_does_not_stop() -> None:
    found = rules.application_problems(
        cohort=cohort(seats_taken=12), membership=partner_person(), application=None, now=NOW
    )
    assert blocking(found) == set()


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        (GOOD, set()),
        (Answers(), {"why", "project", "experience", "agrees"}),
        (Answers({**SAID, "why": "  "}, agrees=True), {"why"}),
        (Answers({**SAID, "experience": "expert"}, agrees=True), {"experience"}),
        (Answers(SAID, agrees=False), {"agrees"}),
    ],
)
def test_what_an_application_needs(answers: Answers, fields: set[str]) -> None:
    found = rules.application_problems(
        cohort=cohort(), membership=partner_person(), application=None, now=NOW, answers=answers
    )
    assert {problem.field for problem in found} == fields


def test_a_blocker_is_told_before_anybody_is_asked_for_words() -> None:
    found = rules.application_problems(
        cohort=cohort("selecting"), membership=partner_person(), application=None, now=NOW, answers=Answers()
    )
    assert codes(found) == {"closed"}


@pytest.mark.parametrize(
    ("nominee", "has_partner", "application", "is_nominated", "expected"),
    [
        (partner_person(), True, None, False, set()),
        (partner_person(), True, Application(state="draft"), False, set()),
        (partner_person(), True, Application(state="submitted"), False, {"applied"}),
        (partner_person(), True, None, True, {"nominated"}),
        (Membership(kind="staff", state="active"), False, None, False, {"not_a_partner"}),
        (None, True, None, False, set()),
        (None, False, None, False, {"no_partner"}),
    ],
)
def test_who_may_be_nominated(
    nominee: Membership | None,
    has_partner: bool,
    application: Application | None,
    is_nominated: bool,
    expected: set[str],
) -> None:
    found = rules.nomination_problems(
        cohort=cohort(),
        nominee=nominee,
        has_partner=has_partner,
        application=application,
        is_nominated=is_nominated,
        now=NOW,
    )
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("state", "email", "expected"),
    [
        ("open", "tom@nordwind.example", set()),
        ("open", "lena@nordwind.example", {"oneself"}),
        ("open", "paul@kestrel.example", {"other_company"}),
        ("open", "eve@evil-nordwind.example", {"other_company"}),
        ("passed_on", "tom@nordwind.example", {"answered"}),
    ],
)
def test_whom_a_nominee_may_pass_it_on_to(state: str, email: str, expected: set[str]) -> None:
    nomination = Nomination(state=state, email="lena@nordwind.example")
    found = rules.pass_on_problems(nomination=nomination, email=email, domains=frozenset({"nordwind.example"}))
    assert codes(found) == expected


FACTS = StageFacts(
    promise="You have had three discovery conversations.",
    facilitators=1,
    sessions_planned=4,
    sessions_held=0,
    sessions_without_place=0,
    sessions_without_content=0,
    first_session_at=LATER + timedelta(days=5),
    homework=1,
    nominations=0,
    undecided=0,
    drafted=0,
    released=0,
    offered=0,
    confirmed=0,
    graduates=0,
)


def facts(**changes: Any) -> StageFacts:
    return StageFacts(**{**{name: getattr(FACTS, name) for name in StageFacts.__dataclass_fields__}, **changes})


@pytest.mark.parametrize(
    ("verb", "known", "blockers"),
    [
        ("open", facts(), set()),
        ("open", facts(promise=" "), {"no_promise"}),
        ("open", facts(sessions_planned=0, first_session_at=None), {"no_sessions"}),
        ("open", facts(facilitators=0), {"no_facilitator"}),
        ("open", facts(first_session_at=NOW), {"begun", "deadline_late"}),
        ("open", facts(first_session_at=LATER - timedelta(hours=1)), {"deadline_late"}),
        ("open", facts(sessions_without_place=2, homework=0, sessions_without_content=3), set()),
        ("unpublish", facts(), set()),
        ("unpublish", facts(undecided=1, nominations=1), {"applied", "nominated"}),
        ("select", facts(undecided=2), set()),
        ("select", facts(), {"no_applications"}),
        ("reopen", facts(), set()),
        ("reopen", facts(released=1), {"released"}),
        ("confirm", facts(confirmed=3), set()),
        ("confirm", facts(confirmed=3, offered=2), set()),
        ("confirm", facts(), {"no_seats"}),
        ("confirm", facts(confirmed=1, undecided=1, drafted=1), {"undecided", "drafted"}),
        ("reselect", facts(), set()),
        ("start", facts(confirmed=1), set()),
        ("start", facts(sessions_planned=0), {"no_seats", "no_sessions"}),
        ("unstart", facts(), set()),
        ("unstart", facts(sessions_held=1), {"held"}),
        ("graduate", facts(sessions_planned=0, sessions_held=4), set()),
        ("graduate", facts(), {"none_held", "planned"}),
        ("resume", facts(), set()),
        ("resume", facts(graduates=1), {"graduated"}),
        ("finish", facts(), set()),
        ("cancel", facts(), set()),
    ],
)
def test_what_a_change_of_stage_needs(verb: str, known: StageFacts, blockers: set[str]) -> None:
    assert blocking(rules.stage_problems(cohort=cohort(), verb=verb, facts=known, now=NOW)) == blockers


@pytest.mark.parametrize(
    ("of", "known", "warnings"),
    [
        (cohort(), facts(promise="Sell more."), {"vague"}),
        (Cohort(capacity=30, applications_close_at=LATER), facts(), {"size"}),
        (cohort(), facts(sessions_without_place=1), {"no_place"}),
        (cohort(), facts(sessions_without_content=4), {"no_content"}),
        (cohort(), facts(homework=0), {"no_homework"}),
        (cohort(), facts(), set()),
    ],
)
def test_what_deserves_a_look_before_opening(of: Cohort, known: StageFacts, warnings: set[str]) -> None:
    found = rules.stage_problems(cohort=of, verb="open", facts=known, now=NOW)
    assert {problem.code for problem in found if problem.level == "warning"} == warnings


def test_a_deadline_is_needed_and_lies_ahead() -> None:
    without = cohort(applications_close_at=None)
    assert "no_deadline" in blocking(rules.stage_problems(cohort=without, verb="open", facts=FACTS, now=NOW))
    past = cohort(applications_close_at=NOW)
    assert "deadline_past" in blocking(rules.stage_problems(cohort=past, verb="open", facts=FACTS, now=NOW))


@pytest.mark.parametrize(
    ("state", "kinds", "offered", "missing", "last", "expected"),
    [
        ("selecting", ["accept"] * 12, 0, 0, LATER, set()),
        ("confirmed", ["accept"], 0, 0, LATER, set()),
        ("selecting", [], 0, 0, LATER, {"nothing_drafted"}),
        ("open", ["accept"], 0, 0, LATER, {"wrong_stage"}),
        ("selecting", ["decline"], 0, 1, LATER, {"no_words"}),
        ("selecting", ["accept"], 0, 0, NOW, {"over"}),
        ("selecting", ["accept"] * 13, 0, 0, LATER, {"over_offered"}),
        ("selecting", ["accept"] * 5, 8, 0, LATER, {"over_offered"}),
        ("selecting", ["decline"] * 20, 13, 0, LATER, set()),
    ],
)
def test_releasing_decisions(
    state: str, kinds: list[str], offered: int, missing: int, last: datetime, expected: set[str]
) -> None:
    found = rules.release_problems(
        cohort=cohort(state), kinds=kinds, offered=offered, missing_wording=missing, last_session_at=last, now=NOW
    )
    assert codes(found) == expected
    assert "over_offered" not in blocking(found)


@pytest.mark.parametrize(
    ("of", "seat", "expected"),
    [
        (cohort("selecting"), Seat(state="offered"), set()),
        (cohort("selecting"), Seat(state="offered", confirm_by=NOW - timedelta(days=1)), set()),
        (cohort("selecting"), Seat(state="waiting"), {"not_offered"}),
        (cohort("selecting"), None, {"not_offered"}),
        (cohort("selecting"), Seat(state="declined"), {"released"}),
        (cohort("selecting"), Seat(state="released"), {"released"}),
        (cohort("cancelled"), Seat(state="offered"), {"over"}),
    ],
)
def test_confirming_a_seat(of: Cohort, seat: Seat | None, expected: set[str]) -> None:
    assert codes(rules.confirm_problems(cohort=of, seat=seat)) == expected


@pytest.mark.parametrize(
    ("first", "moves"),
    [(NOW + timedelta(hours=48, seconds=1), True), (NOW + timedelta(hours=48), False), (NOW, False), (None, False)],
)
def test_nobody_moves_up_by_themselves_shortly_before_the_start(first: datetime | None, moves: bool) -> None:
    assert rules.moves_up_by_itself(first_session_at=first, now=NOW) is moves


@pytest.mark.parametrize(
    ("state", "starts_at", "seat", "expected"),
    [
        ("planned", LATER, Seat(state="confirmed"), set()),
        ("planned", NOW, Seat(state="confirmed"), {"begun"}),
        ("cancelled", LATER, Seat(state="confirmed"), {"begun"}),
        ("planned", LATER, Seat(state="offered"), {"no_seat"}),
        ("planned", LATER, None, {"no_seat"}),
    ],
)
def test_saying_that_one_cannot_come(state: str, starts_at: datetime, seat: Seat | None, expected: set[str]) -> None:
    session = Session(state=state, starts_at=starts_at)
    assert codes(rules.excuse_problems(session=session, seat=seat, now=NOW)) == expected


@pytest.mark.parametrize(
    ("state", "body", "send_at", "starts_at", "expected"),
    [
        ("draft", "We met.", None, NOW - timedelta(hours=1), set()),
        ("scheduled", "We met.", None, NOW - timedelta(hours=1), set()),
        ("draft", " ", None, NOW - timedelta(hours=1), {"empty"}),
        ("sent", "We met.", None, NOW - timedelta(hours=1), {"sent"}),
        ("draft", "We met.", None, NOW + timedelta(hours=1), {"not_begun"}),
        ("draft", "We met.", NOW + timedelta(hours=5), NOW + timedelta(hours=1), set()),
        ("draft", "We met.", NOW + timedelta(minutes=90), NOW + timedelta(hours=1), {"too_soon"}),
        ("draft", "We met.", NOW, NOW - timedelta(hours=3), {"past"}),
    ],
)
def test_sending_a_recap(
    state: str, body: str, send_at: datetime | None, starts_at: datetime, expected: set[str]
) -> None:
    session = Session(state="planned", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    assert codes(rules.recap_problems(session=session, state=state, body=body, now=NOW, send_at=send_at)) == expected


@pytest.mark.parametrize(
    ("of", "seat", "has_content", "expected"),
    [
        (cohort("running"), Seat(state="confirmed"), True, set()),
        (cohort("running"), Seat(state="confirmed"), False, {"empty"}),
        (cohort("running"), Seat(state="waiting"), True, {"no_seat"}),
        (cohort("running"), None, True, {"no_seat"}),
        (cohort("finished"), Seat(state="confirmed"), True, {"over"}),
    ],
)
def test_handing_homework_in(of: Cohort, seat: Seat | None, has_content: bool, expected: set[str]) -> None:
    assert codes(rules.submission_problems(cohort=of, seat=seat, has_content=has_content)) == expected


@pytest.mark.parametrize(
    ("attended", "handed_in", "met"), [(3, 1, True), (4, 2, True), (2, 1, False), (3, 0, False), (0, 0, False)]
)
def test_what_graduation_needs(attended: int, handed_in: int, met: bool) -> None:
    of = Cohort(sessions_needed=3, homework_needed=1)
    found = rules.criteria(cohort=of, attended=attended, handed_in=handed_in)
    assert all(criterion.is_met for criterion in found) is met


def test_a_condition_of_zero_is_none() -> None:
    assert rules.criteria(cohort=Cohort(sessions_needed=0, homework_needed=0), attended=0, handed_in=0) == []


@pytest.mark.parametrize(
    ("state", "chosen", "strangers", "unmet", "blockers", "all_codes"),
    [
        ("graduating", 3, 0, 0, set(), set()),
        ("graduating", 3, 0, 1, set(), {"unmet"}),
        ("graduating", 0, 0, 0, {"nobody"}, {"nobody"}),
        ("graduating", 3, 1, 0, {"not_participants"}, {"not_participants"}),
        ("running", 3, 0, 0, {"wrong_stage"}, {"wrong_stage"}),
    ],
)
def test_graduating(
    state: str, chosen: int, strangers: int, unmet: int, blockers: set[str], all_codes: set[str]
) -> None:
    found = rules.graduation_problems(cohort=cohort(state), chosen=chosen, strangers=strangers, unmet=unmet)
    assert (blocking(found), codes(found)) == (blockers, all_codes)


def test_moments_are_compared_in_any_zone() -> None:
    of = cohort(applications_close_at=datetime(2026, 11, 23, 10, 0, 1, tzinfo=UTC))
    assert of.takes_applications(NOW)
