"""Pages of journeys: built without a script, run by colleagues, done in the portal."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import (
    Agreement,
    AttributeValue,
    Journey,
    JourneyStep,
    JourneyTemplate,
    Partner,
    PartnerUser,
    TemplateStep,
)
from partners.services.agreements import AgreementDetails, create_agreement
from partners.services.journeys import templates as services
from partners.services.journeys.starting import Traveler, start_journeys
from partners.services.journeys.templates import StepDetails, TemplateDetails
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.costs import assert_same_cost
from tests.factories import NOW
from tests.partners.factories import AttributeFactory, PartnerFactory, choices

type SignIn = Callable[[Membership], Client]


@pytest.fixture
def url(acme: Organization, alice: Membership) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def studio(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def portal(lena_user: PartnerUser, lena: Membership, sign_in: SignIn) -> Client:
    return sign_in(lena)


@pytest.fixture
def terms(acme: Organization, actor: Actor) -> Agreement:
    with scope(acme):
        return create_agreement(actor=actor, details=AgreementDetails("Terms", "Be **kind**."), now=NOW)


def make(actor: Actor, name: str, steps: list[StepDetails]) -> JourneyTemplate:
    details = TemplateDetails(name, ["Arrive"])
    template = services.create_template(actor=actor, details=details, steps=steps, now=NOW)
    services.switch_on(actor=actor, template=template, includes_present=False, now=NOW)
    return template


@pytest.fixture
def journey(acme: Organization, actor: Actor, nordwind: Partner, terms: Agreement) -> Journey:
    questions = [{"key": "q1", "label": "Who sells?", "kind": "text", "is_required": True}]
    steps = [
        StepDetails("form", "Tell us", questions=questions, due_days=2),
        StepDetails("agreement", "Accept the terms", source_id=terms.pk),
        StepDetails("task", "Open the door", side="staff", due_days=1),
        StepDetails("task", "Walk in", waits_for=["2"], is_optional=True),
    ]
    with scope(acme):
        template = make(actor, "Onboarding", steps)
        start_journeys(actor=actor, template=template, travelers=[Traveler(nordwind.pk)], now=timezone.now())
        return Journey.objects.select_related("template").get()


def step(acme: Organization, title: str) -> JourneyStep:
    with scope(acme):
        return JourneyStep.objects.select_related("journey").get(title=title)


def test_a_journey_is_built_from_a_starter(acme: Organization, studio: Client, url: Any, terms: Agreement) -> None:
    assert b"Onboarding in 30 days" in studio.get(url("journey_template_create")).content
    new = url("journey_template_create") + "?starter=renewal"
    form = {"name": "Renewal", "phases": "Look back\n\nAgree\nSign", "starts": "hand:0", "leaving": "stop"}
    assert studio.post(new, {**form, "phases": "Look back"}).status_code == 303
    refused = studio.post(new, {**form, "name": "Renewal"})
    assert refused.status_code == 422
    assert b"There is already a journey of this name." in refused.content
    with scope(acme):
        template = JourneyTemplate.objects.get()
    page = url("journey_template_detail", template.public_id)
    assert b"says not yet what it is about" in studio.get(page).content
    off = studio.post(url("journey_template_switch", template.public_id), follow=True)
    assert b"does not say yet what it is about" in off.content
    with scope(acme):
        asked = TemplateStep.objects.get(kind="agreement")
    edit = url("journey_step_edit", template.public_id, asked.public_id)
    words = {"title": "Sign", "phase": "0", "source_id": str(terms.pk), "due_from": "start", "revision": 1}
    assert studio.post(edit, {**words, "source_id": "999999"}).status_code == 422
    assert studio.post(edit, words).status_code == 303
    assert studio.post(edit, {**words, "title": "Late"}).status_code == 422
    assert studio.post(url("journey_template_switch", template.public_id)).status_code == 303
    with scope(acme):
        template.refresh_from_db()
    assert template.is_on


def test_steps_are_added_moved_and_deleted(acme: Organization, actor: Actor, studio: Client, url: Any) -> None:
    with scope(acme):
        template = make(actor, "Own", [StepDetails("task", "First")])
    add = url("journey_step_create", template.public_id)
    assert b"Questions whose answers you need" in studio.get(add).content
    form = {"title": "Ask them", "phase": "0", "q0_label": "Who sells?", "q0_kind": "text", "q0_needed": "on"}
    assert studio.post(f"{add}?kind=form", {**form, "title": ""}).status_code == 422
    assert studio.post(f"{add}?kind=form", form).status_code == 303
    with scope(acme):
        added = TemplateStep.objects.get(kind="form")
    assert [(row["label"], row["is_required"]) for row in added.questions] == [("Who sells?", True)]
    studio.post(url("journey_step_move", template.public_id, added.public_id), {"up": "1"})
    with scope(acme):
        assert [row.title for row in template.steps.order_by("position")] == ["Ask them", "First"]
    studio.post(url("journey_step_delete", template.public_id, added.public_id))
    with scope(acme):
        assert template.steps.count() == 1


def test_the_portal_shows_one_list_and_does_what_it_asks(
    acme: Organization, actor: Actor, nordwind: Partner, portal: Client, url: Any, journey: Journey, terms: Agreement
) -> None:
    with scope(acme):
        again = make(actor, "Renewal", [StepDetails("agreement", "Accept the terms again", source_id=terms.pk)])
        start_journeys(actor=actor, template=again, travelers=[Traveler(nordwind.pk)], now=timezone.now())
    page = portal.get(url("my_steps")).content.decode()
    assert page.count("Accept the terms") == 1
    assert "Open the door" in page
    assert "What Acme Cloud does meanwhile" in page
    assert "Your steps" in portal.get(url("portal_home")).content.decode()
    form = url("my_step_detail", step(acme, "Tell us").public_id)
    assert portal.post(form, {"note": "Kept"}).status_code == 422
    key = step(acme, "Tell us").questions[0]["key"]
    assert portal.post(form, {key: "Tom"}).status_code == 303
    assert "Tom" in portal.get(form).content.decode()
    accept = url("my_step_detail", step(acme, "Accept the terms").public_id)
    assert "<strong>kind</strong>" in portal.get(accept).content.decode()
    assert portal.post(accept, {"authority": "CEO"}).status_code == 422
    assert portal.post(accept, {"number": "1", "authority": "CEO", "accepts": "on"}).status_code == 303
    assert step(acme, "Accept the terms again").state == "done"


def test_a_member_cannot_accept_for_the_company(
    acme: Organization, tom_user: PartnerUser, sign_in: SignIn, url: Any, journey: Journey
) -> None:
    member = sign_in(tom_user.membership)
    accept = url("my_step_detail", step(acme, "Accept the terms").public_id)
    assert "A lead of your company accepts this" in member.get(accept).content.decode()
    assert member.post(accept, {"accepts": "on"}).status_code == 422


def test_steps_of_another_company_do_not_exist(
    acme: Organization, paul_user: PartnerUser, sign_in: SignIn, url: Any, journey: Journey
) -> None:
    other = sign_in(paul_user.membership)
    for row in ("Tell us", "Walk in"):
        assert other.get(url("my_step_detail", step(acme, row).public_id)).status_code == 404
        assert other.post(url("my_step_skip", step(acme, row).public_id)).status_code == 404
    assert "Onboarding" not in other.get(url("my_steps")).content.decode()


def test_a_colleague_settles_steps(acme: Organization, studio: Client, url: Any, journey: Journey) -> None:
    assert b"Open the door" in studio.get(url("my_step_list")).content
    door = step(acme, "Open the door")
    where = url("journey_step_settle", journey.public_id, door.public_id)
    refused = studio.post(where, {"verb": "waive", "words": ""}, follow=True)
    assert b"Say why" in refused.content
    assert studio.post(where, {"verb": "finish", "words": "Done by phone", "back": "mine"}).status_code == 303
    assert (step(acme, "Open the door").state, step(acme, "Walk in").state) == ("done", "open")
    assert studio.post(where, {"verb": "reopen"}).status_code == 303
    assert step(acme, "Open the door").state == "open"
    for verb, state in (("waive", "waived"), ("reopen", "open"), ("skip", "skipped")):
        studio.post(where, {"verb": verb, "words": "Their own key"})
        assert step(acme, "Open the door").state == state
    page = studio.get(url("journey_detail", journey.public_id)).content.decode()
    assert "Skipped" in page
    assert studio.get(url("journey_step", journey.public_id, door.public_id)).status_code == 200


def test_a_journey_is_started_stopped_and_goes_on(
    acme: Organization, studio: Client, url: Any, journey: Journey, kestrel: Partner
) -> None:
    start = url("journey_start", kestrel.public_id)
    assert studio.post(start, {"template": str(journey.template_id)}).status_code == 303
    assert b"No journey to start" in studio.get(start).content
    assert b"Kestrel" in studio.get(url("journey_list")).content
    studio.post(url("journey_stop", journey.public_id), {"reason": "Merger"})
    assert b"Merger" in studio.get(url("journey_detail", journey.public_id)).content
    assert b"Nordwind" in studio.get(url("journey_list") + "?show=stopped").content
    studio.post(url("journey_resume", journey.public_id))
    with scope(acme):
        journey.refresh_from_db()
    assert journey.state == "running"


def test_agreements_are_written_anew(acme: Organization, studio: Client, url: Any, terms: Agreement) -> None:
    revise = url("agreement_revise", terms.public_id)
    assert studio.post(revise, {"number": 1, "body": "Be kinder."}).status_code == 303
    late = studio.post(revise, {"number": 1, "body": "Be kindest."})
    assert late.status_code == 422
    assert b"Be kindest." in late.content
    assert b"Be kinder." in studio.get(url("agreement_detail", terms.public_id)).content
    assert b"kind" in studio.get(url("agreement_detail", terms.public_id) + "?version=1").content
    studio.post(url("agreement_archive", terms.public_id))
    assert b"Terms" in studio.get(url("agreement_list") + "?show=archived").content
    taken = studio.post(url("agreement_create"), {"title": "Terms", "signer": "company", "body": "x"})
    assert taken.status_code == 422


def test_lists_cost_the_same_at_any_size(
    acme: Organization, actor: Actor, alice: Membership, studio: Client, url: Any, journey: Journey
) -> None:
    def grow(rows: int) -> None:
        with scope(acme):
            number = Partner.objects.count()
            made = [
                PartnerFactory.build(name=f"Company {number + n} of the list", organization=acme) for n in range(rows)
            ]
            for partner in made:
                for column, value in Partner.derived(partner.name, partner.domain).items():
                    setattr(partner, column, value)
            ids = [partner.pk for partner in Partner.objects.bulk_create(made)]
            travelers = [Traveler(pk) for pk in ids]
            start_journeys(actor=actor, template=journey.template, travelers=travelers, now=timezone.now())

    paths = {
        "journeys": url("journey_list"),
        "templates": url("journey_template_list"),
        "template": url("journey_template_detail", journey.template.public_id),
        "mine": url("my_step_list"),
        "agreements": url("agreement_list"),
    }
    assert_same_cost(studio, paths, grow)


def test_a_forms_answer_is_kept_as_what_an_attribute_is(
    acme: Organization, actor: Actor, nordwind: Partner, studio: Client, portal: Client, url: Any
) -> None:
    with scope(acme):
        size = AttributeFactory.create(name="Size", kind="choice", choices=choices("Small", "Large"), keeper="partner")
        AttributeFactory.create(name="Risk", keeper="staff")
        template = make(actor, "Own", [StepDetails("task", "First")])
    add = f"{url('journey_step_create', template.public_id)}?kind=form"
    shown = studio.get(add).content.decode()
    assert f'value="attribute:{size.public_id}"' in shown
    assert ">Risk<" not in shown
    typed = {"title": "About you", "phase": "0", "q0_label": "How large are you?", "q0_needed": "on"}
    assert studio.post(add, {**typed, "q0_kind": f"attribute:{size.public_id}"}).status_code == 303
    with scope(acme):
        (question,) = TemplateStep.objects.get(kind="form").questions
        assert (question["kind"], question["attribute"]) == ("attribute", size.public_id)
        start_journeys(actor=actor, template=template, travelers=[Traveler(nordwind.pk)], now=timezone.now())
    page = url("my_step_detail", step(acme, "About you").public_id)
    assert portal.post(page, {question["key"]: ""}).status_code == 422
    assert portal.post(page, {question["key"]: "small"}).status_code == 303
    with scope(acme):
        value = AttributeValue.objects.get(partner=nordwind)
        assert (value.text, value.source) == ("small", "journey")
    assert "Small" in portal.get(page).content.decode()
    used = studio.get(url("attribute_detail", size.public_id)).content.decode()
    assert "“About you” in Own" in used
