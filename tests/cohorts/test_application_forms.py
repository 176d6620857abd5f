"""The application as staff write it: questions come and go while people answer, and no answer is lost."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cohorts.models import Application, ApplicationFile, Cohort, SelectionPlan
from cohorts.queries.beginnings import beginning
from cohorts.queries.selection_plans import copied_from, plan_of, questions_for
from cohorts.questions import Kind, Question, asked, shown_answers
from cohorts.rules import Answers
from cohorts.services import selection_plans as services
from cohorts.services.applications import save_draft, submit_application
from cohorts.services.cohorts import Series, create_cohort
from partners.models import PartnerUser, PersonProfile
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.files.models import StoredFile
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories

type SignIn = Callable[[Membership], Client]

GOOD = {"why": "Because.", "project": "A customer.", "experience": "new"}
PLAN = Question("", "Your plan", Kind.FILE, is_required=True)


def _labels(cohort: Cohort) -> list[str]:
    return [row.label for row in asked(questions_for(cohort))]


def _submit(cohort: Cohort, who: Membership, now: datetime, answers: Answers) -> Application:
    return submit_application(actor=Actor.of(who), cohort=cohort, membership=who, answers=answers, now=now)


def _pdf(name: str = "plan.pdf") -> "SimpleUploadedFile":
    return SimpleUploadedFile(name, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf")


def _file_question(cohort: Cohort, actor: Actor) -> str:
    services.save_question(actor=actor, cohort=cohort, question=PLAN)
    return questions_for(cohort)[-1].key


def test_until_somebody_writes_others_the_house_asks_and_keeps_no_row(winter: Cohort) -> None:
    assert [row.key for row in questions_for(winter)] == ["why", "project", "experience", "avoids", "phone"]
    assert not SelectionPlan.objects.exists()


def test_the_first_change_keeps_the_houses_questions_and_is_audited(winter: Cohort, actor: Actor) -> None:
    services.save_question(actor=actor, cohort=winter, question=Question("", "Which product?"))
    assert _labels(winter)[-1] == "Which product?"
    assert len(questions_for(winter)) == 6
    entry = AuditEntry.objects.get(verb="cohorts.questions_changed")
    assert entry.changes["questions"][1][-1] == "Which product?"


def test_a_question_that_was_answered_goes_and_its_answers_stay(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    row = _submit(winter, lena, now, Answers(GOOD, agrees=True))
    services.remove_question(actor=actor, cohort=winter, key="project")
    services.remove_question(actor=actor, cohort=winter, key="phone")
    questions = questions_for(winter)
    assert [row.key for row in asked(questions)] == ["why", "experience", "avoids"]
    # Nobody had answered the telephone: of it nothing is left.
    assert [row.key for row in questions if row.is_removed] == ["project"]
    shown = shown_answers(questions, row.answers)
    assert [(answer.text, answer.is_removed) for answer in shown][-1] == ("A customer.", True)
    # Who changes the application afterwards loses nothing either.
    row = _submit(winter, lena, now, Answers({"why": "Better.", "experience": "new"}, agrees=True))
    assert row.answers == {**GOOD, "why": "Better."}
    services.restore_question(actor=actor, cohort=winter, key="project")
    assert [row.key for row in asked(questions_for(winter))] == ["why", "project", "experience", "avoids"]


def test_the_last_question_stays(winter: Cohort, actor: Actor) -> None:
    for key in ("project", "experience", "avoids", "phone"):
        services.remove_question(actor=actor, cohort=winter, key=key)
    with pytest.raises(Refused) as refusal:
        services.remove_question(actor=actor, cohort=winter, key="why")
    assert refusal.value.codes == {"last"}


def test_a_new_question_that_is_needed_is_asked_of_those_who_send_from_now_on(
    winter: Cohort, lena: Membership, paul: Membership, kestrel: object, actor: Actor, now: datetime
) -> None:
    _submit(winter, lena, now, Answers(GOOD, agrees=True))
    services.save_question(actor=actor, cohort=winter, question=Question("", "Which product?", is_required=True))
    key = questions_for(winter)[-1].key
    assert Application.objects.get().state == "submitted"
    with pytest.raises(Refused) as refusal:
        _submit(winter, paul, now, Answers(GOOD, agrees=True))
    assert [problem.field for problem in refusal.value.problems] == [key]
    _submit(winter, paul, now, Answers({**GOOD, key: "Stratus"}, agrees=True))
    assert Application.objects.filter(state="submitted").count() == 2


def test_a_file_is_stored_replaced_and_kept_when_the_rest_changes(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    key = _file_question(winter, actor)
    with pytest.raises(Refused) as refusal:
        _submit(winter, lena, now, Answers(GOOD, agrees=True))
    assert [problem.field for problem in refusal.value.problems] == [key]
    assert not Application.objects.exists()
    row = _submit(winter, lena, now, Answers(GOOD, agrees=True, uploads={key: _pdf()}))
    first = ApplicationFile.objects.get().file
    assert row.answers[key] == {"public_id": first.public_id, "name": "plan.pdf"}
    row = _submit(winter, lena, now, Answers({**GOOD, "why": "More."}, agrees=True))
    assert row.answers[key]["public_id"] == first.public_id
    row = _submit(winter, lena, now, Answers(GOOD, agrees=True, uploads={key: _pdf("better.pdf")}))
    assert ApplicationFile.objects.get().file.name == row.answers[key]["name"] == "better.pdf"
    assert not StoredFile.objects.filter(pk=first.pk).exists()


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_question(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    key = _file_question(winter, actor)
    wrong = SimpleUploadedFile("plan.pdf", b"<html>", "application/pdf")
    with pytest.raises(Refused) as refusal:
        save_draft(cohort=winter, membership=lena, answers=Answers(uploads={key: wrong}), now=now)
    assert [problem.field for problem in refusal.value.problems] == [key]


def test_an_application_begins_with_the_last_one_and_the_profile(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    user = PartnerUser.objects.get(membership=lena)
    PersonProfile.objects.create(user=user, seniority="head", changed_at=now)
    questions = questions_for(winter)
    assert beginning(winter, questions, lena, None).answers == {"experience": "seasoned"}
    before = factories.cohort("finished")
    services.save_question(actor=actor, cohort=before, question=Question("", "Which product?"))
    services.save_question(actor=actor, cohort=winter, question=Question("", "Which PRODUCT?"))
    key, own = questions_for(before)[-1].key, questions_for(winter)[-1].key
    said = {"why": "Then.", "avoids": "Kestrel", "experience": "gone", key: "Stratus"}
    factories.application(before, lena, answers=said)
    begin = beginning(winter, questions_for(winter), lena, None)
    # What was said in confidence about another room is asked anew; an option that is gone is not taken over.
    assert begin.answers == {"why": "Then.", "experience": "seasoned", own: "Stratus"}
    assert begin.is_former
    assert not begin.agrees


def _next(of: Cohort, actor: Actor, now: datetime, title: str) -> Cohort:
    return create_cohort(
        actor=actor,
        program=of.program,
        title=title,
        zone="Europe/Berlin",
        capacity=12,
        series=Series(date(2027, 1, 12), time(10), 4, 60),
        facilitators=[],
        now=now,
    )


def test_a_new_cohort_asks_what_the_programs_last_one_asked_in_a_copy(
    winter: Cohort, lena: Membership, actor: Actor, now: datetime
) -> None:
    services.save_question(actor=actor, cohort=winter, question=Question("", "Which product?"))
    _submit(winter, lena, now, Answers(GOOD, agrees=True))
    services.remove_question(actor=actor, cohort=winter, key="project")
    services.save_question(actor=actor, cohort=factories.cohort(), question=Question("", "Of another program"))
    spring = _next(winter, actor, now, "Spring 2027")
    # What is asked no longer belongs to answers of the former cohort and is not taken along.
    assert [row.key for row in questions_for(spring)] == [row.key for row in asked(questions_for(winter))]
    assert _labels(spring)[-1] == "Which product?"
    assert copied_from(spring, plan_of(spring)) == winter
    assert copied_from(winter, plan_of(winter)) is None
    services.save_question(actor=actor, cohort=spring, question=Question("", "Which region?"))
    assert "Which region?" not in _labels(winter)
    assert copied_from(spring, plan_of(spring)) is None
    assert _labels(_next(winter, actor, now, "Summer 2027")) == _labels(spring)


def test_without_a_former_form_the_house_asks(winter: Cohort, actor: Actor, now: datetime) -> None:
    services.edit_plan(actor=actor, cohort=winter, revision=1, quiet_hours=12)
    spring = _next(winter, actor, now, "Spring 2027")
    assert not SelectionPlan.objects.filter(cohort=spring).exists()
    assert copied_from(spring, plan_of(spring)) is None


def test_settings_are_saved_once_and_the_second_is_told(winter: Cohort, actor: Actor) -> None:
    services.edit_plan(actor=actor, cohort=winter, revision=1, quiet_hours=0, manager_hours=4)
    plan = plan_of(winter)
    assert (plan.quiet_hours, plan.manager_hours) == (0, 4)
    with pytest.raises(Refused) as refusal:
        services.edit_plan(actor=actor, cohort=winter, revision=1, quiet_hours=12)
    assert refusal.value.codes == {"changed_meanwhile"}


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def studio(acme: Organization, frida: Membership, sign_in: SignIn) -> Client:
    return sign_in(frida)


def test_staff_write_the_form_and_applicants_fill_it(
    acme: Organization, winter: Cohort, lena: Membership, frida: Membership, sign_in: SignIn
) -> None:
    studio, portal = sign_in(frida), sign_in(lena)

    def url(name: str, *more: str) -> str:
        return address(name, winter.public_id, *more, organization=acme)

    words: dict[str, Any] = {"label": "Which regions?", "kind": "multi", "options": "EMEA\nAPAC", "is_required": "on"}
    assert studio.post(url("question_create"), words).status_code == 303
    wrong = studio.post(url("question_create"), {"label": "Which regions?", "kind": "choice", "options": "Mars"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"label", "options"}
    assert "Mars" in wrong.content.decode()
    assert studio.post(url("question_create"), {"label": "Your plan", "kind": "file"}).status_code == 303
    with scope(acme):
        regions, plan = (row.key for row in questions_for(winter)[-2:])
    assert studio.post(url("question_move", plan), {"up": "1"}).status_code == 303
    assert "Which regions?" in studio.get(url("application_preview")).content.decode()
    assert studio.get(url("question_edit", regions)).status_code == 200
    assert studio.get(url("question_edit", "nothing")).status_code == 404

    refused = portal.post(url("application_create"), {**GOOD, plan: _pdf(), "agrees": "on"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Because." in page
    # The file that was chosen is not lost by what is missing elsewhere.
    assert "plan.pdf" in page
    assert portal.post(url("application_create"), {**GOOD, regions: ["emea"], "agrees": "on"}).status_code == 303
    mine = portal.get(url("application_detail")).content.decode()
    assert "EMEA" in mine
    assert "plan.pdf" in mine
    assert portal.get(url("application_file", plan)).status_code == 200
    with scope(acme):
        row = Application.objects.get()
    assert (row.state, row.answers[regions]) == ("submitted", ["emea"])
    assert studio.get(url("application_file_read", row.public_id, plan)).status_code == 200
    assert "plan.pdf" in studio.get(url("application_decide", row.public_id)).content.decode()

    assert studio.post(url("question_remove", regions)).status_code == 303
    assert "asked no longer" in studio.get(url("application_decide", row.public_id)).content.decode()
    assert "EMEA" in portal.get(url("application_detail")).content.decode()
    assert studio.post(url("question_restore", regions)).status_code == 303


def test_the_page_says_whose_questions_a_new_cohort_begins_with(
    acme: Organization, winter: Cohort, actor: Actor, now: datetime, studio: Client
) -> None:
    with scope(acme):
        services.save_question(actor=actor, cohort=winter, question=Question("", "Which product?"))
        spring = _next(winter, actor, now, "Spring 2027")
    page = studio.get(address("selection_plan", spring.public_id, organization=acme)).content.decode()
    assert "Copied from Winter 2026" in page
    assert "Which product?" in page
    assert (
        "Copied from" not in studio.get(address("selection_plan", winter.public_id, organization=acme)).content.decode()
    )
    assert "last cohort" in studio.get(address("cohort_create", organization=acme)).content.decode()


def test_a_file_of_an_application_is_its_owners_and_those_who_decide(
    acme: Organization,
    winter: Cohort,
    lena: Membership,
    paul: Membership,
    kestrel: object,
    bob: Membership,
    charlie: Membership,
    frida: Membership,
    sign_in: SignIn,
    now: datetime,
) -> None:
    with scope(acme):
        key = _file_question(winter, Actor.of(frida))
        row = _submit(winter, lena, now, Answers(GOOD, agrees=True, uploads={key: _pdf()}))
    own = address("application_file", winter.public_id, key, organization=acme)
    read = address("application_file_read", winter.public_id, row.public_id, key, organization=acme)
    assert [sign_in(who).get(own).status_code for who in (lena, paul, charlie)] == [200, 404, 404]
    assert [sign_in(who).get(read).status_code for who in (frida, lena, charlie)] == [200, 403, 404]


def test_settings_that_are_wrong_are_kept_as_typed(acme: Organization, winter: Cohort, studio: Client) -> None:
    where = address("selection_plan", winter.public_id, organization=acme)
    wrong = {"quiet_hours": "9999", "manager_hours": "-1", "revision": "1"}
    answer = studio.post(where, wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"quiet_hours", "manager_hours"}
    assert "9999" in answer.content.decode()
    right = {"quiet_hours": "0", "manager_hours": "12", "revision": "1"}
    assert studio.post(where, right).status_code == 303
    with scope(acme):
        plan = SelectionPlan.objects.get()
    assert (plan.quiet_hours, plan.manager_hours) == (0, 12)
