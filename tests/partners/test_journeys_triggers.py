"""What starts journeys: groups, tiers, products, renewals and new people, each as it happens and once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from partners.conditions.grammar import Block, Condition
from partners.models import (
    Acceptance,
    Agreement,
    Group,
    GroupMember,
    Journey,
    JourneyTemplate,
    Partner,
    PartnerTier,
    PartnerUser,
    Tier,
)
from partners.queries.agreements import accepted_by, newest_version
from partners.queries.journeys.kinds import TRIGGERS
from partners.queries.journeys.todo import todo_list
from partners.rules import Term, next_term
from partners.services.agreements import AgreementDetails, archive_agreement, create_agreement, revise_agreement
from partners.services.group_rules import set_rule
from partners.services.groups import GroupDetails, add_to_group, create_group, remove_from_group
from partners.services.inviting import Invitee, invite_people
from partners.services.journeys import doing
from partners.services.journeys import templates as services
from partners.services.journeys.keeping import count_present, keep_journeys
from partners.services.journeys.templates import StepDetails, TemplateDetails
from partners.services.partners import PartnerDetails, change_partner
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.invitations.services import accept
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.partners.factories import GroupFactory
from tests.partners.ladders import happened, launched, tier_of
from tests.wakeups import follow_to_the_end

DAY = timedelta(days=1)
TASK = (StepDetails("task", "Sign in"),)


def make(actor: Actor, now: datetime, name: str = "Onboarding", steps: Any = TASK, **details: Any) -> JourneyTemplate:
    template = services.create_template(
        actor=actor, details=TemplateDetails(name, ["Arrive"], **details), steps=steps, now=now
    )
    services.switch_on(actor=actor, template=template, includes_present=False, now=now)
    return template


def begun() -> list[tuple[str, str]]:
    """(partner, state) of every journey, oldest first."""
    rows = Journey.objects.order_by("pk").select_related("partner")
    return [(row.partner.name, row.state) for row in rows]


@pytest.mark.django_db(transaction=True)
def test_whoever_a_rule_takes_in_is_on_the_way_within_the_minute(
    acme: Organization, actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    """The whole way: a record is changed, the rule moves the partner, the journey begins, without anybody's doing."""
    with scope(acme):
        group = create_group(actor=actor, details=GroupDetails("Baltic"), now=now)
        baltic = Block("all", (Condition("country", "one_of", ("EE",)),))
        set_rule(actor=actor, group=group, block=baltic, version=0, now=now)
        make(actor, now, trigger="group", source_id=group.pk)
    follow_to_the_end(acme, now)
    with scope(acme):
        assert begun() == []
        change_partner(
            actor=actor,
            partner=Partner.objects.get(pk=nordwind.pk),
            revision=1,
            details=PartnerDetails("Nordwind GmbH", "nordwind.example", country="EE"),
            now=now + DAY,
        )
    follow_to_the_end(acme, now + DAY)
    with scope(acme):
        journey = Journey.objects.get()
        assert (journey.partner_id, journey.is_by_trigger, journey.started_at) == (nordwind.pk, True, now + DAY)
        assert (journey.trigger, journey.source_id) == ("group", group.pk)
    follow_to_the_end(acme, now + 2 * DAY)
    with scope(acme):
        assert Journey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_reaches_a_tier_is_on_the_way_within_the_minute(
    acme: Organization, actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    with scope(acme):
        ladder = launched(actor, now, promotion="automatic")
        silver, gold = Tier.objects.get(name="Silver"), Tier.objects.get(name="Gold")
        make(actor, now, "Welcome to Silver", trigger="tier", source_id=silver.pk)
        make(actor, now, "Welcome to Gold", trigger="tier", source_id=gold.pk, leaving="keep")
    follow_to_the_end(acme, now)
    with scope(acme):
        assert begun() == []
        happened(nordwind, "cohorts.graduated", 2, now + DAY)
        happened(kestrel, "cohorts.graduated", 1, now + DAY)
    follow_to_the_end(acme, now + DAY)
    with scope(acme):
        assert (tier_of(nordwind, ladder), tier_of(kestrel, ladder)) == ("Silver", "Member")
        assert begun() == [("Nordwind GmbH", "running")]
        assert Journey.objects.get().template.name == "Welcome to Silver"
        happened(nordwind, "cohorts.graduated", 3, now + 2 * DAY)
        happened(nordwind, "enablement.content_completed", 3, now + 2 * DAY)
    follow_to_the_end(acme, now + 2 * DAY)
    with scope(acme):
        assert tier_of(nordwind, ladder) == "Gold"
        states = dict(Journey.objects.values_list("template__name", "state"))
        assert states == {"Welcome to Silver": "stopped", "Welcome to Gold": "running"}


def test_who_loses_a_tier_may_finish_its_journey(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    launched(actor, now)
    silver = Tier.objects.get(name="Silver")
    make(actor, now, trigger="tier", source_id=silver.pk, leaving="keep")
    PartnerTier.objects.open().filter(partner=nordwind).update(tier=silver, starts_at=now + DAY)
    keep_journeys(now + DAY)
    PartnerTier.objects.open().filter(partner=nordwind).update(tier=Tier.objects.get(name="Member"))
    keep_journeys(now + 2 * DAY)
    assert begun() == [("Nordwind GmbH", "running")]


def test_the_first_person_of_a_company_is_no_new_contact_and_who_comes_later_is(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, now: datetime
) -> None:
    make(actor, now, trigger="person")
    for number, name in enumerate(("Lena Brandt", "Tom Weiß", "Ada Ax")):
        at = now + number * DAY
        address = f"p{number}@nordwind.example"
        (invitation,) = invite_people(actor=actor, inviter=alice, partner=nordwind, invitees=[Invitee(address)], now=at)
        accept(invitation=invitation, name=name, now=at)
        keep_journeys(at)
    people = [str(row.membership) for row in Journey.objects.order_by("pk").select_related("membership__person")]
    assert len(people) == 2
    lena, tom, ada = PartnerUser.objects.order_by("pk")
    assert [len(todo_list(user, now + 3 * DAY).lines) for user in (lena, tom, ada)] == [0, 1, 1]


# Renewals.


@pytest.mark.parametrize(
    ("months", "before", "today", "ends_on", "renews_on"),
    [
        (12, None, date(2026, 11, 23), date(2027, 11, 23), date(2027, 8, 25)),
        (12, None, date(2024, 2, 29), date(2025, 2, 28), date(2024, 11, 30)),
        (6, None, date(2026, 8, 31), date(2027, 2, 28), date(2027, 1, 14)),
        (24, Term(date(2027, 1, 1), date(2026, 10, 3)), date(2026, 12, 1), date(2029, 1, 1), date(2028, 10, 3)),
        # Not to be renewed yet: a new version begins a new term.
        (12, Term(date(2027, 11, 1), date(2027, 8, 3)), date(2026, 11, 23), date(2027, 11, 23), date(2027, 8, 25)),
        # Over: there is a gap, and the next term begins when it is accepted.
        (12, Term(date(2026, 1, 1), date(2025, 10, 3)), date(2026, 11, 23), date(2027, 11, 23), date(2027, 8, 25)),
    ],
)
def test_a_term_follows_on_the_one_that_is_about_to_end(
    months: int, before: Term | None, today: date, ends_on: date, renews_on: date
) -> None:
    assert next_term(months, before, today) == Term(ends_on, renews_on)
    assert next_term(None, before, today) is None


@pytest.fixture
def terms(in_acme: Organization, actor: Actor, now: datetime) -> Agreement:
    return create_agreement(actor=actor, details=AgreementDetails("Terms", "Be kind.", term_months=12), now=now)


def sign(actor: Actor, user: PartnerUser, terms: Agreement, at: datetime) -> None:
    version = newest_version(terms.pk)
    assert version is not None
    doing.accept_agreement(actor=actor, user=user, version=version, authority="CEO", has_read=True, now=at)


@pytest.fixture
def renewal(actor: Actor, terms: Agreement, now: datetime) -> JourneyTemplate:
    steps = [
        StepDetails("task", "Look back"),
        StepDetails("agreement", "Accept for another year", source_id=terms.pk),
        StepDetails("task", "Say thank you", side="staff", waits_for=["1"]),
    ]
    return make(actor, now, "Renewal", steps, trigger="renewal", source_id=terms.pk)


def test_a_renewal_begins_ninety_days_before_an_agreement_ends_and_every_year(
    renewal: JourneyTemplate, actor: Actor, terms: Agreement, lena_user: PartnerUser, now: datetime
) -> None:
    sign(actor, lena_user, terms, now)
    first = now
    for year in (1, 2):
        signed = Acceptance.objects.order_by("pk").last()
        assert signed is not None
        assert signed.ends_on
        assert signed.ends_on == date(now.year + year, now.month, now.day)
        due = datetime.combine(signed.ends_on, now.timetz()) - 90 * DAY
        keep_journeys(due - DAY)
        assert Journey.objects.count() == year - 1
        keep_journeys(due)
        keep_journeys(due + DAY)
        journey = Journey.objects.running().get()
        assert [line.title for line in todo_list(lena_user, due).lines] == ["Look back", "Accept for another year"]
        version = newest_version(terms.pk)
        assert version is not None
        assert accepted_by(lena_user, version, due) is None
        sign(actor, lena_user, terms, due + 5 * DAY)
        sign(actor, lena_user, terms, due + 5 * DAY)
        assert Acceptance.objects.count() == year + 1
        # Renewed is not left: what is still to be done goes on.
        keep_journeys(due + 6 * DAY)
        assert journey.steps.get(title="Accept for another year").state == "done"
        for title in ("Look back", "Say thank you"):
            row = journey.steps.select_related("journey").get(title=title)
            doing.finish_step(actor=actor, step=row, note="", now=due + 6 * DAY)
        keep_journeys(due + 7 * DAY)
        assert not Journey.objects.running().exists()
    assert first == now


def test_who_never_renews_is_asked_once(
    renewal: JourneyTemplate, actor: Actor, terms: Agreement, lena_user: PartnerUser, now: datetime
) -> None:
    sign(actor, lena_user, terms, now)
    for days in (276, 300, 364, 400):
        keep_journeys(now + days * DAY)
    assert Journey.objects.count() == 1
    for row in Journey.objects.get().steps.select_related("journey").order_by("position"):
        doing.waive_step(actor=actor, step=row, reason="They leave", now=now + 401 * DAY)
    keep_journeys(now + 402 * DAY)
    assert list(Journey.objects.values_list("state", flat=True)) == ["finished"]


def test_until_further_notice_nothing_is_renewed(
    actor: Actor, terms: Agreement, lena_user: PartnerUser, now: datetime
) -> None:
    (trigger,) = (one for one in TRIGGERS if one.name == "renewal")
    assert trigger.choices
    assert trigger.choices() == [(terms.pk, "Terms")]
    revise_agreement(actor=actor, agreement=terms, body="Be kind.", number=1, now=now)
    assert trigger.choices() == []
    sign(actor, lena_user, terms, now)
    assert Acceptance.objects.get().ends_on is None
    assert not trigger.joined(terms.pk, now + 5000 * DAY).exists()


def test_only_agreements_of_companies_that_are_in_use_are_renewed(
    actor: Actor, terms: Agreement, now: datetime
) -> None:
    (trigger,) = (one for one in TRIGGERS if one.name == "renewal")
    assert trigger.choices
    personal = AgreementDetails("Conduct", "Be kind.", is_personal=True, term_months=12)
    create_agreement(actor=actor, details=personal, now=now)
    assert trigger.choices() == [(terms.pk, "Terms")]
    archive_agreement(actor=actor, agreement=terms, now=now)
    assert trigger.choices() == []


def test_another_term_alone_is_a_new_version(actor: Actor, terms: Agreement, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        revise_agreement(actor=actor, agreement=terms, body="Be kind.", number=1, term_months=12, now=now)
    assert refusal.value.codes == {"same_text"}
    revise_agreement(actor=actor, agreement=terms, body="Be kind.", number=1, term_months=24, now=now)
    assert list(terms.versions.order_by("number").values_list("term_months", flat=True)) == [12, 24]


# Something else starts it from now on.


@pytest.fixture
def resellers(in_acme: Organization) -> Group:
    return GroupFactory.create(name="Resellers")


def test_what_starts_it_changes_for_who_joins_from_then_on_and_stops_nobody(
    in_acme: Organization,
    actor: Actor,
    msps: Group,
    resellers: Group,
    nordwind: Partner,
    kestrel: Partner,
    now: datetime,
) -> None:
    add_to_group(actor=actor, group=resellers, partner_ids=[kestrel.pk], now=now)
    template = make(actor, now, trigger="group", source_id=msps.pk)
    services.switch_off(actor=actor, template=template)
    services.switch_on(actor=actor, template=template, includes_present=True, now=now)
    add_to_group(actor=actor, group=msps, partner_ids=[nordwind.pk], now=now + DAY)
    keep_journeys(now + DAY)
    assert begun() == [("Nordwind GmbH", "running")]
    details = TemplateDetails("Onboarding", ["Arrive"], trigger="group", source_id=resellers.pk)
    services.change_template(actor=actor, template=template, revision=1, details=details, now=now + 2 * DAY)
    keep_journeys(now + 2 * DAY)
    # Kestrel was in already: nobody asked for it to begin. Nordwind began by another group, and goes on.
    assert begun() == [("Nordwind GmbH", "running")]
    assert count_present(JourneyTemplate.objects.get(), now + 2 * DAY) == 1
    remove_from_group(actor=actor, group=msps, partner_ids=[nordwind.pk], now=now + 3 * DAY)
    late = Partner.objects.create(name="Late", created_at=now, **Partner.derived("Late", ""))
    add_to_group(actor=actor, group=resellers, partner_ids=[late.pk], now=now + 3 * DAY)
    keep_journeys(now + 3 * DAY)
    assert begun() == [("Nordwind GmbH", "running"), ("Late", "running")]


def test_an_archived_group_starts_nobody(
    in_acme: Organization, actor: Actor, msps: Group, nordwind: Partner, now: datetime
) -> None:
    make(actor, now, trigger="group", source_id=msps.pk)
    GroupMember.objects.create(group=msps, partner=nordwind, starts_at=now)
    Group.objects.filter(pk=msps.pk).update(archived_at=now)
    keep_journeys(now + DAY)
    assert begun() == []
