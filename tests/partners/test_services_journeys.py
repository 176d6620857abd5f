"""Journeys: begun by hand and by joining, gone on with, merged, stopped, brought up to date."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from partners.journey_starters import STARTERS
from partners.models import (
    Acceptance,
    Agreement,
    Group,
    Journey,
    JourneyStep,
    JourneyTemplate,
    Partner,
    PartnerUser,
    TemplateStep,
)
from partners.queries.agreements import newest_version
from partners.queries.journeys.todo import staff_steps, todo_list
from partners.services.agreements import AgreementDetails, create_agreement, revise_agreement
from partners.services.groups import add_to_group, remove_from_group
from partners.services.journeys import doing
from partners.services.journeys import templates as services
from partners.services.journeys.keeping import keep_journeys
from partners.services.journeys.reminding import OUR_STEPS_DUE, STEPS_DUE, plan_journeys
from partners.services.journeys.starting import Traveler, resume_journey, start_journeys, stop_journey
from partners.services.journeys.templates import StepDetails, TemplateDetails
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import PartnerFactory, partner_user

DAY = timedelta(days=1)
STEPS = (
    StepDetails("task", "Sign in", due_days=2),
    StepDetails("task", "Open the price sheet", side="staff", due_days=3),
    StepDetails("task", "Call a customer", waits_for=["0", "1"], due_days=5, is_due_after_steps=True),
    StepDetails("task", "Bring cake", is_optional=True),
)


def make(actor: Actor, now: datetime, name: str = "Onboarding", steps: Any = STEPS, **details: Any) -> JourneyTemplate:
    template = services.create_template(
        actor=actor, details=TemplateDetails(name, ["Arrive"], **details), steps=steps, now=now
    )
    services.switch_on(actor=actor, template=template, includes_present=False, now=now)
    return template


def begin(actor: Actor, template: JourneyTemplate, partner: Partner, now: datetime) -> Journey:
    start_journeys(actor=actor, template=template, travelers=[Traveler(partner.pk)], now=now)
    return Journey.objects.running().get(template=template, partner=partner)


def states(journey: Journey) -> list[str]:
    return [step.state for step in JourneyStep.objects.filter(journey=journey).in_order()]


def step_of(journey: Journey, title: str) -> JourneyStep:
    return JourneyStep.objects.select_related("journey").get(journey=journey, title=title)


def finish(actor: Actor, journey: Journey, title: str, now: datetime) -> None:
    doing.finish_step(actor=actor, step=step_of(journey, title), note="", now=now)


def fact_kinds() -> list[str]:
    return [fact.kind.removeprefix("partners.") for fact in Fact.objects.order_by("id")]


@pytest.fixture
def template(in_acme: Organization, actor: Actor, now: datetime) -> JourneyTemplate:
    return make(actor, now)


@pytest.fixture
def journey(template: JourneyTemplate, actor: Actor, nordwind: Partner, now: datetime) -> Journey:
    return begin(actor, template, nordwind, now)


def test_a_journey_is_a_copy_whose_steps_open_in_turn(journey: Journey, actor: Actor, now: datetime) -> None:
    today = date(now.year, now.month, now.day)
    assert states(journey) == ["open", "open", "waiting", "open"]
    due = dict(JourneyStep.objects.values_list("title", "due_on"))
    assert due["Sign in"] == today + 2 * DAY
    assert due["Call a customer"] is None
    finish(actor, journey, "Sign in", now + DAY)
    assert states(journey)[2] == "waiting"
    finish(actor, journey, "Open the price sheet", now + 4 * DAY)
    last = step_of(journey, "Call a customer")
    assert (last.state, last.due_on, last.opened_at) == ("open", today + 9 * DAY, now + 4 * DAY)
    finish(actor, journey, "Call a customer", now + 5 * DAY)
    journey.refresh_from_db()
    assert (journey.state, journey.ended_at) == ("finished", now + 5 * DAY)
    assert states(journey) == ["done", "done", "done", "skipped"]
    told = ["journey_started", *["journey_step_done"] * 3, "journey_finished"]
    assert [kind for kind in fact_kinds() if kind.startswith("journey")] == told


def test_starting_twice_is_once(template: JourneyTemplate, actor: Actor, nordwind: Partner, now: datetime) -> None:
    gone = PartnerFactory.create(archived_at=now)
    travelers = [Traveler(nordwind.pk), Traveler(nordwind.pk), Traveler(gone.pk), Traveler(999_999)]
    first = start_journeys(actor=actor, template=template, travelers=travelers, now=now)
    second = start_journeys(actor=actor, template=template, travelers=travelers, now=now)
    assert (first, second, Journey.objects.count(), JourneyStep.objects.count()) == (1, 0, 1, 4)
    assert AuditEntry.objects.get(verb="partners.journey_started").changes == {"partners": [0, 1]}


def test_nobody_begins_what_is_off(template: JourneyTemplate, actor: Actor, nordwind: Partner, now: datetime) -> None:
    services.switch_off(actor=actor, template=template)
    with pytest.raises(Refused) as refusal:
        start_journeys(actor=actor, template=template, travelers=[Traveler(nordwind.pk)], now=now)
    assert refusal.value.codes == {"switched_off"}
    assert not Journey.objects.exists()


def test_joining_starts_leaving_stops_and_coming_back_goes_on(
    in_acme: Organization, actor: Actor, msps: Group, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    add_to_group(actor=actor, group=msps, partner_ids=[kestrel.pk], now=now - DAY)
    make(actor, now, trigger="group", source_id=msps.pk)
    add_to_group(actor=actor, group=msps, partner_ids=[nordwind.pk], now=now + DAY)
    for _twice in range(2):
        keep_journeys(now + DAY)
    journey = Journey.objects.get()
    assert (journey.partner_id, journey.is_by_trigger) == (nordwind.pk, True)
    finish(actor, journey, "Sign in", now + DAY)
    remove_from_group(actor=actor, group=msps, partner_ids=[nordwind.pk], now=now + 2 * DAY)
    keep_journeys(now + 2 * DAY)
    journey.refresh_from_db()
    assert (journey.state, journey.has_left) == ("stopped", True)
    add_to_group(actor=actor, group=msps, partner_ids=[nordwind.pk], now=now + 3 * DAY)
    keep_journeys(now + 3 * DAY)
    journey.refresh_from_db()
    assert (journey.state, journey.stop_reason, states(journey)[0]) == ("running", "", "done")
    assert Journey.objects.count() == 1


def test_those_that_are_in_already_begin_when_asked_for(
    in_acme: Organization, actor: Actor, msps: Group, kestrel: Partner, now: datetime
) -> None:
    add_to_group(actor=actor, group=msps, partner_ids=[kestrel.pk], now=now - DAY)
    template = make(actor, now, trigger="group", source_id=msps.pk)
    keep_journeys(now)
    assert not Journey.objects.exists()
    services.switch_off(actor=actor, template=template)
    services.switch_on(actor=actor, template=template, includes_present=True, now=now)
    keep_journeys(now)
    assert Journey.objects.get().partner_id == kestrel.pk


def test_a_template_may_let_those_who_leave_finish(
    in_acme: Organization, actor: Actor, msps: Group, nordwind: Partner, now: datetime
) -> None:
    make(actor, now, trigger="group", source_id=msps.pk, leaving="keep")
    add_to_group(actor=actor, group=msps, partner_ids=[nordwind.pk], now=now)
    keep_journeys(now)
    remove_from_group(actor=actor, group=msps, partner_ids=[nordwind.pk], now=now + DAY)
    keep_journeys(now + DAY)
    assert Journey.objects.get().state == "running"


def test_a_new_person_has_an_own_journey_that_ends_with_the_access(
    in_acme: Organization, actor: Actor, nordwind: Partner, lena_user: PartnerUser, now: datetime
) -> None:
    make(actor, now, trigger="person")
    tom = partner_user(nordwind, "tom@nordwind.example", "Tom")
    PartnerUser.objects.filter(pk=tom.pk).update(joined_at=now + DAY)
    keep_journeys(now + DAY)
    journey = Journey.objects.get()
    assert journey.membership_id == tom.membership_id
    assert not todo_list(lena_user, now + DAY).ways
    Membership.everywhere.filter(pk=tom.membership_id).update(state="removed")
    keep_journeys(now + 2 * DAY)
    journey.refresh_from_db()
    assert journey.state == "stopped"


def test_a_person_says_that_a_step_is_done(
    journey: Journey, actor: Actor, lena_user: PartnerUser, now: datetime
) -> None:
    step = step_of(journey, "Sign in")
    doing.complete_step(actor=actor, user=lena_user, step=step, answers={}, note="Easy", now=now)
    step.refresh_from_db()
    assert (step.state, step.done_by_id, step.note) == ("done", lena_user.membership_id, "Easy")
    with pytest.raises(Refused) as refusal:
        doing.complete_step(actor=actor, user=lena_user, step=step, answers={}, now=now)
    assert refusal.value.codes == {"settled"}
    later = step_of(journey, "Call a customer")
    with pytest.raises(Refused) as refusal:
        doing.complete_step(actor=actor, user=lena_user, step=later, answers={}, now=now)
    assert refusal.value.codes == {"comes_later"}


def test_a_form_keeps_its_answers(
    in_acme: Organization, actor: Actor, nordwind: Partner, lena_user: PartnerUser, now: datetime
) -> None:
    questions = [{"key": "q1", "label": "Who sells?", "kind": "text", "is_required": True}]
    template = make(actor, now, steps=[StepDetails("form", "Tell us", questions=questions)])
    step = step_of(begin(actor, template, nordwind, now), "Tell us")
    with pytest.raises(Refused) as refusal:
        doing.complete_step(actor=actor, user=lena_user, step=step, answers={"q1": " "}, now=now)
    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [("missing", "q1")]
    doing.complete_step(actor=actor, user=lena_user, step=step, answers={"q1": "Tom"}, now=now)
    step.refresh_from_db()
    assert (step.state, step.answers, Journey.objects.get().state) == ("done", {"q1": "Tom"}, "finished")


@pytest.fixture
def terms(in_acme: Organization, actor: Actor, now: datetime) -> Agreement:
    return create_agreement(actor=actor, details=AgreementDetails("Terms", "Be kind."), now=now)


def test_one_acceptance_counts_in_every_journey(
    actor: Actor, terms: Agreement, nordwind: Partner, lena_user: PartnerUser, now: datetime
) -> None:
    ask = StepDetails("agreement", "Accept", source_id=terms.pk)
    waiting = StepDetails("agreement", "Accept later", source_id=terms.pk, waits_for=["0"])
    first = begin(actor, make(actor, now, "One", [ask]), nordwind, now)
    second = begin(actor, make(actor, now, "Two", [StepDetails("task", "Call"), waiting]), nordwind, now)
    third = begin(actor, make(actor, now, "Three", [ask]), nordwind, now)
    assert [line.title for line in todo_list(lena_user, now).lines] == ["Accept", "Call"]
    version = newest_version(terms.pk)
    assert version is not None
    doing.accept_agreement(actor=actor, user=lena_user, version=version, authority="CEO", has_read=True, now=now + DAY)
    assert Acceptance.objects.get().authority == "CEO"
    for journey in (first, third):
        journey.refresh_from_db()
        assert journey.state == "finished"
    # What opens later is done as soon as it opens.
    finish(actor, second, "Call", now + 2 * DAY)
    second.refresh_from_db()
    assert (second.state, states(second)) == ("finished", ["done", "done"])


def test_who_may_accept(
    actor: Actor, terms: Agreement, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    version = newest_version(terms.pk)
    assert version is not None
    for user, has_read, code in ((tom_user, True, "leads_only"), (lena_user, False, "not_ticked")):
        with pytest.raises(Refused) as refusal:
            doing.accept_agreement(actor=actor, user=user, version=version, authority="", has_read=has_read, now=now)
        assert refusal.value.codes == {code}
    revise_agreement(actor=actor, agreement=terms, body="Be kinder.", number=1, now=now)
    with pytest.raises(Refused) as refusal:
        doing.accept_agreement(actor=actor, user=lena_user, version=version, authority="", has_read=True, now=now)
    assert refusal.value.codes == {"old_version"}
    assert not Acceptance.objects.exists()


def test_a_version_is_written_over_the_one_that_was_read(actor: Actor, terms: Agreement, now: datetime) -> None:
    revise_agreement(actor=actor, agreement=terms, body="Two", number=1, now=now)
    for number, body, code in ((1, "Three", "changed_meanwhile"), (2, "Two", "same_text")):
        with pytest.raises(Refused) as refusal:
            revise_agreement(actor=actor, agreement=terms, body=body, number=number, now=now)
        assert refusal.value.codes == {code}
    assert list(terms.versions.order_by("number").values_list("number", "body")) == [(1, "Be kind."), (2, "Two")]


def test_waived_with_a_reason_skipped_and_opened_again(journey: Journey, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        doing.waive_step(actor=actor, step=step_of(journey, "Sign in"), reason=" ", now=now)
    assert refusal.value.codes == {"no_reason"}
    doing.waive_step(actor=actor, step=step_of(journey, "Sign in"), reason="They know it", now=now)
    doing.skip_step(actor=actor, step=step_of(journey, "Open the price sheet"), now=now)
    finish(actor, journey, "Call a customer", now)
    journey.refresh_from_db()
    assert (journey.state, states(journey)[:3]) == ("finished", ["waived", "skipped", "done"])
    doing.reopen_step(actor=actor, step=step_of(journey, "Call a customer"), reason="Wrong one", now=now)
    journey.refresh_from_db()
    assert (journey.state, states(journey)[2]) == ("running", "open")
    assert sum(fact.amount for fact in Fact.objects.filter(kind="partners.journey_finished")) == 0


def test_only_optional_steps_are_skipped_by_partners(
    journey: Journey, actor: Actor, lena_user: PartnerUser, now: datetime
) -> None:
    doing.skip_own_step(actor=actor, user=lena_user, step=step_of(journey, "Bring cake"), now=now)
    with pytest.raises(Refused) as refusal:
        doing.skip_own_step(actor=actor, user=lena_user, step=step_of(journey, "Sign in"), now=now)
    assert refusal.value.codes == {"not_optional"}
    assert states(journey) == ["open", "open", "waiting", "skipped"]


def test_stopped_by_hand_it_stays_so_until_somebody_lets_it_go_on(
    journey: Journey, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    stop_journey(actor=actor, journey=journey, reason="Merger", now=now)
    keep_journeys(now)
    assert not Journey.objects.running().exists()
    resume_journey(actor=actor, journey=journey, now=now)
    assert Journey.objects.running().get().stop_reason == ""


def test_changes_reach_running_journeys_only_when_asked(
    template: JourneyTemplate, journey: Journey, actor: Actor, now: datetime
) -> None:
    finish(actor, journey, "Sign in", now)
    first, second, _third, last = template.steps.order_by("position")
    services.delete_step(actor=actor, step=last)
    changed = StepDetails("task", "Open the new price sheet", side="staff", due_days=9)
    services.change_step(actor=actor, step=second, revision=second.revision, details=changed)
    services.change_step(actor=actor, step=first, revision=1, details=StepDetails("task", "Sign in twice"))
    services.add_step(actor=actor, template=template, details=StepDetails("task", "Say hello"))
    assert not JourneyStep.objects.filter(title__in=["Say hello", "Open the new price sheet"]).exists()
    assert services.bring_up_to_date(actor=actor, template=template, now=now) == 1
    assert services.bring_up_to_date(actor=actor, template=template, now=now) == 0
    rows = {step.title: (step.state, step.due_on) for step in JourneyStep.objects.all()}
    assert rows["Sign in"][0] == "done"
    assert rows["Open the new price sheet"] == ("open", journey.started_on + 9 * DAY)
    assert rows["Bring cake"][0] == "dropped"
    assert rows["Say hello"][0] == "open"


def test_steps_never_wait_in_a_circle(template: JourneyTemplate, actor: Actor) -> None:
    first, _second, third, _last = template.steps.order_by("position")
    details = StepDetails("task", "Sign in", waits_for=[third.key])
    with pytest.raises(Refused) as refusal:
        services.change_step(actor=actor, step=first, revision=1, details=details)
    assert refusal.value.codes == {"circle"}
    assert TemplateStep.objects.get(pk=first.pk).waits_for == []


def test_steps_change_places(template: JourneyTemplate, actor: Actor) -> None:
    first, second, *_rest = template.steps.order_by("position")
    services.move_step(actor=actor, step=second, is_up=True)
    services.move_step(actor=actor, step=second, is_up=True)
    assert [step.pk for step in template.steps.order_by("position")[:2]] == [second.pk, first.pk]


@pytest.mark.parametrize("name", list(STARTERS))
def test_starters_can_be_made_and_say_what_is_missing(
    in_acme: Organization, actor: Actor, now: datetime, name: str
) -> None:
    starter = STARTERS[name]
    phases = [str(phase) for phase in starter.phases]
    details = TemplateDetails(str(starter.label), phases, trigger=starter.trigger, is_personal=starter.is_personal)
    steps = services.steps_of_starter(name)
    template = services.create_template(actor=actor, details=details, steps=steps, now=now)
    assert template.steps.count() == len(starter.steps) > 3
    assert {step.phase for step in steps} == set(range(len(phases)))
    with pytest.raises(Refused) as refusal:
        services.switch_on(actor=actor, template=template, includes_present=False, now=now)
    assert refusal.value.codes == {"incomplete"}


def reminded(now: datetime) -> list[tuple[str, str, str]]:
    plan_journeys(now)
    rows = Message.objects.filter(kind__in=[STEPS_DUE, OUR_STEPS_DUE]).order_by("slot", "kind")
    return [(row.kind.removeprefix("partners."), row.recipient.person.email, row.slot) for row in rows]


def test_reminders_are_one_mail_a_day_and_person(
    template: JourneyTemplate,
    journey: Journey,
    actor: Actor,
    alice: Membership,
    nordwind: Partner,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    now: datetime,
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=alice)
    other = begin(actor, make(actor, now, "Other"), nordwind, now)
    day = now + 2 * DAY
    lead = lena_user.membership.person.email
    assert reminded(now) == [("our_steps_due", alice.person.email, f"{now:%Y-%m-%d}")]
    assert reminded(day)[1:] == [("steps_due", lead, f"{day:%Y-%m-%d}")]
    assert len(reminded(day + timedelta(hours=1))) == 2
    Message.objects.all().delete()
    finish(actor, journey, "Sign in", day)
    finish(actor, other, "Sign in", day)
    assert [row for row in reminded(now + 3 * DAY) if row[0] == "steps_due"] == []


def test_nobody_is_reminded_who_cannot_sign_in(
    journey: Journey, nordwind: Partner, lena_user: PartnerUser, now: datetime
) -> None:
    Membership.everywhere.filter(pk=lena_user.membership_id).update(state="suspended")
    assert reminded(now + 2 * DAY) == []


def test_staff_steps_go_to_whom_they_were_given(
    actor: Actor, alice: Membership, bob: Membership, nordwind: Partner, in_acme: Organization, now: datetime
) -> None:
    given = StepDetails("task", "Given to Bob", side="staff", doer=bob)
    begin(actor, make(actor, now, steps=[StepDetails("task", "Manager’s", side="staff"), given]), nordwind, now)
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=alice)
    assert [step.title for step in staff_steps(bob)] == ["Given to Bob"]
    assert [step.title for step in staff_steps(alice)] == ["Manager’s"]
