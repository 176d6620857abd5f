"""Partners that must never meet: shown to colleagues where a cohort is put together, refused, passed over in line."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from cohorts.models import Cohort, Decision, Seat
from cohorts.queries.board import board
from cohorts.queries.rivals import companies_inside, rivals_among, rivals_of_applicant
from cohorts.services.seats import give_seat_back, offer_seat
from cohorts.services.selection import draft_decision, release_decisions
from partners.models import Partner
from partners.services.competitors import mark_pair
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories

WORDS = "Nordwind GmbH and Kestrel are never brought together: Same hospital."


@pytest.fixture
def never(actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(name="Nordwind GmbH")
    Partner.objects.filter(pk=kestrel.pk).update(name="Kestrel")
    mark_pair(actor=actor, partners=(nordwind, kestrel), grade="never", reason="Same hospital", now=now)


@pytest.fixture
def selecting(winter: Cohort) -> Cohort:
    Cohort.objects.filter(pk=winter.pk).update(state="selecting", capacity=2)
    winter.refresh_from_db()
    return winter


def _accept(cohort: Cohort, who: Membership, actor: Actor, decider: Membership, now: datetime) -> None:
    row = factories.application(cohort, who)
    draft_decision(actor=actor, decider=decider, application=row, kind="accept", wording="Welcome.", now=now)


def test_two_who_never_meet_are_not_accepted_together(
    never: None, selecting: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    for who in (lena, paul):
        _accept(selecting, who, actor, frida, now)
    shown = board(selecting, now)
    assert [str(problem.message) for problem in shown.release_problems] == [WORDS]
    assert not shown.can_release
    assert [(row.first, row.second, row.label) for row in shown.rivals] == [
        ("Kestrel", "Nordwind GmbH", "Never together")
    ]
    with pytest.raises(Refused) as refusal:
        release_decisions(actor=actor, cohort=selecting, now=now)
    assert refusal.value.codes == {"rivals"}
    assert Decision.objects.drafted().count() == 2
    assert not Seat.objects.exists()
    assert not Message.objects.exists()


def test_nobody_comes_in_beside_whom_they_never_meet(
    never: None, selecting: Cohort, lena: Membership, paul: Membership, frida: Membership, actor: Actor, now: datetime
) -> None:
    factories.seat(selecting, lena)
    _accept(selecting, paul, actor, frida, now)
    with pytest.raises(Refused) as refusal:
        release_decisions(actor=actor, cohort=selecting, now=now)
    assert refusal.value.codes == {"rivals"}
    waiting = factories.seat(selecting, paul, "waiting")
    with pytest.raises(Refused) as refusal:
        offer_seat(actor=actor, seat=waiting, now=now)
    assert refusal.value.codes == {"rivals"}
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    assert rivals_among(companies_inside(selecting), now) == []


def test_whoever_must_not_meet_somebody_inside_is_passed_over(
    never: None, selecting: Cohort, lena: Membership, paul: Membership, actor: Actor, now: datetime
) -> None:
    nora, tom = factories.applicant("Nora Weiß"), factories.applicant("Tom Ek")
    factories.seat(selecting, lena)
    factories.seat(selecting, nora)
    for who in (paul, tom):
        factories.seat(selecting, who, "waiting")
    give_seat_back(actor=Actor.of(nora), cohort=selecting, membership=nora, now=now)
    states = dict(Seat.objects.values_list("membership", "state"))
    assert (states[paul.pk], states[tom.pk]) == ("waiting", "offered")
    give_seat_back(actor=Actor.of(lena), cohort=selecting, membership=lena, now=now)
    assert Seat.objects.get(membership=paul).state == "offered"


def test_apart_is_shown_and_refuses_nothing(
    selecting: Cohort,
    lena: Membership,
    paul: Membership,
    frida: Membership,
    nordwind: Partner,
    kestrel: Partner,
    actor: Actor,
    now: datetime,
) -> None:
    mark_pair(actor=actor, partners=(nordwind, kestrel), grade="apart", now=now)
    for who in (lena, paul):
        _accept(selecting, who, actor, frida, now)
    assert [row.label for row in board(selecting, now).rivals] == ["Same cohort, not the same small room"]
    application = Decision.objects.select_related("application__cohort", "application__partner")[0].application
    companies = {partner.pk: partner.name for partner in (nordwind, kestrel)}
    assert len(rivals_of_applicant(application, companies, now)) == 1
    assert release_decisions(actor=actor, cohort=selecting, now=now) == 2
    assert len(rivals_among(companies_inside(selecting), now)) == 1


def test_what_is_told_in_confidence_is_read_by_those_who_select(
    acme: Organization,
    winter: Cohort,
    lena: Membership,
    paul: Membership,
    frida: Membership,
    sign_in: Callable[[Membership], Client],
) -> None:
    secret = "The people of Kestrel, please"
    words = {"why": "W", "project": "P", "experience": "some", "agrees": "on", "avoids": secret}
    where = address("application_create", winter.public_id, organization=acme)
    assert sign_in(lena).post(where, words).status_code == 303
    with scope(acme):
        row = winter.applications.get()
    assert row.answers["avoids"] == secret
    decide = address("application_decide", winter.public_id, row.public_id, organization=acme)
    assert secret in sign_in(frida).get(decide).content.decode()
    mine = address("application_detail", winter.public_id, organization=acme)
    assert secret in sign_in(lena).get(mine).content.decode()
    other = sign_in(paul)
    for name in ("application_create", "cohort_invitation"):
        page = other.get(address(name, winter.public_id, organization=acme))
        assert page.status_code == 200
        assert secret not in page.content.decode()
    assert other.get(mine).status_code == 404


def test_no_page_of_partners_says_who_competes(
    acme: Organization,
    never: None,
    selecting: Cohort,
    lena: Membership,
    paul: Membership,
    sign_in: Callable[[Membership], Client],
) -> None:
    with scope(acme):
        factories.seat(selecting, lena)
        factories.seat(selecting, paul)
    for name in ("cohort_home", "application_detail", "cohort_invitation"):
        page = sign_in(lena).get(address(name, selecting.public_id, organization=acme)).content.decode()
        assert "Same hospital" not in page
        assert "ompetitor" not in page
