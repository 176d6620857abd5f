"""How groups are doing: warnings with the data behind each, what changed since the last review, how far a goal is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.conditions.grammar import conditions_of, read
from partners.conditions.subjects import Subject, Subjects
from partners.conditions.wording import number_words
from partners.models import (
    AttributeValue,
    Audience,
    Group,
    GroupMember,
    GroupReview,
    GroupRule,
    Partner,
    PartnerUser,
    ValueChange,
)
from partners.models.audiences import GROUP
from partners.queries.groups import partner_counts
from partners.showcases import shelves_of_each
from prm.accounts.models import Membership
from prm.activity.kinds import Measure, measures
from prm.activity.models import Fact
from prm.addresses import address
from prm.tenancy.scope import current_organization

FEWEST_MEMBERS = 3
# Two groups that share more than this of the smaller one are hardly two.
OVERLAP = Decimal("0.8")
# A rule that asks for what more than this share of the partners lacks decides by accident.
UNKNOWN = Decimal("0.25")
STATIC_AFTER = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class GroupWarning:
    """One thing that is wrong with a group: what (`title`), the data behind it, and the button that mends it."""

    code: str
    title: str
    data: str
    action: str
    url: str
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class GroupHealth:
    name: str
    url: str
    review_url: str
    hue: int
    partners: int
    review_on: Any
    warnings: list[GroupWarning]


@dataclass(frozen=True, slots=True)
class Goal:
    """How far a group is: `reached` of `target` in words, and the share from 0 to 100."""

    label: str
    reached: str
    target: str
    percent: int
    until: Any


@dataclass(frozen=True, slots=True)
class Since:
    """What changed in a group since a moment."""

    at: datetime
    came: int
    went: int
    versions: int


def health_of(groups: Iterable[Group], now: datetime) -> list[GroupHealth]:
    """Every group with its warnings; as many queries for three groups as for three hundred."""
    listed = list(groups)
    counts = partner_counts(listed)
    found = {group.pk: _by_itself(group, counts.get(group.pk, 0), now) for group in listed}
    for collect in (_static, _overlapping, _unknown, _treated_alike):
        for pk, warning in collect(listed, now):
            found[pk].append(warning)
    return [
        GroupHealth(
            name=group.name,
            url=address("group_detail", group.public_id),
            review_url=address("group_review", group.public_id),
            hue=group.hue,
            partners=counts.get(group.pk, 0),
            review_on=group.review_on,
            warnings=found[group.pk],
        )
        for group in listed
    ]


def _by_itself(group: Group, partners: int, now: datetime) -> list[GroupWarning]:
    """What the group's own row tells."""
    found = []
    edit, public_id = address("group_edit", group.public_id), group.public_id
    today = now.astimezone(ZoneInfo(current_organization().zone)).date()
    if group.review_on is not None and group.review_on < today:
        data = _("It was to be reviewed on %s.") % date_format(group.review_on, "j F Y")
        found.append(
            GroupWarning("review", _("Review overdue"), data, _("Review it"), address("group_review", public_id))
        )
    wanted = ((_("a purpose"), group.purpose), (_("an owner"), group.owner_id), (_("a goal"), group.goal_measure))
    missing = [name for name, value in wanted if not value]
    if missing:
        data = _("It has not got %s.") % _(" and ").join(missing)
        found.append(GroupWarning("aimless", _("Nobody knows what it is for"), data, _("Say so"), edit))
    if partners < FEWEST_MEMBERS:
        words = ngettext("It holds %d partner.", "It holds %d partners.", partners) % partners
        url = address("group_add", public_id)
        found.append(GroupWarning("few", _("Too few to treat differently"), words, _("Add partners"), url))
    if group.rule_problem:
        url = address("group_rule", public_id)
        found.append(
            GroupWarning("rule", _("The rule cannot be followed"), group.rule_problem, _("Change the rule"), url)
        )
    if partners and group.told_at is None:
        data = _("Nobody ever wrote to its partners that they are in it, and what it gives them.")
        url = address("group_tell", public_id)
        found.append(GroupWarning("untold", _("Its partners were never told"), data, _("Tell them"), url))
    return found


def _static(groups: list[Group], now: datetime) -> Iterable[tuple[int, GroupWarning]]:
    """Groups that nobody entered or left for a long time although data of their partners changed since."""
    rows = GroupMember.objects.filter(group__in=groups).order_by().values("group")
    last = {
        row["group"]: max(filter(None, (row["came"], row["went"])))
        for row in rows.annotate(came=Max("starts_at"), went=Max("closed_at"))
    }
    still = {pk: at for pk, at in last.items() if at < now - STATIC_AFTER}
    if not still:
        return
    changed = ValueChange.objects.filter(
        partner__group_memberships__group__in=still,
        partner__group_memberships__closed_at=None,
        at__gt=min(still.values()),
    )
    counted = changed.order_by().values("partner__group_memberships__group").annotate(n=Count("partner", distinct=True))
    numbers = {row["partner__group_memberships__group"]: row["n"] for row in counted}
    for group in groups:
        number = numbers.get(group.pk, 0)
        if group.pk in still and number:
            when = date_format(still[group.pk], "j F Y")
            words = ngettext(
                "Nobody came or went since %(when)s, while data of %(n)d of its partners changed.",
                "Nobody came or went since %(when)s, while data of %(n)d of its partners changed.",
                number,
            )
            url = address("group_rule", group.public_id)
            data = words % {"when": when, "n": number}
            yield group.pk, GroupWarning("static", _("It stands still"), data, _("Fill it by a rule"), url)


def _overlapping(groups: list[Group], now: datetime) -> Iterable[tuple[int, GroupWarning]]:
    """Pairs that hold nearly the same partners: a warning at the smaller one."""
    by_pk = {group.pk: group for group in groups}
    members = GroupMember.objects.open().filter(group__in=by_pk, partner__archived_at=None, partner__is_test=False)
    sizes = dict(members.order_by().values_list("group").annotate(n=Count("*")))
    shared = (
        members.filter(
            partner__group_memberships__closed_at=None,
            partner__group_memberships__group__in=by_pk,
            partner__group_memberships__group__gt=F("group"),
        )
        .order_by()
        .values_list("group", "partner__group_memberships__group")
        .annotate(n=Count("*"))
    )
    for one, other, number in shared:
        smaller, larger = sorted((one, other), key=lambda pk: (sizes.get(pk, 0), pk))
        if sizes.get(smaller, 0) < FEWEST_MEMBERS or number < OVERLAP * sizes[smaller]:
            continue
        words = _("%(number)d of its %(size)d partners are in “%(other)s” too.")
        data = words % {"number": number, "size": sizes[smaller], "other": by_pk[larger].name}
        url = address("group_review", by_pk[smaller].public_id)
        yield smaller, GroupWarning("overlap", _("Hardly a group of its own"), data, _("Keep or close it"), url)


def _unknown(groups: list[Group], now: datetime) -> Iterable[tuple[int, GroupWarning]]:
    """Rules that ask for what many partners have no value of."""
    rules = list(GroupRule.objects.current().filter(group__in=groups))
    if not rules:
        return
    subjects = Subjects()
    asked = {rule.group_id: _attributes_of(rule, subjects) for rule in rules}
    wanted = {subject.pk: subject for found in asked.values() for subject in found}
    if not wanted:
        return
    total = Partner.objects.real().count()
    values = AttributeValue.objects.filter(attribute__in=wanted, partner__archived_at=None, partner__is_test=False)
    known = dict(values.order_by().values_list("attribute").annotate(n=Count("*")))
    for group in groups:
        for subject in asked.get(group.pk, ()):
            lacking = total - known.get(subject.pk, 0)
            if total and lacking > UNKNOWN * total:
                words = _("Its rule asks for “%(name)s”, which %(n)d of %(total)d partners lack.")
                data = words % {"name": subject.label, "n": lacking, "total": total}
                url = address("attribute_detail", subject.key.removeprefix("attribute:"))
                title, action = _("Decided on too little"), _("Ask those who lack it")
                yield group.pk, GroupWarning("unknown", title, data, action, url)


def _attributes_of(rule: GroupRule, subjects: Subjects) -> list[Subject]:
    found = {one.about: subjects.get(one.about) for one in conditions_of(read(rule.definition))}
    return [subject for subject in found.values() if subject and subject.key.startswith("attribute:")]


def _treated_alike(groups: list[Group], now: datetime) -> Iterable[tuple[int, GroupWarning]]:
    """Groups whose partners see, are answered and are promised exactly the same as those of another one."""
    audiences = dict(
        Audience.objects.filter(kind=GROUP, source_id__in=[group.pk for group in groups]).values_list("source_id", "pk")
    )
    shown = shelves_of_each(list(audiences.values()), now) if audiences else {}
    first: dict[Any, Group] = {}
    for group in groups:
        treatment = (repr(shown.get(audiences.get(group.pk, 0), [])), group.contact_id, group.response_hours)
        other = first.setdefault(treatment, group)
        if other is not group:
            data = _("Its partners see and get exactly what those of “%s” do.") % other.name
            url = address("group_edit", group.public_id)
            yield group.pk, GroupWarning("alike", _("One size fits all"), data, _("Treat it differently"), url)


def goal_of(group: Group) -> Goal | None:
    """How far the group is with what it is measured by; None where it has no goal."""
    if not group.goal_measure or group.goal_target is None or group.goal_measure not in measures:
        return None
    measure = measures.get(group.goal_measure)
    reached = _sum_over(group, measure)
    percent = int(min(max(reached / group.goal_target, Decimal(0)), Decimal(1)) * 100) if group.goal_target else 100
    return Goal(
        label=str(measure.label),
        reached=number_words(reached, measure.unit),
        target=number_words(group.goal_target, measure.unit),
        percent=percent,
        until=group.goal_on,
    )


def _sum_over(group: Group, measure: Measure) -> Decimal:
    members = GroupMember.objects.open().filter(group=group, partner__is_test=False).values("partner")
    rows = Fact.objects.filter(kind__in=measure.kind_names, unit=measure.unit, partner_id__in=members)
    return rows.filter(at__gte=group.created_at).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def changes_since_review(group: Group) -> Since:
    """Who came and went since the last review, or since the group was made."""
    last = GroupReview.objects.filter(group=group).aggregate(at=Max("reviewed_at"))["at"] or group.created_at
    rows = GroupMember.objects.filter(group=group).aggregate(
        came=Count("pk", filter=Q(starts_at__gt=last)), went=Count("pk", filter=Q(closed_at__gt=last))
    )
    versions = GroupRule.objects.filter(group=group, started_at__gt=last).count()
    return Since(last, rows["came"], rows["went"], versions)


def reviews_of(group: Group) -> list[GroupReview]:
    rows = GroupReview.objects.filter(group=group).select_related("reviewed_by__person")
    return list(rows.order_by("-reviewed_at", "-pk")[:20])


def groups_for_health() -> list[Group]:
    """Every group in use, by name, in no pages: an organization has some dozens."""
    return list(Group.objects.listed().by_name()[:300])


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a partner is treated because of its groups: of several the better holds, and this is which."""

    contact: Membership | None
    contact_group: str
    response_hours: int | None
    response_group: str


def treatment_of(partner: Partner, now: datetime) -> Treatment:
    """The first contact that a group names, and the soonest promised answer, each with the group that gives it."""
    rows = Group.objects.listed().filter(
        Exists(GroupMember.objects.present(now).filter(partner=partner, group=OuterRef("pk")))
    )
    groups = list(rows.select_related("contact__person").by_name())
    named = next((group for group in groups if group.contact and group.contact.is_staff), None)
    promised = [group for group in groups if group.response_hours is not None]
    soonest = min(promised, key=lambda group: group.response_hours or 0, default=None)
    return Treatment(
        contact=named.contact if named else None,
        contact_group=named.name if named else "",
        response_hours=soonest.response_hours if soonest else None,
        response_group=soonest.name if soonest else "",
    )


def leads_of(group: Group) -> int:
    """How many people would hear that their company is in the group."""
    members = GroupMember.objects.open().filter(group=group, leaving_since=None).values("partner")
    return PartnerUser.objects.active().filter(role=PartnerUser.Role.LEAD, partner__in=members).count()
