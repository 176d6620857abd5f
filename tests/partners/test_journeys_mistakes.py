"""What goes wrong while journeys are written and done: each is answered in words, and nothing written is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enablement.models import Content
from partners.models import Agreement, Attribute, Group, Journey, JourneyStep, JourneyTemplate, Partner, TemplateStep
from partners.queries.journeys.studio import phases_of
from partners.queries.journeys.todo import staff_steps, todo_list
from partners.rules import moved_phases
from partners.services.agreements import AgreementDetails, create_agreement, revise_agreement
from partners.services.journeys import doing
from partners.services.journeys import templates as services
from partners.services.journeys.reminding import OUR_STEPS_DUE, plan_journeys
from partners.services.journeys.starting import Traveler, start_journeys, stop_journey
from partners.services.journeys.templates import StepDetails, TemplateDetails
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.enablement.factories import ContentFactory
from tests.partners.factories import AttributeFactory, PartnerFactory

type SignIn = Callable[[Membership], Client]

DAY = timedelta(days=1)
QUESTION = {"key": "q1", "label": "Who sells?", "kind": "long", "is_required": True}


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


@pytest.fixture
def studio(alice: Membership, sign_in: SignIn) -> Client:
    return sign_in(alice)


@pytest.fixture
def portal(lena_user: Any, lena: Membership, sign_in: SignIn) -> Client:
    return sign_in(lena)


def make(actor: Actor, steps: list[StepDetails], phases: Any = ("Arrive",), **details: Any) -> JourneyTemplate:
    details = {"name": "Onboarding", **details}
    return services.create_template(
        actor=actor, details=TemplateDetails(phases=list(phases), **details), steps=steps, now=timezone.now()
    )


def switch_on(actor: Actor, template: JourneyTemplate) -> None:
    services.switch_on(actor=actor, template=template, includes_present=False, now=timezone.now())


def begin(actor: Actor, template: JourneyTemplate, partner: Partner, now: datetime | None = None) -> Journey:
    travelers = [Traveler(partner.pk)]
    start_journeys(actor=actor, template=template, travelers=travelers, now=now or timezone.now())
    return Journey.objects.running().get(template=template, partner=partner)


def step_of(title: str) -> JourneyStep:
    return JourneyStep.objects.select_related("journey__template").get(title=title)


def refused(act: Callable[[], Any]) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return set(refusal.value.codes)


# Written in a circle, or for nobody.


def test_a_circle_is_refused_on_its_field_and_keeps_what_was_typed(
    acme: Organization, actor: Actor, studio: Client, url: Any
) -> None:
    with scope(acme):
        steps = [StepDetails("task", "One"), StepDetails("task", "Two", waits_for=["0"])]
        template = make(actor, [*steps, StepDetails("task", "Three", waits_for=["1"])])
        one, _two, three = template.steps.order_by("position")
    edit = url("journey_step_edit", template.public_id, one.public_id)
    typed = {"title": "One, told better", "phase": "0", "due_from": "start", "waits_for": [three.key], "revision": "1"}
    typed["side"] = "partner"
    answer = studio.post(edit, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "These steps would wait for each other" in page
    assert 'value="One, told better"' in page
    with scope(acme):
        assert TemplateStep.objects.get(pk=one.pk).title == "One"


def test_nothing_empty_is_switched_on_and_what_is_on_never_becomes_empty(in_acme: Organization, actor: Actor) -> None:
    template = make(actor, [])
    assert refused(lambda: switch_on(actor, template)) == {"no_steps"}
    step = services.add_step(actor=actor, template=template, details=StepDetails("task", "Only one"))
    switch_on(actor, template)
    assert refused(lambda: services.delete_step(actor=actor, step=step)) == {"last_step"}
    assert template.steps.count() == 1
    services.switch_off(actor=actor, template=template)
    services.delete_step(actor=actor, step=step)
    assert template.steps.count() == 0


def test_what_is_on_takes_no_step_that_nobody_could_do(
    acme: Organization, actor: Actor, studio: Client, url: Any
) -> None:
    with scope(acme):
        template = make(actor, [StepDetails("task", "First")])
        switch_on(actor, template)
        for details in (StepDetails("agreement", "Accept"), StepDetails("form", "Tell us")):
            add_it = partial(services.add_step, actor=actor, template=template, details=details)
            assert refused(add_it) == {"incomplete"}
        first = template.steps.get()
    add = url("journey_step_create", template.public_id) + "?kind=agreement"
    answer = studio.post(add, {"title": "Accept the terms", "phase": "0", "source_id": ""})
    assert answer.status_code == 422
    assert "say at once what this step is about" in answer.content.decode()
    assert 'value="Accept the terms"' in answer.content.decode()
    gone = url("journey_step_delete", template.public_id, first.public_id)
    assert "this is its last step" in studio.post(gone, follow=True).content.decode()


# Phases.


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        (["A", "B"], ["A", "B", "C"], {0: 0, 1: 1}),
        (["A", "B"], ["New", "A", "B"], {0: 1, 1: 2}),
        (["A", "B", "C"], ["C", "A", "B"], {0: 1, 1: 2, 2: 0}),
        (["A", "B"], ["A, told better", "B"], {0: 0, 1: 1}),
        (["A", "B", "C"], ["A", "C"], {0: 0, 2: 1}),
        (["A", "B"], ["X", "B", "Y"], {0: 0, 1: 1}),
        (["A", "B"], ["B", "Z"], {0: 1, 1: 0}),
    ],
)
def test_phases_are_known_by_their_names_and_then_by_their_places(
    before: list[str], after: list[str], places: dict[int, int]
) -> None:
    assert moved_phases(before, after) == places


def test_steps_go_where_their_phase_does(in_acme: Organization, actor: Actor) -> None:
    steps = [StepDetails("task", "Read", phase=0), StepDetails("task", "Sell", phase=1)]
    template = make(actor, steps, ["Learn", "Begin"])

    def change(revision: int, *phases: str) -> None:
        details = TemplateDetails("Onboarding", phases)
        services.change_template(actor=actor, template=template, revision=revision, details=details, now=timezone.now())

    change(1, "Arrive", "Learn", "Begin")
    template = JourneyTemplate.objects.get()
    found = {phase.name: [step.title for step in phase.steps] for phase in phases_of(template)}
    assert found == {"Arrive": [], "Learn": ["Read"], "Begin": ["Sell"]}
    assert refused(lambda: change(2, "Arrive", "Learn")) == {"phase_in_use"}
    assert refused(lambda: change(2, "Learn", "Begin", "Learn")) == {"same_phase"}
    assert refused(lambda: change(1, "Learn")) == {"changed_meanwhile"}
    assert JourneyTemplate.objects.get().phases == ["Arrive", "Learn", "Begin"]


def test_a_journey_of_companies_that_has_begun_does_not_become_one_of_persons(
    in_acme: Organization, actor: Actor, nordwind: Partner
) -> None:
    template = make(actor, [StepDetails("task", "First")])
    switch_on(actor, template)
    begin(actor, template, nordwind)
    for details in (
        TemplateDetails("Onboarding", ["Arrive"], is_personal=True),
        TemplateDetails("Onboarding", ["Arrive"], trigger="person"),
    ):
        change = partial(services.change_template, actor=actor, template=template, revision=1, now=timezone.now())
        assert refused(partial(change, details=details)) == {"has_begun"}
    assert Journey.objects.running().exists()


# Two who write.


def test_of_two_who_edit_the_later_one_reads_what_the_other_saved(
    acme: Organization, actor: Actor, studio: Client, url: Any
) -> None:
    with scope(acme):
        template = make(actor, [StepDetails("task", "First")])
        step = template.steps.get()
    pages = {
        url("journey_template_edit", template.public_id): (
            {"name": "Welcome", "phases": "Arrive", "starts": "hand:0", "leaving": "stop"},
            {"name": "First weeks", "phases": "Arrive\nLearn", "starts": "hand:0", "leaving": "stop"},
        ),
        url("journey_step_edit", template.public_id, step.public_id): (
            {"title": "Sign in", "phase": "0", "side": "partner"},
            {"title": "Come in", "phase": "0", "side": "partner", "text": "It takes a minute."},
        ),
    }
    for page, (first, second) in pages.items():
        assert studio.post(page, {**first, "revision": "1"}).status_code == 303
        late = studio.post(page, {**second, "revision": "1"})
        assert late.status_code == 422
        words = late.content.decode()
        assert "Somebody saved this meanwhile" in words
        assert all(str(next(iter(typed.values()))) in words for typed in (first, second))
        assert studio.post(page, {**second, "revision": "2"}).status_code == 303


def test_what_is_written_into_a_step_that_was_deleted_is_kept(
    acme: Organization, actor: Actor, studio: Client, url: Any
) -> None:
    with scope(acme):
        template = make(actor, [StepDetails("task", "First"), StepDetails("task", "Second")])
        first, second = template.steps.order_by("position")
    edit = url("journey_step_edit", template.public_id, first.public_id)
    assert 'name="kind" value="task"' in studio.get(edit).content.decode()
    with scope(acme):
        services.delete_step(actor=actor, step=first)
        assert refused(
            lambda: services.change_step(actor=actor, step=first, revision=1, details=StepDetails("task", "Late"))
        ) == {"deleted"}
    typed = {"kind": "task", "title": "Written for an hour", "phase": "0", "waits_for": [second.key], "revision": "1"}
    typed["side"] = "partner"
    answer = studio.post(edit, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A colleague deleted this step meanwhile" in page
    assert 'value="Written for an hour"' in page
    action = f"{url('journey_step_create', template.public_id)}?kind=task"
    assert f'action="{action}"' in page
    assert studio.post(action, typed).status_code == 303
    with scope(acme):
        assert TemplateStep.objects.get(title="Written for an hour").waits_for == [second.key]
    assert studio.get(edit).status_code == 404
    assert studio.post(edit, {**typed, "kind": "nonsense"}).status_code == 404


# About what is no longer there.


@pytest.fixture
def article(acme: Organization, alice: Membership) -> Content:
    with scope(acme):
        return ContentFactory.create(title="Price sheet", owner=alice)


def test_a_step_about_archived_content_is_seen_by_both_and_starts_nobody(
    acme: Organization,
    actor: Actor,
    nordwind: Partner,
    studio: Client,
    portal: Client,
    url: Any,
    article: Content,
) -> None:
    with scope(acme):
        template = make(actor, [StepDetails("content", "Read it", source_id=article.pk), StepDetails("task", "Call")])
        switch_on(actor, template)
        begin(actor, template, nordwind)
        read = step_of("Read it")
        in_template = template.steps.get(title="Read it")
    mine = url("my_step_detail", read.public_id)
    assert f"/learn/{article.public_id}/" in portal.get(mine).content.decode()
    with scope(acme):
        Content.objects.update(state="archived")
        services.switch_off(actor=actor, template=template)
        assert refused(lambda: switch_on(actor, template)) == {"gone"}
    assert (
        "what it is about is no longer there"
        in studio.get(url("journey_template_detail", template.public_id)).content.decode()
    )
    theirs = portal.get(mine).content.decode()
    assert "This is not available at the moment" in theirs
    assert f"/learn/{article.public_id}/" not in theirs
    assert "not available at the moment" in portal.get(url("my_steps")).content.decode()
    page = studio.get(url("journey_step", read.journey.public_id, read.public_id)).content.decode()
    assert "Waive it with a reason" in page
    # Another word of it is changed: what it is about stays, and comes back with the content.
    edit = url("journey_step_edit", template.public_id, in_template.public_id)
    shown = studio.get(edit).content.decode()
    assert "Price sheet (no longer offered)" in shown
    typed = {"title": "Read this", "phase": "0", "source_id": str(article.pk), "due_from": "start", "revision": "1"}
    assert studio.post(edit, typed).status_code == 303
    with scope(acme):
        assert TemplateStep.objects.get(pk=in_template.pk).source_id == article.pk
        Content.objects.update(state="published")
        switch_on(actor, template)


def test_a_question_keeps_its_attribute_when_that_is_archived(
    acme: Organization, actor: Actor, nordwind: Partner, studio: Client, portal: Client, url: Any
) -> None:
    with scope(acme):
        size = AttributeFactory.create(name="Size", kind="number", keeper="partner")
        bound = {"key": "q1", "label": "How many?", "kind": "attribute", "is_required": True}
        template = make(actor, [StepDetails("form", "Tell us", questions=[{**bound, "attribute": size.public_id}])])
        switch_on(actor, template)
        begin(actor, template, nordwind)
        Attribute.objects.filter(pk=size.pk).update(archived_at=timezone.now())
        step, asked = template.steps.get(), step_of("Tell us")
    edit = url("journey_step_edit", template.public_id, step.public_id)
    assert "Size (no longer asked of partners)" in studio.get(edit).content.decode()
    typed = {"title": "Tell us more", "phase": "0", "q0_label": "How many?", "q0_needed": "on", "revision": "1"}
    assert studio.post(edit, {**typed, "q0_kind": f"attribute:{size.public_id}"}).status_code == 303
    with scope(acme):
        assert TemplateStep.objects.get().questions[0]["attribute"] == size.public_id
    # Meanwhile partners answer in a line of text.
    assert portal.post(url("my_step_detail", asked.public_id), {"q1": "About forty"}).status_code == 303
    with scope(acme):
        assert step_of("Tell us").answers == {"q1": "About forty"}


def test_what_starts_it_stays_when_it_is_archived(
    acme: Organization, actor: Actor, msps: Group, studio: Client, url: Any
) -> None:
    with scope(acme):
        template = make(actor, [StepDetails("task", "First")], trigger="group", source_id=msps.pk)
        Group.objects.filter(pk=msps.pk).update(archived_at=timezone.now())
    page = url("journey_template_edit", template.public_id)
    shown = studio.get(page).content.decode()
    assert f'<option value="group:{msps.pk}" selected>' in shown
    typed = {"name": "First days", "phases": "Arrive", "starts": f"group:{msps.pk}", "leaving": "stop"}
    assert studio.post(page, {**typed, "revision": "1"}).status_code == 303
    with scope(acme):
        found = JourneyTemplate.objects.get()
        assert (found.name, found.trigger, found.source_id) == ("First days", "group", msps.pk)
    assert studio.post(page, {**typed, "starts": "group:999999", "revision": "2"}).status_code == 422


def test_steps_of_a_colleague_who_left_are_the_account_managers(
    in_acme: Organization, actor: Actor, alice: Membership, bob: Membership, nordwind: Partner, now: datetime
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=alice)
    template = make(actor, [StepDetails("task", "Call them", side="staff", doer=bob, due_days=0)])
    switch_on(actor, template)
    begin(actor, template, nordwind, now)
    assert (staff_steps(bob).count(), staff_steps(alice).count()) == (1, 0)
    Membership.everywhere.filter(pk=bob.pk).update(state="removed", ended_at=now)
    assert [step.title for step in staff_steps(alice)] == ["Call them"]
    plan_journeys(now)
    assert Message.objects.get(kind=OUR_STEPS_DUE).recipient == alice


# While somebody writes.


@pytest.fixture
def asked(acme: Organization, actor: Actor, nordwind: Partner) -> JourneyStep:
    with scope(acme):
        template = make(actor, [StepDetails("form", "Tell us", questions=[QUESTION]), StepDetails("task", "Call")])
        switch_on(actor, template)
        begin(actor, template, nordwind)
        return step_of("Tell us")


@pytest.mark.parametrize("what", ["waived", "done", "stopped", "dropped"])
def test_what_a_partner_wrote_is_shown_where_the_step_was_settled_meanwhile(
    acme: Organization, actor: Actor, portal: Client, url: Any, asked: JourneyStep, what: str
) -> None:
    page = url("my_step_detail", asked.public_id)
    assert portal.get(page).status_code == 200
    now = timezone.now()
    with scope(acme):
        if what == "waived":
            doing.waive_step(actor=actor, step=asked, reason="You told us by phone", now=now)
        elif what == "done":
            doing.finish_step(actor=actor, step=asked, note="Told by phone", now=now)
        elif what == "stopped":
            stop_journey(actor=actor, journey=asked.journey, reason="Merger", now=now)
        else:
            services.delete_step(actor=actor, step=TemplateStep.objects.get(key=asked.key))
            services.bring_up_to_date(actor=actor, template=asked.journey.template, now=now)
    answer = portal.post(page, {"q1": "Mira sells, since May", "note": "Written on a train"})
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "Mira sells, since May" in words
    assert "Written on a train" in words
    with scope(acme):
        assert step_of("Tell us").answers == {}
    told = {
        "waived": "You told us by phone",
        "done": "What you wrote was not sent",
        "stopped": "This journey is stopped",
        "dropped": "This step is no longer asked of you",
    }
    assert told[what] in words
    assert told[what] in portal.get(page).content.decode() or what == "done"


def test_nobody_accepts_a_version_that_came_while_reading(
    acme: Organization, actor: Actor, nordwind: Partner, portal: Client, url: Any
) -> None:
    with scope(acme):
        details = AgreementDetails("Terms", "You pay nothing.", term_months=12)
        terms: Agreement = create_agreement(actor=actor, details=details, now=timezone.now())
        template = make(actor, [StepDetails("agreement", "Accept", source_id=terms.pk), StepDetails("task", "Call")])
        switch_on(actor, template)
        begin(actor, template, nordwind)
        page = url("my_step_detail", step_of("Accept").public_id)
    assert "You pay nothing." in portal.get(page).content.decode()
    with scope(acme):
        revise_agreement(actor=actor, agreement=terms, body="You pay a lot.", number=1, now=timezone.now())
    answer = portal.post(page, {"number": "1", "accepts": "on", "authority": "CEO"})
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a newer version by now" in words
    assert "You pay a lot." in words
    assert 'value="CEO"' in words
    assert 'name="number" value="2"' in words
    assert "checked" not in words
    assert portal.post(page, {"number": "2", "accepts": "on"}).status_code == 303


def test_a_waiver_without_a_reason_says_so_beside_the_field(
    acme: Organization, studio: Client, portal: Client, url: Any, asked: JourneyStep
) -> None:
    settle = url("journey_step_settle", asked.journey.public_id, asked.public_id)
    answer = studio.post(settle, {"verb": "waive", "words": " "})
    assert answer.status_code == 422
    assert 'role="alert">Say why, so that the partner' in answer.content.decode()
    assert studio.post(settle, {"verb": "waive", "words": "By phone"}).status_code == 303
    late = studio.post(settle, {"verb": "finish", "words": "Told by a colleague"})
    assert late.status_code == 422
    assert "meanwhile it is “Waived”" in late.content.decode()
    assert 'value="Told by a colleague"' in late.content.decode()


def test_running_journeys_keep_the_steps_that_they_began_with(
    in_acme: Organization, actor: Actor, nordwind: Partner, kestrel: Partner, lena_user: Any
) -> None:
    template = make(actor, [StepDetails("task", "Sign in"), StepDetails("task", "Call")])
    switch_on(actor, template)
    old = begin(actor, template, nordwind)
    first, last = template.steps.order_by("position")
    services.change_step(actor=actor, step=first, revision=1, details=StepDetails("task", "Come in"))
    services.delete_step(actor=actor, step=last)
    new = begin(actor, template, kestrel)
    assert [line.title for line in todo_list(lena_user, timezone.now()).lines] == ["Sign in", "Call"]
    assert list(new.steps.values_list("title", flat=True)) == ["Come in"]
    assert new.version > old.version


def test_a_finished_journey_that_began_anew_is_not_reopened(
    in_acme: Organization, actor: Actor, nordwind: Partner
) -> None:
    template = make(actor, [StepDetails("task", "Sign in")])
    switch_on(actor, template)
    begin(actor, template, nordwind)
    step, now = step_of("Sign in"), timezone.now()
    doing.finish_step(actor=actor, step=step, note="", now=now)
    begin(actor, template, nordwind)
    step = JourneyStep.objects.select_related("journey").get(pk=step.pk)
    assert refused(lambda: doing.reopen_step(actor=actor, step=step, reason="", now=now)) == {"already_running"}
    step.refresh_from_db()
    assert step.state == "done"


def test_each_step_tells_where_partners_are_lost(
    acme: Organization, actor: Actor, studio: Client, url: Any, nordwind: Partner, kestrel: Partner
) -> None:
    with scope(acme):
        template = make(actor, [StepDetails("task", "Sign in"), StepDetails("task", "Call", waits_for=["0"])])
        switch_on(actor, template)
        others = [PartnerFactory.create() for _number in range(2)]
        journeys = [begin(actor, template, partner) for partner in (nordwind, kestrel, *others)]
        test = begin(actor, template, PartnerFactory.create(is_test=True))
        now = timezone.now()
        steps = {(row.journey_id, row.title): row for row in JourneyStep.objects.select_related("journey__template")}
        doing.finish_step(actor=actor, step=steps[journeys[0].pk, "Sign in"], note="", now=now)
        doing.finish_step(actor=actor, step=steps[test.pk, "Sign in"], note="", now=now)
        doing.waive_step(actor=actor, step=steps[journeys[1].pk, "Sign in"], reason="Known", now=now)
        stop_journey(actor=actor, journey=journeys[2], reason="Merger", now=now)
        (phase,) = phases_of(template)
        figures = [(card.began, card.done, card.here, card.let_go, card.lost) for card in phase.steps]
        assert figures == [(4, 1, 1, 1, 1), (2, 0, 2, 0, 0)]
    page = " ".join(studio.get(url("journey_template_detail", template.public_id)).content.decode().split())
    assert "1 of 4 did it" in page
    assert "1 stands here · 1 without it" in page
    assert "1 got no further" in page
    assert "2 stand here" in page
