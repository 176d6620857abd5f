"""Groups that fill themselves: one whose rule grew, one with blocks in blocks, one whose moves wait for a person."""

from dataclasses import replace
from datetime import timedelta

from demo.ecosystem import World
from partners.conditions.grammar import Block, Condition
from partners.models import Group, GroupMember, Partner
from partners.services.group_moves import evaluate_all
from partners.services.group_rules import keep_out, set_rule
from partners.services.groups import GroupDetails, create_group
from partners.services.partners import PartnerDetails, change_partner

_ACTIVE = Condition("status", "one_of", ("active",))


def tell(world: World) -> None:
    """Make the organization's groups by rule, with a history."""
    _region(world)
    _growing(world)
    _waiting(world)


def _region(world: World) -> None:
    """Two versions of a rule, and one partner that is kept out by hand."""
    words = world.words.by_rule["region"]
    group = _group(world, "region", 220)
    first, second = (Block("all", (Condition("country", "one_of", tuple(codes)),)) for codes in words["countries"])
    actor = world.cast.actor(world.lead)
    set_rule(actor=actor, group=group, block=first, version=0, now=world.ago(220))
    set_rule(actor=actor, group=group, block=second, version=1, now=world.ago(95))
    last = GroupMember.objects.filter(group=group).order_by("-partner").values_list("partner", flat=True)[:1]
    keep_out(
        actor=actor,
        group=group,
        partner_ids=list(last),
        reason=words["kept_out"],
        ends_at=None,
        now=world.ago(40),
    )


def _growing(world: World) -> None:
    """Active partners with several people or somebody who graduated, but not those that build on us."""
    group = _group(world, "growing", 120)
    left_out = world.groups[world.words.by_rule["growing"]["left_out"]]
    block = Block(
        "all",
        (
            _ACTIVE,
            Block(
                "any",
                (
                    Condition("measure:partners.people", "at_least", "2"),
                    Condition("measure:cohorts.graduates", "at_least", "1", 365),
                ),
            ),
            Block("none", (Condition("group", "in_any", (left_out.public_id,)),)),
        ),
    )
    set_rule(actor=world.cast.actor(world.lead), group=group, block=block, version=0, now=world.ago(120))


def _waiting(world: World) -> None:
    """Two partners fell silent at once, which is more than this group takes without asking."""
    group = _group(world, "waiting", 60)
    Group.objects.filter(pk=group.pk).update(brake=1)
    block = Block("all", (Condition("status", "one_of", ("dormant",)),))
    actor = world.cast.actor(world.lead)
    set_rule(actor=actor, group=group, block=block, version=0, now=world.ago(60))
    early = (Partner.Status.PROSPECT, Partner.Status.ONBOARDING)
    beginners = Partner.objects.real().filter(status__in=early)
    for partner in beginners.order_by("-pk")[:2]:
        details = PartnerDetails(**{name: getattr(partner, name) for name in PartnerDetails.__dataclass_fields__})
        change_partner(
            actor=actor,
            partner=partner,
            revision=partner.revision,
            details=replace(details, status=Partner.Status.DORMANT),
            now=world.ago(0.2),
            is_another=True,
        )
    evaluate_all(world.now - timedelta(hours=4))


def _group(world: World, key: str, days: float) -> Group:
    words = world.words.by_rule[key]
    details = GroupDetails(
        name=words["name"],
        description=words["description"],
        purpose=words["purpose"],
        color=words["color"],
        owner=world.cast.staff[world.lead],
    )
    group = create_group(actor=world.cast.actor(world.lead), details=details, now=world.ago(days))
    world.groups[key] = group
    return group
