"""Groups by rule: who comes in, who leaves and when, what waits for a person, what is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from partners import facts
from partners.conditions.grammar import Block, Condition
from partners.conditions.subjects import Subjects
from partners.models import AudienceMember, Group, GroupExclusion, GroupHold, GroupMember, GroupRule, Partner
from partners.models import PartnerUser as User
from partners.queries.group_rules import Moves, preview_of
from partners.services import group_rules as services
from partners.services.group_moves import HELD_MAIL, LEAVING_MAIL, evaluate_all, evaluate_group, plan_night
from partners.services.groups import add_to_group, archive_group, close_ended, plan_end, remove_from_group
from partners.stakes import Stake, stakes
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import GroupFactory, PartnerFactory

GERMANS = Block("all", (Condition("country", "one_of", ("DE",)),))
FRENCH = Block("all", (Condition("country", "one_of", ("FR",)),))


@pytest.fixture(autouse=True)
def nothing_at_stake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stakes, "_items", {})


@pytest.fixture
def group(in_acme: Organization) -> Group:
    return GroupFactory.create(name="Germany")


@pytest.fixture
def set_rule(actor: Actor, group: Group, now: datetime) -> Callable[..., Any]:
    def act(block: Block = GERMANS, version: int = 0, **more: Any) -> Any:
        return services.set_rule(actor=actor, block=block, version=version, **{"group": group, "now": now, **more})

    return act


def inside(group: Group) -> set[str]:
    return set(GroupMember.objects.open().filter(group=group).values_list("partner__name", flat=True))


def heard(group: Group, now: datetime) -> set[str]:
    rows = AudienceMember.objects.present(now).filter(audience__kind="group", audience__source_id=group.pk)
    return set(rows.values_list("partner__name", flat=True))


def test_a_rule_lets_in_whom_it_fits_with_facts_and_a_trail(
    group: Group, set_rule: Any, now: datetime, actor: Actor
) -> None:
    nord = PartnerFactory.create(name="Nord", country="DE")
    PartnerFactory.create(name="Paris", country="FR")
    PartnerFactory.create(name="Gone", country="DE", archived_at=now)
    moves = set_rule()
    assert moves.entering == [nord.pk]
    member = GroupMember.objects.get()
    rule = GroupRule.objects.get()
    assert (member.partner_id, member.source, member.rule_id, member.starts_at) == (nord.pk, "rule", rule.pk, now)
    assert (rule.version, rule.sentence, rule.partner_sentence) == (1, "Country is Germany", "Country is Germany")
    assert heard(group, now) == {"Nord"}
    fact = Fact.objects.get(kind=facts.GROUP_JOINED.name)
    assert (fact.partner_id, fact.object_id) == (nord.pk, group.pk)
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["partners.group_rule_set", "partners.group_evaluated"]


def test_whoever_no_longer_fits_keeps_everything_for_the_grace_and_is_told(
    group: Group, set_rule: Any, now: datetime, lena_user: User, nordwind: Partner
) -> None:
    set_rule()
    Partner.objects.filter(pk=nordwind.pk).update(country="FR")
    later = now + timedelta(hours=2)
    evaluate_all(later, {nordwind.pk})
    member = GroupMember.objects.get()
    assert member.leaving_since == later
    assert member.ends_at == later + timedelta(days=group.grace_days)
    assert heard(group, later + timedelta(days=13)) == {"Nordwind GmbH"}
    mail = Message.objects.get(kind=LEAVING_MAIL)
    assert (mail.recipient_id, mail.subject_id) == (lena_user.membership_id, member.pk)
    assert close_ended(later + timedelta(days=15)) == 1
    assert inside(group) == set() == heard(group, later + timedelta(days=15))
    assert Fact.objects.filter(kind=facts.GROUP_LEFT.name, partner_id=nordwind.pk).count() == 1


def test_whoever_fits_again_before_the_end_stays(
    group: Group, set_rule: Any, now: datetime, nordwind: Partner, lena_user: User, render_outbox: Any
) -> None:
    set_rule()
    Partner.objects.filter(pk=nordwind.pk).update(country="FR")
    evaluate_all(now + timedelta(hours=2))
    Partner.objects.filter(pk=nordwind.pk).update(country="DE")
    evaluate_all(now + timedelta(hours=3))
    member = GroupMember.objects.get()
    assert (member.leaving_since, member.ends_at, member.closed_at) == (None, None, None)
    assert heard(group, now + timedelta(days=99)) == {"Nordwind GmbH"}
    assert render_outbox(now + timedelta(hours=4)) == []


def test_the_mail_says_until_when_and_whom_to_answer(
    group: Group, set_rule: Any, now: datetime, nordwind: Partner, lena_user: User, bob: Membership, render_outbox: Any
) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(account_manager=bob)
    set_rule()
    Partner.objects.filter(pk=nordwind.pk).update(country="FR")
    evaluate_all(now + timedelta(hours=2))
    (mail,) = render_outbox(now + timedelta(hours=3))
    assert "Nordwind GmbH leaves the group Germany on" in mail.subject
    assert mail.reply_to == ["bob@acme.example"]
    assert "Country is Germany" in mail.body


def test_without_grace_one_leaves_at_once(group: Group, set_rule: Any, now: datetime, nordwind: Partner) -> None:
    Group.objects.filter(pk=group.pk).update(grace_days=0)
    set_rule()
    Partner.objects.filter(pk=nordwind.pk).update(country="FR")
    evaluate_all(now + timedelta(hours=2))
    assert inside(group) == set() == heard(group, now + timedelta(hours=2))
    assert GroupMember.objects.get().closed_at == now + timedelta(hours=2)


def test_who_was_added_by_hand_stays_whatever_the_rule_says(
    group: Group, set_rule: Any, actor: Actor, now: datetime
) -> None:
    paris = PartnerFactory.create(name="Paris", country="FR")
    add_to_group(actor=actor, group=group, partner_ids=[paris.pk], reason="A friend", now=now)
    assert set_rule().number == 0
    assert inside(group) == {"Paris"}
    preview = preview_of(group, GERMANS, Subjects(), now)
    assert (preview.enter, preview.leave, preview.stay, preview.by_hand) == (0, 0, 1, 1)


def test_who_is_taken_out_by_hand_stays_out_until_let_back(
    group: Group, set_rule: Any, actor: Actor, now: datetime, nordwind: Partner
) -> None:
    set_rule()
    remove_from_group(actor=actor, group=group, partner_ids=[nordwind.pk], reason="Asked us to", now=now)
    evaluate_all(now + timedelta(hours=1))
    assert inside(group) == set()
    exclusion = GroupExclusion.objects.get()
    assert (exclusion.partner_id, exclusion.reason) == (nordwind.pk, "Asked us to")
    services.let_back(actor=actor, exclusion=exclusion, now=now + timedelta(hours=2))
    assert inside(group) == {"Nordwind GmbH"}


def test_adding_by_hand_ends_an_exclusion(group: Group, actor: Actor, now: datetime, nordwind: Partner) -> None:
    for number in (1, 0):
        kept = services.keep_out(
            actor=actor, group=group, partner_ids=[nordwind.pk], reason="Not yet", ends_at=None, now=now
        )
        assert kept == number
    add_to_group(actor=actor, group=group, partner_ids=[nordwind.pk], now=now + timedelta(minutes=1))
    assert not GroupExclusion.objects.open(now + timedelta(minutes=1)).exists()


def test_an_exclusion_ends_on_its_day_and_the_night_lets_the_partner_in(
    group: Group, set_rule: Any, actor: Actor, now: datetime, nordwind: Partner
) -> None:
    ends_at = now + timedelta(hours=20)
    services.keep_out(actor=actor, group=group, partner_ids=[nordwind.pk], reason="", ends_at=ends_at, now=now)
    set_rule()
    assert inside(group) == set()
    following = plan_night(now + timedelta(days=2))
    assert inside(group) == {"Nordwind GmbH"}
    assert following is not None
    assert following > now + timedelta(days=2)


def test_nobody_plans_the_end_of_what_a_rule_decides(
    group: Group, set_rule: Any, actor: Actor, now: datetime, nordwind: Partner
) -> None:
    set_rule()
    with pytest.raises(Refused) as refusal:
        plan_end(actor=actor, member=GroupMember.objects.get(), ends_at=now + timedelta(days=9), now=now)
    assert refusal.value.codes == {"by_rule"}


# ── The brake ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_too_many_moves_wait_and_those_who_decide_are_told(
    group: Group, set_rule: Any, actor: Actor, now: datetime, alice: Membership, bob: Membership
) -> None:
    Group.objects.filter(pk=group.pk).update(brake=2)
    set_rule()
    made = [PartnerFactory.create(country="DE") for _number in range(3)]
    evaluate_all(now + timedelta(hours=2), {partner.pk for partner in made})
    assert inside(group) == set()
    hold = GroupHold.objects.get()
    assert (hold.state, sorted(hold.entering), hold.leaving) == ("waiting", [partner.pk for partner in made], [])
    mails = Message.objects.filter(kind=HELD_MAIL, subject_id=hold.pk)
    assert {mail.recipient_id for mail in mails} == {alice.pk, bob.pk}
    evaluate_all(now + timedelta(hours=3), {made[0].pk})
    assert inside(group) == set(), "while a hold waits nobody moves"
    assert Message.objects.filter(kind=HELD_MAIL).count() == 2
    moves = services.release_hold(actor=actor, group=group, now=now + timedelta(hours=4))
    assert isinstance(moves, Moves)
    assert moves.number == 3 == len(inside(group))
    hold.refresh_from_db()
    assert (hold.state, hold.decided_by_id) == ("released", alice.pk)
    with pytest.raises(Refused) as refusal:
        services.release_hold(actor=actor, group=group, now=now + timedelta(hours=4))
    assert refusal.value.codes == {"decided"}


def test_many_small_moves_within_an_hour_count_together(group: Group, set_rule: Any, now: datetime) -> None:
    Group.objects.filter(pk=group.pk).update(brake=2)
    set_rule()
    for number in range(3):
        partner = PartnerFactory.create(country="DE")
        evaluate_all(now + timedelta(minutes=number + 1), {partner.pk})
    assert len(inside(group)) == 2
    assert GroupHold.objects.waiting().count() == 1


def test_a_hold_that_is_not_needed_any_more_goes(group: Group, set_rule: Any, now: datetime) -> None:
    Group.objects.filter(pk=group.pk).update(brake=0)
    set_rule()
    partner = PartnerFactory.create(country="DE")
    evaluate_all(now + timedelta(hours=1), {partner.pk})
    assert GroupHold.objects.waiting().count() == 1
    Partner.objects.filter(pk=partner.pk).update(country="FR")
    evaluate_all(now + timedelta(hours=2), {partner.pk})
    assert [hold.state for hold in GroupHold.objects.all()] == ["dropped"]


def test_one_move_that_hurts_waits_too(group: Group, set_rule: Any, now: datetime, nordwind: Partner) -> None:
    stakes.register(Stake("tests.cohort", lambda count: f"{count} in a cohort", lambda ids, *_: ids, is_grave=True))
    set_rule()
    Partner.objects.filter(pk=nordwind.pk).update(country="FR")
    evaluate_all(now + timedelta(hours=2), {nordwind.pk})
    assert GroupMember.objects.get().leaving_since is None
    assert GroupHold.objects.get().stakes == {"tests.cohort": 1}
    preview = preview_of(group, GERMANS, Subjects(), now)
    assert (preview.leave, preview.losses) == (1, ["1 in a cohort"])


def test_a_paused_rule_moves_nobody_and_goes_on_when_resumed(
    group: Group, set_rule: Any, actor: Actor, now: datetime
) -> None:
    set_rule()
    services.pause_rule(actor=actor, group=group, now=now)
    PartnerFactory.create(name="Nord", country="DE")
    evaluate_all(now + timedelta(hours=2))
    assert inside(group) == set()
    assert services.resume_rule(actor=actor, group=group, now=now + timedelta(hours=3)).number == 1
    assert inside(group) == {"Nord"}


# ── Versions, and what is refused ───────────────────────────────────────────────────────────────────────────────────


def test_a_new_version_ends_the_former_and_who_edits_an_old_one_is_told(
    group: Group, set_rule: Any, now: datetime, nordwind: Partner
) -> None:
    set_rule()
    later = now + timedelta(days=1)
    set_rule(FRENCH, version=1, now=later)
    assert list(GroupRule.objects.order_by("version").values_list("version", "ended_at")) == [(1, later), (2, None)]
    assert GroupMember.objects.get().leaving_since == later
    with pytest.raises(Refused) as refusal:
        set_rule(GERMANS, version=1, now=later)
    assert refusal.value.codes == {"changed_meanwhile"}
    assert GroupRule.objects.count() == 2


def test_taking_the_rule_away_leaves_everybody_in(
    group: Group, set_rule: Any, actor: Actor, now: datetime, nordwind: Partner
) -> None:
    set_rule()
    Partner.objects.filter(pk=nordwind.pk).update(country="FR")
    evaluate_all(now + timedelta(hours=2))
    assert services.take_rule_away(actor=actor, group=group, now=now + timedelta(hours=3)) == 1
    member = GroupMember.objects.get()
    assert (member.source, member.ends_at, member.reason) == ("hand", None, "Country is Germany")
    assert heard(group, now + timedelta(days=99)) == {"Nordwind GmbH"}
    assert services.take_rule_away(actor=actor, group=group, now=now) == 0


@pytest.mark.parametrize(
    ("block", "code"),
    [
        (Block("all", ()), "empty"),
        (Block("all", (Condition("country", "one_of", ("DE",)), Block("any", ()))), "empty_block"),
        (Block("all", (GERMANS, FRENCH)), "contradiction"),
        (Block("all", (Condition("country", "known"), Condition("country", "unknown"))), "contradiction"),
        (Block("all", (Condition("country", "one_of", ()),)), "value"),
        (Block("all", (Condition("country", "one_of", ("XX",)),)), "value"),
        (Block("all", (Condition("measure:partners.people", "at_least", "many"),)), "value"),
        (Block("all", (Condition("attribute:nobody", "known"),)), "unknown_subject"),
        (Block("all", (Condition("country", "at_least", "3"),)), "unknown_operator"),
    ],
)
def test_what_is_no_rule_is_refused_and_nothing_is_left(set_rule: Any, block: Block, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        set_rule(block)
    assert refusal.value.codes == {code}
    assert not GroupRule.objects.exists()
    assert not AuditEntry.objects.exists()


def test_groups_cannot_depend_on_each_other_in_a_circle(group: Group, set_rule: Any, in_acme: Organization) -> None:
    other = GroupFactory.create(name="Others")
    set_rule(Block("all", (Condition("group", "in_any", (other.public_id,)),)))
    with pytest.raises(Refused) as refusal:
        set_rule(Block("none", (Condition("group", "in_any", (group.public_id,)),)), group=other)
    assert refusal.value.codes == {"circle"}
    assert "Others → Germany → Others" in str(refusal.value)
    with pytest.raises(Refused):
        set_rule(Block("all", (Condition("group", "in_none", (group.public_id,)),)), version=1)


def test_a_group_that_asks_about_another_is_evaluated_after_it(
    group: Group, set_rule: Any, now: datetime, nordwind: Partner
) -> None:
    second = GroupFactory.create(name="Second")
    set_rule(Block("all", (Condition("group", "in_any", (group.public_id,)),)), group=second)
    set_rule(Block("all", (Condition("country", "one_of", ("IT",)),)))
    Partner.objects.filter(pk=nordwind.pk).update(country="IT")
    evaluate_all(now + timedelta(hours=1), {nordwind.pk})
    assert inside(second) == {"Nordwind GmbH"}


def test_a_rule_over_something_put_away_moves_nobody(
    group: Group, set_rule: Any, actor: Actor, now: datetime, nordwind: Partner
) -> None:
    other = GroupFactory.create(name="Others")
    add_to_group(actor=actor, group=other, partner_ids=[nordwind.pk], now=now)
    set_rule(Block("all", (Condition("group", "in_any", (other.public_id,)),)))
    assert inside(group) == {"Nordwind GmbH"}
    archive_group(actor=actor, group=other, now=now)
    remove_from_group(actor=actor, group=other, partner_ids=[nordwind.pk], now=now)
    evaluate_all(now + timedelta(hours=1))
    assert GroupMember.objects.get(group=group).leaving_since is None
    group.refresh_from_db()
    assert "“Others” was archived" in group.rule_problem


def test_nothing_moves_in_an_archived_group(group: Group, set_rule: Any, actor: Actor, now: datetime) -> None:
    set_rule()
    archive_group(actor=actor, group=group, now=now)
    PartnerFactory.create(country="DE")
    group.refresh_from_db()
    assert evaluate_group(group=group, now=now, actor=actor).number == 0
    with pytest.raises(Refused) as refusal:
        set_rule(FRENCH, version=1)
    assert refusal.value.codes == {"group_archived"}


def test_the_preview_counts_and_says_why(group: Group, set_rule: Any, now: datetime, actor: Actor) -> None:
    nord, sud = (PartnerFactory.create(name=name, country="DE") for name in ("Nord", "Sud"))
    PartnerFactory.create(name="Paris", country="FR")
    out = PartnerFactory.create(name="Out", country="FR")
    set_rule()
    services.keep_out(actor=actor, group=group, partner_ids=[out.pk], reason="", ends_at=None, now=now)
    preview = preview_of(group, FRENCH, Subjects(), now)
    assert (preview.enter, preview.leave, preview.stay, preview.excluded) == (1, 2, 0, 1)
    assert [(example.name, example.reasons) for example in preview.entering] == [("Paris", ("Country is France",))]
    assert [example.name for example in preview.leaving] == ["Nord", "Sud"]
    assert preview.leaving[0].reasons == ("Not so: Country is France",)
    assert {nord.pk, sud.pk} == set(GroupMember.objects.open().values_list("partner", flat=True))


def test_another_organizations_partners_never_move(umbrellas_nordwind: Partner, group: Group, set_rule: Any) -> None:
    assert set_rule().number == 0
