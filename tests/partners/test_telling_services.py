"""What partners tell: written, proposed, put aside, confirmed; asking for it reaches each lead once."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from partners.consequences import Consequence, Move, consequences
from partners.models import (
    AskedPartner,
    Attribute,
    AttributeValue,
    DataRequest,
    Partner,
    PartnerUser,
    ProposedValue,
    QuestionPause,
    RecordConfirmation,
    ValueChange,
)
from partners.queries.open_questions import open_questions
from partners.queries.questions import ask_preview, request_rows, still_asked
from partners.services.asking import ask_partners, remind
from partners.services.telling import accept_proposal, decline_proposal, put_aside, still_right, tell
from partners.services.values import set_values
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import AttributeFactory, PartnerFactory, choices


@pytest.fixture
def capacity(in_acme: Organization) -> Attribute:
    return AttributeFactory.create(name="Capacity", kind="number", keeper="partner", confirm_months=3)


@pytest.fixture
def level(in_acme: Organization) -> Attribute:
    return AttributeFactory.create(name="Level", kind="choice", choices=choices("Gold", "Silver"), keeper="partner")


@pytest.fixture
def lena_actor(lena_user: PartnerUser, lena: Membership) -> Actor:
    return Actor.of(lena)


@pytest.fixture
def moving(level: Attribute) -> Iterator[None]:
    """A rule of a group that reads the level, as an app above would tell it."""
    field = level.field
    move = Move("Enters Gold resellers", frozenset({field}))
    rule = Consequence("test", lambda _partner, changes, _now: [move] if field in changes else [])
    consequences.register(rule)
    yield
    del consequences._items["test"]


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def test_what_moves_nothing_is_written_with_its_source(
    in_acme: Organization, lena_actor: Actor, nordwind: Partner, capacity: Attribute, now: datetime
) -> None:
    put_aside(actor=lena_actor, partner=nordwind, fields=["region"], is_unknown=False, now=now)
    outcome = tell(actor=lena_actor, partner=nordwind, told={capacity: 4, "region": "DACH"}, now=now)
    assert (outcome.saved, outcome.waiting) == (2, 0)
    nordwind.refresh_from_db()
    assert (nordwind.region, nordwind.revision) == ("DACH", 2)
    changes = ValueChange.objects.order_by("pk").values_list("field", "before", "after", "source", "changed_by")
    assert set(changes) == {
        (capacity.field, None, "4", "partner", lena_actor.membership_id),
        ("region", None, "DACH", "partner", lena_actor.membership_id),
    }
    assert verbs() == ["partners.told"]
    assert not QuestionPause.objects.exists()


def test_what_moves_a_group_waits_and_a_newer_one_takes_its_place(
    in_acme: Organization, lena_actor: Actor, nordwind: Partner, level: Attribute, moving: None, now: datetime
) -> None:
    outcome = tell(actor=lena_actor, partner=nordwind, told={level: "gold"}, now=now)
    assert (outcome.saved, outcome.waiting) == (0, 1)
    tell(actor=lena_actor, partner=nordwind, told={level: "silver"}, now=now + timedelta(hours=1))
    proposal = ProposedValue.objects.get()
    assert (proposal.value, proposal.before, proposal.moves) == ("silver", None, ["Enters Gold resellers"])
    assert not AttributeValue.objects.exists()
    asked = {question.field for question in open_questions(nordwind, now).missing}
    assert level.field not in asked, "it waits, so it is not asked for"


def test_a_country_that_is_set_is_read_by_a_colleague_first(
    in_acme: Organization, lena_actor: Actor, nordwind: Partner, now: datetime
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(country="")
    assert tell(actor=lena_actor, partner=nordwind, told={"country": "DE"}, now=now).saved == 1
    assert tell(actor=lena_actor, partner=nordwind, told={"country": "AT"}, now=now).waiting == 1
    nordwind.refresh_from_db()
    assert nordwind.country == "DE"


def test_an_accepted_proposal_is_written_and_told(
    in_acme: Organization,
    actor: Actor,
    lena_actor: Actor,
    nordwind: Partner,
    level: Attribute,
    moving: None,
    now: datetime,
    render_outbox: Callable[[datetime], list[Any]],
) -> None:
    tell(actor=lena_actor, partner=nordwind, told={level: "gold"}, now=now)
    proposal = ProposedValue.objects.select_related("partner", "proposed_by").get()
    accept_proposal(actor=actor, proposal=proposal, now=now)
    assert AttributeValue.objects.get().text == "gold"
    (mail,) = render_outbox(now)
    assert mail.subject == "Changed: Level"
    assert "“Gold”" in mail.body
    with pytest.raises(Refused) as refusal:
        decline_proposal(actor=actor, proposal=proposal, reason="No", now=now)
    assert refusal.value.codes == {"decided"}


def test_declining_needs_a_reason_and_leaves_the_value(
    in_acme: Organization,
    actor: Actor,
    lena_actor: Actor,
    nordwind: Partner,
    level: Attribute,
    moving: None,
    now: datetime,
    render_outbox: Callable[[datetime], list[Any]],
) -> None:
    tell(actor=lena_actor, partner=nordwind, told={level: "gold"}, now=now)
    proposal = ProposedValue.objects.select_related("partner", "proposed_by").get()
    with pytest.raises(Refused) as refusal:
        decline_proposal(actor=actor, proposal=proposal, reason="  ", now=now)
    assert refusal.value.codes == {"no_reason"}
    decline_proposal(actor=actor, proposal=proposal, reason="The audit is in May.", now=now)
    assert not AttributeValue.objects.exists()
    (mail,) = render_outbox(now)
    assert "The audit is in May." in mail.body


def test_partners_cannot_tell_what_colleagues_keep(
    in_acme: Organization, lena_actor: Actor, nordwind: Partner, now: datetime
) -> None:
    secret = AttributeFactory.create(name="Risk", keeper="shown")
    attempts: list[dict[str | Attribute, str]] = [{secret: "low"}, {"status": "left"}, {"notes": "x"}]
    for told in attempts:
        with pytest.raises(Refused) as refusal:
            tell(actor=lena_actor, partner=nordwind, told=told, now=now)
        assert refusal.value.codes == {"not_yours"}
    assert not ValueChange.objects.exists()


def test_questions_come_three_at_a_time_and_asked_ones_first(
    in_acme: Organization,
    alice: Membership,
    actor: Actor,
    lena_actor: Actor,
    nordwind: Partner,
    capacity: Attribute,
    level: Attribute,
    now: datetime,
) -> None:
    fields = ["region", "language", "website", capacity.field, level.field]
    assert [question.field for question in open_questions(nordwind, now).missing] == fields
    ask_partners(actor=actor, asker=alice, fields=[level.field], now=now)
    found = open_questions(nordwind, now)
    assert [question.field for question in found.next] == [level.field, "region", "language"]
    put_aside(actor=lena_actor, partner=nordwind, fields=["region"], is_unknown=False, now=now)
    assert "region" not in {question.field for question in open_questions(nordwind, now).missing}
    week = now + timedelta(days=8)
    assert "region" in {question.field for question in open_questions(nordwind, week).missing}


def test_values_are_confirmed_after_their_months(
    in_acme: Organization, lena_actor: Actor, nordwind: Partner, capacity: Attribute, now: datetime
) -> None:
    set_values(actor=lena_actor, partner=nordwind, values={capacity: 4}, now=now)
    later = now + timedelta(days=91)
    assert not open_questions(nordwind, now + timedelta(days=80)).due
    (due,) = open_questions(nordwind, later).due
    assert (due.question.field, due.shown) == (capacity.field, "4")
    assert still_right(actor=lena_actor, partner=nordwind, fields=[capacity.field], now=later) == 1
    assert not open_questions(nordwind, later).due


def test_asking_reaches_leads_of_those_that_lack_it_once(
    umbrellas_nordwind: Partner,
    in_acme: Organization,
    alice: Membership,
    actor: Actor,
    lena_actor: Actor,
    tom_user: PartnerUser,
    nordwind: Partner,
    kestrel: Partner,
    capacity: Attribute,
    now: datetime,
    render_outbox: Callable[[datetime], list[Any]],
) -> None:
    known = PartnerFactory.create(name="Orbita")
    set_values(actor=actor, partner=known, values={capacity: 2}, now=now)
    PartnerFactory.create(name="Test", is_test=True)
    preview = ask_preview([capacity.field], None, now)
    assert (preview.count, preview.people, preview.already, preview.silent) == (1, 1, 0, 1)
    request = ask_partners(actor=actor, asker=alice, fields=[capacity.field], note_text="We plan May.", now=now)
    assert list(AskedPartner.objects.values_list("partner", flat=True)) == [nordwind.pk]
    assert verbs()[-1] == "partners.data_asked"
    (mail,) = render_outbox(now)
    assert mail.to == ["Lena Brandt <lena@nordwind.example>"]
    for words in ("We plan May.", "Capacity", f"/you/questions/{request.public_id}/"):
        assert words in mail.body
    with pytest.raises(Refused) as refusal:
        ask_partners(actor=actor, asker=alice, fields=[capacity.field], now=now + timedelta(days=1))
    assert refusal.value.codes == {"nobody_to_ask"}
    assert (DataRequest.objects.count(), Message.objects.count()) == (1, 1)
    (row,) = request_rows([request])
    assert (row.answered, row.total) == (0, 1)


def test_who_answers_before_the_mail_goes_gets_none_and_two_requests_are_one_mail(
    in_acme: Organization,
    alice: Membership,
    actor: Actor,
    lena_actor: Actor,
    nordwind: Partner,
    capacity: Attribute,
    level: Attribute,
    now: datetime,
    render_outbox: Callable[[datetime], list[Any]],
) -> None:
    ask_partners(actor=actor, asker=alice, fields=[capacity.field], now=now)
    tell(actor=lena_actor, partner=nordwind, told={capacity: 1}, now=now)
    assert render_outbox(now) == []
    later = now + timedelta(hours=1)
    ask_partners(actor=actor, asker=alice, fields=["region"], now=later)
    ask_partners(actor=actor, asker=alice, fields=[level.field], now=later)
    (mail,) = render_outbox(later)
    assert "Region" in mail.body
    assert "Level" in mail.body


def test_one_reminder_reaches_those_who_are_silent(
    in_acme: Organization,
    alice: Membership,
    actor: Actor,
    lena_actor: Actor,
    paul_user: PartnerUser,
    nordwind: Partner,
    kestrel: Partner,
    capacity: Attribute,
    now: datetime,
    render_outbox: Callable[[datetime], list[Any]],
) -> None:
    PartnerUser.objects.filter(pk=paul_user.pk).update(role="lead")
    request = ask_partners(actor=actor, asker=alice, fields=[capacity.field], now=now)
    render_outbox(now)
    put_aside(actor=lena_actor, partner=nordwind, fields=[capacity.field], is_unknown=True, now=now)
    assert list(still_asked(request).values_list("partner", flat=True)) == [kestrel.pk]
    later = now + timedelta(days=7)
    assert remind(actor=actor, request=request, now=later) == 1
    (mail,) = render_outbox(later)
    assert mail.to == ["Paul Ortega <paul@kestrel.example>"]
    with pytest.raises(Refused) as refusal:
        remind(actor=actor, request=request, now=later)
    assert refusal.value.codes == {"reminded"}


def test_only_what_partners_keep_can_be_asked_for(
    in_acme: Organization, alice: Membership, actor: Actor, lena_user: PartnerUser, now: datetime
) -> None:
    secret = AttributeFactory.create(name="Risk", keeper="staff")
    with pytest.raises(Refused) as refusal:
        ask_partners(actor=actor, asker=alice, fields=[secret.field, "status"], now=now)
    assert refusal.value.codes == {"no_question"}


def test_columns_of_the_record_are_confirmed_once_a_year(
    in_acme: Organization, actor: Actor, lena_actor: Actor, nordwind: Partner, now: datetime
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(created_at=now - timedelta(days=800), region="North")
    nordwind.refresh_from_db()
    due = open_questions(nordwind, now).due
    assert [(row.question.field, row.shown) for row in due] == [("country", "Germany"), ("region", "North")]
    assert still_right(actor=lena_actor, partner=nordwind, fields=["country", "website", "name"], now=now) == 1
    assert [row.question.field for row in open_questions(nordwind, now).due] == ["region"]
    tell(actor=lena_actor, partner=nordwind, told={"region": "Harz"}, now=now)
    nordwind.refresh_from_db()
    later = now + timedelta(days=364)
    assert not open_questions(nordwind, later).due
    again = open_questions(nordwind, now + timedelta(days=366)).due
    assert [row.question.field for row in again] == ["country", "region"]
    assert (still_right(actor=lena_actor, partner=nordwind, fields=["country"], now=later), verbs()[-1]) == (
        1,
        "partners.values_confirmed",
    )
    assert RecordConfirmation.objects.get().at == later


def test_a_young_record_is_not_asked_for(in_acme: Organization, nordwind: Partner, now: datetime) -> None:
    assert not open_questions(nordwind, now).due
