"""Two who do something about the same journey, or about one another, at once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import sleep
from typing import Any

import pytest

from partners.models import Acceptance, Agreement, Group, Journey, JourneyStep, JourneyTemplate, Partner, PartnerUser
from partners.queries.agreements import newest_version
from partners.services import people
from partners.services.agreements import AgreementDetails, create_agreement
from partners.services.groups import GroupDetails, add_to_group, create_group
from partners.services.inviting import Invitee, invite_people
from partners.services.journeys import advancing, doing
from partners.services.journeys import templates as services
from partners.services.journeys.keeping import keep_journeys
from partners.services.journeys.starting import Traveler, start_journeys, stop_journey
from partners.services.journeys.templates import StepDetails, TemplateDetails
from partners.services.people import change_person, remove_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.services import memberships
from prm.activity.models import Fact
from prm.invitations.services import accept
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.factories import partner_user
from tests.partners.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

TASKS = [StepDetails("task", "First"), StepDetails("task", "Second")]


def make(actor: Actor, now: datetime, steps: list[StepDetails], **details: Any) -> JourneyTemplate:
    template = services.create_template(
        actor=actor, details=TemplateDetails("Onboarding", ["Arrive"], **details), steps=steps, now=now
    )
    services.switch_on(actor=actor, template=template, includes_present=False, now=now)
    return template


def begin(actor: Actor, template: JourneyTemplate, partner: Partner, now: datetime) -> Journey:
    start_journeys(actor=actor, template=template, travelers=[Traveler(partner.pk)], now=now)
    return Journey.objects.running().get(template=template, partner=partner)


@pytest.fixture
def step(acme: Organization, actor: Actor, nordwind: Partner, now: datetime) -> JourneyStep:
    with scope(acme):
        begin(actor, make(actor, now, TASKS), nordwind, now)
        return JourneyStep.objects.select_related("journey").get(title="First")


def facts_of(kind: str) -> int:
    return int(sum(fact.amount for fact in Fact.objects.filter(kind=f"partners.{kind}")))


def test_of_two_who_finish_a_step_at_once_one_did_it(
    acme: Organization, step: JourneyStep, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    def finish(user: PartnerUser) -> str:
        actor = Actor.of(user.membership)
        doing.complete_step(actor=actor, user=user, step=step, answers={}, note=str(user.pk), now=now)
        return str(user.pk)

    found = at_once(acme, [partial(finish, user) for user in (lena_user, tom_user) * 3])
    (winner,) = (result for result in found if isinstance(result, str))
    assert [result for result in found if result != winner] == [{"settled"}] * 5
    with scope(acme):
        step.refresh_from_db()
        assert (step.state, step.note, str(step.note)) == ("done", winner, winner)
        assert (facts_of("journey_step_done"), facts_of("journey_finished")) == (1, 0)


def test_two_who_finish_the_last_two_steps_end_the_journey_once(
    acme: Organization, step: JourneyStep, actor: Actor, now: datetime
) -> None:
    with scope(acme):
        steps = list(JourneyStep.objects.select_related("journey").order_by("position"))
    at_once(acme, [partial(doing.finish_step, actor=actor, step=row, note="", now=now) for row in steps])
    with scope(acme):
        assert Journey.objects.get().state == "finished"
        assert (facts_of("journey_step_done"), facts_of("journey_finished")) == (2, 1)


def test_of_a_waiver_and_a_finish_one_holds(
    acme: Organization, step: JourneyStep, actor: Actor, lena_user: PartnerUser, now: datetime
) -> None:
    acts: list[Callable[[], Any]] = [
        partial(doing.waive_step, actor=actor, step=step, reason="They know it", now=now),
        partial(doing.complete_step, actor=actor, user=lena_user, step=step, answers={}, note="Done", now=now),
    ] * 2
    found = at_once(acme, acts)
    assert found.count(None) == 1
    assert all(result in (None, {"wrong_state"}, {"settled"}) for result in found)
    with scope(acme):
        step.refresh_from_db()
        assert (step.state, step.reason, step.note) in [("waived", "They know it", ""), ("done", "", "Done")]
        assert facts_of("journey_step_done") == (step.state == "done")


def test_a_journey_that_is_stopped_takes_nothing_more(
    acme: Organization, step: JourneyStep, actor: Actor, lena_user: PartnerUser, now: datetime
) -> None:
    journey = step.journey
    found = at_once(
        acme,
        [
            partial(stop_journey, actor=actor, journey=journey, reason="Merger", now=now),
            partial(doing.complete_step, actor=actor, user=lena_user, step=step, answers={}, now=now),
        ],
    )
    assert found in ([None, None], [None, {"stopped"}])
    with scope(acme):
        journey.refresh_from_db()
        assert journey.state == "stopped"
        assert (JourneyStep.objects.get(pk=step.pk).state == "done") == (found[1] is None)


@pytest.fixture
def group(acme: Organization, actor: Actor, now: datetime) -> Group:
    with scope(acme):
        return create_group(actor=actor, details=GroupDetails("MSPs"), now=now)


@pytest.fixture
def terms(acme: Organization, actor: Actor, now: datetime) -> Agreement:
    with scope(acme):
        return create_agreement(actor=actor, details=AgreementDetails("Terms", "Be kind."), now=now)


def test_two_workers_that_see_somebody_join_start_one_journey(
    acme: Organization, actor: Actor, group: Group, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    with scope(acme):
        make(actor, now, TASKS, trigger="group", source_id=group.pk)
    join = partial(add_to_group, actor=actor, group=group, partner_ids=[nordwind.pk, kestrel.pk], now=now)
    at_once(acme, [join, join, *[partial(keep_journeys, now)] * 3])
    at_once(acme, [partial(keep_journeys, now)] * 4)
    with scope(acme):
        assert sorted(Journey.objects.values_list("partner", "state")) == sorted(
            [(nordwind.pk, "running"), (kestrel.pk, "running")]
        )
        assert (JourneyStep.objects.count(), facts_of("journey_started")) == (4, 2)


def test_a_journey_that_is_through_at_once_is_begun_once(
    acme: Organization,
    actor: Actor,
    group: Group,
    terms: Agreement,
    nordwind: Partner,
    lena_user: PartnerUser,
    now: datetime,
) -> None:
    """All that it asks for was done before: it is finished before a second worker looks."""
    with scope(acme):
        version = newest_version(terms.pk)
        assert version is not None
        doing.accept_agreement(actor=actor, user=lena_user, version=version, authority="", has_read=True, now=now)
        steps = [StepDetails("agreement", "Accept", source_id=terms.pk)]
        make(actor, now, steps, trigger="group", source_id=group.pk)
        add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now)
    at_once(acme, [partial(keep_journeys, now)] * 6)
    with scope(acme):
        assert list(Journey.objects.values_list("state", flat=True)) == ["finished"]


def slowed(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, is_after: bool = True) -> None:
    """Have a function take its time, so that two who would get in each other's way surely do."""
    quick = getattr(module, name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        if not is_after:
            sleep(0.4)
        found = quick(*args, **kwargs)
        if is_after:
            sleep(0.4)
        return found

    monkeypatch.setattr(module, name, slow)


def test_what_counts_by_itself_and_a_click_never_wait_for_each_other(
    acme: Organization,
    actor: Actor,
    terms: Agreement,
    nordwind: Partner,
    lena_user: PartnerUser,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker writes steps and ends journeys; a click holds its journey and then counts: no circle."""
    with scope(acme):
        may_be_left = StepDetails("task", "Click", is_optional=True)
        steps = [may_be_left, StepDetails("agreement", "Accept", source_id=terms.pk)]
        journey = begin(actor, make(actor, now, steps), nordwind, now)
        version = newest_version(terms.pk)
        assert version is not None
        Acceptance.objects.create(version=version, partner=nordwind, membership=lena_user.membership, accepted_at=now)
        click = JourneyStep.objects.select_related("journey").get(title="Click")
    slowed(monkeypatch, advancing, "_open", is_after=False)
    finish = partial(doing.finish_step, actor=actor, step=click, note="", now=now)
    clicked, kept = at_once(acme, [finish, partial(keep_journeys, now)])
    assert clicked in (None, {"wrong_state"})
    assert kept is None
    with scope(acme):
        journey.refresh_from_db()
        assert (journey.state, facts_of("journey_finished")) == ("finished", 1)
        assert facts_of("journey_step_done") == 1 + (clicked is None)


def test_of_two_who_change_a_template_one_is_shown_the_others(acme: Organization, actor: Actor, now: datetime) -> None:
    with scope(acme):
        template = make(actor, now, TASKS)

    def rename(name: str) -> str:
        mine = JourneyTemplate.objects.get(pk=template.pk)
        details = TemplateDetails(name, ["Arrive", "Learn"])
        services.change_template(actor=actor, template=mine, revision=1, details=details, now=now)
        return name

    found = at_once(acme, [partial(rename, "One"), partial(rename, "Two")])
    assert found.count({"changed_meanwhile"}) == 1
    with scope(acme):
        assert JourneyTemplate.objects.get().name in found


def test_no_step_is_left_in_a_phase_that_is_taken_out(acme: Organization, actor: Actor, now: datetime) -> None:
    with scope(acme):
        details = TemplateDetails("Long", ["Arrive", "Learn"])
        template = services.create_template(actor=actor, details=details, steps=TASKS, now=now)
    shorter = TemplateDetails("Long", ["Arrive"])
    found = at_once(
        acme,
        [
            partial(services.add_step, actor=actor, template=template, details=StepDetails("task", "Read it", phase=1)),
            partial(services.change_template, actor=actor, template=template, revision=1, details=shorter, now=now),
        ],
    )
    assert ({"phase_gone"} in found) != ({"phase_in_use"} in found)
    with scope(acme):
        template.refresh_from_db()
        assert all(row.phase < len(template.phases) for row in template.steps.all())


def test_who_reopens_and_who_begins_anew_never_leave_two(
    acme: Organization, step: JourneyStep, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    with scope(acme):
        template = JourneyTemplate.objects.get()
        for row in JourneyStep.objects.select_related("journey"):
            doing.finish_step(actor=actor, step=row, note="", now=now)
        step = JourneyStep.objects.select_related("journey").get(pk=step.pk)
    start = partial(start_journeys, actor=actor, template=template, travelers=[Traveler(nordwind.pk)], now=now)
    found = at_once(acme, [start, partial(doing.reopen_step, actor=actor, step=step, reason="", now=now), start])
    assert found[1] in (None, {"already_running"})
    with scope(acme):
        assert Journey.objects.running().count() == 1


def test_who_is_removed_while_acting_acts_before_or_not_at_all_later(
    acme: Organization, step: JourneyStep, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    lead = lena_user.membership
    found = at_once(
        acme,
        [
            partial(remove_person, actor=Actor.of(lead), user=tom_user, acting=lead, now=now),
            partial(
                doing.complete_step,
                actor=Actor.of(tom_user.membership),
                user=tom_user,
                step=step,
                answers={},
                now=now,
            ),
        ],
    )
    assert found == [None, None]
    with scope(acme):
        assert Membership.objects.by_id(tom_user.membership_id).state == "removed"
        step.refresh_from_db()
        assert (step.state, step.done_by_id) == ("done", tom_user.membership_id)
        assert Fact.objects.filter(kind="partners.user_left").count() == 1


def leads(acme: Organization, nordwind: Partner, number: int) -> list[PartnerUser]:
    with scope(acme):
        return [partner_user(nordwind, f"lead{n}@nordwind.example", f"Lead {n}", "lead") for n in range(number)]


def test_of_two_leads_who_remove_each_other_one_stays(acme: Organization, nordwind: Partner, now: datetime) -> None:
    one, two = leads(acme, nordwind, 2)

    def remove(acting: PartnerUser, other: PartnerUser) -> None:
        remove_person(actor=Actor.of(acting.membership), user=other, acting=acting.membership, now=now)

    found = at_once(acme, [partial(remove, one, two), partial(remove, two, one)])
    assert found.count(None) == 1
    assert found.count({"no_longer_lead"}) == 1
    with scope(acme):
        assert PartnerUser.objects.active().filter(role="lead").count() == 1


def test_a_lead_who_was_removed_removes_nobody(acme: Organization, nordwind: Partner, now: datetime) -> None:
    """Of three, the second is taken out by the first while taking out the third."""
    one, two, three = leads(acme, nordwind, 3)
    with scope(acme):
        remove_person(actor=Actor.of(one.membership), user=two, acting=one.membership, now=now)
    late = partial(remove_person, actor=Actor.of(two.membership), user=three, acting=two.membership, now=now)
    assert at_once(acme, [late]) == [{"no_longer_lead"}]
    with scope(acme):
        assert PartnerUser.objects.active().count() == 2


def test_of_leads_who_all_step_down_the_last_stays(acme: Organization, nordwind: Partner, now: datetime) -> None:
    people = leads(acme, nordwind, 3)

    def step_down(user: PartnerUser) -> None:
        actor = Actor.of(user.membership)
        change_person(actor=actor, user=user, revision=1, role="member", job_title="", now=now)

    found = at_once(acme, [partial(step_down, user) for user in people])
    assert sorted(found, key=str) == [None, None, {"last_lead"}]
    with scope(acme):
        assert PartnerUser.objects.active().filter(role="lead").count() == 1


def test_who_joins_and_who_is_removed_never_wait_for_each_other(
    acme: Organization,
    actor: Actor,
    alice: Membership,
    nordwind: Partner,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who joins holds the memberships and then the company; so does who removes."""
    with scope(acme):
        newcomers = [Invitee("new@nordwind.example")]
        (invitation,) = invite_people(actor=actor, inviter=alice, partner=nordwind, invitees=newcomers, now=now)
    slowed(monkeypatch, memberships, "_lock")
    slowed(monkeypatch, people, "_lock")
    join = partial(accept, invitation=invitation, name="New", now=now)
    leave = partial(remove_person, actor=actor, user=tom_user, now=now)
    joined, left = at_once(acme, [join, leave])
    assert (joined.person.name, left) == ("New", None)
