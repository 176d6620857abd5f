"""Milestones: found once, congratulated in one click, told to others only with consent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cohorts.models import Graduation
from partners.milestones import milestone_kinds
from partners.models import Milestone, Partner, PartnerTier, PartnerUser
from partners.queries.milestones import milestones_of, title_of, told_by_others
from partners.queries.todo import Asked, todo_lines
from partners.services.milestones import agree_to_tell, congratulate, find_milestones, plan_milestones
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts.factories import cohort
from tests.costs import queries_of
from tests.factories import NOW
from tests.partners.factories import PartnerFactory
from tests.partners.ladders import launched

type Deliver = Callable[[datetime], list[Any]]
type SignIn = Callable[[Membership], Client]
DAY = timedelta(days=1)
YEAR = timedelta(days=365, hours=6)


def titles() -> list[str]:
    return sorted(title_of(row) for row in Milestone.objects.all())


@pytest.fixture
def year_old(in_acme: Organization, nordwind: Partner, alice: Membership) -> Partner:
    """Nordwind, which has been here for a year since yesterday."""
    Partner.objects.filter(pk=nordwind.pk).update(
        created_at=NOW - YEAR - DAY, status=Partner.Status.ACTIVE, account_manager=alice
    )
    nordwind.refresh_from_db()
    return nordwind


@pytest.fixture
def reached(year_old: Partner) -> Milestone:
    find_milestones(since=NOW - 7 * DAY, now=NOW)
    return Milestone.objects.select_related("partner").get()


def test_a_year_together_is_found_once(year_old: Partner, kestrel: Partner) -> None:
    Partner.objects.filter(pk=kestrel.pk).update(created_at=NOW - 2 * YEAR - 30 * DAY, status="active")
    PartnerFactory.create(name="Test", is_test=True, status="active", created_at=NOW - YEAR - DAY)
    assert plan_milestones(NOW) is not None
    plan_milestones(NOW + DAY)
    row = Milestone.objects.get()
    assert (row.partner_id, title_of(row), row.reached_at) == (year_old.pk, "A year together", NOW - DAY)
    find_milestones(since=NOW - 60 * DAY, now=NOW)
    assert titles() == ["2 years together", "A year together"]


def test_earned_tiers_are_and_starts_are_not(in_acme: Organization, actor: Actor, nordwind: Partner) -> None:
    ladder = launched(actor, NOW - 60 * DAY)
    tiers = list(ladder.tiers.order_by("rank"))
    PartnerTier.objects.filter(partner=nordwind).delete()
    row = PartnerTier.objects.create(partner=nordwind, ladder=ladder, tier=tiers[-1], starts_at=NOW - DAY)
    assert find_milestones(since=NOW - 7 * DAY, now=NOW) == 0
    PartnerTier.objects.filter(pk=row.pk).update(source="earned")
    assert find_milestones(since=NOW - 7 * DAY, now=NOW) == 1
    assert titles() == [f"Reached {tiers[-1].name}"]


def test_graduations_come_from_above(in_acme: Organization, nordwind: Partner, lena_user: PartnerUser) -> None:
    row = Graduation.objects.create(
        cohort=cohort("graduating"),
        membership=lena_user.membership,
        partner=nordwind,
        name="Lena",
        program_title="Selling",
        graduated_at=NOW - DAY,
    )
    assert find_milestones(since=NOW - 7 * DAY, now=NOW) == find_milestones(since=NOW - 7 * DAY, now=NOW) + 1
    found = Milestone.objects.get()
    assert (title_of(found), found.membership_id) == ("Graduated from Selling", lena_user.membership_id)
    Milestone.objects.all().delete()
    Graduation.objects.filter(pk=row.pk).update(revoked_at=NOW)
    assert find_milestones(since=NOW - 7 * DAY, now=NOW) == 0


def test_every_kind_can_be_asked(in_acme: Organization) -> None:
    assert {kind.name for kind in milestone_kinds.all()} >= {"partners.tier", "partners.years", "cohorts.graduation"}
    assert find_milestones(since=NOW - 7 * DAY, now=NOW) == 0


def test_one_click_congratulates_once(
    reached: Milestone,
    actor: Actor,
    alice: Membership,
    bob: Membership,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    render_outbox: Deliver,
) -> None:
    waits = [line.title for line in todo_lines(Asked(alice, NOW), 0, 25)]
    assert waits == ["Congratulate: A year together"]
    assert congratulate(actor=actor, milestone=reached, now=NOW) == 1
    with pytest.raises(Refused) as refused:
        congratulate(actor=Actor.of(bob), milestone=reached, now=NOW)
    assert refused.value.codes == {"already"}
    (mail,) = render_outbox(NOW)
    assert (mail.to, mail.subject) == (
        ["Lena Brandt <lena@nordwind.example>"],
        "Congratulations: A year together",
    )
    assert "Alice Moreau" in mail.from_email
    assert todo_lines(Asked(alice, NOW), 0, 25) == []
    assert AuditEntry.objects.filter(verb="partners.congratulated").count() == 1


def test_others_read_it_only_with_the_leads_consent(
    reached: Milestone, lena_user: PartnerUser, tom_user: PartnerUser, paul_user: PartnerUser
) -> None:
    assert [row.title for row in milestones_of(lena_user, NOW)] == ["A year together"]
    assert told_by_others(NOW, paul_user.partner_id) == []
    for user in (tom_user, paul_user):
        with pytest.raises(Refused) as refused:
            say(user, reached, is_told=True)
        assert refused.value.codes == {"not_yours"}
    for _again in range(2):
        say(lena_user, reached, is_told=True)
    assert [row.partner for row in told_by_others(NOW, paul_user.partner_id)] == ["Nordwind GmbH"]
    assert told_by_others(NOW, lena_user.partner_id) == []
    say(lena_user, reached, is_told=False)
    assert told_by_others(NOW, paul_user.partner_id) == []


def say(user: PartnerUser, row: Milestone, *, is_told: bool) -> None:
    agree_to_tell(actor=Actor.of(user.membership), member=user.membership, milestone=row, is_told=is_told, now=NOW)


def test_what_is_about_a_person_is_theirs_to_tell(
    reached: Milestone, lena_user: PartnerUser, tom_user: PartnerUser
) -> None:
    Milestone.objects.filter(pk=reached.pk).update(membership=tom_user.membership)
    reached.refresh_from_db()
    with pytest.raises(Refused):
        say(lena_user, reached, is_told=True)
    say(tom_user, reached, is_told=True)
    assert Milestone.objects.get().agreed_by_id == tom_user.membership_id


def test_the_pages(
    acme: Organization, year_old: Partner, alice: Membership, lena_user: PartnerUser, sign_in: SignIn
) -> None:
    now = timezone.now()
    row = Milestone.objects.create(partner=year_old, kind="partners.years", occasion=1, reached_at=now)
    manager, lead = sign_in(alice), sign_in(lena_user.membership)
    listed, news = address("milestone_list"), address("my_announcement_list")
    assert "Congratulate" in manager.get(listed).content.decode()
    before = queries_of(manager, listed), queries_of(lead, news)
    assert manager.post(address("milestone_congratulate", row.public_id)).status_code == 303
    assert "congratulated by" in manager.get(listed).content.decode()
    page = lead.get(news).content.decode()
    assert "A year together" in page
    assert "congratulations from" in page
    assert lead.post(address("my_milestone_tell", row.public_id), {"told": "yes"}).status_code == 303
    assert "Do not tell others" in lead.get(news).content.decode()
    with scope(acme):
        for occasion in (2, 3):
            Milestone.objects.create(partner=year_old, kind="partners.years", occasion=occasion, reached_at=now)
    assert (queries_of(manager, listed), queries_of(lead, news)) == before
